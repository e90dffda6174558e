//! Pictures, summaries and further facts about shows: imported, exported, changed, merged, undone and returned.

use castgraph::{
    account,
    change::{self, Draft, Heading, NotChanged, Wish},
    export::{Format, export_licensed},
    import::Leftovers,
};
use entity::{account::Role, changeset::Origin};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::{
    cut,
    import::{append, apply, change as replace, dump, read},
    site::{self, Set, Site, on_both},
};

const AT: &str = "2026-11-28T10:00:00Z";

async fn with_role(site: &Site, name: &str, role: Role) -> entity::account::Model {
    account::create(site.store.write(), name, role, AT).await.expect("the account is new")
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

/// A copy of the cut with pictures and summaries of every kind of object.
fn folder() -> tempfile::TempDir {
    let folder = cut::copy();
    for line in [
        "productions.csv,star-trek-picard,poster,https://pictures.example/p2,,Jane Doe,CC-BY-SA-4.0,2",
        "productions.csv,star-trek-picard,backdrop,https://pictures.example/b,,Jane Doe,,1",
        "productions.csv,star-trek-picard,poster,https://pictures.example/p3,https://pictures.example/p3s,Jane Doe,,3",
        "seasons.csv,star-trek-picard-s02,poster,https://pictures.example/s,,Jane Doe,CC0-1.0,",
        "episodes.csv,pic-s01e01,still,https://pictures.example/e,,Jane Doe,CC0-1.0,",
        "people.csv,patrick-stewart,portrait,http://pictures.example/ps,,Jane Doe,CC0-1.0,",
        "characters.csv,jean-luc-picard,portrait,https://pictures.example/jl,,Jane Doe,TMDB terms,",
    ] {
        append(folder.path(), "pictures.csv", line);
    }
    for line in [
        "productions.csv,star-trek-picard,en-GB,A retired admiral.,,CC0-1.0,1",
        "productions.csv,star-trek-picard,de,Ein Admiral.,Jane Doe,CC-BY-SA-4.0,2",
        "productions.csv,star-trek-picard,,Of no known language.,,CC0-1.0,3",
        "productions.csv,star-trek-picard,eng,In a language of another code.,,CC0-1.0,4",
        "people.csv,patrick-stewart,en,An actor.,,CC0-1.0,",
    ] {
        append(folder.path(), "summaries.csv", line);
    }
    let show = "star-trek-picard,PIC,";
    let text = std::fs::read_to_string(folder.path().join("productions.csv")).expect("the file");
    let line = text.lines().find(|line| line.starts_with(show)).expect("the show");
    let cells = line.strip_suffix("Science fiction,en,,").expect("the last cells");
    let new = format!("{cells}Drama; Science fiction,en-US,46,https://trek.example/picard");
    replace(folder.path(), "productions.csv", line, &new);
    folder
}

#[tokio::test]
async fn front_ends_get_pictures_texts_and_facts() {
    on_both(Set::Cut, |site: Site| async move {
        let set = read(folder().path());
        apply(&site, &set).await;
        let before = dump(site.store.write()).await;
        let again = apply(&site, &set).await;
        assert!(again.is_unchanged() && before == dump(site.store.write()).await, "{again}");
        let data = site
            .data(
                r#"{
                    show(by: {slug: "star-trek-picard"}) {
                        genres language runtimeMinutes officialSite
                        pictures { kind url smallUrl credit licence }
                        posters: pictures(kind: POSTER) { url }
                        picture { url } poster: picture(kind: POSTER) { url } still: picture(kind: STILL) { url }
                        summaries { text language licence credit }
                        english: summaries(language: "EN") { language } german: summaries(language: "de-DE") { text }
                    }
                    season(by: {slug: "star-trek-picard-s02"}) { picture { kind } summaries(language: "en") { licence } }
                    episode(by: {slug: "pic-s01e01"}) { runtimeMinutes picture { url } summaries { text } }
                    person(by: {slug: "patrick-stewart"}) { picture(kind: PORTRAIT) { url } summaries { text } }
                    character(by: {slug: "jean-luc-picard"}) { pictures { licence } }
                    bare: show(by: {slug: "star-trek-nemesis"}) { pictures { url } picture { url } summaries { text } runtimeMinutes }
                }"#,
            )
            .await;
        assert_eq!(
            data,
            json!({
                "show": {
                    "genres": ["Drama", "Science fiction"], "language": "en-US", "runtimeMinutes": 46,
                    "officialSite": "https://trek.example/picard",
                    "pictures": [
                        {"kind": "BACKDROP", "url": "https://pictures.example/b", "smallUrl": null, "credit": "Jane Doe", "licence": null},
                        {"kind": "POSTER", "url": "https://pictures.example/p2", "smallUrl": null, "credit": "Jane Doe",
                            "licence": "CC-BY-SA-4.0"},
                        {"kind": "POSTER", "url": "https://pictures.example/p3", "smallUrl": "https://pictures.example/p3s",
                            "credit": "Jane Doe", "licence": null},
                    ],
                    "posters": [{"url": "https://pictures.example/p2"}, {"url": "https://pictures.example/p3"}],
                    "picture": {"url": "https://pictures.example/b"}, "poster": {"url": "https://pictures.example/p2"}, "still": null,
                    "summaries": [
                        {"text": "A retired admiral.", "language": "en-GB", "licence": "CC0-1.0", "credit": null},
                        {"text": "Ein Admiral.", "language": "de", "licence": "CC-BY-SA-4.0", "credit": "Jane Doe"},
                        {"text": "Of no known language.", "language": null, "licence": "CC0-1.0", "credit": null},
                        {"text": "In a language of another code.", "language": "eng", "licence": "CC0-1.0", "credit": null},
                    ],
                    "english": [{"language": "en-GB"}], "german": [],
                },
                "season": {"picture": {"kind": "POSTER"}, "summaries": [{"licence": "CC0-1.0"}]},
                "episode": {"runtimeMinutes": null, "picture": {"url": "https://pictures.example/e"}, "summaries": []},
                "person": {"picture": {"url": "http://pictures.example/ps"}, "summaries": [{"text": "An actor."}]},
                "character": {"pictures": [{"licence": "TMDB terms"}]},
                "bare": {"pictures": [], "picture": null, "summaries": [], "runtimeMinutes": null},
            })
        );
    })
    .await;
}

