//! What castgraph must know of Star Trek.

use std::collections::{BTreeMap, BTreeSet};

use castgraph::guard::{Limits, Settings};
use serde_json::{Value, json};

use crate::site::{Set, Site, on_both};

#[tokio::test]
async fn returns_to_picard_are_those_of_the_data_set() {
    on_both(Set::Whole, |site: Site| async move {
        let mut found = BTreeSet::new();
        for season in 1..=3 {
            let query = format!(
                r#"{{ season(by: {{slug: "star-trek-picard-s{season:02}"}}) {{ slug returns(first: 100) {{ pageInfo {{ hasNextPage }}
                    nodes {{ character {{ slug }} samePerformer from {{ slug }} firstFrom {{ slug premieredOn }}
                        credits(first: 100) {{ nodes {{ person {{ slug }} }} }}
                        earlierCredits(first: 100) {{ pageInfo {{ hasNextPage }}
                            nodes {{ person {{ slug }} season {{ premieredOn }} show {{ slug premieredOn }} }} }} }} }} }} }}"#
            );
            let data = site.data(&query).await;
            let season = &data["season"];
            assert_eq!(season["returns"]["pageInfo"]["hasNextPage"], false);
            for back in list(&season["returns"]["nodes"]) {
                assert_eq!(back["earlierCredits"]["pageInfo"]["hasNextPage"], false);
                let earlier = list(&back["earlierCredits"]["nodes"]);
                let before: BTreeSet<&str> = earlier.iter().map(|credit| text(&credit["person"]["slug"])).collect();
                let first = earlier.first().expect("somebody who comes back was there before");
                let season_or_film =
                    if first["season"].is_null() { &first["show"] } else { &first["season"] };
                assert_eq!(first["show"]["slug"], back["firstFrom"]["slug"]);
                assert_eq!(earlier.last().map(|last| &last["show"]["slug"]), Some(&back["from"]["slug"]));
                let mut here = Vec::new();
                for credit in list(&back["credits"]["nodes"]) {
                    let person = text(&credit["person"]["slug"]);
                    let recast = if before.contains(person) { "no" } else { "yes" };
                    here.push(recast == "no");
                    found.insert(
                        [
                            text(&season["slug"]),
                            text(&back["character"]["slug"]),
                            person,
                            text(&back["firstFrom"]["slug"]),
                            text(&season_or_film["premieredOn"]),
                            &before.iter().copied().collect::<Vec<_>>().join("|"),
                            recast,
                        ]
                        .map(ToOwned::to_owned),
                    );
                }
                assert_eq!(back["samePerformer"], here.contains(&true));
            }
        }
        let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/returns.csv")).expect("the file");
        let mut expected = BTreeSet::new();
        for row in csv::Reader::from_reader(file.as_bytes()).records() {
            let row = row.expect("a row");
            let cells: Vec<String> = row.iter().map(ToOwned::to_owned).collect();
            expected.insert(<[String; 7]>::try_from(cells).expect("seven columns"));
        }
        assert_eq!(expected.len(), 36);
        assert_eq!(found, expected, "{}", site.engine);
    })
    .await;
}

#[tokio::test]
async fn guinan_q_and_picard_come_back_from_the_next_generation() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"{ season(by: {slug: "star-trek-picard-s02"}) { show { title } returns(from: {slug: "star-trek-the-next-generation"}) {
            nodes { character { name } samePerformer credits { nodes { person { name } billing } } } } } }"#;
        let data = site.data(query).await;
        assert_eq!(data["season"]["show"]["title"], "Star Trek: Picard");
        let back: BTreeMap<&str, BTreeSet<&str>> = list(&data["season"]["returns"]["nodes"])
            .iter()
            .map(|back| {
                let people = list(&back["credits"]["nodes"]).iter().map(|credit| text(&credit["person"]["name"]));
                (text(&back["character"]["name"]), people.collect())
            })
            .collect();
        assert_eq!(back["Guinan"], BTreeSet::from(["Ito Aghayere", "Whoopi Goldberg"]));
        assert_eq!(back["Q"], BTreeSet::from(["John de Lancie"]));
        assert!(back["Jean-Luc Picard"].contains("Patrick Stewart"));
        assert!(!back.contains_key("Borg Queen"), "she comes from the films and Voyager");
    })
    .await;
}

#[tokio::test]
async fn the_borg_queen_has_five_performers() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"{ character(by: {slug: "borg-queen"}) { performers { totalCount nodes { person { name }
            credits { nodes { show { code } season { number } part } } } } } }"#;
        let data = site.data(query).await;
        let performers = &data["character"]["performers"];
        assert_eq!(performers["totalCount"], 5);
        let names: Vec<&str> = list(&performers["nodes"]).iter().map(|node| text(&node["person"]["name"])).collect();
        let five = ["Alice Krige", "Susanna Thompson", "Annie Wersching", "Alison Pill", "Jane Edwina Seymour"];
        assert_eq!(names.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::from(five));
        assert_eq!(names[0], "Alice Krige", "the first is the first");
        assert!(list(&performers["nodes"]).iter().all(|node| !list(&node["credits"]["nodes"]).is_empty()));
    })
    .await;
}

