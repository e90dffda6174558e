use chrono::TimeDelta;
use entity::{
    PartialDate,
    show::{Format, Medium, Status},
};

use crate::source::{
    date::day_of_stamp,
    gather::Gather,
    json::Node,
    record::{
        About, Alias, Authority, Episode, ExternalId, IdKind, Image, ImageKind, Key, Person, Platform, PlatformKind,
        Season, Show, Summary,
    },
    text::plain,
    vocabulary::language,
};

const TVMAZE: Authority = Authority::Tvmaze;

pub(super) fn show(node: &Node<'_>, gather: &mut Gather) {
    let (Some(id), Some(title)) = (node.id(), node.required_text("name")) else { return };
    let mut about = about(node, IdKind::Show, id, ImageKind::Poster);
    if let Some(externals) = node.object("externals") {
        for (name, authority) in
            [("imdb", Authority::Imdb), ("thetvdb", Authority::Tvdb), ("tvrage", Authority::Tvrage)]
        {
            about.add_id(external(&externals, name, authority, IdKind::Show));
        }
    }
    let kind = node.text("type");
    gather.show(Show {
        key: Key::new(TVMAZE, id),
        title: title.to_owned(),
        aliases: Vec::new(),
        franchise: None,
        format: Format::Series,
        medium: kind.and_then(|word| medium(word, node)),
        status: node.text("status").and_then(|word| status(word, node)),
        premiered_on: node.date("premiered"),
        ended_on: node.date("ended"),
        genres: node.items("genres").iter().filter_map(Node::as_text).map(str::to_owned).collect(),
        language: node.text("language").map(language),
        runtime_minutes: node
            .number("runtime")
            .or_else(|| node.number("averageRuntime"))
            .filter(|minutes| *minutes > 0),
        official_site: node.text("officialSite").map(str::to_owned),
        platforms: platforms(node),
        about,
    });
}

pub(super) fn season(node: &Node<'_>, show: &Key, gather: &mut Gather) {
    let Some(id) = node.id() else { return };
    let Some(number) = node.number("number") else {
        return node.skip("skipped: the season has no number");
    };
    gather.season(Season {
        key: Key::new(TVMAZE, id),
        show: show.clone(),
        number,
        title: node.text("name").map(str::to_owned),
        premiered_on: node.date("premiereDate"),
        finale_on: node.date("endDate"),
        episode_count: node.number("episodeOrder").filter(|count| *count > 0),
        platform: platforms(node).into_iter().next(),
        about: about(node, IdKind::Season, id, ImageKind::Poster),
    });
}

/// Reads an episode. Those that are not regular, or have no number, are specials: they belong to season 0.
pub(super) fn episode(node: &Node<'_>, show: &Key, gather: &mut Gather) {
    let Some(id) = node.id() else { return };
    let special = match node.text("type") {
        None | Some("regular") => false,
        Some("significant_special" | "insignificant_special") => true,
        Some(other) => {
            node.unknown("kind of episode", other);
            false
        }
    };
    let number = node.number("number").filter(|_| !special);
    if number.is_none() && !special && node.get("number").is_some() {
        return node.skip("skipped: the episode has no valid number");
    }
    let season = match (number, node.number("season")) {
        (None, _) => 0,
        (Some(_), Some(season)) => season,
        (Some(_), None) => return node.skip("skipped: the episode has no season"),
    };
    let key = Key::new(TVMAZE, id);
    let season = gather.season_numbered(show, season);
    let mut about = about(node, IdKind::Episode, id, ImageKind::Still);
    if let Some(externals) = node.object("externals") {
        about.add_id(external(&externals, "imdb", Authority::Imdb, IdKind::Episode));
        about.add_id(external(&externals, "thetvdb", Authority::Tvdb, IdKind::Episode));
    }
    gather.episode(Episode {
        key,
        show: show.clone(),
        season,
        number: number.unwrap_or_default(),
        number_end: None,
        unnumbered: number.is_none(),
        title: node.text("name").map_or_else(|| untitled(number), str::to_owned),
        aliases: Vec::new(),
        aired_on: aired(node),
        runtime_minutes: node.number("runtime").filter(|minutes| *minutes > 0),
        production_number: None,
        about,
    });
}

/// Reads another title of a show.
pub(super) fn title(node: &Node<'_>, show: &Key, gather: &mut Gather) {
    let Some(name) = node.required_text("name") else { return };
    let alias = Alias {
        name: name.to_owned(),
        language: node.text("language").map(language),
        country: country(node),
        original: false,
    };
    if let Some(mut show) = gather.has_show(show).cloned() {
        show.aliases.push(alias);
        gather.show(show);
    }
}

