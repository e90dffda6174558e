use chrono::NaiveDate;
use entity::{
    credit::{Billing, Job, Part},
    show::{Medium, Status},
};
use serde_json::{Value, json};

use crate::source::{Document, Records, tvmaze::read};

fn records(documents: &[(&str, Value)]) -> Records {
    let documents: Vec<Document> =
        documents.iter().map(|(name, value)| Document { name: (*name).to_owned(), value: value.clone() }).collect();
    read(&documents, NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day"))
}

/// A show with every trap.
fn show() -> Value {
    json!({
        "id": 7, "url": "https://www.tvmaze.com/shows/7/moon-kitchen", "name": "Moon Kitchen", "type": "Hologram",
        "language": "English", "genres": ["Comedy", 5], "status": "In Limbo", "averageRuntime": 30,
        "premiered": "2001-02-03", "ended": "0000-00-00", "officialSite": "https://moon.example",
        "network": {"id": 3, "name": "Moon One", "country": {"name": "United States", "code": "US"}},
        "externals": {"tvrage": null, "thetvdb": 81, "imdb": "tt84967"},
        "image": {"medium": "https://img.example/m.jpg", "original": "https://img.example/o.jpg"},
        "summary": "<p><b>Moon Kitchen</b> &amp; more&hellip;</p>",
        "_embedded": {
            "seasons": [{"id": 71, "number": 1, "name": "", "episodeOrder": 4, "premiereDate": "2001-02-03", "endDate": null}],
            "episodes": [
                {"id": 701, "name": "Pilot", "season": 1, "number": 1, "type": "regular", "airdate": "2001-02-03",
                 "airstamp": "2001-02-04T03:00:00+00:00", "runtime": 60},
                {"id": 703, "name": "", "season": 1, "number": 3, "airdate": "", "airstamp": "2001-02-17T03:00:00+00:00", "runtime": 30},
                {"id": 704, "name": "Four", "season": 1, "number": 4, "airdate": "soon", "runtime": 30},
                {"id": 709, "name": "Feast", "season": 1, "number": null, "type": "significant_special", "airdate": "2001-12-24"},
                {"id": 705, "name": "Making of", "season": 1, "number": null, "type": "insignificant_special", "airdate": "2002-12-24",
                 "_embedded": {"guestcast": [
                    {"person": {"id": 11, "name": "Ann Ray", "birthday": "1970-00-00", "deathday": null}, "character": {"id": 97, "name": "Herself"}, "self": true, "voice": false}
                 ]}},
                {"id": 710, "season": 1, "number": 5, "name": 12}
            ],
            "cast": [
                {"person": {"id": 12, "name": "Seth Low"}, "character": {"id": 91, "name": "Stan / Roger (voice) (as Joe Smith)"}, "self": false, "voice": false},
                {"person": {"id": 13, "name": "Bo Li"}, "character": {"id": 92, "name": "Roger"}, "self": false, "voice": true},
                {"person": {"id": 13, "name": "Bo Li"}, "character": {"id": 92, "name": "Roger"}, "self": false, "voice": true},
                {"person": {"id": 13, "name": "Bo Li"}, "character": {"id": 93, "name": "Cook (uncredited)"}, "self": false, "voice": false},
                {"person": {"id": 14, "name": "Cy Orr"}, "character": {"id": 94, "name": ""}, "self": false, "voice": false},
                {"person": {"id": 15, "name": "Di Poe"}, "character": {"id": 95, "name": "Ghost (archive footage)"}, "self": false, "voice": false},
                {"person": null, "character": {"id": 96, "name": "Nobody"}},
                "what"
            ],
            "crew": [
                {"type": "Creator", "person": {"id": 12, "name": "Seth Low"}},
                {"type": "Gaffer", "person": {"id": 16, "name": "Ed Fox"}},
                {"type": "Gaffer", "person": {"id": 17, "name": "Flo May"}}
            ],
            "akas": [{"name": "Mondküche", "country": {"code": "DE", "name": "Germany"}}]
        }
    })
}

#[test]
fn a_show_has_its_facts_and_ids() {
    let records = records(&[("show.json", show())]);
    let show = records.shows.first().expect("a show");
    assert_eq!((show.key.as_str(), show.title.as_str()), ("tvmaze:7", "Moon Kitchen"));
    assert_eq!((show.status, show.medium, show.language.as_deref()), (None, None, Some("en")));
    assert_eq!(show.ended_on, None);
    assert_eq!(show.genres, ["Comedy"]);
    let ids: Vec<String> = show.about.ids.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["tvmaze:7", "imdb:tt0084967", "tvdb:81"]);
    assert_eq!(show.about.summaries.first().map(|summary| summary.text.as_str()), Some("Moon Kitchen & more…"));
    assert_eq!(show.about.images.first().map(|image| image.address.as_str()), Some("https://img.example/o.jpg"));
    assert_eq!(show.aliases.first().map(|alias| alias.name.as_str()), Some("Mondküche"));
    assert_eq!(show.platforms.first().and_then(|platform| platform.country.as_deref()), Some("US"));
}

