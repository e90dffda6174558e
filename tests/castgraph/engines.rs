//! Both engines give the same bytes for questions that nobody has thought of, about data that nobody has seen.

use castgraph::{
    generate::{World, fill},
    guard::{Limits, Settings},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::site::{Set, both};

/// Questions that are asked.
const QUESTIONS: usize = 200;

/// Parts of names in several scripts, whole words, beginnings, slips and signs.
const TEXTS: &[&str] = &[
    "a",
    "the",
    "The ",
    "silver",
    "SILVER",
    "silver harbour",
    "garcia",
    "García",
    "Nguyen",
    "o'brien",
    "obrien",
    "ren",
    "RENÉ",
    "soren",
    "Søren",
    "иван",
    "ИВАН",
    "陽",
    "田中",
    "παππας",
    "dr.",
    "Dr. S",
    "#",
    "-",
    "% _",
    "nakamrua",
    "",
];

fn text() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["equals", "startsWith", "contains"]);
    (kind, prop::sample::select(TEXTS)).prop_map(|(kind, text)| format!("{{{kind}: {text:?}}}"))
}

fn days() -> impl Strategy<Value = String> {
    let day = prop::sample::select(vec!["1960", "1987-05", "2000-02-29", "2015", "2024-12-31"]);
    (day.clone(), day).prop_map(|(from, to)| format!("{{from: \"{from}\", to: \"{to}\"}}"))
}

fn page() -> impl Strategy<Value = String> {
    (1..30_u32, any::<bool>()).prop_map(|(size, end)| format!("{}: {size}", if end { "last" } else { "first" }))
}

fn order(fields: &'static [&'static str]) -> impl Strategy<Value = String> {
    let direction = prop::sample::select(vec!["ASC", "DESC"]);
    (prop::sample::select(fields), direction)
        .prop_map(|(field, direction)| format!("orderBy: {{field: {field}, direction: {direction}}}"))
}

/// A query over a whole table: pages, orders and filters.
fn list() -> impl Strategy<Value = String> {
    let shows = (page(), order(&["TITLE", "PREMIERED_ON"]), text(), days(), any::<[bool; 2]>()).prop_map(
        |(page, order, title, days, [by_title, by_day])| {
            let title = if by_title { format!("title: {title}") } else { String::new() };
            let days = if by_day { format!("premieredOn: {days}") } else { String::new() };
            format!("{{ shows({page}, {order}, filter: {{{title} {days}}}) {{ totalCount edges {{ cursor node {{ id title }} }} }} }}")
        },
    );
    let people = (page(), order(&["NAME", "BORN"]), text()).prop_map(|(page, order, name)| {
        format!("{{ people({page}, {order}, filter: {{name: {name}}}) {{ totalCount nodes {{ name born credits(first: 3) {{ totalCount nodes {{ id }} }} }} }} }}")
    });
    let episodes = (page(), order(&["TITLE", "AIRED_ON"]), days()).prop_map(|(page, order, days)| {
        format!(
            "{{ episodes({page}, {order}, filter: {{airedOn: {days}}}) {{ totalCount nodes {{ slug airedOn }} }} }}"
        )
    });
    let characters = (page(), text()).prop_map(|(page, name)| {
        format!("{{ characters({page}, filter: {{name: {name}}}) {{ totalCount nodes {{ name performers {{ nodes {{ person {{ name }} }} }} }} }} }}")
    });
    prop_oneof![shows, people, episodes, characters]
}

/// A query about one row, or a search.
fn single() -> impl Strategy<Value = String> {
    let search = (page(), prop::sample::select(TEXTS)).prop_map(|(page, text)| {
        format!("{{ search(query: {text:?}, {page}) {{ edges {{ cursor node {{ kind matched }} }} }} }}")
    });
    let show = (1..61_u32, page()).prop_map(|(show, page)| {
        format!("{{ show(by: {{slug: \"show-{show}\"}}) {{ returns({page}) {{ nodes {{ character {{ name }} yearsAway }} }} recasts({page}) {{ nodes {{ character {{ name }} }} }} multipleRoles({page}) {{ nodes {{ person {{ name }} }} }} seasons {{ nodes {{ cast({page}) {{ nodes {{ person {{ name }} character {{ name }} }} }} }} }} }} }}")
    });
    let person = (1..600_u32, page()).prop_map(|(person, page)| {
        format!("{{ person(by: {{slug: \"person-{person}\"}}) {{ credits({page}) {{ nodes {{ id }} }} coStars({page}) {{ nodes {{ person {{ name }} together }} }} }} }}")
    });
    let path = (1..600_u32, 1..600_u32).prop_map(|(from, to)| {
        format!("{{ path(from: {{slug: \"person-{from}\"}}, to: {{slug: \"person-{to}\"}}) {{ length people {{ name }} }} }}")
    });
    prop_oneof![search, show, person, path]
}

#[tokio::test]
async fn questions_about_invented_data_have_one_answer() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let question = prop_oneof![list(), single()];
    let questions: Vec<String> =
        (0..QUESTIONS).map(|_| question.new_tree(&mut runner).expect("a question").current()).collect();
    let mut answers: Vec<Vec<String>> = Vec::new();
    for mut site in both(Set::Empty).await {
        fill(&site.store, World::new(60, 11), |_| ()).await.expect("it is filled");
        let limits = Limits { max_cost: u64::MAX, max_answer: u64::MAX, ..Limits::default() };
        site.guard(&Settings { limits, ..Settings::default() });
        let mut own = Vec::new();
        for question in &questions {
            own.push(site.answer(question).await.to_string());
        }
        answers.push(own);
        site.remove().await;
    }
    let refused = answers[0].iter().filter(|answer| answer.contains("\"errors\"")).count();
    assert!(refused < QUESTIONS / 5, "{refused} are no questions");
    let long = answers[0].iter().filter(|answer| answer.len() > 500).count();
    assert!(long > QUESTIONS / 4, "{long} have much of an answer");
    if let [one, other] = answers.as_slice() {
        for ((question, one), other) in questions.iter().zip(one).zip(other) {
            assert_eq!(one, other, "{question}");
        }
    }
}
