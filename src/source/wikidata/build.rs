use std::collections::{BTreeMap, BTreeSet};

use entity::{
    credit::{Job, Part},
    show::{Format, Medium, Status},
};

use super::{
    item::{Entity, Statement},
    property::{CREW, EPISODE, FRANCHISE, HUMAN, SEASON, format, is_animated, language},
};
use crate::source::{
    date::ordinal,
    gather::Gather,
    record::{
        Appearance, Authority, Character, Credit, Episode, ExternalId, Franchise, IdKind, ImageKind, Key, Merged,
        Person, Platform, PlatformKind, Records, Season, Show,
    },
    role::role,
    vocabulary,
};

type Entities<'a> = BTreeMap<String, Entity<'a>>;

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Show(Format),
    Season,
    Episode,
    Person,
    Character,
    Franchise,
    Other,
}

/// Turns entities into records.
pub(super) fn build(entities: &Entities<'_>, merged: &[Merged], records: Records) -> Records {
    let mut builder =
        Builder { entities, gather: Gather::new(records), people: BTreeSet::new(), characters: BTreeSet::new() };
    builder.mentioned();
    let kinds: BTreeMap<&str, Kind> =
        entities.iter().map(|(id, entity)| (id.as_str(), builder.kind(id, entity))).collect();
    let of = |wanted: fn(&Kind) -> bool| kinds.iter().filter(move |(_, kind)| wanted(kind));
    for (id, _) in of(|kind| *kind == Kind::Franchise) {
        builder.named(id, Builder::franchise);
    }
    for (id, _) in of(|kind| *kind == Kind::Person) {
        builder.named(id, Builder::person);
    }
    for (id, _) in of(|kind| *kind == Kind::Character) {
        builder.named(id, Builder::character);
    }
    for (id, kind) in of(|kind| matches!(kind, Kind::Show(_))) {
        if let Kind::Show(format) = kind {
            builder.named(id, |builder, id, name, entity| builder.show(id, name, entity, *format));
        }
    }
    for (id, _) in of(|kind| *kind == Kind::Season) {
        builder.named(id, Builder::season);
    }
    for (id, _) in of(|kind| *kind == Kind::Episode) {
        builder.named(id, Builder::episode);
    }
    for one in merged {
        let id_of = |id: &ExternalId| {
            let kind = kinds.get(one.into.value.as_str()).map_or(IdKind::Show, |kind| kind.of_id());
            ExternalId { kind, ..id.clone() }
        };
        builder.gather.merged(Merged { from: id_of(&one.from), into: id_of(&one.into) });
    }
    builder.gather.finish()
}

impl Kind {
    fn of_id(self) -> IdKind {
        match self {
            Self::Show(_) | Self::Other => IdKind::Show,
            Self::Season => IdKind::Season,
            Self::Episode => IdKind::Episode,
            Self::Person => IdKind::Person,
            Self::Character => IdKind::Character,
            Self::Franchise => IdKind::Franchise,
        }
    }
}

struct Builder<'a, 'e> {
    entities: &'e Entities<'a>,
    gather: Gather,
    /// Items that are named as people, or as characters.
    people: BTreeSet<&'a str>,
    characters: BTreeSet<&'a str>,
}