#[test]
fn specials_are_season_0_in_the_order_of_their_ids() {
    let records = records(&[("show.json", show())]);
    let places: Vec<(String, u32, Option<u32>, String)> = records
        .episodes
        .iter()
        .map(|episode| (episode.title.clone(), episode.number, episode.number_end, episode.season.to_string()))
        .collect();
    let place = |title: &str, number, end, season: &str| (title.to_owned(), number, end, season.to_owned());
    assert_eq!(
        places,
        [
            place("Pilot", 1, Some(2), "tvmaze:71"),
            place("Episode 3", 3, None, "tvmaze:71"),
            place("Four", 4, None, "tvmaze:71"),
            place("Feast", 2, None, "tvmaze:7/s00"),
            place("Making of", 1, None, "tvmaze:7/s00"),
            place("Episode 5", 5, None, "tvmaze:71"),
        ]
    );
}

#[test]
fn the_air_date_counts_more_than_the_stamp() {
    let records = records(&[("show.json", show())]);
    let days: Vec<Option<String>> =
        records.episodes.iter().map(|episode| episode.aired_on.clone().map(String::from)).collect();
    assert_eq!(days.first(), Some(&Some("2001-02-03".to_owned())));
    assert_eq!(days.get(1), Some(&Some("2001-02-17".to_owned())));
    assert_eq!(days.get(2), Some(&None));
}

#[test]
fn cast_rows_become_credits_of_single_characters() {
    let records = records(&[("show.json", show())]);
    let name = |key: &crate::source::Key| {
        records.characters.iter().find(|character| character.key == *key).map(|character| character.name.clone())
    };
    let cast: Vec<(String, Option<String>, Option<Part>)> = records
        .credits
        .iter()
        .filter(|credit| credit.job == Job::Actor && credit.billing == Some(Billing::Main))
        .map(|credit| (credit.person.to_string(), credit.character.as_ref().and_then(name), credit.part))
        .collect();
    let row =
        |person: &str, character: Option<&str>, part| (person.to_owned(), character.map(str::to_owned), Some(part));
    assert_eq!(
        cast,
        [
            row("tvmaze:13", Some("Roger"), Part::Voice),
            row("tvmaze:13", Some("Cook"), Part::Screen),
            row("tvmaze:14", None, Part::Screen),
            row("tvmaze:15", Some("Ghost"), Part::Screen),
            row("tvmaze:12", Some("Stan"), Part::Voice),
            row("tvmaze:12", Some("Roger"), Part::Voice),
        ]
    );
    // The name in a row with two characters is that of the character with an id of its own.
    let roger = records
        .credits
        .iter()
        .filter(|credit| credit.character.as_ref().map(crate::source::Key::as_str) == Some("tvmaze:92"));
    assert_eq!(roger.count(), 2);
    let stan = records.credits.iter().find(|credit| credit.credited_as.is_some()).expect("a credit");
    assert_eq!(stan.credited_as.as_deref(), Some("Joe Smith"));
    assert!(records.credits.iter().any(|credit| credit.uncredited));
    assert_eq!(records.credits.iter().filter(|credit| credit.archive).count(), 1);
    let own = records.characters.iter().find(|character| character.as_self.is_some()).expect("a character");
    assert_eq!(own.name, "Ann Ray");
    let ann = records.people.iter().find(|person| person.name == "Ann Ray").expect("a person");
    assert_eq!(ann.born.clone().map(String::from).as_deref(), Some("1970"));
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let lines = records(&[("show.json", show())]).remarks.lines();
    for line in [
        "show.json:/genres/1: ignored the number 5; expected text",
        "show.json:/_embedded/cast/6: skipped: it names no person",
        "show.json:/_embedded/cast/7: skipped: it names no person",
        "show.json:/_embedded/episodes/2/airdate: \"soon\" is not a date",
        "show.json:/_embedded/episodes/5/name: ignored the number 12; expected text",
        "unknown status \"In Limbo\", once",
        "unknown type of show \"Hologram\", once",
        "crew job \"Gaffer\" is not stored, 2 times",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line} is not in {lines:#?}");
    }
}

