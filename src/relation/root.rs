//! The lists without a parent: all shows, people, characters, episodes and credits, and their sort orders.

use entity::{character, credit, episode, franchise, person, season, show, territory};

use super::credit::credits_by_rank;
use crate::load::{List, Order, Prefetch, SortKey, SortKey::Int, SortKey::Text, Source, Tally};

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

const PEOPLE_BY_SHOWS_KEYS: &[SortKey] = &[
    Int("CAST((SELECT count(DISTINCT n.show_id) FROM credit AS n WHERE n.person_id = t.id) AS integer)"),
    Int("t.id"),
];

const PEOPLE_BY_CHARACTERS_KEYS: &[SortKey] = &[
    Int("CAST((SELECT count(DISTINCT n.character_id) FROM credit AS n WHERE n.person_id = t.id) AS integer)"),
    Int("t.id"),
];

const PEOPLE_BY_EPISODES_KEYS: &[SortKey] = &[
    Int(concat!(
        "CAST((SELECT count(DISTINCT k.episode_id) FROM ",
        known_episodes!("c.person_id = t.id AND c.job = 0"),
        " AS k) AS integer)"
    )),
    Int("t.id"),
];

const CHARACTERS_BY_PERFORMERS_KEYS: &[SortKey] = &[
    Int("CAST((SELECT count(DISTINCT n.person_id) FROM credit AS n WHERE n.character_id = t.id) AS integer)"),
    Int("t.id"),
];

const CHARACTERS_BY_SHOWS_KEYS: &[SortKey] = &[
    Int("CAST((SELECT count(DISTINCT n.show_id) FROM credit AS n WHERE n.character_id = t.id) AS integer)"),
    Int("t.id"),
];

const SHOWS_BY_EPISODES_KEYS: &[SortKey] =
    &[Int("CAST((SELECT count(*) FROM episode AS n WHERE n.show_id = t.id) AS integer)"), Int("t.id")];

const SHOWS_BY_CAST_KEYS: &[SortKey] = &[
    Int(
        "CAST((SELECT count(DISTINCT n.person_id) FROM credit AS n WHERE n.show_id = t.id AND n.rank < 1000000) AS integer)",
    ),
    Int("t.id"),
];

/// People, by number of shows, fewest first.
pub static PEOPLE_BY_SHOWS: Order =
    Order { name: "SHOW_COUNT_ASC", keys: PEOPLE_BY_SHOWS_KEYS, descending: false, join: "" };

/// People, by number of shows, most first.
pub static PEOPLE_BY_SHOWS_DESC: Order =
    Order { name: "SHOW_COUNT_DESC", keys: PEOPLE_BY_SHOWS_KEYS, descending: true, join: "" };

/// People, by number of characters, fewest first.
pub static PEOPLE_BY_CHARACTERS: Order =
    Order { name: "CHARACTER_COUNT_ASC", keys: PEOPLE_BY_CHARACTERS_KEYS, descending: false, join: "" };

/// People, by number of characters, most first.
pub static PEOPLE_BY_CHARACTERS_DESC: Order =
    Order { name: "CHARACTER_COUNT_DESC", keys: PEOPLE_BY_CHARACTERS_KEYS, descending: true, join: "" };

/// People, by number of episodes in which they are known to act, fewest first.
pub static PEOPLE_BY_EPISODES: Order =
    Order { name: "KNOWN_EPISODE_COUNT_ASC", keys: PEOPLE_BY_EPISODES_KEYS, descending: false, join: "" };

/// People, by number of episodes in which they are known to act, most first.
pub static PEOPLE_BY_EPISODES_DESC: Order =
    Order { name: "KNOWN_EPISODE_COUNT_DESC", keys: PEOPLE_BY_EPISODES_KEYS, descending: true, join: "" };

/// Characters, by number of performers, fewest first.
pub static CHARACTERS_BY_PERFORMERS: Order =
    Order { name: "PERFORMER_COUNT_ASC", keys: CHARACTERS_BY_PERFORMERS_KEYS, descending: false, join: "" };

/// Characters, by number of performers, most first.
pub static CHARACTERS_BY_PERFORMERS_DESC: Order =
    Order { name: "PERFORMER_COUNT_DESC", keys: CHARACTERS_BY_PERFORMERS_KEYS, descending: true, join: "" };

/// Characters, by number of shows, fewest first.
pub static CHARACTERS_BY_SHOWS: Order =
    Order { name: "SHOW_COUNT_ASC", keys: CHARACTERS_BY_SHOWS_KEYS, descending: false, join: "" };

/// Characters, by number of shows, most first.
pub static CHARACTERS_BY_SHOWS_DESC: Order =
    Order { name: "SHOW_COUNT_DESC", keys: CHARACTERS_BY_SHOWS_KEYS, descending: true, join: "" };

