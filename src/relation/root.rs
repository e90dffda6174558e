//! The lists without a parent: all shows, people, characters, episodes and credits, and their sort orders.

use entity::{character, credit, episode, person, show};

use super::credit::credits_by_rank;
use crate::load::{List, Order, Prefetch, SortKey::Int, SortKey::Text, Source};

/// Shows, earliest first.
pub static SHOWS_BY_PREMIERE: Order = Order {
    name: "PREMIERED_ON_ASC",
    keys: &[Text("coalesce(t.premiered_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// Shows, latest first.
pub static SHOWS_BY_PREMIERE_DESC: Order = Order {
    name: "PREMIERED_ON_DESC",
    keys: &[Text("coalesce(t.premiered_on, '')"), Int("t.id")],
    descending: true,
    join: "",
};

/// Shows, by title.
pub static SHOWS_BY_TITLE: Order =
    Order { name: "TITLE_ASC", keys: &[Text("t.title_key"), Int("t.id")], descending: false, join: "" };

/// Shows, by title, from Z to A.
pub static SHOWS_BY_TITLE_DESC: Order =
    Order { name: "TITLE_DESC", keys: &[Text("t.title_key"), Int("t.id")], descending: true, join: "" };

/// People, by name.
pub static PEOPLE_BY_NAME: Order =
    Order { name: "NAME_ASC", keys: &[Text("t.name_key"), Int("t.id")], descending: false, join: "" };

/// People, by name, from Z to A.
pub static PEOPLE_BY_NAME_DESC: Order =
    Order { name: "NAME_DESC", keys: &[Text("t.name_key"), Int("t.id")], descending: true, join: "" };

/// People, oldest first.
pub static PEOPLE_BY_BIRTH: Order = Order {
    name: "BORN_ASC",
    keys: &[Text("coalesce(t.born, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// People, youngest first.
pub static PEOPLE_BY_BIRTH_DESC: Order =
    Order { name: "BORN_DESC", keys: &[Text("coalesce(t.born, '')"), Int("t.id")], descending: true, join: "" };

/// Characters, by name.
pub static CHARACTERS_BY_NAME: Order =
    Order { name: "NAME_ASC", keys: &[Text("t.name_key"), Int("t.id")], descending: false, join: "" };

/// Characters, by name, from Z to A.
pub static CHARACTERS_BY_NAME_DESC: Order =
    Order { name: "NAME_DESC", keys: &[Text("t.name_key"), Int("t.id")], descending: true, join: "" };

/// Episodes of one season, by number.
pub static EPISODES_BY_NUMBER: Order =
    Order { name: "NUMBER_ASC", keys: &[Int("t.number"), Int("t.id")], descending: false, join: "" };

/// Episodes, earliest first.
pub static EPISODES_BY_DAY: Order = Order {
    name: "AIRED_ON_ASC",
    keys: &[Text("coalesce(t.aired_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// Episodes, latest first.
pub static EPISODES_BY_DAY_DESC: Order =
    Order { name: "AIRED_ON_DESC", keys: &[Text("coalesce(t.aired_on, '')"), Int("t.id")], descending: true, join: "" };

/// Episodes, by title.
pub static EPISODES_BY_TITLE: Order =
    Order { name: "TITLE_ASC", keys: &[Text("t.title_key"), Int("t.id")], descending: false, join: "" };

/// Episodes, by title, from Z to A.
pub static EPISODES_BY_TITLE_DESC: Order =
    Order { name: "TITLE_DESC", keys: &[Text("t.title_key"), Int("t.id")], descending: true, join: "" };

/// All shows.
pub static SHOWS: List<show::Model> = List::new(all("shows", "show AS t"), &SHOWS_BY_PREMIERE).with(&[
    Prefetch::count("seasons", &super::show::SEASONS.source),
    Prefetch::count("episodes", &super::show::EPISODES.source),
    Prefetch::count("cast", &super::show::CAST.source),
    Prefetch::count("crew", &super::show::CREW.source),
    Prefetch::count("characters", &super::show::CHARACTERS.source),
]);

/// All people.
pub static PEOPLE: List<person::Model> = List::new(all("people", "person AS t"), &PEOPLE_BY_NAME)
    .with(&[Prefetch::count("credits", &super::person::CREDITS.source)]);

/// All characters.
pub static CHARACTERS: List<character::Model> = List::new(all("characters", "character AS t"), &CHARACTERS_BY_NAME)
    .with(&[Prefetch::count("credits", &super::character::CREDITS.source)]);

/// All episodes.
pub static EPISODES: List<episode::Model> = List::new(all("episodes", "episode AS t"), &EPISODES_BY_DAY);

/// All credits.
pub static CREDITS: List<credit::Model> = credits_by_rank("credits", &[], "true");

const fn all(name: &'static str, from: &'static str) -> Source {
    Source { name, parent: &[], from, condition: "true" }
}
