//! How people are connected: paths against a naive search on random graphs, against SQL on the Star Trek set, and while
//! a writer writes.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use castgraph::graph::{
    CreditRow, Edit, Edited, EpisodeRow, Graph, Node, Options, Rows, Scope, SeasonRow, ShowRow, View, Within, path,
    reach,
};
use proptest::prelude::*;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::site::{Set, Site, on_both};

/// A random cast graph: shows 1 to 4 with seasons, the first a film, all with days of which some are unknown.
fn rows() -> impl Strategy<Value = Rows> {
    let credit = (1..=8_i32, 1..=4_i32, 0..=2_i32, 0..=5_i32, prop::bool::weighted(0.3));
    let days = prop::collection::vec(0..=3_i32, 16);
    (prop::collection::vec(credit, 0..20), prop::collection::vec((0..20_usize, 0..=1_i32), 0..25), days).prop_map(
        |(credits, covered, days)| {
            let day = |place: i32| match days[usize::try_from(place).expect("it is counted") % days.len()] {
                0 => 0,
                year => 20_000_000 + year * 10_000 + 101,
            };
            let season = |show: i32, number: i32| if show == 1 || number == 0 { 0 } else { show * 10 + number };
            let shows = (1..=4).map(|id| ShowRow { id, franchise: id % 3, film: id == 1, day: day(id) });
            let seasons = (2..=4).flat_map(|show| (1..=2).map(move |number| (show, number)));
            let seasons: Vec<SeasonRow> = seasons
                .map(|(show, number)| SeasonRow { id: season(show, number), show, day: day(season(show, number)) })
                .collect();
            let episodes = seasons.iter().flat_map(|season| [0, 1].map(|number| (season.id, season.id * 10 + number)));
            let episodes = episodes
                .map(|(season, id)| EpisodeRow {
                    id,
                    show: season / 10,
                    season,
                    special: id % 7 == 0,
                    day: day(id + 5),
                })
                .collect();
            let credits: Vec<CreditRow> = credits
                .into_iter()
                .zip(100..)
                .map(|((person, show, number, character, whole), id)| CreditRow {
                    id,
                    person,
                    show,
                    season: season(show, number),
                    character,
                    whole,
                })
                .collect();
            let mut appearances: Vec<(i32, i32)> = covered
                .into_iter()
                .filter_map(|(place, number)| {
                    let credit = credits.get(place).filter(|credit| credit.season != 0)?;
                    Some((credit.id, credit.season * 10 + number))
                })
                .collect();
            appearances.sort_unstable();
            appearances.dedup();
            Rows { shows: shows.collect(), seasons, episodes, credits, appearances }
        },
    )
}

fn options() -> impl Strategy<Value = Options> {
    let some = |ids: std::ops::RangeInclusive<i32>| prop::collection::vec(ids, 0..2);
    let scope = prop_oneof![Just(Scope::Episode), Just(Scope::Season), Just(Scope::Show)];
    let until = prop::option::of(prop_oneof![Just(20_010_101), Just(20_020_199), Just(20_031_399)]);
    (scope, any::<bool>(), some(1..=4), some(0..=2), some(1..=4), some(1..=2), some(1..=8), until).prop_map(
        |(scope, crew, shows, franchises, avoid_shows, avoid_franchises, avoid_people, until)| Options {
            scope,
            crew,
            shows,
            franchises,
            avoid_shows,
            avoid_franchises,
            avoid_people,
            until,
        },
    )
}