/// Shows, by number of episodes, fewest first.
pub static SHOWS_BY_EPISODES: Order =
    Order { name: "EPISODE_COUNT_ASC", keys: SHOWS_BY_EPISODES_KEYS, descending: false, join: "" };

/// Shows, by number of episodes, most first.
pub static SHOWS_BY_EPISODES_DESC: Order =
    Order { name: "EPISODE_COUNT_DESC", keys: SHOWS_BY_EPISODES_KEYS, descending: true, join: "" };

/// Shows, by number of people in the cast, fewest first.
pub static SHOWS_BY_CAST: Order =
    Order { name: "CAST_COUNT_ASC", keys: SHOWS_BY_CAST_KEYS, descending: false, join: "" };

/// Shows, by number of people in the cast, most first.
pub static SHOWS_BY_CAST_DESC: Order =
    Order { name: "CAST_COUNT_DESC", keys: SHOWS_BY_CAST_KEYS, descending: true, join: "" };

/// All shows.
pub static SHOWS: List<show::Model> = List::new(all("shows", "show AS t"), &SHOWS_BY_PREMIERE)
    .with(&[
        Prefetch::count("seasons", &super::show::SEASONS.source),
        Prefetch::count("episodes", &super::show::EPISODES.source),
        Prefetch::count("cast", &super::show::CAST.source),
        Prefetch::count("crew", &super::show::CREW.source),
        Prefetch::count("characters", &super::show::CHARACTERS.source),
    ])
    .tallied(&Tally { from: "show_tally AS t", columns: &["format", "medium", "status"] });

/// Seasons, earliest first.
pub static SEASONS_BY_PREMIERE: Order = Order {
    name: "PREMIERED_ON_ASC",
    keys: &[Text("coalesce(t.premiered_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// Seasons, latest first.
pub static SEASONS_BY_PREMIERE_DESC: Order = Order {
    name: "PREMIERED_ON_DESC",
    keys: &[Text("coalesce(t.premiered_on, '')"), Int("t.id")],
    descending: true,
    join: "",
};

/// Seasons, by number.
pub static SEASONS_BY_NUMBER: Order =
    Order { name: "NUMBER_ASC", keys: &[Int("t.number"), Int("t.id")], descending: false, join: "" };

/// Seasons, by number, highest first.
pub static SEASONS_BY_NUMBER_DESC: Order =
    Order { name: "NUMBER_DESC", keys: &[Int("t.number"), Int("t.id")], descending: true, join: "" };

/// All seasons.
pub static SEASONS: List<season::Model> = List::new(all("seasons", "season AS t"), &SEASONS_BY_PREMIERE)
    .with(&[
        Prefetch::count("episodes", &super::season::EPISODES.source),
        Prefetch::count("cast", &super::season::CAST.source),
        Prefetch::count("crew", &super::season::CREW.source),
    ])
    .tallied(&Tally { from: "season_tally AS t", columns: &["number"] });

/// All franchises, by slug.
pub static FRANCHISES: List<franchise::Model> = List::new(all("franchises", "franchise AS t"), &BY_SLUG);

/// All territories, by slug.
pub static TERRITORIES: List<territory::Model> = List::new(all("territories", "territory AS t"), &BY_SLUG);

/// By slug.
pub static BY_SLUG: Order =
    Order { name: "SLUG_ASC", keys: &[Text("t.slug"), Int("t.id")], descending: false, join: "" };

/// All people.
pub static PEOPLE: List<person::Model> = List::new(all("people", "person AS t"), &PEOPLE_BY_NAME)
    .with(&[Prefetch::count("credits", &super::person::CREDITS.source)])
    .tallied(&Tally { from: "person_tally AS t", columns: &["born"] });

/// All characters.
pub static CHARACTERS: List<character::Model> = List::new(all("characters", "character AS t"), &CHARACTERS_BY_NAME)
    .with(&[Prefetch::count("credits", &super::character::CREDITS.source)])
    .tallied(&Tally { from: "character_tally AS t", columns: &["species"] });

/// All episodes.
pub static EPISODES: List<episode::Model> = List::new(all("episodes", "episode AS t"), &EPISODES_BY_DAY)
    .tallied(&Tally { from: "episode_tally AS t", columns: &["aired_on"] });

/// All credits.
pub static CREDITS: List<credit::Model> = credits_by_rank("credits", &[], "true")
    .tallied(&Tally { from: "credit_tally AS t", columns: &["job", "billing", "part", "portrayal", "rank"] });

const fn all(name: &'static str, from: &'static str) -> Source {
    Source { name, parent: &[], from, condition: "true" }
}
