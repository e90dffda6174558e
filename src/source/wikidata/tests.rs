use std::io::Write;

use chrono::NaiveDate;
use entity::credit::{Job, Part};
use serde_json::{Value, json};

use crate::source::{
    Document, Key, Records,
    wikidata::{is_dump, read, read_dump},
};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day")
}

fn entity(id: &str, label: &str, claims: Value) -> Value {
    json!({"type": "item", "id": id, "labels": {"en": {"language": "en", "value": label}}, "descriptions": {}, "aliases": {}, "claims": claims})
}

fn item(id: &str) -> Value {
    json!({"mainsnak": {"snaktype": "value", "datavalue": {"value": {"entity-type": "item", "id": id}, "type": "wikibase-entityid"}}, "rank": "normal"})
}

fn text(text: &str) -> Value {
    json!({"mainsnak": {"snaktype": "value", "datavalue": {"value": text, "type": "string"}}, "rank": "normal"})
}

fn time(time: &str, precision: u32) -> Value {
    json!({"mainsnak": {"snaktype": "value", "datavalue": {"value": {"time": time, "precision": precision}, "type": "time"}}, "rank": "normal"})
}

fn with(mut statement: Value, field: &str, value: Value) -> Value {
    statement[field] = value;
    statement
}

fn snak(value: Value) -> Value {
    json!({"snaktype": "value", "datavalue": {"value": value}})
}

fn entities() -> Vec<Value> {
    let cast = |id: &str, qualifiers: Value| with(item(id), "qualifiers", qualifiers);
    let url = json!([{"snaks": {"P854": [snak(json!("https://paper.example/1"))], "P813": [snak(json!({"time": "+2020-05-06T00:00:00Z", "precision": 11}))]}}]);
    vec![
        entity(
            "Q1",
            "Moon Kitchen",
            json!({
                "P31": [item("Q5398426")],
                "P580": [time("+2001-02-00T00:00:00Z", 10), with(time("+1999-01-01T00:00:00Z", 11), "rank", json!("deprecated"))],
                "P582": [{"mainsnak": {"snaktype": "novalue"}, "rank": "normal"}],
                "P345": [text("tt0084967")], "P8600": [text("7")], "P4983": [text("50")],
                "P364": [item("Q1860")],
                "P161": [
                    cast("Q10", json!({"P453": [snak(json!({"id": "Q20"}))], "P1545": [snak(json!("1"))], "P1810": [snak(json!("Joe Smith"))]})),
                    cast("Q11", json!({"P4633": [snak(json!("Stan / Roger (voice)"))]})),
                    cast("Q12", json!({"P453": [{"snaktype": "somevalue"}]})),
                    with(cast("Q10", json!({"P4633": [snak(json!("Wrong"))]})), "rank", json!("deprecated")),
                    {"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"},
                    item("Q99")
                ],
                "P725": [cast("Q10", json!({"P453": [snak(json!({"id": "Q20"}))]}))],
                "P170": [item("Q11")]
            }),
        ),
        entity(
            "Q2",
            "Moon Kitchen, season 1",
            json!({
                "P31": [item("Q3464665")], "P179": [with(item("Q1"), "qualifiers", json!({"P1545": [snak(json!("1"))]}))],
                "P1113": [{"mainsnak": {"snaktype": "value", "datavalue": {"value": {"amount": "+2", "unit": "1"}}}, "rank": "normal"}]
            }),
        ),
        entity(
            "Q3",
            "Pilot",
            json!({
                "P31": [item("Q21191270")], "P4908": [with(item("Q2"), "qualifiers", json!({"P1545": [snak(json!("1–2"))]}))],
                "P179": [item("Q1")], "P577": [time("+2001-02-03T00:00:00Z", 11)], "P57": [item("Q12")]
            }),
        ),
        entity(
            "Q10",
            "Joseph Smith",
            json!({
                "P31": [item("Q5")], "P345": [text("nm0000001")], "P4985": [text("30")],
                "P569": [time("+1950-00-00T00:00:00Z", 9), with(with(time("+1951-02-03T00:00:00Z", 11), "rank", json!("preferred")), "references", url)],
                "P570": [time("+1900-00-00T00:00:00Z", 7)]
            }),
        ),
        entity("Q11", "Seth Low", json!({"P31": [item("Q5")]})),
        entity(
            "Q12",
            "Bo Li",
            json!({"P31": [item("Q5")], "P569": [{"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"}]}),
        ),
        entity("Q20", "Cook", json!({"P31": [item("Q15773317")]})),
    ]
}