impl<'a> Builder<'a, '_> {
    fn mentioned(&mut self) {
        for entity in self.entities.values() {
            for property in ["P161", "P725"].iter().chain(CREW.iter().map(|(property, _)| property)) {
                for statement in entity.all(property) {
                    self.people.extend(statement.item());
                    self.characters.extend(statement.items("P453"));
                }
            }
        }
    }

    fn kind(&self, id: &str, entity: &Entity<'a>) -> Kind {
        let classes = entity.classes();
        let is = |known: &[&str]| classes.iter().any(|class| known.contains(class));
        if is(SEASON) {
            Kind::Season
        } else if is(EPISODE) || !entity.all("P4908").is_empty() {
            Kind::Episode
        } else if let Some(format) = classes.iter().find_map(|class| format(class)) {
            Kind::Show(format)
        } else if is(HUMAN) || self.people.contains(id) {
            Kind::Person
        } else if self.characters.contains(id) || !entity.all("P175").is_empty() {
            Kind::Character
        } else if is(FRANCHISE) {
            Kind::Franchise
        } else if !entity.all("P161").is_empty() || !entity.all("P725").is_empty() {
            for class in classes {
                entity.node.unknown("class of production", class);
            }
            Kind::Show(if entity.all("P1113").is_empty() { Format::Film } else { Format::Series })
        } else {
            Kind::Other
        }
    }

    /// Reads an entity that has a label.
    fn named(&mut self, id: &str, read: impl FnOnce(&mut Self, &str, &str, &Entity<'a>)) {
        let Some(entity) = self.entities.get(id).cloned() else { return };
        match entity.label() {
            Some(name) => read(self, id, name, &entity),
            None => entity.node.skip(format_args!("skipped: {id} has no label")),
        }
    }

    fn franchise(&mut self, id: &str, name: &str, entity: &Entity<'a>) {
        let about = entity.about(IdKind::Franchise, ImageKind::Poster);
        self.gather.franchise(Franchise { key: key(id), name: name.to_owned(), about });
    }

    fn person(&mut self, id: &str, name: &str, entity: &Entity<'a>) {
        let mut about = entity.about(IdKind::Person, ImageKind::Portrait);
        let born = entity.date(&["P569"], "born", &mut about);
        let died = entity.date(&["P570"], "died", &mut about);
        let aliases = entity.aliases();
        self.gather.person(Person { key: key(id), name: name.to_owned(), aliases, born, died, partial: false, about });
    }

    fn character(&mut self, id: &str, name: &str, entity: &Entity<'a>) {
        let about = entity.about(IdKind::Character, ImageKind::Portrait);
        let aliases = entity.aliases();
        self.gather.character(Character {
            key: key(id),
            show: None,
            name: name.to_owned(),
            aliases,
            as_self: None,
            about,
        });
    }

    fn show(&mut self, id: &str, name: &str, entity: &Entity<'a>, format: Format) {
        let mut about = entity.about(IdKind::Show, ImageKind::Poster);
        let series = format != Format::Film;
        let premiered_on = entity.date(
            if series { &["P580", "P577", "P1191"] } else { &["P577", "P1191"] },
            "premiere_date",
            &mut about,
        );
        let ended_on = if series { entity.date(&["P582"], "end_date", &mut about) } else { None };
        let label = |item: &str| Some(self.entities.get(item)?.label()?.to_owned());
        let labels =
            |property: &str| entity.best(property).iter().filter_map(|one| label(one.item()?)).collect::<Vec<_>>();
        let franchise = entity.best("P8345").iter().find_map(|one| Some((one.item()?, label(one.item()?)?)));
        let language = entity.best("P364").iter().find_map(|one| {
            let item = one.item()?;
            language(item).map(str::to_owned).or_else(|| label(item).map(|name| vocabulary::language(&name)))
        });
        let minutes = entity.best("P2047").iter().find_map(|one| {
            let amount: f64 = one.value.text("amount")?.trim_start_matches('+').parse().ok()?;
            // In minutes (Q7727), the usual unit here.
            let minutes = one.value.text("unit").is_none_or(|unit| unit.ends_with("/Q7727"));
            (minutes && amount.fract() == 0.0).then(|| format!("{amount}").parse().ok()).flatten()
        });
        let show = Show {
            key: key(id),
            title: name.to_owned(),
            aliases: entity.aliases(),
            franchise: franchise.as_ref().map(|(item, _)| key(item)),
            format,
            medium: entity.classes().iter().any(|class| is_animated(class)).then_some(Medium::Animation),
            status: ended_on.as_ref().map(|_| Status::Ended),
            premiered_on,
            ended_on,
            genres: labels("P136"),
            language,
            runtime_minutes: minutes,
            official_site: entity.best("P856").iter().find_map(|one| one.value.as_text()).map(str::to_owned),
            platforms: labels("P449")
                .into_iter()
                .map(|name| Platform { key: None, name, kind: PlatformKind::Unknown, country: None })
                .collect(),
            about,
        };
        if let Some((item, name)) = franchise {
            self.gather.franchise(Franchise { key: key(item), name, about: crate::source::record::About::default() });
        }
        self.gather.show(show);
        self.credits(entity, &key(id), None, None);
    }

    fn season(&mut self, id: &str, name: &str, entity: &Entity<'a>) {
        let placed = entity.best("P179").into_iter().find_map(|one| Some((one.item()?, first_ordinal(&one)?)));
        let Some((show, (number, _))) = placed else {
            return entity
                .node
                .skip(format_args!("skipped: the season {id} does not say its series (P179) and number (P1545)"));
        };
        if self.gather.has_show(&key(show)).is_none() {
            return entity.node.skip(format_args!("skipped: the series {show} of the season {id} was not read"));
        }
        let mut about = entity.about(IdKind::Season, ImageKind::Poster);
        let premiered_on = entity.date(&["P580", "P577"], "premiere_date", &mut about);
        let finale_on = entity.date(&["P582"], "finale_date", &mut about);
        let count =
            entity.best("P1113").iter().find_map(|one| one.value.text("amount")?.trim_start_matches('+').parse().ok());
        let season = self.gather.season(Season {
            key: key(id),
            show: key(show),
            number,
            title: Some(name.to_owned()),
            premiered_on,
            finale_on,
            episode_count: count,
            platform: None,
            about,
        });
        self.credits(entity, &key(show), Some(&season), None);
    }

    fn episode(&mut self, id: &str, name: &str, entity: &Entity<'a>) {
        let of_season = entity.best("P4908").into_iter().find_map(|one| Some((one.item()?, first_ordinal(&one))));
        let Some((season, number)) = of_season else {
            return entity.node.skip(format_args!("skipped: the episode {id} does not say its season (P4908)"));
        };
        let Some((number, number_end)) = number else {
            return entity
                .node
                .skip(format_args!("skipped: the episode {id} does not say its number in the season (P1545)"));
        };
        let Some(season) = self.gather.has_season(&key(season)).cloned() else {
            return entity.node.skip(format_args!("skipped: the season {season} of the episode {id} was not read"));
        };
        let mut about = entity.about(IdKind::Episode, ImageKind::Still);
        let aired_on = entity.date(&["P577", "P1191"], "air_date", &mut about);
        let episode = key(id);
        self.gather.episode(Episode {
            key: episode.clone(),
            show: season.show.clone(),
            season: season.key.clone(),
            number,
            number_end,
            unnumbered: false,
            title: name.to_owned(),
            aliases: Vec::new(),
            aired_on,
            runtime_minutes: None,
            production_number: entity.best("P2364").iter().find_map(|one| one.value.as_text()).map(str::to_owned),
            about,
        });
        if self.gather.has_episode(&episode).is_some() {
            self.credits(entity, &season.show, Some(&season.key), Some(&episode));
        }
    }

    fn credits(&mut self, entity: &Entity<'a>, show: &Key, season: Option<&Key>, episode: Option<&Key>) {
        for (property, part) in [("P161", Part::Screen), ("P725", Part::Voice)] {
            for statement in entity.all(property) {
                let Some(base) = self.credit(&statement, show, season, episode, Job::Actor, entity) else { continue };
                for (character, part) in self.played(&statement, show, &base.person, part) {
                    self.gather.credit(Credit { character, part: Some(part), ..base.clone() });
                }
            }
        }
        for (property, job) in CREW {
            for statement in entity.all(property) {
                if let Some(credit) = self.credit(&statement, show, season, episode, *job, entity) {
                    self.gather.credit(credit);
                }
            }
        }
    }

    fn credit(
        &mut self,
        statement: &Statement<'a>,
        show: &Key,
        season: Option<&Key>,
        episode: Option<&Key>,
        job: Job,
        entity: &Entity<'a>,
    ) -> Option<Credit> {
        let item = statement.item()?;
        let person = key(item);
        if self.gather.has_person(&person).is_none() {
            self.gather
                .records
                .remarks
                .missing(format_args!("person {item}, named by {}", entity.label().unwrap_or_default()));
            return None;
        }
        let mut credit = Credit::new(show.clone(), season.cloned(), person, job);
        credit.position = first_ordinal(statement).map(|(position, _)| position).filter(|position| *position > 0);
        credit.credited_as = statement.texts("P1810").first().map(|name| (*name).to_owned());
        credit.span = (statement.date("P580"), statement.date("P582"));
        credit.cited = statement.cited(None).into_iter().collect();
        credit.appearances.extend(episode.cloned().map(|episode| Appearance {
            episode,
            billing: None,
            position: credit.position,
            credited_as: credit.credited_as.clone(),
            uncredited: false,
        }));
        Some(credit)
    }

    /// The characters of a statement: items (P453), or names (P4633).
    fn played(&mut self, statement: &Statement<'a>, show: &Key, person: &Key, part: Part) -> Vec<(Option<Key>, Part)> {
        let mut played = Vec::new();
        for item in statement.items("P453") {
            if Some(item) == person.as_str().strip_prefix("wikidata:") {
                played.push((Some(self.own(show, person)), part));
            } else if self.entities.get(item).is_some_and(|entity| entity.label().is_some()) {
                played.push((Some(key(item)), part));
            } else {
                self.gather.records.remarks.missing(format_args!("character {item}"));
            }
        }
        let names = if played.is_empty() { statement.texts("P4633") } else { Vec::new() };
        for one in names.iter().flat_map(|name| role(name).characters) {
            let character = match (one.as_self, one.name) {
                (true, _) => Some(self.own(show, person)),
                (false, name) => name.map(|name| self.gather.character_named(show, &name)),
            };
            played.push((character, one.part.unwrap_or(part)));
        }
        if played.is_empty() { vec![(None, part)] } else { played }
    }

    /// A person as themselves.
    fn own(&mut self, show: &Key, person: &Key) -> Key {
        let name = self.gather.has_person(person).map(|person| person.name.clone()).unwrap_or_default();
        self.gather.own_character(show, person, &name)
    }
}

fn first_ordinal(statement: &Statement<'_>) -> Option<(u32, Option<u32>)> {
    statement.texts("P1545").first().and_then(|text| ordinal(text))
}

fn key(item: &str) -> Key {
    Key::new(Authority::Wikidata, item)
}
