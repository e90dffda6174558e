//! Every list pages to its end in both directions, with no item twice and none missing.

use std::collections::{BTreeSet, HashSet};

use castgraph::graphql;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::site::{self, Set, Site, on_both};

/// Each list of the API with a query that reaches it: `LIST` stands for its arguments and page.
pub const LISTS: &[(&str, &str)] = &[
    ("Query.shows", "{ shows LIST }"),
    ("Query.shows", "{ shows(orderBy: {field: TITLE, direction: DESC}) LIST }"),
    ("Query.shows", "{ shows(orderBy: {field: PREMIERED_ON, direction: DESC}, filter: {format: FILM}) LIST }"),
    ("Query.people", "{ people LIST }"),
    ("Query.people", "{ people(orderBy: {field: BORN}) LIST }"),
    ("Query.people", "{ people(orderBy: {field: BORN, direction: DESC}) LIST }"),
    ("Query.people", r#"{ people(filter: {name: {startsWith: "j"}}) LIST }"#),
    ("Query.characters", "{ characters(orderBy: {field: NAME, direction: DESC}) LIST }"),
    ("Query.episodes", "{ episodes(orderBy: {field: AIRED_ON, direction: DESC}) LIST }"),
    ("Query.episodes", r#"{ episodes(filter: {show: {slug: "star-trek-voyager"}}, orderBy: {field: TITLE}) LIST }"#),
    ("Query.credits", "{ credits(filter: {billing: GUEST}) LIST }"),
    ("Query.credits", "{ credits(filter: {job: DIRECTOR}, orderBy: {field: BILLING, direction: DESC}) LIST }"),
    ("Franchise.shows", r#"{ franchise(by: {slug: "star-trek"}) { shows LIST } }"#),
    ("Franchise.characters", r#"{ franchise(by: {slug: "star-trek"}) { characters LIST } }"#),
    ("Franchise.recasts", r#"{ franchise(by: {slug: "star-trek"}) { recasts LIST } }"#),
    ("Franchise.multipleRoles", r#"{ franchise(by: {slug: "star-trek"}) { multipleRoles LIST } }"#),
    ("Show.seasons", r#"{ show(by: {slug: "star-trek-voyager"}) { seasons LIST } }"#),
    ("Show.episodes", r#"{ show(by: {slug: "star-trek-voyager"}) { episodes LIST } }"#),
    ("Show.cast", r#"{ show(by: {slug: "star-trek-picard"}) { cast LIST } }"#),
    ("Show.crew", r#"{ show(by: {slug: "star-trek-picard"}) { crew LIST } }"#),
    ("Show.characters", r#"{ show(by: {slug: "star-trek-picard"}) { characters LIST } }"#),
    ("Show.returns", r#"{ show(by: {slug: "star-trek-picard"}) { returns LIST } }"#),
    ("Show.recasts", r#"{ show(by: {slug: "star-trek-picard"}) { recasts LIST } }"#),
    ("Show.multipleRoles", r#"{ show(by: {slug: "star-trek-picard"}) { multipleRoles LIST } }"#),
    ("Season.episodes", r#"{ season(by: {slug: "star-trek-picard-s02"}) { episodes LIST } }"#),
    ("Season.cast", r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast LIST } }"#),
    ("Season.crew", r#"{ season(by: {slug: "star-trek-picard-s02"}) { crew LIST } }"#),
    ("Season.returns", r#"{ season(by: {slug: "star-trek-picard-s03"}) { returns LIST } }"#),
    ("Season.recasts", r#"{ season(by: {slug: "star-trek-picard-s02"}) { recasts LIST } }"#),
    ("Season.multipleRoles", r#"{ season(by: {slug: "star-trek-picard-s01"}) { multipleRoles LIST } }"#),
    ("Episode.cast", r#"{ episode(by: {slug: "pic-s01e01"}) { cast LIST } }"#),
    ("Episode.crew", r#"{ episode(by: {slug: "pic-s01e01"}) { crew LIST } }"#),
    ("Person.credits", r#"{ person(by: {slug: "jonathan-frakes"}) { credits LIST } }"#),
    ("Person.characters", r#"{ person(by: {slug: "brent-spiner"}) { characters LIST } }"#),
    ("Person.coStars", r#"{ person(by: {slug: "michael-dorn"}) { coStars LIST } }"#),
    ("CoStar.credits", r#"{ person(by: {slug: "michael-dorn"}) { coStars(first: 1) { nodes { credits LIST } } } }"#),
    ("Character.credits", r#"{ character(by: {slug: "worf"}) { credits LIST } }"#),
    ("Character.performers", r#"{ character(by: {slug: "borg-queen"}) { performers LIST } }"#),
    ("Performer.credits", r#"{ character(by: {slug: "worf"}) { performers(first: 1) { nodes { credits LIST } } } }"#),
    (
        "Credit.episodes",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast(first: 1) { nodes { episodes LIST } } } }"#,
    ),
    (
        "Return.credits",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { returns(first: 1) { nodes { credits LIST } } } }"#,
    ),
    (
        "Return.earlierCredits",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { returns(first: 1) { nodes { earlierCredits LIST } } } }"#,
    ),
    (
        "Recast.performers",
        r#"{ show(by: {slug: "star-trek-picard"}) { recasts(first: 1) { nodes { performers LIST } } } }"#,
    ),
    (
        "MultipleRoles.characters",
        r#"{ franchise(by: {slug: "star-trek"}) { multipleRoles(first: 1) { nodes { characters LIST } } } }"#,
    ),
    (
        "MultipleRoles.credits",
        r#"{ franchise(by: {slug: "star-trek"}) { multipleRoles(first: 1) { nodes { credits LIST } } } }"#,
    ),
    ("Query.franchises", "{ franchises LIST }"),
    ("Query.seasons", "{ seasons(orderBy: {field: NUMBER, direction: DESC}) LIST }"),
    ("Query.seasons", r#"{ seasons(filter: {show: {code: "TNG"}}) LIST }"#),
    ("Query.territories", "{ territories LIST }"),
    ("Query.availability", "{ availability LIST }"),
    ("Query.availability", r#"{ availability(territory: "CA", show: {code: "PIC"}) LIST }"#),
    ("Query.funding", "{ funding LIST }"),
    ("Query.media", "{ media(kinds: [TRAILER, SUMMARY, LOGLINE]) LIST }"),
    ("Query.shows", r#"{ shows(by: [{code: "TNG"}, {code: "DS9"}, {slug: "star-trek-picard"}]) LIST }"#),
    ("Query.people", "{ people(orderBy: {field: SHOW_COUNT, direction: DESC}) LIST }"),
    ("Query.people", "{ people(orderBy: {field: KNOWN_EPISODE_COUNT}) LIST }"),
    ("Query.people", r#"{ people(filter: {credit: {species: "Klingon"}}) LIST }"#),
    ("Query.characters", "{ characters(orderBy: {field: PERFORMER_COUNT, direction: DESC}) LIST }"),
    (
        "Query.episodes",
        r#"{ episodes(filter: {charactersAll: [{slug: "worf"}], peopleNone: [{slug: "brent-spiner"}]}) LIST }"#,
    ),
    ("Query.paths", r#"{ paths(from: {slug: "jeri-ryan"}, to: {slug: "leonard-nimoy"}) LIST }"#),
    ("Query.sharedCast", r#"{ sharedCast(shows: [{code: "TNG"}, {code: "PIC"}]) LIST }"#),
    ("Query.sharedShows", r#"{ sharedShows(people: [{slug: "brent-spiner"}, {slug: "jonathan-frakes"}]) LIST }"#),
    ("Query.bridges", r#"{ bridges(between: {shows: [{code: "DS9"}, {code: "VOY"}]}) LIST }"#),
    ("Degree.people", r#"{ withinDegrees(of: {slug: "brent-spiner"}, degrees: 1) { people LIST } }"#),
    (
        "CastChanges.joined",
        r#"{ castChanges(from: {slug: "star-trek-picard-s01"}, to: {slug: "star-trek-picard-s03"}) { joined LIST } }"#,
    ),
    (
        "CastChanges.left",
        r#"{ castChanges(from: {slug: "star-trek-picard-s01"}, to: {slug: "star-trek-picard-s03"}) { left LIST } }"#,
    ),
    (
        "CastChanges.stayed",
        r#"{ castChanges(from: {slug: "star-trek-picard-s01"}, to: {slug: "star-trek-picard-s03"}) { stayed LIST } }"#,
    ),
    ("Franchise.absences", r#"{ franchise(by: {slug: "star-trek"}) { absences LIST } }"#),
    ("Show.mainInEverySeason", r#"{ show(by: {code: "TNG"}) { mainInEverySeason LIST } }"#),
    ("Show.links", r#"{ show(by: {code: "TNG"}) { links LIST } }"#),
    ("Show.cast", r#"{ show(by: {code: "PIC"}) { cast(orderBy: {field: BORN, direction: DESC}) LIST } }"#),
    ("Show.returns", r#"{ show(by: {code: "PIC"}) { returns(orderBy: {field: DAYS_AWAY, direction: DESC}) LIST } }"#),
    ("Person.shows", r#"{ person(by: {slug: "jonathan-frakes"}) { shows LIST } }"#),
    (
        "Person.credits",
        r#"{ person(by: {slug: "jonathan-frakes"}) { credits(orderBy: {field: RELEASED_ON, direction: DESC}) LIST } }"#,
    ),
    ("Character.shows", r#"{ character(by: {slug: "worf"}) { shows LIST } }"#),
    ("Character.links", r#"{ character(by: {slug: "data"}) { links LIST } }"#),
    ("Query.platforms", "{ platforms LIST }"),
    ("Query.offers", "{ offers LIST }"),
    ("Query.claims", "{ claims(about: OTHER) LIST }"),
    (
        "Franchise.shows",
        r#"{ franchise(by: {slug: "star-trek"}) { shows(orderBy: {field: TITLE, direction: DESC}) LIST } }"#,
    ),
    (
        "Franchise.characters",
        r#"{ franchise(by: {slug: "star-trek"}) { characters(orderBy: {field: SHOW_COUNT, direction: DESC}) LIST } }"#,
    ),
    (
        "Show.seasons",
        r#"{ show(by: {code: "VOY"}) { seasons(orderBy: {field: PREMIERED_ON, direction: DESC}) LIST } }"#,
    ),
    ("Show.episodes", r#"{ show(by: {code: "VOY"}) { episodes(orderBy: {field: TITLE}) LIST } }"#),
    ("Show.characters", r#"{ show(by: {code: "PIC"}) { characters(orderBy: {field: NAME}) LIST } }"#),
    (
        "Season.episodes",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { episodes(orderBy: {field: AIRED_ON, direction: DESC}) LIST } }"#,
    ),
    ("Person.shows", r#"{ person(by: {slug: "jonathan-frakes"}) { shows(orderBy: {field: EPISODE_COUNT}) LIST } }"#),
    ("Character.shows", r#"{ character(by: {slug: "worf"}) { shows(orderBy: {field: TITLE}) LIST } }"#),
    ("Platform.shows", r#"{ platform(by: {slug: "cinema"}) { shows(orderBy: {field: TITLE}) LIST } }"#),
    (
        "SharedCast.credits",
        r#"{ sharedCast(shows: [{code: "TNG"}, {code: "PIC"}], first: 1) { nodes { credits LIST } } }"#,
    ),
    (
        "SharedShow.credits",
        r#"{ sharedShows(people: [{slug: "brent-spiner"}, {slug: "jonathan-frakes"}], first: 1) { nodes { credits LIST } } }"#,
    ),
    (
        "Bridge.credits",
        r#"{ bridges(between: {shows: [{code: "DS9"}, {code: "VOY"}]}, first: 1) { nodes { credits LIST } } }"#,
    ),
    ("Query.sources", "{ sources LIST }"),
    ("Query.claims", "{ claims LIST }"),
    ("Query.claims", r#"{ claims(status: SUPERSEDED, asOf: "2022-02") LIST }"#),
    ("Query.schedule", r#"{ schedule(from: "2022-03", to: "2022") LIST }"#),
    ("Query.schedule", r#"{ schedule(territory: "CA") LIST }"#),
    ("Query.search", r#"{ search(query: "star trek") LIST }"#),
    ("Query.search", r#"{ search(query: "j", kinds: [PERSON, CHARACTER]) LIST }"#),
    ("Query.search", r#"{ search(query: "enterprize") LIST }"#),
    ("Show.availability", r#"{ show(by: {slug: "star-trek-picard"}) { availability LIST } }"#),
    ("Show.media", r#"{ show(by: {slug: "star-trek-picard"}) { media LIST } }"#),
    ("Show.texts", r#"{ show(by: {slug: "star-trek-picard"}) { texts LIST } }"#),
    ("Show.funding", r#"{ show(by: {slug: "star-trek-picard"}) { funding LIST } }"#),
    ("Season.availability", r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability LIST } }"#),
    ("Season.media", r#"{ season(by: {slug: "star-trek-picard-s02"}) { media LIST } }"#),
    ("Season.texts", r#"{ season(by: {slug: "star-trek-picard-s02"}) { texts LIST } }"#),
    ("Season.funding", r#"{ season(by: {slug: "star-trek-picard-s02"}) { funding LIST } }"#),
    (
        "Season.availability",
        r#"{ season(by: {slug: "star-trek-picard-s03"}) { availability(territory: "IT", on: "2023-03") LIST } }"#,
    ),
    ("Platform.seasons", r#"{ platform(by: {slug: "paramount-plus"}) { seasons LIST } }"#),
    ("Platform.shows", r#"{ platform(by: {slug: "cinema"}) { shows LIST } }"#),
    ("Platform.offers", r#"{ platform(by: {slug: "cbs-all-access"}) { offers LIST } }"#),
    ("Franchise.citations", r#"{ franchise(by: {slug: "star-trek"}) { citations LIST } }"#),
    ("Franchise.claims", r#"{ franchise(by: {slug: "star-trek"}) { claims LIST } }"#),
    ("Show.citations", r#"{ show(by: {slug: "star-trek-picard"}) { citations LIST } }"#),
    ("Show.claims", r#"{ show(by: {slug: "star-trek-picard"}) { claims LIST } }"#),
    ("Season.citations", r#"{ season(by: {slug: "star-trek-picard-s02"}) { citations LIST } }"#),
    ("Season.claims", r#"{ season(by: {slug: "star-trek-picard-s02"}) { claims LIST } }"#),
    ("Episode.citations", r#"{ episode(by: {slug: "pic-s02e01"}) { citations LIST } }"#),
    ("Episode.claims", r#"{ episode(by: {slug: "pic-s02e01"}) { claims LIST } }"#),
    ("Person.citations", r#"{ person(by: {slug: "isa-briones"}) { citations LIST } }"#),
    ("Person.claims", r#"{ person(by: {slug: "isa-briones"}) { claims LIST } }"#),
    ("Character.citations", r#"{ character(by: {slug: "dahj-asha"}) { citations LIST } }"#),
    ("Character.claims", r#"{ character(by: {slug: "dahj-asha"}) { claims LIST } }"#),
    ("Platform.citations", r#"{ platform(by: {slug: "cbs-all-access"}) { citations LIST } }"#),
    ("Platform.claims", r#"{ platform(by: {slug: "cbs-all-access"}) { claims LIST } }"#),
    ("Source.citations", r#"{ source(by: {slug: "wilson-undated"}) { citations LIST } }"#),
    ("Source.claims", r#"{ source(by: {slug: "wilson-undated"}) { claims LIST } }"#),
    (
        "Credit.citations",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast(first: 1) { nodes { citations LIST } } } }"#,
    ),
    ("Credit.claims", r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast(first: 1) { nodes { claims LIST } } } }"#),
    (
        "ShowLink.citations",
        r#"{ show(by: {slug: "star-trek-generations"}) { links(first: 1) { nodes { citations LIST } } } }"#,
    ),
    (
        "ShowLink.claims",
        r#"{ show(by: {slug: "star-trek-generations"}) { links(first: 1) { nodes { claims LIST } } } }"#,
    ),
    (
        "CharacterLink.citations",
        r#"{ character(by: {slug: "dahj-asha"}) { links(first: 1) { nodes { citations LIST } } } }"#,
    ),
    ("CharacterLink.claims", r#"{ character(by: {slug: "dahj-asha"}) { links(first: 1) { nodes { claims LIST } } } }"#),
    (
        "Territory.citations",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability(first: 1) { nodes { territory { citations LIST } } } } }"#,
    ),
    (
        "Territory.claims",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability(first: 1) { nodes { territory { claims LIST } } } } }"#,
    ),
    (
        "Availability.citations",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability(first: 1, territory: "CA") { nodes { citations LIST } } } }"#,
    ),
    (
        "Availability.claims",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability(first: 1, territory: "CA") { nodes { claims LIST } } } }"#,
    ),
    (
        "Offer.citations",
        r#"{ platform(by: {slug: "cbs-all-access"}) { offers(first: 1) { nodes { citations LIST } } } }"#,
    ),
    ("Offer.claims", r#"{ platform(by: {slug: "cbs-all-access"}) { offers(first: 1) { nodes { claims LIST } } } }"#),
    ("Funding.citations", r#"{ season(by: {slug: "star-trek-picard-s02"}) { funding { nodes { citations LIST } } } }"#),
    ("Funding.claims", r#"{ season(by: {slug: "star-trek-picard-s02"}) { funding { nodes { claims LIST } } } }"#),
    (
        "Media.citations",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { texts(first: 1) { nodes { citations LIST } } } }"#,
    ),
    ("Media.claims", r#"{ season(by: {slug: "star-trek-picard-s02"}) { texts(first: 1) { nodes { claims LIST } } } }"#),
    ("Franchise.history", r#"{ franchise(by: {slug: "star-trek"}) { history LIST } }"#),
    ("Show.history", r#"{ show(by: {slug: "star-trek-picard"}) { history LIST } }"#),
    ("Season.history", r#"{ season(by: {slug: "star-trek-picard-s02"}) { history LIST } }"#),
    ("Episode.history", r#"{ episode(by: {slug: "pic-s02e01"}) { history LIST } }"#),
    ("Person.history", r#"{ person(by: {slug: "isa-briones"}) { history LIST } }"#),
    ("Character.history", r#"{ character(by: {slug: "dahj-asha"}) { history LIST } }"#),
    ("Platform.history", r#"{ platform(by: {slug: "cbs-all-access"}) { history LIST } }"#),
    ("Source.history", r#"{ source(by: {slug: "wilson-undated"}) { history LIST } }"#),
    (
        "Credit.history",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast(first: 1) { nodes { history LIST } } } }"#,
    ),
    (
        "ShowLink.history",
        r#"{ show(by: {slug: "star-trek-generations"}) { links(first: 1) { nodes { history LIST } } } }"#,
    ),
    (
        "CharacterLink.history",
        r#"{ character(by: {slug: "dahj-asha"}) { links(first: 1) { nodes { history LIST } } } }"#,
    ),
    (
        "Territory.history",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability(first: 1) { nodes { territory { history LIST } } } } }"#,
    ),
    (
        "Availability.history",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { availability(first: 1, territory: "CA") { nodes { history LIST } } } }"#,
    ),
    ("Offer.history", r#"{ platform(by: {slug: "cbs-all-access"}) { offers(first: 1) { nodes { history LIST } } } }"#),
    ("Funding.history", r#"{ season(by: {slug: "star-trek-picard-s02"}) { funding { nodes { history LIST } } } }"#),
    (
        "Media.history",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { texts(first: 1) { nodes { history LIST } } } }"#,
    ),
    ("Claim.history", r#"{ show(by: {slug: "star-trek-picard"}) { claims(first: 1) { nodes { history LIST } } } }"#),
    ("Query.changes", r"{ changes(kinds: [FRANCHISE, PLATFORM]) LIST }"),
    ("Query.changesets", "{ changesets LIST }"),
    ("Query.history", r#"{ history(object: "U2hvdzox") LIST }"#),
    ("Changeset.changes", "{ changeset(by: {number: 1}) { changes LIST } }"),
];

/// Lists of which no row of the set has more than one item, or any.
const SHORT: &[&str] = &["claims", "citations", "history", "changesets", "funding", "franchises", "recasts"];

/// Lists that need an account or a proposal. They are complete in memory, and cut like `sharedCast`.
const OF_CHANGES: &[&str] = &["Query.accounts", "Query.accessKeys", "Changeset.preview", "ChangesetPayload.changes"];

const PAGE: &str = "{ totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { __typename } } nodes { __typename } }";

#[test]
fn every_list_of_the_schema_is_here() {
    let sdl = graphql::sdl();
    let mut of_schema = BTreeSet::new();
    let mut name = "";
    let mut field = "";
    for line in sdl.lines() {
        if line.starts_with("interface ") {
            name = "";
        } else if let Some(rest) = line.strip_prefix("type ") {
            name = rest.split_whitespace().next().unwrap_or_default();
        } else if line.starts_with("  ")
            && !line.starts_with("   ")
            && !line.starts_with("  \"")
            && !line.starts_with("  )")
        {
            field = line.trim().split(['(', ':']).next().unwrap_or_default();
        }
        // The lists of subscriptions are those of queries.
        if !["", "Subscription"].contains(&name) && line.ends_with("Connection") && line.contains(':') {
            of_schema.insert(format!("{name}.{field}"));
        }
    }
    assert!(of_schema.len() > 30, "{of_schema:?}");
    of_schema.retain(|name| !OF_CHANGES.contains(&name.as_str()));
    assert_eq!(of_schema, LISTS.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn every_list_pages_to_its_end_in_both_directions() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sites = runtime.block_on(site::both(Set::Cut));
    let whole: Vec<Vec<String>> = LISTS
        .iter()
        .map(|(name, query)| {
            let lists: Vec<_> = sites.iter().map(|site| runtime.block_on(walk(site, query, &[100], true))).collect();
            assert!(lists.iter().all(|list| *list == lists[0]), "{name} is the same on both engines");
            let short = SHORT.iter().any(|field| name.ends_with(&format!(".{field}")));
            assert!(short || lists[0].len() > 1, "{query} has items to page through");
            lists.into_iter().next().unwrap_or_default()
        })
        .collect();
    let strategy = (0..LISTS.len(), prop::collection::vec(1..=100usize, 1..6), any::<bool>());
    let result = TestRunner::new(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })
        .run(&strategy, |(place, sizes, forward)| {
            let (_, query) = LISTS[place];
            // Small pages for short lists, but not a thousand pages for long ones.
            let scale = |size: &usize| (size * whole[place].len() / 150).clamp(1, 100);
            let scaled: Vec<usize> = sizes.iter().map(scale).collect();
            for site in &sites {
                let found = runtime.block_on(walk(site, query, &scaled, forward));
                prop_assert_eq!(&found, &whole[place], "{} {} {:?}", site.engine, query, scaled);
            }
            Ok(())
        });
    for site in sites {
        runtime.block_on(site.remove());
    }
    result.unwrap_or_else(|reason| panic!("{reason}"));
}

/// Pages through a list, page by page of these sizes, and gives its cursors in the order of the list.
async fn walk(site: &Site, query: &str, sizes: &[usize], forward: bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut cursor: Option<String> = None;
    for size in sizes.iter().cycle() {
        let (count, bound) = if forward { ("first", "after") } else { ("last", "before") };
        let bound = cursor.take().map(|cursor| format!(", {bound}: {}", json!(cursor))).unwrap_or_default();
        let page = page(site, query, &format!("{count}: {size}{bound}")).await;
        let edges = page["edges"].as_array().expect("edges");
        let cursors: Vec<String> =
            edges.iter().map(|edge| edge["cursor"].as_str().expect("a cursor").to_owned()).collect();
        let info = &page["pageInfo"];
        assert!(edges.len() <= *size, "{query}");
        assert_eq!(page["nodes"].as_array().map(Vec::len), Some(edges.len()));
        assert_eq!(info["startCursor"], json!(cursors.first()));
        assert_eq!(info["endCursor"], json!(cursors.last()));
        let (ahead, behind) =
            if forward { ("hasNextPage", "hasPreviousPage") } else { ("hasPreviousPage", "hasNextPage") };
        assert_eq!(info[behind], !found.is_empty(), "{} {query}", site.engine);
        let total = page["totalCount"].as_u64().expect("a total");
        if forward {
            found.extend(cursors.iter().cloned());
            cursor = cursors.last().cloned();
        } else {
            found.splice(0..0, cursors.iter().cloned());
            cursor = cursors.first().cloned();
        }
        if info[ahead] == false {
            assert_eq!(total, found.len() as u64, "{} {query}", site.engine);
            break;
        }
    }
    assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len(), "no item comes twice: {query}");
    found
}

/// The query for a page of a list of [`LISTS`].
pub fn query_of_page(query: &str, arguments: &str) -> String {
    if query.contains(") LIST") {
        query.replace(") LIST", &format!(", {arguments}) {PAGE}"))
    } else {
        query.replace(" LIST", &format!("({arguments}) {PAGE}"))
    }
}

pub async fn page(site: &Site, query: &str, arguments: &str) -> Value {
    let query = query_of_page(query, arguments);
    let mut data = site.data(&query).await;
    loop {
        data = match data {
            Value::Object(mut object) if object.contains_key("pageInfo") && object.contains_key("edges") => {
                return Value::Object(std::mem::take(&mut object));
            }
            Value::Object(object) => object.into_iter().next().expect("a field").1,
            Value::Array(list) => list.into_iter().next().expect("an item"),
            other => panic!("{other} in {query}"),
        };
    }
}

#[tokio::test]
async fn what_cannot_be_paged_is_refused_with_a_reason() {
    on_both(Set::Whole, |site: Site| async move {
        let cursor = site.data("{ shows(first: 1) { pageInfo { endCursor } } }").await;
        let cursor = &cursor["shows"]["pageInfo"]["endCursor"];
        for (list, code, reason) in [
            ("shows(first: 101)".to_owned(), "LIMIT_EXCEEDED", "maximum page size of 100"),
            ("shows(last: 5000)".to_owned(), "LIMIT_EXCEEDED", "maximum page size of 100"),
            ("shows(first: -1)".to_owned(), "BAD_INPUT", "`first: -1` is negative"),
            ("shows(first: 1, last: 1)".to_owned(), "BAD_INPUT", "use one of them"),
            ("shows(after: \"nonsense\")".to_owned(), "BAD_INPUT", "is not a valid cursor"),
            (
                format!("shows(after: {cursor}, orderBy: {{field: TITLE}})"),
                "BAD_INPUT",
                "\"PREMIERED_ON_ASC\", not TITLE_ASC",
            ),
            (format!("people(before: {cursor})"), "BAD_INPUT", "belongs to the list \"shows\", not to people"),
        ] {
            let answer = site.answer(&format!("{{ {list} {{ nodes {{ id }} }} }}")).await;
            let error = &answer["errors"][0];
            assert_eq!(error["extensions"]["code"], code, "{answer}");
            assert!(error["message"].as_str().is_some_and(|message| message.contains(reason)), "{answer}");
        }
        let empty =
            site.data("{ shows(first: 0) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }").await;
        assert_eq!(empty["shows"]["totalCount"], 27);
        assert_eq!(empty["shows"]["pageInfo"], json!({ "hasNextPage": true, "endCursor": null }));
        let default = site.data("{ people { nodes { id } } }").await;
        assert_eq!(default["people"]["nodes"].as_array().map(Vec::len), Some(20));
    })
    .await;
}

/// Both bounds at once, as the Relay specification has them.
#[tokio::test]
async fn a_page_may_lie_between_two_cursors() {
    on_both(Set::Whole, |site: Site| async move {
        let all = walk(&site, "{ shows LIST }", &[100], true).await;
        let bounds = format!("after: {}, before: {}", json!(all[3]), json!(all[9]));
        for (arguments, expected, next, previous) in [
            (format!("first: 100, {bounds}"), &all[4..9], true, true),
            (format!("first: 2, {bounds}"), &all[4..6], true, true),
            (format!("last: 2, {bounds}"), &all[7..9], true, true),
            (format!("first: 100, before: {}", json!(all[2])), &all[..2], true, false),
            (format!("last: 100, after: {}", json!(all[24])), &all[25..], false, true),
        ] {
            let page = page(&site, "{ shows LIST }", &arguments).await;
            let cursors: Vec<&str> =
                page["edges"].as_array().expect("edges").iter().filter_map(|edge| edge["cursor"].as_str()).collect();
            assert_eq!(cursors, expected, "{arguments}");
            assert_eq!(
                (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["hasPreviousPage"]),
                (&json!(next), &json!(previous)),
                "{arguments}"
            );
        }
    })
    .await;
}