#[test]
fn answers_of_one_folder_belong_together() {
    let show =
        json!({"id": 8, "name": "Tin Lamp", "type": "Animation", "genres": [], "status": "Running", "externals": {}});
    let episodes = json!([{"id": 81, "name": "One", "season": 2, "number": 1, "airdate": "2020-01-01"}]);
    let cast = json!([{"person": {"id": 5, "name": "Al"}, "character": {"id": 6, "name": "Lamp"}, "self": false, "voice": true}]);
    let guests = json!([{"person": {"id": 9, "name": "Cy"}, "character": {"id": 4, "name": "Moth"}, "self": false, "voice": true}]);
    let records = records(&[
        ("a/episodes/81/guestcast.json", guests),
        ("a/cast.json", cast),
        ("a/episodes.json", episodes),
        ("a/show.json", show.clone()),
        ("a/again.json", show),
    ]);
    let show = records.shows.first().expect("a show");
    assert_eq!((records.shows.len(), show.medium, show.status), (1, Some(Medium::Animation), Some(Status::Running)));
    let guest = records.credits.iter().find(|credit| credit.billing == Some(Billing::Guest)).expect("a guest");
    assert_eq!(guest.season.as_ref().map(crate::source::Key::as_str), Some("tvmaze:8/s02"));
    assert_eq!(guest.appearances.first().map(|appearance| appearance.episode.as_str()), Some("tvmaze:81"));
    assert!(records.remarks.is_empty(), "{:?}", records.remarks);
}

#[test]
fn a_show_under_another_id_was_merged() {
    let show = json!({"id": 9, "name": "Tin Lamp", "genres": []});
    let records = records(&[("shows/8.json", show)]);
    let merged = records.merged.first().map(|merged| (merged.from.value.clone(), merged.into.value.clone()));
    assert_eq!(merged, Some(("8".to_owned(), "9".to_owned())));
}

#[test]
fn no_shape_of_json_stops_the_reader() {
    for value in [
        json!(null),
        json!(5),
        json!([[[]]]),
        json!({}),
        json!([null, 1, "x", {}]),
        json!({"name": "Not Found", "status": 404}),
    ] {
        let records = records(&[("odd.json", value.clone())]);
        assert!(records.shows.is_empty(), "{value}");
    }
    // Every value of the full show in turn becomes something else.
    let mut pointers = Vec::new();
    walk(&show(), String::new(), &mut pointers);
    for pointer in pointers {
        for odd in [json!(null), json!(-1), json!("odd"), json!([]), json!({"a": []}), json!(1e300)] {
            let mut value = show();
            *value.pointer_mut(&pointer).expect("a value") = odd;
            records(&[("show.json", value)]);
        }
    }
}

/// Collects the places of all values.
fn walk(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| walk(item, format!("{at}/{n}"), pointers)),
        Value::Object(fields) => fields.iter().for_each(|(n, item)| walk(item, format!("{at}/{n}"), pointers)),
        _ => {}
    }
    pointers.push(at);
}
