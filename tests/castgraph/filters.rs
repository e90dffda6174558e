//! What filters take, and what they refuse.

use serde_json::{Value, json};

use crate::site::{Set, Site, on_both};

/// A blank at the end of a beginning is the end of a word.
#[tokio::test]
async fn a_beginning_may_end_with_a_word() {
    on_both(Set::Whole, |site: Site| async move {
        let count = async |start: &str| {
            let query =
                "query($start: String) { shows: episodes(filter: {title: {startsWith: $start}}) { totalCount } }";
            let answer = site.answer_with(query, json!({ "start": start })).await;
            answer["data"]["shows"]["totalCount"].as_i64().expect("a count")
        };
        let (word, beginning) = (count("The ").await, count("The").await);
        assert!(0 < word && word < beginning, "{word} {beginning}");
        assert_eq!(count("  tHE  ").await, word, "blanks at the end are one, those before do not count");
        assert_eq!(count(" ").await, count("").await);
    })
    .await;
}

/// Who errs in a name is told so, and not that there is nothing.
#[tokio::test]
async fn a_name_that_nothing_has_is_an_error_wherever_it_stands() {
    on_both(Set::Whole, |site: Site| async move {
        for (query, kind) in [
            (r#"shows(filter: {franchise: {slug: "nowhere"}})"#, "Franchise"),
            (r#"characters(filter: {franchise: {slug: "nowhere"}})"#, "Franchise"),
            (r#"characters(filter: {show: {slug: "nowhere"}})"#, "Show"),
            (r#"episodes(filter: {show: {slug: "nowhere"}})"#, "Show"),
            (r#"episodes(filter: {season: {slug: "nowhere"}})"#, "Season"),
            (r#"credits(filter: {person: {slug: "nowhere"}})"#, "Person"),
            (r#"credits(filter: {character: {slug: "nowhere"}})"#, "Character"),
            (r#"credits(filter: {show: {slug: "nowhere"}})"#, "Show"),
            (r#"credits(filter: {season: {slug: "nowhere"}})"#, "Season"),
            (r#"schedule(show: {slug: "nowhere"})"#, "Show"),
        ] {
            for query in
                [format!("{{ {query} {{ totalCount }} }}"), format!("{{ {query} {{ nodes {{ __typename }} }} }}")]
            {
                let answer = site.answer(&query).await;
                let error = &answer["errors"][0];
                assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{query} {answer}");
                assert_eq!(error["message"], format!("no {kind} has the slug \"nowhere\""), "{query}");
            }
        }
        let gone = r#"{ credits(filter: {person: {id: "UGVyc29uOjk5OTk5OQ"}}) { totalCount } }"#;
        assert_eq!(site.answer(gone).await["errors"][0]["extensions"]["code"], "NOT_FOUND");
    })
    .await;
}

/// The name in a filter is looked up once, however many lists it filters.
#[tokio::test]
async fn a_name_in_a_filter_takes_one_statement() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"{ shows { nodes { cast(filter: {person: {slug: "patrick-stewart"}}) { totalCount } } } }"#;
        let answer = site.execute(query, Value::Null).await;
        assert!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
        assert_eq!(answer.statements, 3, "{}", site.engine);
    })
    .await;
}

/// Unknown days are stored as nothing and sorted as the end of all days; no range holds them.
#[tokio::test]
async fn no_range_of_days_holds_an_unknown_one() {
    on_both(Set::Whole, |site: Site| async move {
        let count = async |filter: &str| {
            let data = site.data(&format!("{{ people(filter: {filter}) {{ totalCount }} }}")).await;
            data["people"]["totalCount"].as_i64().expect("a count")
        };
        let known = count(r#"{born: {from: "0001"}}"#).await;
        assert!(known < count("{}").await, "some days are unknown");
        for to in ["9999", "9999-12", "9999-12-31"] {
            assert_eq!(count(&format!(r#"{{born: {{to: "{to}"}}}}"#)).await, known, "{to}");
        }
        assert_eq!(count(r#"{born: {from: "1940-07-13", to: "1940-07-13"}}"#).await, 1);
        assert_eq!(count(r#"{born: {from: "1940-07", to: "1940-07"}}"#).await, 1);
    })
    .await;
}

/// A month or a year ends with its last day, wherever it is the end of a stretch.
#[tokio::test]
async fn until_a_year_is_until_its_end() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"query($day: PartialDate) { season(by: {slug: "star-trek-picard-s02"}) { claims(asOf: $day) { totalCount }
            availability(on: $day) { totalCount } } platform(by: {slug: "paramount-plus"}) { name(on: $day)
            offers(on: $day) { totalCount } } }"#;
        let answer = async |day: &str| {
            let answer = site.answer_with(query, json!({ "day": day })).await;
            assert_eq!(answer.get("errors"), None);
            answer["data"].clone()
        };
        for [part, end, before] in [["2022", "2022-12-31", "2021-12-31"], ["2021-03", "2021-03-31", "2021-02-28"]] {
            assert_eq!(answer(part).await, answer(end).await, "{part}");
            assert_ne!(answer(part).await, answer(before).await, "{part}");
        }
    })
    .await;
}
