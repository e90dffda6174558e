//! The ids of objects at other authorities: imported, changed, merged, undone, looked up and found.

use castgraph::{
    account,
    change::{self, Draft, Heading, NotChanged, Wish},
    import::Leftovers,
};
use entity::{account::Role, changeset::Origin};
use serde_json::{Value, json};

use crate::{
    cut,
    import::{append, apply, dump, read},
    site::{self, Set, Site, on_both},
};

const AT: &str = "2026-11-28T10:00:00Z";

async fn reviewer(site: &Site) -> entity::account::Model {
    account::create(site.store.write(), "rae", Role::Reviewer, AT).await.expect("the account is new")
}

/// Applies changes; the messages of their faults.
async fn send(site: &Site, by: &entity::account::Model, changes: Vec<Value>) -> Result<i32, Vec<String>> {
    let heading = Heading::new(Origin::Api, Some(by), "A test", AT);
    match change::submit(site.store.write(), by, Draft::new(heading, changes), Wish::Apply).await {
        Ok(outcome) => Ok(outcome.number.expect("it changes something")),
        Err(NotChanged::Faults(faults)) => Err(faults.into_iter().map(|fault| fault.message).collect()),
        Err(NotChanged::Database(reason)) => panic!("{}: {reason}", site.engine),
    }
}

/// The ids of a person, as `authority value`.
async fn ids(site: &Site, slug: &str) -> Vec<String> {
    let query = format!("{{ person(by: {{slug: {slug:?}}}) {{ externalIds {{ authority value }} }} }}");
    let data = site.data(&query).await;
    let ids = data["person"]["externalIds"].as_array().expect("a list").iter();
    ids.map(|id| format!("{} {}", id["authority"], id["value"]).replace('"', "")).collect()
}

#[tokio::test]
async fn objects_are_looked_up_and_found_by_their_ids() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = cut::copy();
        for line in [
            "productions.csv,star-trek-picard,tvmaze,,39090,",
            "productions.csv,star-trek-nemesis,tmdb,film,655,",
            "seasons.csv,star-trek-picard-s02,tvdb,,1946741,",
            "episodes.csv,pic-s01e01,imdb,,tt9420276,",
            "characters.csv,jean-luc-picard,wikidata,character,Q16276,",
            "people.csv,patrick-stewart,imdb,,nm9999999,",
        ] {
            append(folder.path(), "external_ids.csv", &format!("{line},"));
        }
        apply(&site, &read(folder.path())).await;
        let data = site
            .data(
                r#"{
                    person(by: {externalId: {authority: IMDB, value: "nm0001772"}}) { slug externalIds { authority kind value url } }
                    preferred: person(by: {slug: "patrick-stewart"}) { externalIds(authorities: [IMDB]) { value } }
                    series: show(by: {externalId: {authority: TMDB, kind: SERIES, value: "655"}}) { slug }
                    film: show(by: {externalId: {authority: TMDB, kind: FILM, value: "655"}}) { slug }
                    season(by: {externalId: {authority: TVDB, value: "1946741"}}) { slug externalIds { kind url } }
                    episode(by: {externalId: {authority: IMDB, value: "tt9420276"}}) { slug }
                    character(by: {externalId: {authority: WIKIDATA, value: "Q16276"}}) { slug }
                    nobody: person(by: {externalId: {authority: IMDB, value: "tt9420276"}}) { slug }
                    nothing: show(by: {externalId: {authority: TVMAZE, value: "1"}}) { slug }
                }"#,
            )
            .await;
        assert_eq!(
            data,
            json!({
                "person": { "slug": "patrick-stewart", "externalIds": [
                    { "authority": "IMDB", "kind": "PERSON", "value": "nm0001772", "url": "https://www.imdb.com/name/nm0001772" },
                    { "authority": "WIKIDATA", "kind": "PERSON", "value": "Q16296", "url": "https://www.wikidata.org/wiki/Q16296" },
                    { "authority": "IMDB", "kind": "PERSON", "value": "nm9999999", "url": "https://www.imdb.com/name/nm9999999" },
                ] },
                "preferred": { "externalIds": [{ "value": "nm0001772" }, { "value": "nm9999999" }] },
                "series": { "slug": "star-trek-the-next-generation" },
                "film": { "slug": "star-trek-nemesis" },
                "season": { "slug": "star-trek-picard-s02", "externalIds": [
                    { "kind": "SEASON", "url": "https://www.thetvdb.com/dereferrer/season/1946741" } ] },
                "episode": { "slug": "pic-s01e01" },
                "character": { "slug": "jean-luc-picard" },
                "nobody": null,
                "nothing": null,
            })
        );
        let both = site.answer(r#"{ show(by: {externalId: {authority: TMDB, value: "655"}}) { slug } }"#).await;
        assert!(both.to_string().contains("is that of a series and of a film; say which with `kind`"), "{both}");
        for (text, found) in [
            ("nm0001772", json!([["PERSON", "nm0001772"]])),
            ("NM0001772", json!([["PERSON", "nm0001772"]])),
            ("https://www.imdb.com/name/nm0001772/", json!([["PERSON", "nm0001772"]])),
            ("q16276", json!([["CHARACTER", "Q16276"]])),
            ("tvmaze:39090", json!([["SHOW", "39090"]])),
            ("tvdb 1946741", json!([["SEASON", "1946741"]])),
            ("tt9420276", json!([["EPISODE", "tt9420276"]])),
            ("tmdb 655", json!([["SHOW", "655"], ["SHOW", "655"]])),
            ("39090", json!([])),
        ] {
            let data = site.data(&format!("{{ search(query: {text:?}) {{ nodes {{ kind matched }} }} }}")).await;
            let nodes = data["search"]["nodes"].as_array().expect("a list").iter();
            let nodes: Vec<Value> = nodes.map(|node| json!([node["kind"], node["matched"]])).collect();
            assert_eq!(Value::from(nodes), found, "{} {text}", site.engine);
        }
        let data = site.data(r#"{ search(query: "nm0001772", kinds: [SHOW]) { totalCount } }"#).await;
        assert_eq!(data["search"]["totalCount"], 0);
    })
    .await;
}

