//! What becomes of the records of foreign sources: who is who, what stays, and what is told.

use castgraph::{
    change::{
        self, Draft, Heading, Wish,
        adopt::{Adopted, Decision, Plan, adopt},
    },
    export::{Format, export_licensed},
    source::{Authority, ExternalId, IdKind, Records, tvmaze},
};
use entity::changeset::Origin;
use serde_json::{Value, json};

use crate::{
    commands::{castgraph, text},
    import::dump,
    site::{Set, Site, on_both},
};

pub const AT: &str = "2026-11-28T10:00:00Z";

pub fn show() -> Value {
    serde_json::from_str(include_str!("../../examples/tvmaze/the-quiet-harbour.json")).expect("it is JSON")
}

pub fn records(show: &Value) -> Records {
    let document = castgraph::source::Document { name: "shows/90001.json".to_owned(), value: show.clone() };
    tvmaze::read(&[document], "2026-11-28".parse().expect("a day"))
}

pub async fn take_over(site: &Site, show: &Value, plan: &Plan) -> Adopted {
    take_over_records(site, &records(show), plan).await
}

pub async fn take_over_records(site: &Site, records: &Records, plan: &Plan) -> Adopted {
    let heading = Heading::new(Origin::Import, None, "From a source", AT);
    match adopt(site.store.write(), records, plan, heading).await {
        Ok(adopted) => adopted,
        Err(reason) => panic!("{}: {reason}", site.engine),
    }
}

const QUESTION: &str = r#"{ show(by: {externalId: {authority: TVMAZE, value: "90001"}}) {
    slug code title status premieredOn externalIds { authority value }
    seasons { nodes { slug premieredOn episodes { nodes { slug title airedOn externalIds { value } } } } }
    cast { nodes { person { slug born externalIds { value } } character { slug } billing part season { number } coverage } }
    crew { nodes { person { slug } job } }
    citations { nodes { source { slug publisher licence fetchedOn } } } } }"#;

#[tokio::test]
async fn a_show_of_tvmaze_is_taken_over_once() {
    on_both(Set::Empty, |site: Site| async move {
        let first = take_over(&site, &show(), &Plan::default()).await;
        assert!(first.changeset.is_some() && first.remarks.is_empty(), "{first:#?}");
        let data = site.data(QUESTION).await;
        let show_row = &data["show"];
        assert_eq!(show_row["slug"], "the-quiet-harbour");
        assert_eq!(show_row["code"], "TQH");
        assert_eq!(
            show_row["externalIds"],
            json!([
                {"authority": "TVMAZE", "value": "90001"}, {"authority": "IMDB", "value": "tt9000001"},
                {"authority": "TVDB", "value": "90021"}, {"authority": "TVRAGE", "value": "90011"},
            ])
        );
        let episodes: Vec<&Value> = show_row["seasons"]["nodes"].as_array().expect("a list").iter()
            .flat_map(|season| season["episodes"]["nodes"].as_array().expect("a list")).collect();
        let slugs: Vec<&str> = episodes.iter().map(|episode| episode["slug"].as_str().expect("a slug")).collect();
        assert_eq!(slugs, ["tqh-s00e01", "tqh-s01e01", "tqh-s01e02", "tqh-s02e01"]);
        let people: Vec<&str> =
            show_row["cast"]["nodes"].as_array().expect("a list").iter().map(|credit| credit["person"]["slug"].as_str().expect("a slug")).collect();
        assert!(people.contains(&"john-smith") && people.contains(&"john-smith-1985"), "two of one name: {people:?}");
        assert_eq!(
            show_row["citations"]["nodes"],
            json!([{"source": {"slug": "tvmaze-2026-11-28", "publisher": "TVmaze", "licence": "CC-BY-SA-4.0", "fetchedOn": "2026-11-28"}}])
        );
        let before = dump(site.store.write()).await;
        for _ in 0..2 {
            let again = take_over(&site, &show(), &Plan::default()).await;
            assert!(again.changeset.is_none() && again.candidates.is_empty(), "{again:#?}");
        }
        assert_eq!(before, dump(site.store.write()).await);

        let number = first.changeset.expect("a changeset");
        let operator = entity::account::Model {
            id: 0, name: "operator".to_owned(), role: entity::account::Role::Admin, created_at: AT.to_owned(),
        };
        let heading = Heading::new(Origin::Undo, None, "Back", AT);
        change::undo(site.store.write(), &operator, number, heading, Wish::Apply).await.unwrap_or_else(|reason| panic!("{reason}"));
        assert!(site.data(QUESTION).await["show"].is_null());
    })
    .await;
}

