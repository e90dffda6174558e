//! One show from the files of several sources, in `tests/sources`: who is who, where they differ, and in any order.

use std::path::Path;

use castgraph::{
    change::adopt::{Adopted, Decision, Plan},
    source::{Authority, Records, read},
};
use serde_json::{Value, json};

use crate::{
    foreign::take_over_records,
    import::dump,
    site::{self, Set, Site, on_both},
};

/// The records of a folder.
fn records(authority: Authority) -> Records {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sources").join(authority.word());
    let titles: &[String] = if authority == Authority::Imdb { &["tt8806524".to_owned()] } else { &[] };
    read(authority, &folder, titles, "2026-11-28".parse().expect("a day"), &mut |_| {}).expect("records")
}

/// The people that TVmaze and TMDB have in common, who have no id in common.
const PEOPLE: [(&str, &str, &str); 2] =
    [("tvmaze:9000131", "tmdb:2387", "patrick-stewart"), ("tvmaze:9000132", "tmdb:1213786", "brent-spiner")];

/// A plan in which a person has said who is who.
fn decided(key: impl Fn(&(&'static str, &'static str, &'static str)) -> &'static str) -> Plan {
    let same = PEOPLE.iter().map(|person| Decision {
        kind: "person".to_owned(),
        key: key(person).to_owned(),
        slug: person.2.to_owned(),
        same: true,
    });
    Plan { decisions: same.collect(), ..Plan::default() }
}

/// The graph of the show, whatever the order of the imports: sorted, and without what only says how prominent a credit is.
async fn graph(site: &Site) -> Value {
    let data = site
        .data(
            r#"{ show(by: {externalId: {authority: IMDB, value: "tt8806524"}}) {
                slug code title status premieredOn endedOn externalIds { authority value }
                seasons { nodes { number premieredOn episodes { nodes { slug title airedOn } } } }
                cast { nodes { person { slug born externalIds { authority value } } character { slug } } } } }"#,
        )
        .await;
    let mut show = data["show"].clone();
    let sort = |list: &mut Value| {
        let list = list.as_array_mut().expect("a list");
        list.sort_by_key(Value::to_string);
        list.dedup();
    };
    sort(&mut show["externalIds"]);
    for credit in show["cast"]["nodes"].as_array_mut().expect("a list") {
        sort(&mut credit["person"]["externalIds"]);
    }
    sort(&mut show["cast"]["nodes"]);
    show
}

/// Imports all sources again, ten times, which changes nothing.
async fn settled(site: &Site, sources: &[Authority], plan: &Plan) {
    let before = dump(site.store.write()).await;
    for _ in 0..10 {
        for source in sources {
            let again = take_over_records(site, &records(*source), plan).await;
            assert!(again.changeset.is_none(), "{} {source}: {again:#?}", site.engine);
        }
    }
    assert_eq!(before, dump(site.store.write()).await, "{}", site.engine);
}

#[tokio::test]
async fn two_sources_give_one_show_in_either_order() {
    on_both(Set::Empty, |site: Site| async move {
        take_over_records(&site, &records(Authority::Tvmaze), &Plan::default()).await;
        let second = take_over_records(&site, &records(Authority::Tmdb), &decided(|(_, tmdb, _)| *tmdb)).await;
        assert!(second.candidates.is_empty(), "{second:#?}");
        differ(&second);
        settled(&site, &[Authority::Tvmaze, Authority::Tmdb], &Plan::default()).await;
        let graph_of_this = graph(&site).await;
        let cast = graph_of_this["cast"]["nodes"].to_string();
        for name in ["jean-luc-picard", "altan-inigo-soong", "data", "ann-magnuson", "ann-magnuson-2", "nm0001772"] {
            assert!(cast.contains(&format!("\"{name}\"")), "{}: {name} in {cast}", site.engine);
        }
        assert_eq!(graph_of_this["seasons"]["nodes"][0]["episodes"]["nodes"][0]["slug"], "stp-s00e01");

        let site = site::sqlite(Set::Empty).await;
        take_over_records(&site, &records(Authority::Tmdb), &Plan::default()).await;
        // The slug is that of the name under which TMDB knows him.
        let slug = "sir-patrick-stewart";
        let mut plan = decided(|(tvmaze, ..)| *tvmaze);
        plan.decisions[0].slug = slug.to_owned();
        differ(&take_over_records(&site, &records(Authority::Tvmaze), &plan).await);
        settled(&site, &[Authority::Tmdb, Authority::Tvmaze], &Plan::default()).await;
        let other = graph(&site).await.to_string().replace(slug, "patrick-stewart");
        let mut other: Value = serde_json::from_str(&other).expect("JSON");
        other["cast"]["nodes"].as_array_mut().expect("a list").sort_by_key(Value::to_string);
        assert_eq!(other, graph_of_this);
    })
    .await;
}

/// Both imports say where the sources differ, and the one with the higher rank counts.
fn differ(adopted: &Adopted) {
    let told = "\"stp-s01e02\": air_date is \"2020-01-30\"; tvmaze \"2020-01-30\", tmdb \"2020-01-31\"";
    assert!(adopted.differences.contains(told), "{adopted:#?}");
}

#[tokio::test]
async fn the_rank_of_the_sources_decides_what_is_shown() {
    on_both(Set::Empty, |site: Site| async move {
        let day = async || {
            let data = site.data(r#"{ episode(by: {slug: "stp-s01e02"}) { airedOn } }"#);
            data.await["episode"]["airedOn"].clone()
        };
        take_over_records(&site, &records(Authority::Tvmaze), &Plan::default()).await;
        take_over_records(&site, &records(Authority::Tmdb), &Plan::default()).await;
        assert_eq!(day().await, "2020-01-30");
        let rank = Plan { rank: vec![Authority::Tmdb, Authority::Tvmaze], ..Plan::default() };
        take_over_records(&site, &records(Authority::Tvmaze), &rank).await;
        assert_eq!(day().await, "2020-01-31", "{}", site.engine);
        // The source of the ids that both give follows the rank once TMDB is imported again.
        take_over_records(&site, &records(Authority::Tmdb), &rank).await;
        settled(&site, &[Authority::Tmdb, Authority::Tvmaze], &rank).await;
    })
    .await;
}

#[tokio::test]
async fn people_with_an_id_in_common_are_one_whatever_their_names() {
    on_both(Set::Empty, |site: Site| async move {
        take_over_records(&site, &records(Authority::Tmdb), &Plan::default()).await;
        let second = take_over_records(&site, &records(Authority::Imdb), &Plan::default()).await;
        assert!(second.candidates.is_empty() && second.remarks.is_empty(), "{}: {second:#?}", site.engine);
        let question = r#"{ person(by: {externalId: {authority: IMDB, value: "nm0001772"}}) {
            externalIds { authority value } credits { nodes { character { slug } } } }
            episode(by: {externalId: {authority: IMDB, value: "tt9381924"}}) { slug } }"#;
        let data = site.data(question).await;
        assert_eq!(
            data,
            json!({
                "person": {
                    "externalIds": [{"authority": "TMDB", "value": "2387"}, {"authority": "IMDB", "value": "nm0001772"}],
                    "credits": {"nodes": [{"character": {"slug": "jean-luc-picard"}}]},
                },
                "episode": {"slug": "stp-s01e01"},
            }),
            "{}",
            site.engine
        );
        settled(&site, &[Authority::Tmdb, Authority::Imdb], &Plan::default()).await;
    })
    .await;
}
