//! What castgraph remembers of foreign sources: the values that imports wrote, and decisions about who is who.

use castgraph::{
    account,
    change::{
        self, Draft, Heading, Wish,
        adopt::{Decision, Plan},
    },
    source::{Authority, Records},
};
use entity::{account::Role, changeset::Origin};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    foreign::{AT, records, show, take_over, take_over_records},
    site::{Set, Site, on_both},
};

/// The show with a field of Ada Winter set.
fn with_ada(field: &str, value: &str) -> Value {
    let mut show = show();
    show["_embedded"]["cast"][0]["person"][field] = json!(value);
    show
}

/// The records of a show as if TMDB had sent them.
fn from_tmdb(show: &Value) -> Records {
    let mut records = records(show);
    records.origin.authority = Authority::Tmdb;
    records
}

/// Applies changes of a reviewer.
async fn edit(site: &Site, changes: Vec<Value>) -> i32 {
    let rae = match account::named(site.store.write(), "rae").await {
        Ok(rae) => rae,
        Err(_) => account::create(site.store.write(), "rae", Role::Reviewer, AT).await.expect("the account is new"),
    };
    let draft = Draft::new(Heading::new(Origin::Api, Some(&rae), "A test", AT), changes);
    let done = change::submit(site.store.write(), &rae, draft, Wish::Apply).await;
    done.unwrap_or_else(|reason| panic!("{}: {reason}", site.engine)).number.expect("it changes something")
}

async fn set_born(site: &Site, born: &str) -> i32 {
    edit(site, vec![json!({"person": {"update": {"of": "ada-winter", "set": {"born": born}}}})]).await
}

async fn undo(site: &Site, number: i32) -> i32 {
    let heading = Heading::new(Origin::Undo, None, "Back", AT);
    let done = change::undo(site.store.write(), &account::operator(), number, heading, Wish::Apply).await;
    done.unwrap_or_else(|reason| panic!("{}: {reason}", site.engine)).number.expect("it changes something")
}

/// A field of Ada Winter.
async fn ada(site: &Site, field: &str) -> Value {
    site.data(&format!("{{ person(by: {{slug: \"ada-winter\"}}) {{ {field} }} }}")).await["person"][field].clone()
}

/// The number in the first column of the only row of a statement.
async fn count(site: &Site, sql: &str) -> i64 {
    let db = site.store.write();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("it runs");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

fn decide(kind: &str, key: &str, slug: &str, same: bool) -> Plan {
    let decision = Decision { kind: kind.to_owned(), key: key.to_owned(), slug: slug.to_owned(), same };
    Plan { decisions: vec![decision], ..Plan::default() }
}

#[tokio::test]
async fn a_choice_among_the_values_of_sources_stays() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let other = from_tmdb(&with_ada("birthday", "1975-04-05"));
        take_over_records(&site, &other, &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1975-04-02", "TVmaze has the higher rank");
        set_born(&site, "1975-04-05").await;
        for _ in 0..3 {
            let adopted = take_over(&site, &show(), &Plan::default()).await;
            assert_eq!(ada(&site, "born").await, "1975-04-05", "{}: a person chose it", site.engine);
            assert!(adopted.differences.iter().any(|line| line.contains("born stays \"1975-04-05\"")), "{adopted:#?}");
            take_over_records(&site, &other, &Plan::default()).await;
            assert_eq!(ada(&site, "born").await, "1975-04-05");
        }
    })
    .await;
}

#[tokio::test]
async fn a_value_that_a_person_set_before_the_source_said_it_stays_too() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        set_born(&site, "1976").await;
        take_over(&site, &with_ada("birthday", "1976-01-01"), &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1976");
        set_born(&site, "1976-01-01").await;
        take_over(&site, &with_ada("birthday", "1977-01-01"), &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1976-01-01", "{}", site.engine);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_undone_can_be_made_again() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let changed = with_ada("birthday", "1975-04-09");
        let second = take_over(&site, &changed, &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1975-04-09");
        let undone = undo(&site, second.changeset.expect("it changes something")).await;
        assert_eq!(ada(&site, "born").await, "1975-04-02");
        let again = take_over(&site, &changed, &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1975-04-09", "{}: {again:#?}", site.engine);
        assert!(again.differences.is_empty(), "{again:#?}");

        // The same for what was undone, and then done again after all.
        undo(&site, again.changeset.expect("it changes something")).await;
        undo(&site, undone).await;
        assert_eq!(ada(&site, "born").await, "1975-04-09");
        take_over(&site, &with_ada("birthday", "1975-04-11"), &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1975-04-11", "{}", site.engine);
    })
    .await;
}

#[tokio::test]
async fn other_names_come_back_after_an_undone_import_but_not_after_a_person_removed_them() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let mut more = records(&show());
        let name = |name: &str| castgraph::source::Alias {
            name: name.to_owned(),
            language: None,
            country: None,
            original: false,
        };
        more.people[0].aliases = vec![name("Ada Frost"), name("A. Winter")];
        let second = take_over_records(&site, &more, &Plan::default()).await;
        assert_eq!(ada(&site, "aliases").await, json!(["Ada Frost", "A. Winter"]));
        undo(&site, second.changeset.expect("it changes something")).await;
        assert_eq!(ada(&site, "aliases").await, json!([]));
        take_over_records(&site, &more, &Plan::default()).await;
        assert_eq!(ada(&site, "aliases").await, json!(["Ada Frost", "A. Winter"]), "{}", site.engine);
        edit(&site, vec![json!({"person": {"update": {"of": "ada-winter", "set": {"aliases": ["A. Winter"]}}}})]).await;
        take_over_records(&site, &more, &Plan::default()).await;
        assert_eq!(ada(&site, "aliases").await, json!(["A. Winter"]));
    })
    .await;
}

