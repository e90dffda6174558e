//! Where seasons can be seen, and on which day.

use std::{collections::BTreeSet, fmt::Write, fs};

use castgraph::{
    error::Error,
    graphql::Feed,
    import::{self, Folder, Leftovers},
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::{
    cut,
    site::{self, Set, Site, on_both},
};

/// The cut with changes to its files: name, old text, new text.
fn changed(changes: &[(&str, &str, &str)]) -> (tempfile::TempDir, Folder) {
    let folder = cut::copy();
    for (file, old, new) in changes {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).expect("the file");
        assert!(text.contains(old), "{file} has {old}");
        fs::write(path, text.replacen(old, new, 1)).expect("the change");
    }
    let read = import::folder(folder.path()).expect("the folder");
    (folder, read)
}

async fn apply(site: &Site, folder: &Folder) {
    let set = import::check(folder).unwrap_or_else(|faults| panic!("{faults}"));
    site::import_set(site.store.write(), &set, Leftovers::Remove).await.expect("the set goes in");
}

/// Where a source names the channel and not the day, the day is null, whatever is known of other countries.
#[tokio::test]
async fn an_unknown_day_stays_unknown() {
    on_both(Set::Cut, |site: Site| async move {
        let (_keep, folder) = changed(&[
            ("availability.csv", "ctv-sci-fi-channel,ca,2022-03-03", "ctv-sci-fi-channel,ca,"),
            ("availability.csv", "star-trek-picard-s02,crave,ca,2022-03-03", "star-trek-picard-s02,crave,ca,"),
        ]);
        apply(&site, &folder).await;
        let data = site
            .data(
                r#"{ season(by: {slug: "star-trek-picard-s02"}) { premieredOn
                canada: availability(territory: "CA") { nodes { platformName startsOn } }
                later: availability(territory: "CA", on: "2030-01-01") { totalCount }
                states: availability(territory: "US") { nodes { startsOn } } }
                schedule(from: "2022-03", to: "2022-05", territory: "CA") { totalCount } }"#,
            )
            .await;
        let days = |country: &str| data["season"][country]["nodes"].as_array().expect("nodes").clone();
        assert_eq!(
            days("canada"),
            [
                json!({ "platformName": "CTV Sci-Fi Channel", "startsOn": null }),
                json!({ "platformName": "Crave", "startsOn": null })
            ]
        );
        assert_eq!(days("states"), [json!({ "startsOn": "2022-03-03" })]);
        assert_eq!(data["season"]["later"]["totalCount"], 0);
        assert_eq!(data["schedule"]["totalCount"], 0);
    })
    .await;
}

/// A name that turns out to be older than the first, and two platforms that turn out to be one.
#[tokio::test]
async fn a_platform_stays_itself_when_its_names_change() {
    on_both(Set::Cut, |site: Site| async move {
        let query = r#"{ platform(by: {slug: "cbs-all-access"}) { id slug names { slug } seasons { totalCount } }
            platforms { totalCount nodes { name } } }"#;
        let before = site.data(query).await;
        let (_keep, folder) = changed(&[
            ("platforms.csv", "netflix,", "cbs-online,CBS Online,streaming,us,CBS,,general,\nnetflix,"),
            (
                "platform_changes.csv",
                "cbs-all-access,",
                "cbs-online,cbs-all-access,renamed,2014,general,\ncbs-all-access,",
            ),
        ]);
        apply(&site, &folder).await;
        let after = site.data(query).await;
        assert_eq!(after["platform"]["id"], before["platform"]["id"]);
        assert_eq!(after["platform"]["slug"], "cbs-online");
        assert_eq!(after["platform"]["names"].as_array().map(Vec::len), Some(3));
        assert_eq!(after["platform"]["seasons"], before["platform"]["seasons"]);
        assert_eq!(after["platforms"], before["platforms"]);

        let (_keep, folder) = changed(&[(
            "platform_changes.csv",
            "cbs-all-access,",
            "crave,netflix,renamed,2014,general,\ncbs-all-access,",
        )]);
        apply(&site, &folder).await;
        let merged = site.data(query).await;
        assert_eq!(merged["platforms"]["totalCount"], 8);
    })
    .await;
}

#[tokio::test]
async fn a_country_must_be_one() {
    on_both(Set::Cut, |site: Site| async move {
        for wrong in ["UK", "us", "USA", "", "world-ex-us-ca"] {
            let query = format!("{{ schedule(territory: {}) {{ totalCount }} }}", json!(wrong));
            let answer = site.answer(&query).await;
            assert!(answer["errors"][0]["message"].as_str().is_some_and(|text| text.contains("is not a country code")));
        }
    })
    .await;
}

/// Countries of the sets that are made up; `ZW` is in no file.
const COUNTRIES: [&str; 5] = ["US", "CA", "GB", "AU", "ZW"];