/// Reads a person. In cast lists of old answers people have no dates; their own records do.
pub(super) fn person(node: &Node<'_>, gather: &mut Gather) -> Option<(Key, String)> {
    let id = node.id()?;
    let name = node.required_text("name")?;
    let key = Key::new(TVMAZE, id);
    gather.person(Person {
        key: key.clone(),
        name: name.to_owned(),
        aliases: Vec::new(),
        born: node.date("birthday"),
        died: node.date("deathday"),
        partial: !node.has("birthday"),
        about: about(node, IdKind::Person, id, ImageKind::Portrait),
    });
    Some((key, name.to_owned()))
}

/// The ids, page, picture and summary that most records have.
pub(super) fn about(node: &Node<'_>, kind: IdKind, id: u32, picture: ImageKind) -> About {
    let mut about = About::default();
    about.add_id(ExternalId::new(TVMAZE, kind, &id.to_string()));
    about.page = node.text("url").map(str::to_owned).or_else(|| about.ids.first().and_then(ExternalId::page));
    if let Some(image) = node.object("image") {
        let small = image.text("medium");
        if let Some(address) = image.text("original").or(small) {
            about.images.push(Image {
                kind: picture,
                address: address.to_owned(),
                small: small.map(str::to_owned),
                credit: "TVmaze".to_owned(),
                licence: Some(TVMAZE.licence()),
            });
        }
    }
    let summary = node.text("summary").map(plain).filter(|text| !text.is_empty());
    about.summaries.extend(summary.map(|text| Summary {
        text,
        language: Some("en".to_owned()),
        licence: TVMAZE.licence(),
    }));
    about
}

/// An id at another authority, which may be a number or a text.
fn external(node: &Node<'_>, name: &str, authority: Authority, kind: IdKind) -> Option<ExternalId> {
    let value = node.get(name)?;
    let text = match value.value() {
        serde_json::Value::Number(number) => number.to_string(),
        _ => value.as_text()?.to_owned(),
    };
    let id = ExternalId::new(authority, kind, &text);
    if id.is_none() && !["", "0", "\\N"].contains(&text.as_str()) {
        value.skip(format_args!("ignored {text:?}; it is no id of {authority}"));
    }
    id
}

/// The day of the first showing: the air date, which is that of the network's country. The stamp has the moment in its
/// own zone, where it can be another day.
fn aired(node: &Node<'_>) -> Option<PartialDate> {
    let date = node.date("airdate");
    let stamp = node.text("airstamp").and_then(|text| {
        let day = day_of_stamp(text);
        if day.is_none() {
            node.skip(format_args!("ignored the airstamp {text:?}; it is not a time"));
        }
        day
    });
    match (&date, stamp) {
        (Some(date), Some(stamp)) => {
            let apart = (stamp - date.earliest()).abs();
            if date.precision() == entity::Precision::Day && apart > TimeDelta::days(1) {
                node.note("air stamps differ from air dates by more than a day; castgraph uses the air dates");
            }
        }
        (None, Some(stamp)) => return stamp.to_string().parse().ok(),
        _ => {}
    }
    date
}

fn platforms(node: &Node<'_>) -> Vec<Platform> {
    let platform = |name, kind| {
        let node = node.object(name)?;
        Some(Platform {
            key: node.number("id").map(|id| Key::new(TVMAZE, format_args!("{name}/{id}"))),
            name: node.required_text("name")?.to_owned(),
            kind,
            country: country(&node),
        })
    };
    let network = platform("network", PlatformKind::Network);
    network.into_iter().chain(platform("webChannel", PlatformKind::Web)).collect()
}

fn country(node: &Node<'_>) -> Option<String> {
    let code = node.object("country")?.text("code")?.to_ascii_uppercase();
    Some(code).filter(|code| code.len() == 2)
}

fn untitled(number: Option<u32>) -> String {
    number.map_or_else(|| "Special".to_owned(), |number| format!("Episode {number}"))
}

fn medium(word: &str, node: &Node<'_>) -> Option<Medium> {
    match word {
        "Animation" => return Some(Medium::Animation),
        "Scripted" => return Some(Medium::LiveAction),
        "Reality" | "Talk Show" | "Documentary" | "Game Show" | "News" | "Sports" | "Variety" | "Award Show"
        | "Panel Show" => {}
        other => node.unknown("type of show", other),
    }
    None
}

fn status(word: &str, node: &Node<'_>) -> Option<Status> {
    match word {
        "Running" => return Some(Status::Running),
        "Ended" => return Some(Status::Ended),
        "In Development" => return Some(Status::Announced),
        // It may go on or not.
        "To Be Determined" => {}
        other => node.unknown("status", other),
    }
    None
}