fn check(records: &Records) {
    let show = records.shows.first().expect("a show");
    assert_eq!(
        show.about.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["wikidata:Q1", "imdb:tt0084967", "tvmaze:7", "tmdb:50"]
    );
    assert_eq!(show.premiered_on.clone().map(String::from).as_deref(), Some("2001-02"));
    assert_eq!((show.ended_on.is_none(), show.language.as_deref()), (true, Some("en")));
    let episode = records.episodes.first().expect("an episode");
    assert_eq!((episode.number, episode.number_end, episode.season.as_str()), (1, Some(2), "wikidata:Q2"));

    let joe = records.people.first().expect("a person");
    assert_eq!((joe.born.clone().map(String::from).as_deref(), joe.died.is_none()), (Some("1951-02-03"), true));
    let cited = joe.about.cited.first().expect("a citation");
    assert_eq!(cited.field, Some("born"));
    assert_eq!(
        cited.references.first().and_then(|reference| reference.address.as_deref()),
        Some("https://paper.example/1")
    );

    let cast: Vec<(&str, Option<&str>, Option<Part>)> = records
        .credits
        .iter()
        .filter(|credit| credit.job == Job::Actor)
        .map(|credit| (credit.person.as_str(), credit.character.as_ref().map(Key::as_str), credit.part))
        .collect();
    assert_eq!(
        cast,
        [
            ("wikidata:Q10", Some("wikidata:Q20"), Some(Part::Screen)),
            ("wikidata:Q11", Some("wikidata:Q1/stan"), Some(Part::Voice)),
            ("wikidata:Q11", Some("wikidata:Q1/roger"), Some(Part::Voice)),
            ("wikidata:Q12", None, Some(Part::Screen)),
            ("wikidata:Q10", Some("wikidata:Q20"), Some(Part::Voice)),
        ]
    );
    let first = records.credits.first().expect("a credit");
    assert_eq!((first.position, first.credited_as.as_deref()), (Some(1), Some("Joe Smith")));
    let director = records.credits.iter().find(|credit| credit.job == Job::Director).expect("a credit");
    assert_eq!(director.appearances.first().map(|appearance| appearance.episode.as_str()), Some("wikidata:Q3"));
    let lines = records.remarks.lines();
    assert!(lines.contains(&"person Q99, named by Moon Kitchen: not found at the source".to_owned()), "{lines:#?}");
}

#[test]
fn statements_become_records() {
    let answer = json!({"entities": entities().into_iter().map(|entity| (entity["id"].as_str().expect("an id").to_owned(), entity)).collect::<serde_json::Map<_, _>>()});
    check(&read(&[Document { name: "a.json".to_owned(), value: answer }], day()));
}

#[test]
fn a_dump_gives_the_items_asked_for() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "[").expect("a line");
    let mut all = entities();
    all.reverse();
    all.push(entity("Q500", "Another Show", json!({"P31": [item("Q5398426")]})));
    for entity in all {
        writeln!(file, "{entity},").expect("a line");
    }
    writeln!(file, "{{\"id\":\"Q1\" broken\n]").expect("a line");
    assert!(is_dump(file.path()));
    let records = read_dump(file.path(), &["Q1".to_owned()], day(), &mut |_| {}).expect("records");
    assert_eq!(records.shows.len(), 1);
    check(&records);
    assert!(
        records.remarks.lines().iter().any(|line| line.contains(":10: skipped: the line is not valid JSON")),
        "{:?}",
        records.remarks
    );
}

#[test]
fn merged_and_missing_items_are_told() {
    let mut show = entities().remove(0);
    show["claims"]["P161"] = json!([]);
    let answer = json!({"entities": {"Q77": show, "Q78": {"id": "Q78", "missing": ""}}});
    let records = read(&[Document { name: "a.json".to_owned(), value: answer }], day());
    let merged = records.merged.first().map(|merged| (merged.from.value.as_str(), merged.into.value.as_str()));
    assert_eq!(merged, Some(("Q77", "Q1")));
    assert!(
        records.remarks.lines().contains(&"a.json:/entities/Q78: Q78 does not exist at Wikidata".to_owned()),
        "{:?}",
        records.remarks
    );
}

#[test]
fn no_shape_of_json_stops_the_reader() {
    for odd in [json!(null), json!(5), json!("x"), json!([]), json!({}), json!([null]), json!([{"mainsnak": 4}])] {
        for property in ["P31", "P161", "P580", "P345", "P364", "P2047"] {
            let mut show = entities().remove(0);
            show["claims"][property] = odd.clone();
            read(&[Document { name: "a.json".to_owned(), value: show }], day());
        }
        read(&[Document { name: "a.json".to_owned(), value: odd }], day());
    }
}