#[tokio::test]
async fn what_a_curator_set_stays_and_what_the_source_changed_follows() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let rae = castgraph::account::create(site.store.write(), "rae", entity::account::Role::Reviewer, AT)
            .await
            .expect("new");
        let edit = json!({"person": {"update": {"of": "ada-winter", "set": {"born": "1975-04-03"}}}});
        let draft = Draft::new(Heading::new(Origin::Api, Some(&rae), "A test", AT), vec![edit]);
        change::submit(site.store.write(), &rae, draft, Wish::Apply).await.unwrap_or_else(|reason| panic!("{reason}"));
        let mut changed = show();
        changed["_embedded"]["episodes"][1]["name"] = json!("Ebb");
        changed["_embedded"]["episodes"].as_array_mut().expect("a list").pop();
        for round in 0..10 {
            let adopted = take_over(&site, &changed, &Plan::default()).await;
            assert_eq!(adopted.changeset.is_some(), round == 0, "{adopted:#?}");
            assert!(adopted.differences.iter().any(|line| line.contains("born stays \"1975-04-03\"")), "{adopted:#?}");
            assert_eq!(adopted.missing, ["episode \"tqh-s02e01\" is no longer at the source"]);
        }
        let data = site
            .data(
                r#"{ person(by: {slug: "ada-winter"}) { born } episode(by: {slug: "tqh-s01e02"}) { title }
            gone: episode(by: {slug: "tqh-s02e01"}) { title } }"#,
            )
            .await;
        assert_eq!(
            data,
            json!({"person": {"born": "1975-04-03"}, "episode": {"title": "Ebb"}, "gone": {"title": "High Tide"}})
        );
    })
    .await;
}

const DESCRIBED: &str = r#"{ show(by: {slug: "the-quiet-harbour"}) {
    genres language runtimeMinutes officialSite
    pictures { kind url smallUrl credit licence } summaries { text language licence credit }
    citations { totalCount } }
    episode(by: {slug: "tqh-s01e01"}) { runtimeMinutes summaries { text } pictures { url } } }"#;

