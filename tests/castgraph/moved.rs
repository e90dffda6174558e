//! Imports of sets in which a row that is known belongs somewhere else, or has another slug.

use std::{fs, path::Path};

use castgraph::import::{self, Leftovers, Summary};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    cut,
    site::{Set, Site, on_both},
};

/// A copy of the cut with every `old` in all files or in one replaced.
fn replaced(changes: &[(Option<&str>, &str, &str)]) -> TempDir {
    let folder = cut::copy();
    for file in fs::read_dir(folder.path()).expect("the folder") {
        let file = file.expect("a file").path();
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
        let mut text = fs::read_to_string(&file).expect("the file");
        for (of, old, new) in changes {
            if of.is_none_or(|of| of == name) {
                text = text.replace(old, new);
            }
        }
        fs::write(&file, text).expect("the change");
    }
    folder
}

async fn apply(site: &Site, folder: &Path, leftovers: Leftovers) -> Summary {
    let folder = import::folder(folder).expect("the folder");
    let set = import::check(&folder).unwrap_or_else(|faults| panic!("{faults}"));
    let summary = crate::site::import_set(site.store.write(), &set, leftovers).await;
    summary.unwrap_or_else(|reason| panic!("{}: {reason}", site.engine))
}

/// What the article stands behind is said of the claim's row, so that it moves with the claim.
#[tokio::test]
async fn a_claim_that_is_about_another_row_takes_its_citations_along() {
    on_both(Set::Cut, |site: Site| async move {
        let old = "seasons.csv,star-trek-picard-s02,cast_spiner,";
        let new = "productions.csv,star-trek-picard,cast_spiner,";
        let folder = replaced(&[(Some("claims.csv"), old, new), (Some("citations.csv"), old, new)]);
        for leftovers in [Leftovers::Keep, Leftovers::Remove] {
            let again = apply(&site, folder.path(), leftovers).await;
            assert_eq!(again.is_unchanged(), leftovers == Leftovers::Remove, "{again}");
        }
        let query = r#"{ show(by: {slug: "star-trek-picard"}) { claims(word: "cast_spiner") { nodes { slug } }
            citations(word: "cast_spiner") { nodes { claim { slug } } } }
            season(by: {slug: "star-trek-picard-s02"}) { citations(word: "cast_spiner") { totalCount } } }"#;
        let data = site.data(query).await;
        assert_eq!(data["show"]["claims"]["nodes"][0], json!({ "slug": "b27" }));
        assert_eq!(data["show"]["citations"]["nodes"], json!([{ "claim": { "slug": "b27" } }]));
        assert_eq!(data["season"]["citations"]["totalCount"], 0, "{}", site.engine);
    })
    .await;
}

/// Slugs of seasons begin with that of their show, slugs of episodes do not.
#[tokio::test]
async fn a_show_with_another_slug_takes_its_episodes_and_their_casts_along() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = replaced(&[(None, "star-trek-picard", "picard")]);
        apply(&site, folder.path(), Leftovers::Keep).await;
        let data = site
            .data(r#"{ episode(by: {slug: "pic-s02e04"}) { season { slug } cast { nodes { season { slug } } } } }"#)
            .await;
        assert_eq!(data["episode"]["season"]["slug"], "picard-s02");
        let cast = data["episode"]["cast"]["nodes"].as_array().expect("a list");
        assert!(cast.len() > 3 && cast.iter().all(|credit| credit["season"]["slug"] == "picard-s02"), "{cast:?}");
    })
    .await;
}

/// A country is the one with its code, whatever its slug.
#[tokio::test]
async fn a_country_with_another_slug_is_the_same_country() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = replaced(&[
            (Some("territories.csv"), "\nca,Canada", "\ncanada,Canada"),
            (Some("territories.csv"), "us;ca", "us;canada"),
            (None, ",ca,", ",canada,"),
        ]);
        let query = r#"{ season(by: {slug: "star-trek-picard-s01"}) { availability(territory: "CA") { nodes { territory { id name } } } } }"#;
        let before = site.data(query).await;
        apply(&site, folder.path(), Leftovers::Keep).await;
        assert_eq!(site.data(query).await, before, "{}", site.engine);
        assert!(apply(&site, folder.path(), Leftovers::Keep).await.is_unchanged());
    })
    .await;
}

/// Codes that stood at the wrong countries.
#[tokio::test]
async fn two_countries_may_change_places() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = replaced(&[
            (Some("territories.csv"), "\nca,Canada,country,CA", "\nca,Britain,country,gb"),
            (Some("territories.csv"), "\ngb,United Kingdom,country,GB", "\ngb,Canada,country,CA"),
            (Some("territories.csv"), "country,gb", "country,GB"),
        ]);
        apply(&site, folder.path(), Leftovers::Keep).await;
        let query = r#"{ season(by: {slug: "star-trek-picard-s01"}) { availability(territory: "GB") { nodes {
            territory { slug name countryCode } } } } }"#;
        let data = site.data(query).await;
        let first = &data["season"]["availability"]["nodes"][0]["territory"];
        assert_eq!(*first, json!({ "slug": "ca", "name": "Britain", "countryCode": "GB" }), "{}", site.engine);
        assert!(apply(&site, folder.path(), Leftovers::Keep).await.is_unchanged());
    })
    .await;
}