#[tokio::test]
async fn people_have_all_their_parts() {
    on_both(Set::Whole, |site: Site| async move {
        for (person, parts) in [
            (
                "brent-spiner",
                &[
                    "Data",
                    "Lore",
                    "B-4",
                    "Noonien Soong",
                    "Arik Soong",
                    "Altan Inigo Soong",
                    "Adam Soong",
                    "Frank Hollander",
                ][..],
            ),
            ("isa-briones", &["Dahj Asha", "Soji Asha", "Sutra", "Kore Soong"]),
            ("orla-brady", &["Laris", "Tallinn"]),
        ] {
            let query = format!(
                r#"{{ person(by: {{slug: "{person}"}}) {{ characters(first: 100) {{ nodes {{ name }} }} }} }}"#
            );
            let data = site.data(&query).await;
            let names = list(&data["person"]["characters"]["nodes"]).iter().map(|node| text(&node["name"]));
            assert_eq!(names.collect::<BTreeSet<_>>(), parts.iter().copied().collect(), "{person}");
        }
    })
    .await;
}

/// Every list of credits and every field that names one side shows the same credits.
#[tokio::test]
async fn a_credit_is_the_same_from_every_side() {
    on_both(Set::Whole, |mut site: Site| async move {
        // More than a stranger may ask for at once.
        let limits = Limits { max_cost: u64::MAX, max_answer: u64::MAX, ..Limits::default() };
        site.guard(&Settings { limits, ..Settings::default() });
        let query = r#"{ season(by: {slug: "star-trek-picard-s03"}) { cast(first: 100) { nodes { id
            person { credits(first: 100) { nodes { id } } } character { credits(first: 100) { nodes { id } } }
            show { slug season(number: 3) { slug cast(first: 100) { nodes { id } } } }
            episodes(first: 100) { nodes { slug cast(first: 100) { nodes { id } } } } knownEpisodeCount episodeCount coverage } } } }"#;
        let data = site.data(query).await;
        let cast = list(&data["season"]["cast"]["nodes"]);
        assert!(cast.len() > 30);
        let mut seen = 0;
        for credit in cast {
            let holds = |nodes: &Value| list(nodes).iter().any(|other| other["id"] == credit["id"]);
            assert!(holds(&credit["person"]["credits"]["nodes"]));
            assert!(holds(&credit["character"]["credits"]["nodes"]));
            assert!(holds(&credit["show"]["season"]["cast"]["nodes"]));
            let episodes = list(&credit["episodes"]["nodes"]);
            assert_eq!(credit["knownEpisodeCount"], episodes.len());
            match credit["coverage"].as_str() {
                Some("WHOLE") => assert_eq!(credit["episodeCount"], 10),
                Some("LISTED") => assert_eq!(credit["episodeCount"], episodes.len()),
                _ => assert_eq!(credit["episodeCount"], Value::Null),
            }
            assert!(episodes.iter().all(|episode| holds(&episode["cast"]["nodes"])));
            seen += episodes.len();
        }
        assert!(seen > 50, "the episodes are there");
    })
    .await;
}

/// Texts that no row can hold are not found, and not an error of the database.
#[tokio::test]
async fn odd_texts_are_not_found() {
    on_both(Set::Whole, |site: Site| async move {
        for odd in ["", "\\u0000", "'", "%", "😀", "a\\u0000b"] {
            let query = format!(
                r#"{{ person(by: {{slug: "{odd}"}}) {{ name }} people(filter: {{name: {{equals: "{odd}", startsWith: "{odd}"}}}}) {{ totalCount }} }}"#
            );
            assert_eq!(site.data(&query).await, serde_json::json!({ "person": null, "people": { "totalCount": 0 } }));
        }
    })
    .await;
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is a list"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is text"))
}