#[tokio::test]
async fn pictures_texts_and_facts_of_a_show_come_along_and_follow_the_source() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let data = site.data(DESCRIBED).await;
        assert_eq!(
            data,
            json!({
                "show": {
                    "genres": ["Drama", "Mystery"], "language": "en", "runtimeMinutes": 50, "officialSite": "https://harbour.example/",
                    "pictures": [{"kind": "POSTER", "url": "https://static.tvmaze.example/o.jpg", "smallUrl": "https://static.tvmaze.example/m.jpg",
                        "credit": "TVmaze", "licence": "CC-BY-SA-4.0"}],
                    "summaries": [{"text": "The Quiet Harbour is a town with a secret.", "language": "en", "licence": "CC-BY-SA-4.0",
                        "credit": "TVmaze"}],
                    "citations": {"totalCount": 1},
                },
                "episode": {"runtimeMinutes": 50, "summaries": [{"text": "A boat comes in."}], "pictures": []},
            })
        );

        // The source has another picture and text, which are taken over once; an episode gets its first picture.
        let mut changed = show();
        changed["image"]["original"] = json!("https://static.tvmaze.example/new.jpg");
        changed["summary"] = json!("<p>Another text.</p><p>In two\nparagraphs.</p>");
        changed["_embedded"]["episodes"][0]["image"] = json!({"original": "https://static.tvmaze.example/e.jpg"});
        for round in 0..3 {
            let adopted = take_over(&site, &changed, &Plan::default()).await;
            assert_eq!(adopted.changeset.is_some(), round == 0, "{adopted:#?}");
            assert!(adopted.differences.is_empty() && adopted.remarks.is_empty(), "{adopted:#?}");
        }
        let data = site.data(DESCRIBED).await;
        assert_eq!(data["show"]["pictures"][0]["url"], "https://static.tvmaze.example/new.jpg");
        assert_eq!(data["show"]["pictures"].as_array().map(Vec::len), Some(1), "{data}");
        assert_eq!(data["show"]["summaries"][0]["text"], "Another text. In two paragraphs.");
        assert_eq!(data["episode"]["pictures"], json!([{"url": "https://static.tvmaze.example/e.jpg"}]));

        // What a curator removed or wrote stays so.
        let rae = castgraph::account::create(site.store.write(), "rae", entity::account::Role::Reviewer, AT)
            .await
            .expect("new");
        let edits = vec![
            json!({"picture": {"delete": {"of": "productions.csv/the-quiet-harbour/https://static.tvmaze.example/new.jpg"}}}),
            json!({"summary": {"update": {"of": "productions.csv/the-quiet-harbour/en/TVmaze", "set": {"text": "Ours."}}}}),
            json!({"summary": {"delete": {"of": "episodes.csv/tqh-s01e01/en/TVmaze"}}}),
            json!({"show": {"update": {"of": "the-quiet-harbour", "set": {"genres": ["Drama"], "runtimeMinutes": 48}}}}),
        ];
        let draft = Draft::new(Heading::new(Origin::Api, Some(&rae), "A test", AT), edits);
        change::submit(site.store.write(), &rae, draft, Wish::Apply).await.unwrap_or_else(|reason| panic!("{reason}"));
        changed["summary"] = json!("<p>A third text.</p>");
        changed["genres"] = json!(["Drama", "Crime"]);
        for _ in 0..2 {
            let adopted = take_over(&site, &changed, &Plan::default()).await;
            assert!(adopted.changeset.is_none(), "{adopted:#?}");
            assert!(adopted.differences.iter().any(|line| line.contains("the summary stays")), "{adopted:#?}");
            assert!(adopted.differences.iter().any(|line| line.contains("genres stays \"Drama\"")), "{adopted:#?}");
        }
        let data = site.data(DESCRIBED).await;
        assert_eq!(data["show"]["pictures"], json!([]));
        assert_eq!(data["show"]["summaries"][0]["text"], "Ours.");
        assert_eq!((&data["show"]["genres"], &data["show"]["runtimeMinutes"]), (&json!(["Drama"]), &json!(48)));
        assert_eq!(data["episode"]["summaries"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn names_are_candidates_and_decisions_are_kept() {
    on_both(Set::Empty, |site: Site| async move {
        let rae = castgraph::account::create(site.store.write(), "rae", entity::account::Role::Reviewer, AT).await.expect("new");
        let make = json!({"person": {"create": {"name": "Ada Winter", "slug": "ada", "born": "1975-04-02"}}});
        let draft = Draft::new(Heading::new(Origin::Api, Some(&rae), "A test", AT), vec![make]);
        change::submit(site.store.write(), &rae, draft, Wish::Apply).await.unwrap_or_else(|reason| panic!("{reason}"));

        let trial = take_over(&site, &show(), &Plan { dry_run: true, ..Plan::default() }).await;
        assert_eq!(trial.candidates.len(), 1, "{trial:#?}");
        assert!(site.data(QUESTION).await["show"].is_null(), "a dry run changes nothing");

        let first = take_over(&site, &show(), &Plan::default()).await;
        let found = first.candidates.first().expect("a candidate");
        assert_eq!((found.kind, found.key.as_str(), found.slug.as_str()), ("person", "tvmaze:93001", "ada"));
        assert_eq!((found.distance, found.reasons.as_slice()), (10, &["same name".to_owned(), "both born 1975-04-02".to_owned()][..]));
        let data = site.data(r#"{ people(filter: {name: {equals: "Ada Winter"}}) { nodes { slug } } }"#).await;
        assert_eq!(data["people"]["nodes"], json!([{"slug": "ada"}, {"slug": "ada-winter"}]), "two until it is decided");

        let decision = Decision { kind: "person".to_owned(), key: "tvmaze:93001".to_owned(), slug: "ada".to_owned(), same: true };
        take_over(&site, &show(), &Plan { decisions: vec![decision], ..Plan::default() }).await;
        for _ in 0..10 {
            let again = take_over(&site, &show(), &Plan::default()).await;
            assert!(again.candidates.is_empty(), "{again:#?}");
        }
        let data = site.data(r#"{ people(filter: {name: {equals: "Ada Winter"}}) { nodes { slug credits { totalCount } externalIds { value } } } }"#).await;
        assert_eq!(data["people"]["nodes"], json!([{"slug": "ada", "credits": {"totalCount": 2}, "externalIds": [{"value": "93001"}]}]));
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_passed_on_is_left_out_of_an_export() {
    on_both(Set::Cut, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let exported = async |licences: Option<&[String]>| {
            let folder = tempfile::tempdir().expect("a folder");
            let target = folder.path().join("set");
            let written = export_licensed(site.store.read(), Format::Csv, &target, licences).await;
            written.unwrap_or_else(|reason| panic!("{}: {reason}", site.engine));
            ["people.csv", "external_ids.csv", "cast_seasons.csv"]
                .map(|file| std::fs::read_to_string(target.join(file)).expect("the file"))
        };
        let whole = exported(None).await;
        let free = exported(Some(&["CC0-1.0".to_owned()])).await;
        let shared = exported(Some(&["CC-BY-SA-4.0".to_owned()])).await;
        assert_eq!(whole, shared);
        assert!(whole[0].contains("ada-winter") && whole[1].contains(",93001,") && whole[2].contains("mara-quill"));
        assert!(!free.concat().contains("ada-winter") && !free[1].contains(",93001,"), "{}", site.engine);
        assert!(free[0].contains("patrick-stewart") && free[1].contains("nm0001772"), "curated facts are kept");
    })
    .await;
}

#[tokio::test]
async fn ids_are_passed_on_only_if_their_source_allows_it() {
    on_both(Set::Cut, |site: Site| async move {
        let mut records = records(&show());
        let imdb = |id: &str| ExternalId::new(Authority::Imdb, IdKind::Person, id);
        records.people[0].about.add_id(imdb("nm0001772"));
        records.people[1].about.add_id(imdb("nm9000001"));
        take_over_records(&site, &records, &Plan::default()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("set");
        let licences = ["CC0-1.0".to_owned()];
        let written = export_licensed(site.store.read(), Format::Csv, &target, Some(&licences)).await;
        written.unwrap_or_else(|reason| panic!("{}: {reason}", site.engine));
        let free = std::fs::read_to_string(target.join("external_ids.csv")).expect("the file");
        assert!(free.contains("people.csv,patrick-stewart,imdb,person,nm0001772"), "a person gave it");
        assert!(!free.contains("93001"), "{}: TVmaze gave this one to a person who was there", site.engine);

        let question = r#"{ person(by: {externalId: {authority: IMDB, value: "nm9000001"}}) {
            externalIds(authorities: [IMDB]) { source { slug licence fetchedOn } } } }"#;
        let source = async || site.data(question).await["person"]["externalIds"][0]["source"].clone();
        let of_tvmaze = json!({"slug": "tvmaze-2026-11-28", "licence": "CC-BY-SA-4.0", "fetchedOn": "2026-11-28"});
        assert_eq!(source().await, of_tvmaze, "{}", site.engine);
        // A source with a higher rank says the same, and one with a lower rank.
        for (authority, slug) in [
            (Authority::Tmdb, "tvmaze-2026-11-28"),
            (Authority::Wikidata, "wikidata-2026-11-28"),
            (Authority::Tvmaze, "wikidata-2026-11-28"),
        ] {
            records.origin.authority = authority;
            take_over_records(&site, &records, &Plan::default()).await;
            assert_eq!(source().await["slug"], slug, "{}: {authority}", site.engine);
        }
        let data = site.data(
            r#"{ person(by: {slug: "patrick-stewart"}) { externalIds(authorities: [IMDB]) { source { slug } } } }"#,
        );
        assert_eq!(data.await["person"]["externalIds"], json!([{"source": null}]), "{}", site.engine);
        for _ in 0..2 {
            let again = take_over_records(&site, &records, &Plan::default()).await;
            assert!(again.changeset.is_none(), "{}: {again:#?}", site.engine);
        }
    })
    .await;
}

/// The commands of `docs/importing.md` and of the README.
#[test]
fn the_sample_show_goes_in_by_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tvmaze");
    let run = |arguments: &[&str]| {
        let output = castgraph(folder.path(), arguments);
        (output.status.success(), text(&output).0, text(&output).1)
    };
    let (done, out, err) = run(&["import", "--from", "tvmaze", sample, "--dry-run"]);
    assert!(done && out.contains("nothing was changed (--dry-run)"), "{out}{err}");
    let files = || std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files(), 0, "a dry run makes no database");
    let (done, out, err) = run(&["import", "--from", "tvmaze", sample]);
    assert!(done && out.contains("episodes                   4         0          0         0\n"), "{out}{err}");
    assert!(out.contains("; castgraph changeset undo "), "{out}");
    let (done, out, err) = run(&["import", "--from", "tvmaze", sample, "--json"]);
    let told: Value = serde_json::from_str(&out).expect("it is JSON");
    assert!(done && told["unchanged"] == true && told["changeset"].is_null(), "{out}{err}");
    let mut changed = show();
    changed["_embedded"]["cast"][0]["person"]["birthday"] = json!("1975-04-03");
    std::fs::write(folder.path().join("changed.json"), changed.to_string()).expect("a file");
    let (done, out, err) = run(&["import", "--from", "tvmaze", "changed.json", "--dry-run"]);
    assert!(done && out.contains("people                     0         1          0         0\n"), "{out}{err}");
    assert!(!out.contains("leftovers") && !out.contains("folder"), "{out}");
    let (done, out, err) = run(&["migrate", "down"]);
    assert!(done, "{out}{err}");
    let before = std::fs::read(folder.path().join("castgraph.db")).expect("the database");
    let (done, _, err) = run(&["import", "--from", "tvmaze", sample, "--dry-run"]);
    assert!(!done && err.contains("is out of date; run castgraph migrate up"), "{err}");
    assert!(
        before == std::fs::read(folder.path().join("castgraph.db")).expect("the database"),
        "a dry run migrates nothing"
    );
    let (done, out, _) = run(&["import", "--from", "tvmaze", sample, "--quiet"]);
    assert!(done && out.is_empty());
    let (done, _, err) = run(&["import", "--from", "tvmaze", sample, "--match", "ask"]);
    assert!(!done && err.contains("--match ask needs a terminal"), "{err}");
    std::fs::write(folder.path().join("decisions.csv"), "kind,key,object,decision\nperson,tvmaze:93001,nobody,same\n")
        .expect("a file");
    let (done, _, err) = run(&["import", "--from", "tvmaze", sample, "--match", "decisions.csv"]);
    assert!(!done && err.contains("there is no person \"nobody\""), "{err}");
    let (done, _, err) = run(&["import", "--from", "imdb", "--fetch", "tt9000001"]);
    assert!(!done && err.contains("IMDb has no service to ask"), "{err}");
    let (done, _, err) = run(&["export", "--licence", "IMDb non-commercial", "out"]);
    assert!(!done && err.contains("may not be passed on"), "{err}");
}