/// Sets of countries against a plain reading of them.
#[test]
fn a_country_is_where_its_sets_are() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sites = runtime.block_on(site::both(Set::Empty));
    let set =
        (any::<bool>(), prop::collection::btree_set(0..4usize, 0..4), prop::collection::btree_set(0..4usize, 0..4));
    let strategy = prop::collection::vec(set, 1..6);
    let result = TestRunner::new(ProptestConfig { cases: 5, failure_persistence: None, ..ProptestConfig::default() }).run(
        &strategy,
        |sets| {
            let names = |places: &BTreeSet<usize>| {
                let names = places.iter().map(|place| COUNTRIES[*place].to_lowercase());
                names.collect::<Vec<_>>().join(";")
            };
            let (mut territories, mut rows) = (String::new(), String::new());
            for (number, (everywhere, includes, excludes)) in sets.iter().enumerate() {
                let includes: BTreeSet<usize> = includes.difference(excludes).copied().collect();
                let includes = if *everywhere { "*".to_owned() } else { names(&includes) };
                let excludes = names(excludes);
                writeln!(territories, "set-{number},Set {number},group,,{includes},{excludes},general,").expect("text");
                writeln!(rows, "row-{number},star-trek-picard,star-trek-picard-s02,crave,set-{number},2022,,,,general,")
                    .expect("text");
            }
            let (_keep, folder) = changed(&[
                ("territories.csv", "us,United States", &format!("{territories}us,United States")),
                ("availability.csv", "pic-s1-cbs-all", &format!("{rows}pic-s1-cbs-all")),
            ]);
            for site in &sites {
                runtime.block_on(apply(site, &folder));
                for (place, country) in COUNTRIES.iter().enumerate() {
                    let query = format!(
                        "{{ season(by: {{slug: \"star-trek-picard-s02\"}}) {{ availability(territory: \"{country}\", first: 100) \
                         {{ nodes {{ slug }} }} }} }}"
                    );
                    let data = runtime.block_on(site.data(&query));
                    let nodes = data["season"]["availability"]["nodes"].as_array().cloned().unwrap_or_default();
                    let found = |number: usize| nodes.contains(&json!({ "slug": format!("row-{number}") }));
                    for (number, (everywhere, includes, excludes)) in sets.iter().enumerate() {
                        let holds = (*everywhere || includes.contains(&place)) && !excludes.contains(&place);
                        prop_assert_eq!(found(number), holds, "{} set {} in {}", country, number, site.engine);
                    }
                }
            }
            Ok(())
        },
    );
    for site in sites {
        runtime.block_on(site.remove());
    }
    result.unwrap_or_else(|reason| panic!("{reason}"));
}

/// The dates of the calendar are those of the schedule, and asking twice gives the same bytes.
#[tokio::test]
async fn the_calendar_has_the_days_of_the_schedule() {
    on_both(Set::Cut, |site: Site| async move {
        let feed = Feed {
            from: Some("2022-03".to_owned()),
            to: Some("2022-05".to_owned()),
            show: Some("star-trek-picard".to_owned()),
            ..Feed::default()
        };
        let text = site.api.calendar(&feed).await.expect("a calendar");
        assert_eq!(site.api.calendar(&feed).await.expect("a calendar"), text);
        let days: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("DTSTART;VALUE=DATE:")).collect();
        let thursdays = ["0303", "0310", "0317", "0324", "0331", "0407", "0414", "0421", "0428", "0505"];
        assert_eq!(days, thursdays.map(|day| format!("2022{day}")));
        assert!(text.contains("SUMMARY:Star Trek: Picard 2x01 The Star Gazer\r\n"), "{text}");
        assert!(text.contains("UID:pic-s02e01@castgraph\r\n"));

        let british = Feed { territory: Some("GB".to_owned()), ..feed.clone() };
        let text = site.api.calendar(&british).await.expect("a calendar");
        assert!(text.contains("DTSTART;VALUE=DATE:20220304\r\n"));
        assert!(text.contains("DESCRIPTION:On Amazon Prime Video\r\n"));
        assert!(text.contains("UID:pic-s02e01.pic-s2-prime-video-world@castgraph\r\n"));

        let all = site.api.calendar(&Feed::default()).await.expect("a calendar");
        let total: Value = site.data("{ schedule { totalCount } }").await;
        assert_eq!(total["schedule"]["totalCount"].as_u64(), Some(all.matches("BEGIN:VEVENT").count() as u64));

        for (wrong, reason) in [
            (Feed { territory: Some("UK".to_owned()), ..Feed::default() }, "is not a country code"),
            (Feed { from: Some("soon".to_owned()), ..Feed::default() }, "is not a date"),
        ] {
            let refused = site.api.calendar(&wrong).await;
            assert!(matches!(&refused, Err(Error::BadInput(text)) if text.contains(reason)), "{refused:?}");
        }
    })
    .await;
}