#[tokio::test]
async fn a_value_that_was_left_out_is_filled_once_it_is_valid_and_never_empties_a_field() {
    on_both(Set::Empty, |site: Site| async move {
        let wrong = with_ada("deathday", "1970-01-01");
        for _ in 0..2 {
            let first = take_over(&site, &wrong, &Plan::default()).await;
            assert!(first.remarks.iter().any(|line| line.contains("the value was left out: died")), "{first:#?}");
            assert!(ada(&site, "died").await.is_null());
        }
        let mut right = wrong.clone();
        right["_embedded"]["cast"][0]["person"]["birthday"] = json!("1915-04-02");
        take_over(&site, &right, &Plan::default()).await;
        assert_eq!(ada(&site, "died").await, "1970-01-01", "{}", site.engine);

        right["_embedded"]["cast"][0]["person"]["deathday"] = json!("1901-01-01");
        let last = take_over(&site, &right, &Plan::default()).await;
        assert!(last.remarks.iter().any(|line| line.contains("the value was left out: died")), "{last:#?}");
        assert_eq!(ada(&site, "died").await, "1970-01-01", "{}: the stored value stays", site.engine);
    })
    .await;
}

#[tokio::test]
async fn a_value_that_the_source_no_longer_has_stays_and_is_told() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        let mut gone = show();
        gone["_embedded"]["cast"][0]["person"]["birthday"] = Value::Null;
        for _ in 0..2 {
            let adopted = take_over(&site, &gone, &Plan::default()).await;
            assert_eq!(ada(&site, "born").await, "1975-04-02", "{}", site.engine);
            assert_eq!(adopted.missing, ["person \"ada-winter\": born \"1975-04-02\" is no longer at the source"]);
        }
        take_over(&site, &with_ada("birthday", "1975-04-03"), &Plan::default()).await;
        assert_eq!(ada(&site, "born").await, "1975-04-03", "nobody but the import has set it");
    })
    .await;
}