/// What a credit is work in, said again in the plainest way: kind and id of each unit.
fn units(rows: &Rows, options: &Options, credit: &CreditRow) -> Vec<(char, i32)> {
    let show = rows.shows.iter().find(|show| show.id == credit.show).expect("a show");
    let began = |day: i32| options.until.is_none_or(|until| day > 0 && day <= until);
    let keeps = options.shows.is_empty() && options.franchises.is_empty()
        || options.shows.contains(&show.id)
        || options.franchises.contains(&show.franchise);
    let avoided = options.avoid_shows.contains(&show.id) || options.avoid_franchises.contains(&show.franchise);
    if !keeps || avoided || (credit.character == 0 && !options.crew) || options.avoid_people.contains(&credit.person) {
        return Vec::new();
    }
    let season_day = rows.seasons.iter().find(|season| season.id == credit.season).map(|season| {
        let episodes = rows.episodes.iter().filter(|episode| episode.season == season.id && episode.day > 0);
        if season.day > 0 { season.day } else { episodes.map(|episode| episode.day).min().unwrap_or_default() }
    });
    let day = season_day.unwrap_or(show.day);
    match options.scope {
        Scope::Show if began(day) => vec![('w', show.id)],
        Scope::Season | Scope::Episode if show.film && began(day) => vec![('f', show.id)],
        Scope::Season if credit.season != 0 && began(day) => vec![('s', credit.season)],
        Scope::Episode => {
            let aired = |id: &i32| rows.episodes.iter().any(|episode| episode.id == *id && began(episode.day));
            if credit.whole && credit.character != 0 {
                // In each episode, and in the season with all who are, whatever is recorded of its episodes.
                let listed = |id: i32| rows.appearances.contains(&(credit.id, id));
                let episodes = rows
                    .episodes
                    .iter()
                    .filter(|episode| episode.season == credit.season && (!episode.special || listed(episode.id)));
                let episodes = episodes.map(|episode| episode.id).filter(aired).map(|id| ('e', id));
                let season = (credit.season != 0 && began(day)).then_some(('s', credit.season));
                return episodes.chain(season).collect();
            }
            let covered = rows.appearances.iter().filter(|(id, _)| *id == credit.id).map(|(_, episode)| *episode);
            covered.filter(aired).map(|id| ('e', id)).collect()
        }
        Scope::Show | Scope::Season => Vec::new(),
    }
}

type Naive = BTreeMap<i32, BTreeSet<i32>>;

/// Everybody with everybody who is linked with them.
fn naive(rows: &Rows, options: &Options) -> Naive {
    let mut linked = Naive::new();
    for one in &rows.credits {
        for other in &rows.credits {
            let theirs = units(rows, options, other);
            if one.person != other.person && units(rows, options, one).iter().any(|unit| theirs.contains(unit)) {
                linked.entry(one.person).or_default().insert(other.person);
            }
        }
    }
    linked
}

/// The distances from a person, by going over all links again and again.
fn distances(linked: &Naive, from: i32) -> BTreeMap<i32, usize> {
    let mut found = BTreeMap::from([(from, 0)]);
    for distance in 1..100 {
        let edge: Vec<i32> = found.iter().filter(|(_, far)| **far == distance - 1).map(|(person, _)| *person).collect();
        for other in edge.iter().filter_map(|person| linked.get(person)).flatten() {
            found.entry(*other).or_insert(distance);
        }
    }
    found
}

/// All shortest paths in their order, by trying everything.
fn all_paths(linked: &Naive, from: i32, to: i32, length: usize) -> Vec<Vec<i32>> {
    let mut paths = vec![vec![from]];
    for _ in 0..length {
        paths = paths
            .iter()
            .flat_map(|path| {
                let next = linked.get(path.last().expect("a person")).into_iter().flatten();
                next.map(|person| path.iter().copied().chain([*person]).collect::<Vec<_>>()).collect::<Vec<_>>()
            })
            .collect();
    }
    paths.retain(|path| path.last() == Some(&to));
    paths.sort();
    paths
}