#[tokio::test]
async fn files_and_columns_may_be_missing_and_leftovers_can_be_removed() {
    on_both(Set::Cut, |site: Site| async move {
        let whole = folder();
        apply(&site, &read(whole.path())).await;
        let before = dump(site.store.write()).await;
        for file in ["pictures.csv", "summaries.csv"] {
            std::fs::remove_file(whole.path().join(file)).expect("the file goes");
        }
        let kept = apply(&site, &read(whole.path())).await;
        assert!(kept.is_unchanged() && before == dump(site.store.write()).await, "older sets have no pictures: {kept}");
        let removed =
            site::import_set(site.store.write(), &read(whole.path()), Leftovers::Remove).await.expect("it goes in");
        assert!(removed.line().ends_with(", 16 removed"), "{removed}");
        let data =
            site.data(r#"{ show(by: {slug: "star-trek-picard"}) { pictures { url } summaries { text } } }"#).await;
        assert_eq!(data["show"], json!({"pictures": [], "summaries": []}));
    })
    .await;
}

#[tokio::test]
async fn what_has_another_licence_or_none_is_not_passed_on() {
    on_both(Set::Cut, |site: Site| async move {
        apply(&site, &read(folder().path())).await;
        let exported = async |licences: Option<&[String]>| {
            let folder = tempfile::tempdir().expect("a folder");
            let target = folder.path().join("set");
            let written = export_licensed(site.store.read(), Format::Csv, &target, licences).await;
            written.unwrap_or_else(|reason| panic!("{}: {reason}", site.engine));
            ["pictures.csv", "summaries.csv"].map(|file| std::fs::read_to_string(target.join(file)).expect("the file"))
        };
        let [pictures, summaries] = exported(None).await;
        assert_eq!((pictures.lines().count(), summaries.lines().count()), (9, 9), "{pictures}{summaries}");
        let [pictures, summaries] = exported(Some(&["CC0-1.0".to_owned()])).await;
        assert_eq!((pictures.lines().count(), summaries.lines().count()), (4, 8), "{pictures}{summaries}");
        for gone in ["CC-BY-SA-4.0", "TMDB terms", "/b,", "CC-PDM-1.0"] {
            assert!(!pictures.contains(gone) && !summaries.contains(gone), "{gone}: {pictures}{summaries}");
        }
    })
    .await;
}

#[expect(clippy::too_many_lines, reason = "one story, step by step")]
#[tokio::test]
async fn changes_add_set_refuse_merge_remove_and_go_back() {
    on_both(Set::Cut, |site: Site| async move {
        let rae = with_role(&site, "rae", Role::Reviewer).await;
        let before = dump(site.store.write()).await;
        let picture = |key: &str, url: &str| {
            json!({"picture": {"create": {"file": "people.csv", "key": key, "kind": "PORTRAIT", "url": url, "credit": "Jane Doe"}}})
        };
        let summary = |key: &str, language: &str, text: &str| {
            json!({"summary": {"create": {"file": "people.csv", "key": key, "language": language, "text": text,
                "licence": "CC0-1.0", "credit": "Jane/John"}}})
        };
        let added = send(
            &site,
            &rae,
            vec![
                picture("alison-pill", "https://pictures.example/1"),
                summary("alison-pill", "en", "An actor."),
                json!({"person": {"create": {"name": "Alison C. Pill"}}}),
                picture("alison-c-pill", "https://pictures.example/1"),
                picture("alison-c-pill", "https://pictures.example/2?a=b/c"),
                summary("alison-c-pill", "en", "Another text."),
                summary("alison-c-pill", "fr", "Une actrice."),
                json!({"show": {"update": {"of": "star-trek-picard", "set": {"genres": ["Drama", "Space opera"], "language": "en-CA",
                    "runtimeMinutes": 44, "officialSite": "https://trek.example"}}}}),
                json!({"episode": {"update": {"of": "pic-s01e01", "set": {"runtimeMinutes": 43}}}}),
            ],
        )
        .await
        .unwrap_or_else(|faults| panic!("{}: {faults:#?}", site.engine));
        let facts = "{ show(by: {slug: \"star-trek-picard\"}) { genres language runtimeMinutes officialSite }
            episode(by: {slug: \"pic-s01e01\"}) { runtimeMinutes } }";
        assert_eq!(
            site.data(facts).await,
            json!({"show": {"genres": ["Drama", "Space opera"], "language": "en-CA", "runtimeMinutes": 44,
                "officialSite": "https://trek.example"}, "episode": {"runtimeMinutes": 43}})
        );

        let long = "x".repeat(10_001);
        let found = send(
            &site,
            &rae,
            vec![
                picture("brent-spiner", "ftp://pictures.example/1"),
                picture("brent-spiner", "https://pictures.example/a b"),
                picture("nobody-at-all", "https://pictures.example/1"),
                json!({"picture": {"create": {"file": "sources.csv", "key": "space-2019-12-16", "kind": "STILL",
                    "url": "https://pictures.example/1", "credit": "Jane Doe"}}}),
                summary("brent-spiner", "english", "An actor."),
                summary("brent-spiner", "fr", &long),
                json!({"show": {"update": {"of": "star-trek-picard", "set": {"runtimeMinutes": 0, "officialSite": "trek.example"}}}}),
            ],
        )
        .await
        .expect_err("they are wrong");
        for expected in [
            "url: \"ftp://pictures.example/1\" does not begin with https:// or http://",
            "url: \"https://pictures.example/a b\" is not a web address",
            "key: \"nobody-at-all\" is not in people.csv",
            "file: \"sources.csv\" has no pictures; the files are productions.csv, seasons.csv, episodes.csv, people.csv, characters.csv",
            "language: \"english\" is not a language tag, such as en or pt-BR",
            "text: is longer than 10000 characters",
            "runtimeMinutes: \"0\" is not a number from 1 to 9999",
            "officialSite: \"trek.example\" does not begin with https:// or http://",
        ] {
            assert!(found.iter().any(|message| message.starts_with(expected)), "{expected} is not among {found:#?}");
        }
        for twice in [picture("alison-pill", "https://pictures.example/1"), summary("alison-pill", "en", "Again.")] {
            let found = send(&site, &rae, vec![twice]).await.expect_err("it is there");
            assert!(found[0].contains("; update it"), "{found:?}");
        }

        let updated = send(
            &site,
            &rae,
            vec![
                json!({"picture": {"update": {"of": "people.csv/alison-c-pill/https://pictures.example/2?a=b/c",
                    "set": {"licence": "CC0-1.0", "smallUrl": "https://pictures.example/small"}}}}),
                json!({"summary": {"update": {"of": "people.csv/alison-c-pill/fr/Jane/John", "set": {"text": "Une comédienne."}}}}),
            ],
        )
        .await
        .unwrap_or_else(|faults| panic!("{}: {faults:#?}", site.engine));
        let fixed = json!({"picture": {"update": {"of": "people.csv/alison-pill/https://pictures.example/1",
            "set": {"url": "https://pictures.example/3"}}}});
        let fixed = send(&site, &rae, vec![fixed]).await.expect_err("the address says which picture it is");
        assert!(fixed[0].contains("url: cannot be changed; delete a picture of an object and create another"), "{fixed:?}");

        let merged = send(&site, &rae, vec![json!({"person": {"merge": {"from": "alison-c-pill", "into": "alison-pill"}}})])
            .await
            .expect("they are one");
        let question = r#"{ person(by: {slug: "alison-pill"}) { pictures { url smallUrl licence } summaries { language text } } }"#;
        assert_eq!(
            site.data(question).await["person"],
            json!({"pictures": [{"url": "https://pictures.example/1", "smallUrl": null, "licence": null},
                    {"url": "https://pictures.example/2?a=b/c", "smallUrl": "https://pictures.example/small", "licence": "CC0-1.0"}],
                "summaries": [{"language": "en", "text": "An actor."}, {"language": "fr", "text": "Une comédienne."}]})
        );
        let removed = send(
            &site,
            &rae,
            vec![
                // The former slug leads to the person.
                json!({"picture": {"delete": {"of": "people.csv/alison-c-pill/https://pictures.example/1"}}}),
                json!({"summary": {"delete": {"of": "people.csv/alison-pill/en/Jane/John"}}}),
            ],
        )
        .await
        .unwrap_or_else(|faults| panic!("{}: {faults:#?}", site.engine));
        let left = site.data(r#"{ person(by: {slug: "alison-pill"}) { pictures { url } summaries { language } } }"#).await;
        assert_eq!(
            left["person"],
            json!({"pictures": [{"url": "https://pictures.example/2?a=b/c"}], "summaries": [{"language": "fr"}]})
        );
        for number in [removed, merged, updated, added] {
            let heading = Heading::new(Origin::Undo, Some(&rae), "Back", AT);
            change::undo(site.store.write(), &rae, number, heading, Wish::Apply).await.unwrap_or_else(|reason| panic!("{reason}"));
        }
        assert_eq!(before, dump(site.store.write()).await, "{}", site.engine);
    })
    .await;
}

#[tokio::test]
async fn locked_pictures_stay() {
    on_both(Set::Cut, |site: Site| async move {
        let (rae, eve) = (with_role(&site, "rae", Role::Reviewer).await, with_role(&site, "eve", Role::Editor).await);
        let row = entity::person::Entity::find().filter(entity::person::Column::Slug.eq("alison-pill"));
        let id = row.one(site.store.read()).await.expect("it is read").expect("a person").id;
        let lock = change::Lock {
            table: change::table::named("person").expect("a table"),
            id,
            fields: vec!["pictures".to_owned()],
            reason: "agreed with her".to_owned(),
            at: AT.to_owned(),
        };
        change::lock(site.store.write(), &rae, &lock).await.expect("it is locked");
        let create = |what: &str| {
            let mut fields = json!({"file": "people.csv", "key": "alison-pill"});
            let own = match what {
                "picture" => json!({"kind": "PORTRAIT", "url": "https://pictures.example/1", "credit": "Jane Doe"}),
                _ => json!({"text": "An actor.", "licence": "CC0-1.0"}),
            };
            fields.as_object_mut().expect("an object").extend(own.as_object().expect("an object").clone());
            json!({ what: { "create": fields } })
        };
        let refused = send(&site, &eve, vec![create("picture")]).await.expect_err("it is locked");
        assert!(refused[0].contains("is locked: agreed with her"), "{refused:?}");
        send(&site, &eve, vec![create("summary")]).await.expect("summaries are not");
    })
    .await;
}