#[tokio::test]
async fn a_decision_ends_with_its_object() {
    on_both(Set::Empty, |site: Site| async move {
        edit(&site, vec![json!({"person": {"create": {"name": "Ada Winter", "slug": "ada"}}})]).await;
        let decided = decide("person", "tvmaze:93001", "ada", true);
        let first = take_over(&site, &show(), &decided).await;
        let kept = site.data(r#"{ person(by: {slug: "ada"}) { credits { totalCount } } }"#).await;
        assert_eq!(kept["person"]["credits"]["totalCount"], 2);
        undo(&site, first.changeset.expect("it changes something")).await;
        edit(&site, vec![json!({"person": {"delete": {"of": "ada"}}})]).await;
        assert_eq!(count(&site, "SELECT count(*) FROM match_candidate WHERE kind = 5").await, 0, "{}", site.engine);
        let again = take_over(&site, &show(), &Plan::default()).await;
        assert!(again.remarks.is_empty(), "{}: {again:#?}", site.engine);
        assert_eq!(ada(&site, "born").await, "1975-04-02");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_remembered_of_objects_that_are_gone() {
    const OF_NOTHING: &str = "SELECT count(*) FROM source_value AS v WHERE NOT EXISTS (
        SELECT 1 FROM show WHERE v.of_kind = 2 AND show.id = v.of_id
        UNION ALL SELECT 1 FROM season WHERE v.of_kind = 3 AND season.id = v.of_id
        UNION ALL SELECT 1 FROM episode WHERE v.of_kind = 4 AND episode.id = v.of_id
        UNION ALL SELECT 1 FROM person WHERE v.of_kind = 5 AND person.id = v.of_id
        UNION ALL SELECT 1 FROM character WHERE v.of_kind = 6 AND character.id = v.of_id)";
    on_both(Set::Empty, |site: Site| async move {
        let first = take_over(&site, &show(), &Plan::default()).await;
        assert!(count(&site, "SELECT count(*) FROM source_value").await > 20);
        edit(&site, vec![json!({"person": {"delete": {"of": "ada-winter", "cascade": true}}})]).await;
        assert_eq!(count(&site, OF_NOTHING).await, 0, "{}: after a removal", site.engine);
        take_over(&site, &show(), &Plan::default()).await;
        let merge = json!({"person": {"merge": {"from": "john-smith-1985", "into": "john-smith"}}});
        let merged = edit(&site, vec![merge]).await;
        assert_eq!(count(&site, OF_NOTHING).await, 0, "{}: after a merge", site.engine);
        undo(&site, merged).await;
        assert_eq!(count(&site, OF_NOTHING).await, 0, "{}: after an undone merge", site.engine);
        let again = take_over(&site, &show(), &Plan::default()).await;
        assert!(again.changeset.is_none() && again.differences.is_empty(), "{}: {again:#?}", site.engine);
        drop(first);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_remembered_of_an_import_that_was_undone() {
    on_both(Set::Empty, |site: Site| async move {
        let first = take_over(&site, &show(), &Plan::default()).await;
        undo(&site, first.changeset.expect("it changes something")).await;
        for table in ["source_value", "match_candidate"] {
            let rows = count(&site, &format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(rows, 0, "{}: {table}", site.engine);
        }
        let again = take_over(&site, &show(), &Plan::default()).await;
        assert!(again.changeset.is_some() && again.remarks.is_empty(), "{again:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_corrected_decision_moves_the_id_and_spares_what_people_wrote() {
    on_both(Set::Empty, |site: Site| async move {
        for slug in ["ada", "bea"] {
            edit(&site, vec![json!({"person": {"create": {"name": "Ada Winter", "slug": slug}}})]).await;
        }
        take_over(&site, &show(), &decide("person", "tvmaze:93001", "ada", true)).await;
        let corrected = take_over(&site, &show(), &decide("person", "tvmaze:93001", "bea", true)).await;
        let told = "tvmaze:93001 is no longer taken for \"ada\"; what earlier imports gave \"ada\" stays";
        assert!(corrected.remarks.iter().any(|line| line.contains(told)), "{}: {corrected:#?}", site.engine);
        let question = r#"{ ada: person(by: {slug: "ada"}) { slug externalIds { value } }
            bea: person(by: {slug: "bea"}) { slug born externalIds { value } credits { totalCount } } }"#;
        let data = site.data(question).await;
        assert_eq!(data["ada"], json!({"slug": "ada", "externalIds": []}), "{}: not merged", site.engine);
        assert_eq!(
            data["bea"],
            json!({"slug": "bea", "born": "1975-04-02", "externalIds": [{"value": "93001"}], "credits": {"totalCount": 2}})
        );
        for _ in 0..2 {
            let again = take_over(&site, &show(), &Plan::default()).await;
            assert!(again.changeset.is_none() && again.candidates.is_empty(), "{}: {again:#?}", site.engine);
        }
        // Neither of them after all.
        take_over(&site, &show(), &decide("person", "tvmaze:93001", "bea", false)).await;
        let data = site.data(r#"{ person(by: {externalId: {authority: TVMAZE, value: "93001"}}) { slug } }"#).await;
        assert_eq!(data["person"]["slug"], "ada-winter", "{}: a new person", site.engine);
    })
    .await;
}

#[tokio::test]
async fn a_person_of_an_import_that_was_edited_since_is_not_merged() {
    on_both(Set::Empty, |site: Site| async move {
        edit(&site, vec![json!({"person": {"create": {"name": "Ada Winter", "slug": "ada"}}})]).await;
        take_over(&site, &show(), &Plan::default()).await;
        let edited = set_born(&site, "1975-04-03").await;
        let same = decide("person", "tvmaze:93001", "ada", true);
        let trial = take_over(&site, &show(), &Plan { dry_run: true, ..same.clone() }).await;
        assert!(trial.remarks.iter().any(|line| line.contains("is no longer taken for \"ada-winter\"")), "{trial:#?}");
        undo(&site, edited).await;
        let merged = take_over(&site, &show(), &same).await;
        assert!(merged.remarks.is_empty(), "{}: nobody has edited it, all in all: {merged:#?}", site.engine);
        let data = site.data(r#"{ people(filter: {name: {equals: "Ada Winter"}}) { nodes { slug } } }"#).await;
        assert_eq!(data["people"]["nodes"], json!([{"slug": "ada"}]));
    })
    .await;
}

#[tokio::test]
async fn decisions_that_contradict_ids_of_people_or_each_other_say_what_to_do() {
    on_both(Set::Empty, |site: Site| async move {
        for slug in ["ada", "bea"] {
            edit(&site, vec![json!({"person": {"create": {"name": "Ada Winter", "slug": slug}}})]).await;
        }
        let id = json!({"file": "people.csv", "key": "ada", "authority": "TVMAZE", "value": "93001"});
        edit(&site, vec![json!({"externalId": {"create": id}})]).await;
        let refused = async |plan: &Plan| {
            let heading = Heading::new(Origin::Import, None, "From a source", AT);
            let outcome = change::adopt::adopt(site.store.write(), &records(&show()), plan, heading).await;
            outcome.expect_err("it is refused").to_string()
        };
        let same = decide("person", "tvmaze:93001", "bea", true);
        assert!(refused(&same).await.contains("a person gave \"ada\" the id Tvmaze 93001"), "{}", site.engine);
        let mut both = decide("person", "tvmaze:93001", "ada", true);
        both.decisions.extend(same.decisions);
        assert!(refused(&both).await.contains("it cannot be the same as both \"ada\" and \"bea\""));
        take_over(&site, &show(), &Plan::default()).await;
        edit(&site, vec![json!({"show": {"create": {"title": "Harbour", "slug": "harbour", "format": "SERIES"}}})])
            .await;
        let show = decide("show", "tvmaze:90001", "harbour", true);
        assert!(refused(&show).await.contains("its id is that of the show \"the-quiet-harbour\"; undo the import"));
    })
    .await;
}

#[tokio::test]
async fn a_character_without_an_id_at_the_source_follows_a_decision_too() {
    on_both(Set::Empty, |site: Site| async move {
        take_over(&site, &show(), &Plan::default()).await;
        edit(
            &site,
            vec![
                json!({"character": {"create": {"name": "Mara Quill", "slug": "mara"}}}),
                json!({"seasonCast": {"create": {"season": "the-quiet-harbour-s02", "person": "john-smith",
                    "character": "mara", "billing": "GUEST", "part": "SCREEN"}}}),
            ],
        )
        .await;
        let mut records = from_tmdb(&show());
        records.characters[0].about.ids.clear();
        let key = records.characters[0].key.as_str().to_owned();
        let united = take_over_records(&site, &records, &decide("character", &key, "mara", true)).await;
        assert!(united.changeset.is_some(), "{}: {united:#?}", site.engine);
        let question = r#"{ characters(filter: {name: {equals: "Mara Quill"}}) { nodes { slug externalIds { value }
            performers { nodes { person { slug } } } } } }"#;
        let expected = json!([{"slug": "mara", "externalIds": [{"value": "94001"}],
            "performers": {"nodes": [{"person": {"slug": "ada-winter"}}, {"person": {"slug": "john-smith"}}]}}]);
        assert_eq!(site.data(question).await["characters"]["nodes"], expected, "{}", site.engine);
        let again = take_over_records(&site, &records, &Plan::default()).await;
        assert!(again.changeset.is_none(), "{}: {again:#?}", site.engine);
    })
    .await;
}

#[tokio::test]
async fn a_picture_that_a_person_changed_stays_when_the_source_has_another() {
    on_both(Set::Empty, |site: Site| async move {
        let with_image = |file: &str| {
            let mut show = show();
            show["image"] = json!({"medium": null, "original": format!("https://static.tvmaze.example/{file}.jpg")});
            show
        };
        let urls = async || {
            let data = site.data(r#"{ show(by: {slug: "the-quiet-harbour"}) { pictures { url } } }"#).await;
            let pictures = data["show"]["pictures"].as_array().expect("a list").clone();
            pictures.iter().map(|picture| picture["url"].as_str().expect("a URL").to_owned()).collect::<Vec<_>>()
        };
        take_over(&site, &with_image("one"), &Plan::default()).await;
        take_over(&site, &with_image("two"), &Plan::default()).await;
        assert_eq!(
            urls().await,
            ["https://static.tvmaze.example/two.jpg"],
            "{}: the source replaces its own",
            site.engine
        );
        let of = "productions.csv/the-quiet-harbour/https://static.tvmaze.example/two.jpg";
        edit(&site, vec![json!({"picture": {"update": {"of": of, "set": {"credit": "Jane Doe for TVmaze"}}}})]).await;
        let back = json!({"picture": {"update": {"of": of, "set": {"credit": "TVmaze"}}}});
        edit(&site, vec![back]).await;
        take_over(&site, &with_image("three"), &Plan::default()).await;
        let mut found = urls().await;
        found.sort();
        assert_eq!(found, ["https://static.tvmaze.example/three.jpg", "https://static.tvmaze.example/two.jpg"]);
    })
    .await;
}
