use chrono::NaiveDate;
use entity::{
    credit::{Billing, Job, Part},
    show::{Format, Status},
};
use serde_json::{Value, json};

use crate::source::{Document, Records, tmdb::read};

fn records(documents: &[(&str, Value)]) -> Records {
    let documents: Vec<Document> =
        documents.iter().map(|(name, value)| Document { name: (*name).to_owned(), value: value.clone() }).collect();
    read(&documents, NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day"))
}

fn series() -> Value {
    json!({
        "id": 50, "name": "Moon Kitchen", "original_name": "Mondküche", "original_language": "de", "type": "Miniseries",
        "status": "Canceled", "first_air_date": "2001-02-03", "last_air_date": "2001-03-03", "episode_run_time": [30],
        "genres": [{"id": 16, "name": "Animation"}], "homepage": "", "overview": "A &amp; B", "poster_path": "/p.jpg",
        "networks": [{"id": 3, "name": "Moon One", "origin_country": "US"}],
        "created_by": [{"id": 12, "credit_id": "a", "name": "Seth Low"}],
        "seasons": [{"id": 500, "season_number": 0, "name": "Specials", "episode_count": 1, "air_date": null},
                    {"id": 501, "season_number": 1, "name": "Season 1", "episode_count": 2, "air_date": "2001-02-03"}],
        "external_ids": {"imdb_id": "tt0084967", "tvdb_id": 81, "wikidata_id": "Q5", "tvrage_id": null, "facebook_id": "x"}
    })
}

fn season() -> Value {
    json!({
        "_id": "x", "id": 501, "season_number": 1, "name": "Season 1", "air_date": "2001-02-03",
        "episodes": [
            {"id": 5001, "episode_number": 1, "season_number": 1, "show_id": 50, "name": "Pilot", "air_date": "2001-02-03", "runtime": 30,
             "production_code": "101",
             "crew": [{"id": 20, "name": "Bo Li", "job": "Director", "credit_id": "d"}, {"id": 21, "name": "X", "job": "Gaffer", "credit_id": "e"}],
             "guest_stars": [{"id": 22, "name": "Ann Ray", "character": "Self (archive footage)", "order": 500, "credit_id": "f"},
                             {"id": 22, "name": "Ann Ray", "character": "Self (archive footage)", "order": 500, "credit_id": "f"}]},
            {"id": 5002, "episode_number": 2, "season_number": 1, "show_id": 50, "name": "", "air_date": "0000-00-00", "runtime": null}
        ]
    })
}

fn aggregate() -> Value {
    json!({"id": 501, "cast": [
        {"id": 30, "name": "Joe", "order": 0, "total_episode_count": 2, "roles": [
            {"credit_id": "g", "character": "Stan / Roger (voice)", "episode_count": 2}, {"credit_id": "h", "character": "", "episode_count": 1}]},
        {"id": "x", "name": 5, "roles": []},
        {"name": "No Id", "roles": [{"credit_id": "i", "character": "A"}]}
    ], "crew": [{"id": 12, "name": "Seth Low", "jobs": [{"credit_id": "j", "job": "Executive Producer", "episode_count": 2}]}]})
}

#[test]
fn answers_that_belong_together_are_one_show() {
    // In any order: what a list is of is said by a number only.
    for order in [[0, 1, 2], [2, 1, 0]] {
        let all = [
            ("tv/details.json", series()),
            ("seasons/details.json", season()),
            ("seasons/aggregate_credits.json", aggregate()),
        ];
        let documents: Vec<_> = order.iter().map(|place| all[*place].clone()).collect();
        let records = records(&documents);
        let show = records.shows.first().expect("a show");
        assert_eq!((show.format, show.status), (Format::Miniseries, Some(Status::Cancelled)));
        assert_eq!(
            show.about.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["tmdb:50", "imdb:tt0084967", "tvdb:81", "wikidata:Q5"]
        );
        assert_eq!(show.about.summaries.first().map(|summary| summary.text.as_str()), Some("A & B"));
        assert_eq!(show.aliases.first().map(|alias| (alias.name.as_str(), alias.original)), Some(("Mondküche", true)));
        assert_eq!(records.seasons.iter().map(|season| season.number).collect::<Vec<_>>(), [0, 1]);
        let titles: Vec<_> =
            records.episodes.iter().map(|episode| (episode.title.as_str(), episode.aired_on.is_some())).collect();
        assert_eq!(titles, [("Pilot", true), ("Episode 2", false)]);

        let stan: Vec<_> = records.credits.iter().filter(|credit| credit.person.as_str() == "tmdb:30").collect();
        let parts: Vec<_> =
            stan.iter().map(|credit| (credit.character.is_some(), credit.part, credit.episode_count)).collect();
        assert_eq!(
            parts,
            [
                (true, Some(Part::Voice), Some(2)),
                (true, Some(Part::Voice), Some(2)),
                (false, Some(Part::Screen), Some(1))
            ]
        );
        assert!(
            stan.iter().all(|credit| credit.season.as_ref().is_some_and(|season| season.as_str() == "tmdb:50/s01"))
        );
        let guests: Vec<_> = records.credits.iter().filter(|credit| credit.billing == Some(Billing::Guest)).collect();
        assert_eq!(guests.len(), 1);
        assert_eq!((guests[0].archive, guests[0].appearances.len()), (true, 1));
        let own = records.characters.iter().find(|character| character.as_self.is_some()).expect("a character");
        assert_eq!(own.name, "Ann Ray");
        for job in [Job::Creator, Job::ExecutiveProducer, Job::Director] {
            assert!(records.credits.iter().any(|credit| credit.job == job), "{job:?}");
        }
        let lines = records.remarks.lines();
        for line in
            ["seasons/aggregate_credits.json:/cast/2: skipped: it has no id", "crew job \"Gaffer\" is not stored, once"]
        {
            assert!(lines.contains(&line.to_owned()), "{line} is not in {lines:#?}");
        }
    }
}

#[test]
fn people_and_films_have_ids_elsewhere() {
    let film = json!({"id": 603, "title": "Tin Lamp", "original_title": "Tin Lamp", "release_date": "1999-03-30", "imdb_id": "tt0133093",
        "belongs_to_collection": {"id": 2344, "name": "Lamps"}, "runtime": 0,
        "credits": {"cast": [{"id": 30, "name": "Joe", "character": "Lamp (uncredited)", "order": 3, "credit_id": "x"}], "crew": []}});
    let person = json!({"id": 30, "name": "Joe", "also_known_as": ["Joey", "Joe", 4], "birthday": "1970-05-00", "deathday": null,
        "imdb_id": "nm0000206", "external_ids": {"wikidata_id": "Q43416"}});
    let records = records(&[("movie/603.json", film), ("person/30.json", person)]);
    let show = records.shows.first().expect("a film");
    assert_eq!((show.key.as_str(), show.format, show.runtime_minutes), ("tmdb:movie/603", Format::Film, None));
    assert_eq!(show.franchise.as_ref().map(crate::source::Key::as_str), Some("tmdb:collection/2344"));
    let joe = records.people.first().expect("a person");
    assert_eq!(
        joe.about.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["tmdb:30", "imdb:nm0000206", "wikidata:Q43416"]
    );
    assert_eq!(joe.born.clone().map(String::from).as_deref(), Some("1970-05"));
    assert_eq!(joe.aliases.len(), 1);
    let credit = records.credits.first().expect("a credit");
    assert_eq!((credit.uncredited, credit.position, credit.season.is_none()), (true, Some(4), true));
}

#[test]
fn no_shape_of_json_stops_the_reader() {
    let odd = [
        json!(null),
        json!(5),
        json!({}),
        json!([]),
        json!({"status_code": 34, "status_message": "Not found"}),
        json!({"id": 1, "cast": 4}),
    ];
    for value in odd {
        assert!(records(&[("odd.json", value.clone())]).shows.is_empty(), "{value}");
    }
    for name in [
        "id",
        "name",
        "seasons",
        "genres",
        "networks",
        "created_by",
        "external_ids",
        "status",
        "type",
        "episode_run_time",
    ] {
        for odd in [json!(null), json!(-1), json!("odd"), json!([]), json!([1, "x", null]), json!({"a": []})] {
            let mut value = series();
            value[name] = odd;
            records(&[("tv.json", value), ("season.json", season())]);
        }
    }
}
