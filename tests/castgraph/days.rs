//! Days that follow from other days, and those that do not.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::site::{Set, Site, on_both};

/// A season whose day is not known did not begin with its show.
#[tokio::test]
async fn an_unknown_day_of_a_season_is_not_that_of_its_show() {
    on_both(Set::Whole, |site: Site| async move {
        let unknown = "UPDATE season SET premiered_on = NULL, finale_on = NULL WHERE slug = 'star-trek-picard-s03'";
        site.store.write().execute_unprepared(unknown).await.expect("the change");
        let query = r#"{ season(by: {slug: "star-trek-picard-s03"}) { returns { totalCount } }
            person(by: {slug: "todd-stashwick"}) { credits { nodes { season { slug } } } }
            character(by: {slug: "liam-shaw"}) { performers { nodes { firstOn lastOn } } } }"#;
        let data = site.data(query).await;
        assert_eq!(data["season"]["returns"]["totalCount"], 0, "whether others are earlier is not known");
        assert_eq!(data["character"]["performers"]["nodes"], json!([{ "firstOn": null, "lastOn": null }]));
        let credits = data["person"]["credits"]["nodes"].as_array().expect("a list");
        assert_eq!(credits.last().map(|credit| &credit["season"]["slug"]), Some(&json!("star-trek-picard-s03")));
    })
    .await;
}

/// The day of the season stands for an unknown episode, not for the unknown day of a known one.
#[tokio::test]
async fn an_unknown_day_of_an_episode_is_not_that_of_its_season() {
    on_both(Set::Whole, |site: Site| async move {
        let unknown = "UPDATE episode SET aired_on = NULL WHERE season_id IN (SELECT id FROM season WHERE slug = 'star-trek-picard-s03')";
        site.store.write().execute_unprepared(unknown).await.expect("the change");
        let query = r#"{ character(by: {slug: "liam-shaw"}) { firstAppearance { date episode { slug } season { slug } } } }"#;
        let appearance = &site.data(query).await["character"]["firstAppearance"];
        assert_eq!(appearance["season"]["slug"], "star-trek-picard-s03");
        assert!(!appearance["episode"].is_null(), "{appearance}");
        assert!(appearance["date"].is_null(), "{appearance}");
    })
    .await;
}

#[tokio::test]
async fn the_case_of_a_cadence_does_not_matter() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"{ schedule(from: "2022-03", to: "2022-05", territory: "US") { totalCount } }"#;
        let before = site.data(query).await;
        let change = "UPDATE availability SET cadence = upper(cadence)";
        site.store.write().execute_unprepared(change).await.expect("the change");
        assert_ne!(before["schedule"]["totalCount"], 0);
        assert_eq!(site.data(query).await, before, "{}", site.engine);
    })
    .await;
}