#[tokio::test]
async fn an_id_identifies_one_object_and_moves_only_if_it_is_moved() {
    on_both(Set::Cut, |site: Site| async move {
        let before = dump(site.store.write()).await;
        let older = cut::copy();
        std::fs::remove_file(older.path().join("external_ids.csv")).expect("the file goes");
        let kept = apply(&site, &read(older.path())).await;
        assert!(kept.is_unchanged() && before == dump(site.store.write()).await, "older sets have no ids: {kept}");

        let folder = cut::copy();
        crate::import::change(folder.path(), "external_ids.csv", "people.csv,brent-spiner,", "people.csv,alison-pill,");
        let moved = apply(&site, &read(folder.path())).await;
        assert!(moved.line().contains("0 added, 1 changed"), "{moved}");
        assert_eq!(ids(&site, "alison-pill").await, ["IMDB nm0000653"]);
        assert!(ids(&site, "brent-spiner").await.is_empty());
        let removed =
            site::import_set(site.store.write(), &read(older.path()), Leftovers::Remove).await.expect("it goes in");
        let rows = cut::rows("external_ids");
        assert!(removed.line().ends_with(&format!(", {rows} removed")), "{removed}");
    })
    .await;
}

#[tokio::test]
async fn ids_are_added_refused_merged_removed_and_brought_back() {
    on_both(Set::Cut, |site: Site| async move {
        let rae = reviewer(&site).await;
        let before = dump(site.store.write()).await;
        let id = |file: &str, key: &str, authority: &str, value: &str| {
            json!({"externalId": {"create": {"file": file, "key": key, "authority": authority, "value": value}}})
        };
        let added = send(
            &site,
            &rae,
            vec![
                id("people.csv", "alison-pill", "IMDB", "nm0683467"),
                id("people.csv", "alison-pill", "TVMAZE", "1"),
                json!({"person": {"create": {"name": "Alison C. Pill"}}}),
                id("people.csv", "alison-c-pill", "TMDB", "2"),
            ],
        )
        .await
        .expect("they are right");
        assert_eq!(ids(&site, "alison-pill").await, ["IMDB nm0683467", "TVMAZE 1"]);

        let found = send(
            &site,
            &rae,
            vec![
                id("people.csv", "brent-spiner", "IMDB", "tt0092455"),
                id("people.csv", "brent-spiner", "TMDB", "007"),
                id("sources.csv", "space-2019-12-16", "TMDB", "7"),
                id("people.csv", "nobody-at-all", "TMDB", "8"),
                id("seasons.csv", "star-trek-picard-s02", "IMDB", "tt0092455"),
            ],
        )
        .await
        .expect_err("they are wrong");
        for expected in [
            "value: \"tt0092455\" is no imdb id of the kind person; it is nm and at least seven digits, such as nm0001772",
            "value: \"007\" is no tmdb id of the kind person; it is a number without leading zeros, such as 655",
            "file: \"sources.csv\" has no external ids; the files are productions.csv, seasons.csv, episodes.csv, people.csv, characters.csv",
            "key: \"nobody-at-all\" is not in people.csv",
            "authority: imdb has no ids of the kind season",
        ] {
            assert!(found.iter().any(|message| message.starts_with(expected)), "{expected} is not among {found:#?}");
        }
        let taken = send(&site, &rae, vec![id("people.csv", "brent-spiner", "IMDB", "nm0683467")]).await;
        assert!(taken.expect_err("it is taken")[0].contains("is already the id of an object at another authority"));
        let unknown = json!({"externalId": {"create": {"file": "people.csv", "key": "alison-pill", "authority": "MYSPACE", "value": "1"}}});
        assert!(send(&site, &rae, vec![unknown]).await.is_err(), "unknown authorities are refused");

        let merged = send(&site, &rae, vec![json!({"person": {"merge": {"from": "alison-c-pill", "into": "alison-pill"}}})])
            .await
            .expect("they are one");
        assert_eq!(ids(&site, "alison-pill").await, ["IMDB nm0683467", "TVMAZE 1", "TMDB 2"]);
        let data = site.data(r#"{ person(by: {externalId: {authority: TMDB, value: "2"}}) { slug } }"#).await;
        assert_eq!(data["person"]["slug"], "alison-pill");
        let removed = send(&site, &rae, vec![json!({"externalId": {"delete": {"of": "imdb/person/nm0683467"}}})])
            .await
            .expect("it is there");
        assert_eq!(ids(&site, "alison-pill").await, ["TVMAZE 1", "TMDB 2"]);
        for number in [removed, merged, added] {
            let heading = Heading::new(Origin::Undo, Some(&rae), "Back", AT);
            change::undo(site.store.write(), &rae, number, heading, Wish::Apply).await.unwrap_or_else(|reason| panic!("{reason}"));
        }
        assert_eq!(before, dump(site.store.write()).await, "{}", site.engine);
    })
    .await;
}