/// Whether a graph, which may have been edited, answers as a naive search over its rows.
fn check(graph: Graph, rows: &Rows, options: &Options) -> Result<(), TestCaseError> {
    let graph = Arc::new(graph);
    let view = View::new(Arc::clone(&graph), options);
    let linked = naive(rows, options);
    let people: BTreeSet<i32> = rows.credits.iter().map(|credit| credit.person).collect();
    for &from in people.iter().filter(|person| !options.avoid_people.contains(person)) {
        let far = distances(&linked, from);
        let near = graph.person(from).expect("it has a credit");
        let levels = reach::reach(&view, near, 100);
        for (distance, level) in levels.iter().enumerate() {
            let level: Vec<i32> = level.iter().map(|person| graph.person_id(*person)).collect();
            let expected: Vec<i32> = far.iter().filter(|(_, far)| **far == distance).map(|(id, _)| *id).collect();
            prop_assert_eq!(level, expected);
        }
        prop_assert_eq!(levels.iter().map(Vec::len).sum::<usize>(), far.len());
        for &to in &people {
            let found = path::search(&view, near, graph.person(to).expect("it has a credit"), 100);
            let length = far.get(&to).copied().filter(|_| !options.avoid_people.contains(&to));
            prop_assert_eq!(found.as_ref().map(|found| usize::from(found.length())), length);
            let (Some(found), Some(length)) = (found, length) else { continue };
            let paths = found.paths(&view, 50);
            let ids: Vec<Vec<i32>> =
                paths.iter().map(|path| path.iter().map(|person| graph.person_id(*person)).collect()).collect();
            let mut expected = all_paths(&linked, from, to, length);
            expected.truncate(50);
            prop_assert_eq!(&ids, &expected);
            let steps = view.steps(&paths[0]);
            prop_assert_eq!(steps.len(), length);
            for (step, pair) in steps.iter().zip(ids[0].windows(2)) {
                prop_assert_eq!(vec![step.from, step.to], pair.to_vec());
                for (person, credits) in [(step.from, &step.from_credits), (step.to, &step.to_credits)] {
                    prop_assert!(!credits.is_empty());
                    for id in credits {
                        let credit = rows.credits.iter().find(|credit| credit.id == *id).expect("a real credit");
                        prop_assert_eq!((credit.person, credit.show), (person, step.work.show));
                        let unit = match (options.scope, step.work.episode, step.work.season) {
                            (Scope::Show, ..) => ('w', step.work.show),
                            (_, Some(episode), _) => ('e', episode),
                            (_, None, Some(season)) => ('s', season),
                            (_, None, None) => ('f', step.work.show),
                        };
                        prop_assert!(units(rows, options, credit).contains(&unit));
                    }
                }
            }
            if length > 0 {
                let short = u8::try_from(length - 1).expect("a short path");
                prop_assert!(path::search(&view, near, graph.person(to).expect("a person"), short).is_none());
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn paths_are_those_of_a_naive_search(rows in rows(), options in options()) {
        check(Graph::of(rows.clone()), &rows, &options)?;
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn an_edited_graph_is_that_of_the_rows(
        one in rows(), other in rows(), options in options(), steps in 0..200_usize, gone in (2..=6_i32, 2..=6_i32)
    ) {
        let (one, other) = (without(one, gone.0), without(other, gone.1));
        let all = edits(&one, &other);
        let half = steps % (all.len() + 1);
        let edited = Graph::of(one.clone()).edited(&all[..half]).expect("the edits fit");
        // Packing in between, as happens in the background, changes nothing.
        let edited = if steps.is_multiple_of(3) { edited.packed() } else { edited };
        let edited = edited.edited(&all[half..]).expect("the edits fit");
        let scratch = Graph::of(other.clone());
        prop_assert_eq!((edited.people(), edited.credits()), (scratch.people(), scratch.credits()));
        for node in (1..=8).map(Node::Person).chain((1..=5).map(Node::Character)).chain((1..=4).map(Node::Show)) {
            prop_assert_eq!(edited.has(node), scratch.has(node), "{:?}", node);
            prop_assert_eq!(
                edited.around(node, 3, 100, &Within::default()), scratch.around(node, 3, 100, &Within::default())
            );
        }
        prop_assert_eq!(edited.overlap(&[1, 2, 3, 4]), scratch.overlap(&[1, 2, 3, 4]));
        prop_assert_eq!(edited.actors_in_all(&[vec![1, 2], vec![3, 4]]), scratch.actors_in_all(&[vec![1, 2], vec![3, 4]]));
        prop_assert_eq!(edited.shows_with_all(&[1, 2]), scratch.shows_with_all(&[1, 2]));
        check(edited.packed(), &other, &options)?;
        check(edited, &other, &options)?;
    }
}

/// The rows without a show, if there is one with this id.
fn without(mut rows: Rows, show: i32) -> Rows {
    rows.shows.retain(|row| row.id != show);
    rows.seasons.retain(|row| row.show != show);
    rows.episodes.retain(|row| row.show != show);
    rows.credits.retain(|row| row.show != show);
    let credits: BTreeSet<i32> = rows.credits.iter().map(|row| row.id).collect();
    rows.appearances.retain(|(credit, _)| credits.contains(credit));
    rows
}

/// The edits that make the rows of one graph those of another. After each, every row refers to rows that are there.
fn edits(one: &Rows, other: &Rows) -> Vec<Edit> {
    /// Whether a row stays, is removed, or is added, by its key.
    fn of<T: Copy + PartialEq, K: Ord>(one: &[T], other: &[T], key: impl Fn(&T) -> K) -> [Vec<Edited<T>>; 2] {
        let known: BTreeMap<K, T> = one.iter().map(|row| (key(row), *row)).collect();
        let wanted: BTreeMap<K, T> = other.iter().map(|row| (key(row), *row)).collect();
        let gone = known.iter().filter(|(key, _)| !wanted.contains_key(key));
        let gone = gone.map(|(_, row)| Edited { before: Some(*row), after: None }).collect();
        let new = wanted.iter().filter(|(key, row)| known.get(key) != Some(row));
        let new = new.map(|(key, row)| Edited { before: known.get(key).copied(), after: Some(*row) }).collect();
        [gone, new]
    }
    // A credit that moves to another season leaves its episodes first.
    let moves = |(id, _): &&(i32, i32)| {
        let season = |rows: &Rows| rows.credits.iter().find(|credit| credit.id == *id).map(|credit| credit.season);
        season(one) != season(other)
    };
    let left =
        one.appearances.iter().filter(moves).map(|pair| Edit::Appearance(Edited { before: Some(*pair), after: None }));
    let left: Vec<Edit> = left.collect();
    let stayed: Vec<(i32, i32)> = one.appearances.iter().filter(|pair| !moves(pair)).copied().collect();
    let [no_shows, shows] = of(&one.shows, &other.shows, |show| show.id);
    let [no_seasons, seasons] = of(&one.seasons, &other.seasons, |season| season.id);
    let [no_episodes, episodes] = of(&one.episodes, &other.episodes, |episode| episode.id);
    let [no_credits, credits] = of(&one.credits, &other.credits, |credit| credit.id);
    let [no_appearances, appearances] = of(&stayed, &other.appearances, |pair| *pair);
    let work = shows.into_iter().map(Edit::Show).chain(seasons.into_iter().map(Edit::Season));
    let work = work.chain(episodes.into_iter().map(Edit::Episode));
    let gone = left.into_iter().chain(no_appearances.into_iter().map(Edit::Appearance));
    let credits = gone.chain(no_credits.into_iter().chain(credits).map(Edit::Credit));
    let credits = credits.chain(appearances.into_iter().map(Edit::Appearance));
    let removed = no_episodes.into_iter().map(Edit::Episode).chain(no_seasons.into_iter().map(Edit::Season));
    work.chain(credits).chain(removed).chain(no_shows.into_iter().map(Edit::Show)).collect()
}

/// What actors share if they are known to be in one episode or film.
const EPISODES: &str = "SELECT c.person_id, 'e' || a.episode_id AS unit FROM credit AS c \
      JOIN appearance AS a ON a.credit_id = c.id WHERE c.job = 0 \
    UNION SELECT c.person_id, 'e' || e.id FROM credit AS c JOIN episode AS e ON e.season_id = c.season_id \
      WHERE c.job = 0 AND c.coverage = 'WHOLE' AND e.number > 0 \
    UNION SELECT person_id, 's' || season_id FROM credit WHERE job = 0 AND coverage = 'WHOLE' AND season_id IS NOT NULL \
    UNION SELECT c.person_id, 'f' || c.show_id FROM credit AS c JOIN show AS s ON s.id = c.show_id \
      WHERE c.job = 0 AND s.format = 'FILM'";

/// What actors share if they are credited in one season or film.
const SEASONS: &str = "SELECT person_id, coalesce(season_id, -show_id) AS unit FROM credit WHERE job = 0";

/// The distances of everybody from a person by a search in SQL, over the units of work.
async fn by_sql(site: &Site, slug: &str, work: &str) -> BTreeMap<String, i64> {
    let db = site.store.read();
    let mark = if site.engine == "PostgreSQL" { "$1" } else { "?1" };
    let sql = format!(
        "WITH RECURSIVE work AS ({work}), \
         link AS (SELECT DISTINCT a.person_id AS one, b.person_id AS other FROM work AS a JOIN work AS b ON a.unit = b.unit), \
         far(person, distance) AS (SELECT id, 0 FROM person WHERE slug = {mark} \
           UNION SELECT link.other, far.distance + 1 FROM far JOIN link ON link.one = far.person WHERE far.distance < 8) \
         SELECT p.slug AS slug, CAST(min(far.distance) AS bigint) AS distance FROM far JOIN person AS p ON p.id = far.person \
         GROUP BY p.slug"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [slug.into()]);
    let rows = db.query_all_raw(statement).await.expect("the oracle answers");
    rows.iter()
        .map(|row| (row.try_get("", "slug").expect("a slug"), row.try_get("", "distance").expect("a number")))
        .collect()
}

#[tokio::test]
async fn distances_are_those_that_sql_finds() {
    on_both(Set::Cut, |site: Site| async move {
        for (scope, work) in [("SEASON", SEASONS), ("EPISODE", EPISODES)] {
            let far = by_sql(&site, "tom-hardy", work).await;
            assert!(far.len() > 150 && far.values().max() > Some(&2), "{} {scope} {far:?}", site.engine);
            for (slug, distance) in far.iter().step_by(7) {
                let query = "query($to: String!, $scope: LinkScope) {
                    path(from: {slug: \"tom-hardy\"}, to: {slug: $to}, options: {scope: $scope}) { length } }";
                let answer = site.answer_with(query, json!({ "to": slug, "scope": scope })).await;
                assert_eq!(answer["data"]["path"]["length"], json!(distance), "{} {slug}: {answer}", site.engine);
            }
        }
        let far = by_sql(&site, "tom-hardy", EPISODES).await;
        let found = site.data("{ centrality(of: {slug: \"tom-hardy\"}) { reached degrees { degree count } } }").await;
        assert_eq!(found["centrality"]["reached"], json!(far.len() - 1));
        for degree in found["centrality"]["degrees"].as_array().expect("degrees") {
            let count = far.values().filter(|distance| json!(distance) == degree["degree"]).count();
            assert_eq!(degree["count"], json!(count), "{}", site.engine);
        }
    })
    .await;
}

/// Whoopi Goldberg and Leonard Nimoy are credited in season 5 of The Next Generation, but not in one episode of it.
#[tokio::test]
async fn people_of_one_season_are_linked_only_by_a_common_episode() {
    on_both(Set::Whole, |site: Site| async move {
        let path = async |options: &str| {
            let ends = r#"from: {slug: "whoopi-goldberg"}, to: {slug: "leonard-nimoy"}"#;
            let selected = "length steps { episode { slug } season { slug } from { slug } to { slug } }";
            site.data(&format!("{{ path({ends}{options}) {{ {selected} }} }}")).await["path"].take()
        };
        assert_eq!(path(", options: {scope: SEASON}").await["length"], 1);
        let proved = path("").await;
        assert!(proved["length"].as_i64().is_some_and(|length| length > 1), "{proved}");
        for step in proved["steps"].as_array().expect("steps") {
            assert!(step["episode"].is_object() || step["season"].is_null(), "{proved}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_missing_is_told() {
    on_both(Set::Whole, |site: Site| async move {
        let same = site.data(r#"{ path(from: {slug: "tom-hardy"}, to: {slug: "tom-hardy"}) { length people { name } steps { show { title } } } }"#).await;
        assert_eq!(same["path"], json!({"length": 0, "people": [{"name": "Tom Hardy"}], "steps": []}));
        let none = r#"{ path(from: {slug: "tom-hardy"}, to: {slug: "brent-spiner"}, options: {until: "1900"}) { length } }"#;
        assert_eq!(site.data(none).await["path"], Value::Null);
        for (query, text, code) in [
            (r#"{ path(from: {slug: "tom-hardy"}, to: {slug: "nobody"}) { length } }"#, "`to`", "NOT_FOUND"),
            (r#"{ path(from: {slug: "tom-hardy"}, to: {slug: "tom-hardy"}, options: {avoidShows: [{slug: "x"}]}) { length } }"#, "`options.avoidShows`", "NOT_FOUND"),
            (r#"{ path(from: {slug: "tom-hardy"}, to: {slug: "tom-hardy"}, options: {maxLength: 101}) { length } }"#, "the limit of 100", "LIMIT_EXCEEDED"),
            (r#"{ bridges(between: {shows: [{slug: "star-trek-picard"}]}) { nodes { person { name } } } }"#, "exactly two", "BAD_INPUT"),
            ("{ castOverlap(shows: []) { counts } }", "`shows` is empty", "BAD_INPUT"),
        ] {
            let answer = site.answer(query).await;
            let error = &answer["errors"][0];
            assert!(error["message"].as_str().expect("a message").contains(text), "{answer}");
            assert_eq!(error["extensions"]["code"], code, "{answer}");
        }
    })
    .await;
}

/// A writer links two people through the one film or through the other, never through both and never through none, in one transaction each.
/// Whoever reads sees one of the two, with the credits that make it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_committed_states_only_while_a_writer_writes() {
    for site in crate::site::both(Set::Whole).await {
        let (store, graph) = (site.store.clone(), site.api.graph());
        let watcher = tokio::spawn(async move { store.watch(&[&graph]).await });
        let shape = "INSERT INTO show (slug, title, title_key, format) VALUES ('film-a', 'A', 'a', 'FILM'), ('film-b', 'B', 'b', 'FILM')";
        let people = "INSERT INTO person (slug, name, name_key) VALUES ('one', 'One', 'one'), ('two', 'Two', 'two')";
        let to = |film: &str, other: &str| {
            let credit = |person: &str| {
                format!(
                    "INSERT INTO credit (person_id, show_id, character_id, job, billing, part) SELECT p.id, s.id, \
                 (SELECT min(id) FROM character), 0, 50, 'SCREEN' FROM person AS p, show AS s \
                 WHERE p.slug = '{person}' AND s.slug = '{film}'"
                )
            };
            format!(
                "BEGIN; DELETE FROM credit WHERE show_id = (SELECT id FROM show WHERE slug = '{other}'); {}; {}; COMMIT",
                credit("one"),
                credit("two")
            )
        };
        for sql in [shape.to_owned(), people.to_owned(), to("film-a", "film-b")] {
            site.store.write().execute_unprepared(&sql).await.expect("it is written");
        }
        let query = r#"{ path(from: {slug: "one"}, to: {slug: "two"}) { length steps { show { slug }
            fromCredits { id show { slug } person { slug } } toCredits { show { slug } } } } }"#;
        while site.answer(query).await["data"]["path"]["length"] != json!(1) {
            sleep(Duration::from_millis(2)).await;
        }
        let (done, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let (api, done, reads) = (site.api.clone(), Arc::clone(&done), Arc::clone(&reads));
                tokio::spawn(async move {
                    while !done.load(Ordering::SeqCst) {
                        let answer = async_graphql::Executor::execute(&api, async_graphql::Request::new(query)).await;
                        // Who reads while the data changes faster may be told to try again, and nothing else.
                        if let Some(error) = answer.errors.first() {
                            assert!(error.message.contains("faster"), "{error:?}");
                            continue;
                        }
                        let path = serde_json::to_value(answer.data).expect("JSON")["path"].take();
                        assert_eq!(path["length"], json!(1), "{path}");
                        let (step, slug) = (&path["steps"][0], path["steps"][0]["show"]["slug"].clone());
                        assert!(slug == "film-a" || slug == "film-b", "{path}");
                        assert_eq!(step["fromCredits"].as_array().map(Vec::len), Some(1), "{path}");
                        assert!(
                            step["fromCredits"][0]["show"]["slug"] == slug
                                && step["toCredits"][0]["show"]["slug"] == slug
                        );
                        reads.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for _ in 0..30 {
            for sql in [to("film-b", "film-a"), to("film-a", "film-b")] {
                site.store.write().execute_unprepared(&sql).await.expect("it is written");
                sleep(Duration::from_millis(3)).await;
            }
        }
        while reads.load(Ordering::SeqCst) < 20 {
            sleep(Duration::from_millis(2)).await;
        }
        done.store(true, Ordering::SeqCst);
        for reader in readers {
            reader.await.expect("every reader saw what it may");
        }
        let state = site.api.graph().state();
        assert!(state.builds < 5 && state.updates > 5, "{state:?}");
        watcher.abort();
        site.remove().await;
    }
}

/// A graph of films by number and their casts.
fn films(casts: &[(i32, i32)]) -> Arc<Graph> {
    let shows: BTreeSet<i32> = casts.iter().map(|(film, _)| *film).collect();
    let shows = shows.into_iter().map(|id| ShowRow { id, franchise: 0, film: true, day: 0 }).collect();
    let credits = casts.iter().zip(1..).map(|((film, person), id)| CreditRow {
        id,
        person: *person,
        show: *film,
        season: 0,
        character: 1,
        whole: true,
    });
    Arc::new(Graph::of(Rows { shows, credits: credits.collect(), ..Rows::default() }))
}

fn length(graph: &Arc<Graph>, from: i32, to: i32) -> Option<u8> {
    let view = View::new(Arc::clone(graph), &Options::default());
    path::search(&view, graph.person(from)?, graph.person(to)?, 100).map(|found| found.length())
}

#[test]
fn samples_give_their_known_answers() {
    // One and two in a film, two and three in another; four alone.
    let graph = films(&[(1, 1), (1, 2), (2, 2), (2, 3), (3, 4)]);
    assert_eq!([2, 3, 4].map(|to| length(&graph, 1, to)), [Some(1), Some(2), None]);
    let Some(folder) = std::env::var_os("CASTGRAPH_TEST_SAMPLES") else {
        let text = "\n*** NOT TESTED ON PUBLIC SAMPLES: set CASTGRAPH_TEST_SAMPLES to their folder ***\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
        return;
    };
    let folder = Path::new(&folder);
    let (stars, people) =
        (table(&folder.join("cs50-degrees-small/stars.csv")), table(&folder.join("cs50-degrees-small/people.csv")));
    let id = |name: &str| people.iter().find(|row| row[1] == name).expect("a person")[0].parse().expect("an id");
    let pairs: Vec<(i32, i32)> =
        stars.iter().map(|row| (row[1].parse().expect("an id"), row[0].parse().expect("an id"))).collect();
    let graph = films(&pairs);
    assert_eq!(length(&graph, id("Tom Cruise"), id("Jack Nicholson")), Some(1));
    assert_eq!(length(&graph, id("Tom Hanks"), id("Tom Cruise")), Some(2));
    let emma = id("Emma Watson");
    let apart: BTreeSet<i32> = ["Tom Cruise", "Tom Hanks", "Jack Nicholson", "Kevin Bacon"].map(id).into();
    assert!(apart.iter().all(|other| length(&graph, emma, *other).is_none()));
    let acted = table(&folder.join("neo4j-movies/credits.csv")).into_iter().filter(|row| row[1] == "ACTED_IN");
    compare(&acted.map(|row| (row[2].clone(), row[0].clone())).collect::<Vec<_>>());
    let text = std::fs::read_to_string(folder.join("wikipedia-movies/movies-1980s.json")).expect("the films");
    let lines = text.lines().map(|line| line.trim().trim_end_matches(',')).filter(|line| line.starts_with('{'));
    let casts = lines.zip(1..).flat_map(|(line, film): (&str, i32)| {
        let film_of: Value = serde_json::from_str(line).expect("a film");
        let cast = film_of["cast"].as_array().cloned().unwrap_or_default();
        cast.into_iter()
            .filter_map(|name| name.as_str().map(|name| (film.to_string(), name.to_owned())))
            .collect::<Vec<_>>()
    });
    compare(&casts.collect::<Vec<_>>());
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("the sample is there");
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// Distances from some people to all others against a naive search, by names of films and people.
fn compare(casts: &[(String, String)]) {
    let number = |names: BTreeSet<&String>| -> BTreeMap<String, i32> { names.into_iter().cloned().zip(1..).collect() };
    let films_by_name = number(casts.iter().map(|(film, _)| film).collect());
    let people = number(casts.iter().map(|(_, person)| person).collect());
    let pairs: Vec<(i32, i32)> = casts.iter().map(|(film, person)| (films_by_name[film], people[person])).collect();
    let mut by_film: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for (film, person) in &pairs {
        by_film.entry(*film).or_default().push(*person);
    }
    let mut linked = Naive::new();
    for cast in by_film.values() {
        for person in cast {
            linked.entry(*person).or_default().extend(cast.iter().filter(|other| *other != person));
        }
    }
    let graph = films(&pairs);
    assert!(people.len() > 90, "the sample is read");
    for from in people.values().step_by(people.len() / 5) {
        let far = distances(&linked, *from);
        for to in people.values().step_by(people.len() / 100 + 1) {
            assert_eq!(length(&graph, *from, *to).map(usize::from), far.get(to).copied(), "{from} to {to}");
        }
    }
}