/// The main cast of a season is in each of its episodes; what is not known is null.
#[tokio::test]
async fn the_cast_of_an_episode_has_the_main_cast_of_the_season() {
    on_both(Set::Whole, |site: Site| async move {
        let data = site
            .data(
                r#"{ episode(by: {slug: "tng-s02e01"}) { cast { totalCount edges { basis node { person { slug } } } } }
                crosby: person(by: {slug: "denise-crosby"}) { credits { nodes { coverage episodeCount season { slug } } } }
                stewart: person(by: {slug: "patrick-stewart"}) { credits(first: 100) { nodes { coverage episodeCount knownEpisodeCount season { slug } } } } }"#,
            )
            .await;
        let cast = list(&data["episode"]["cast"]["edges"]);
        assert_eq!(data["episode"]["cast"]["totalCount"], cast.len());
        let basis = |slug: &str| cast.iter().find(|edge| edge["node"]["person"]["slug"] == slug).map(|edge| &edge["basis"]);
        assert_eq!(basis("patrick-stewart"), Some(&"WHOLE_SEASON".into()), "{}", site.engine);
        assert_eq!(basis("whoopi-goldberg"), Some(&"LISTED".into()));
        assert_eq!(basis("diana-muldaur"), Some(&"LISTED".into()), "she is credited as a guest");
        assert_eq!(basis("john-de-lancie"), None, "he is in another episode of the season");
        let of = |person: &str, season: &str| {
            let credits = list(&data[person]["credits"]["nodes"]);
            credits.iter().find(|credit| credit["season"]["slug"] == season).cloned().expect("a credit")
        };
        // She left before the end of the season.
        let left = of("crosby", "star-trek-the-next-generation-s01");
        assert_eq!((&left["coverage"], &left["episodeCount"]), (&"UNKNOWN".into(), &Value::Null));
        let whole = of("stewart", "star-trek-picard-s01");
        assert_eq!((&whole["coverage"], &whole["episodeCount"]), (&"WHOLE".into(), &10.into()));
    })
    .await;
}

/// A word that occurs nowhere is an error, and not an empty list.
#[tokio::test]
async fn words_that_do_not_occur_are_errors() {
    on_both(Set::Whole, |site: Site| async move {
        for (query, told) in [
            (r#"{ claims(word: "premiere_dat") { totalCount } }"#, "did you mean \"premiere_date\"?"),
            (
                r#"{ season(by: {slug: "star-trek-picard-s02"}) { claims(word: "xyzzy") { totalCount } } }"#,
                "does not occur",
            ),
            (
                r#"{ season(by: {slug: "star-trek-picard-s02"}) { citations(word: "premier_date") { totalCount } } }"#,
                "did you mean \"premiere_date\"?",
            ),
        ] {
            let answer = site.answer(query).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND", "{answer}");
            assert!(answer["errors"][0]["message"].as_str().is_some_and(|message| message.contains(told)), "{answer}");
        }
        let query = r#"{ claims { totalCount } known: claims(about: PREMIERED_ON) { totalCount nodes { topic about } }
            other: claims(about: OTHER, first: 100) { nodes { topic about } } word: claims(word: "painting") { nodes { topic } }
            show(by: {slug: "star-trek-picard"}) { citations { totalCount } other: citations(field: OTHER) { nodes { topic field } }
                named: citations(field: PREMIERED_ON) { nodes { topic field } } } }"#;
        let data = site.data(query).await;
        assert!(data["known"]["totalCount"].as_i64().is_some_and(|count| count > 0), "{data}");
        assert_eq!(data["known"]["nodes"][0], json!({ "topic": "PREMIERED_ON", "about": "premiere_date" }));
        assert_eq!(data["word"]["nodes"], json!([{ "topic": "OTHER" }]));
        let others = data["other"]["nodes"].as_array().expect("nodes");
        assert!(!others.is_empty() && others.iter().all(|claim| claim["topic"] == "OTHER"), "{data}");
        assert!(data["show"]["other"]["nodes"].as_array().is_some_and(|all| all.iter().all(|one| one["topic"] == "OTHER")));
        assert_eq!(data["show"]["named"]["nodes"][0], json!({ "topic": "PREMIERED_ON", "field": "premiere_date" }));
    })
    .await;
}

/// A gap is counted from when the character was last seen: anywhere, or in the production that is given.
#[tokio::test]
async fn a_return_says_where_and_when_the_character_was_last_seen() {
    on_both(Set::Whole, |site: Site| async move {
        let returns = async |season: u8, from: &str| {
            let selected = "character { slug } from { slug } lastSeenIn { slug } lastSeenOn returnedOn yearsAway daysAway";
            let query = format!(
                r#"{{ season(by: {{slug: "star-trek-picard-s{season:02}"}}) {{ returns(first: 50{from}) {{ nodes {{ {selected} }} }} }} }}"#
            );
            list(&site.data(&query).await["season"]["returns"]["nodes"]).to_vec()
        };
        let of = |found: &[Value], slug: &str| {
            found.iter().find(|back| back["character"]["slug"] == slug).cloned().expect("a return")
        };
        let picard = of(&returns(3, "").await, "jean-luc-picard");
        assert_eq!(picard["lastSeenIn"]["slug"], "star-trek-picard", "{} {picard}", site.engine);
        assert_eq!((&picard["yearsAway"], &picard["daysAway"]), (&0.into(), &287.into()), "{picard}");
        let q = of(&returns(2, r#", from: {slug: "star-trek-the-next-generation"}"#).await, "q");
        assert_eq!((&q["from"]["slug"], &q["lastSeenIn"]["slug"]), (&"star-trek-the-next-generation".into(), &"star-trek-the-next-generation".into()));
        assert_eq!(q["yearsAway"], 27, "{q}");
    })
    .await;
}
