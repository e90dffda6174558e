//! Tests that the guard runs in linear time, by counting steps on random documents and on documents of growing size.

#![expect(clippy::format_collect, reason = "the texts are short")]

use proptest::prelude::*;

use super::*;

const SDL: &str = "type Query { a: Query, b(first: Int): Pages, c: Int, d(x: In): [Query!]! } input In { y: [Int!] }
    type Pages { nodes: [Query!]!, edges: [Edge!]!, pageInfo: Info!, totalCount: Int! } type Edge { node: Query! }
    type Info { hasNextPage: Boolean! }";

fn guard() -> Guard {
    let limits = Limits {
        max_bytes: u64::MAX,
        max_tokens: u64::MAX,
        max_depth: u64::MAX,
        max_selections: u64::MAX,
        max_root_fields: u64::MAX,
        max_aliases: u64::MAX,
        max_fragments: u64::MAX,
        max_directives: u64::MAX,
        max_cost: u64::MAX,
        max_answer: u64::MAX,
        ..Limits::default()
    };
    let described = SchemaDefinition { sdl: SDL, weights: &[], scalars: &[] };
    Guard::new(&Settings { limits, ..Settings::default() }, &described).unwrap()
}

/// The steps of the guard's walks over an accepted document, and the number of its tokens.
fn steps(guard: &Guard, text: &str) -> (u64, u64) {
    let (mut tokens, mut work) = (StepCounter::default(), StepCounter::default());
    tokens::check(text, &guard.limits, &mut tokens).unwrap();
    let document = guard.read(text, &mut work).unwrap();
    let operation = document.operation(None, true).unwrap();
    let _ = cost::estimate(
        &document.checked,
        operation,
        &Variables::default(),
        (&guard.prices, &ObjectCounts::default()),
        &mut work,
    );
    (work.steps(), tokens.steps())
}

/// A selection set. It spreads only later fragments, so there are no cycles.
fn set(depth: u32, fragments: usize, after: usize) -> BoxedStrategy<String> {
    let spread = (after..fragments.max(after + 1))
        .prop_map(move |at| if at < fragments { format!("...F{at} ") } else { "c ".to_owned() });
    let leaf = prop_oneof![Just("c ".to_owned()), Just("__typename ".to_owned()), spread];
    if depth == 0 {
        return prop::collection::vec(leaf, 1..6).prop_map(|parts| parts.concat()).boxed();
    }
    let inner = move || set(depth - 1, fragments, after);
    let field = prop_oneof![
        inner().prop_map(|set| format!("a {{ {set}}} ")),
        inner().prop_map(|set| format!("b {{ nodes {{ {set}}} totalCount }} ")),
        inner().prop_map(|set| format!("d(x: {{y: [1, 2]}}) {{ {set}}} ")),
        inner().prop_map(|set| format!("... @include(if: true) {{ {set}}} ")),
    ];
    prop::collection::vec(prop_oneof![leaf, field], 1..6).prop_map(|parts| parts.concat()).boxed()
}

fn document() -> impl Strategy<Value = String> {
    const FRAGMENTS: usize = 30;
    let fragments: Vec<_> = (0..FRAGMENTS).map(|at| set(2, FRAGMENTS, at + 1)).collect();
    (set(3, FRAGMENTS, 0), fragments).prop_map(|(operation, fragments)| {
        // Validation requires every fragment to be used.
        let used: String = (0..FRAGMENTS).map(|at| format!("a {{ ...F{at} }} ")).collect();
        let defined = fragments.iter().enumerate().map(|(at, set)| format!("fragment F{at} on Query {{ {set}}} "));
        format!("{{ {operation}{used}}} {}", defined.collect::<String>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_guard_takes_a_few_steps_for_each_token(text in document()) {
        let (steps, tokens) = steps(&guard(), &text);
        prop_assert!(steps <= 4 * tokens, "{steps} steps for {tokens} tokens of {text}");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[{}()\\[\\]a-c:!$@.\"\\\\u0-9 #\n]{0,200}") {
        let _ = guard().admit(&text, None, &mut Variables::default());
        let _ = tokens::plain(&text);
    }
}

#[test]
fn twice_the_fragments_take_twice_the_steps() {
    let guard = guard();
    let doubling = |levels: usize| {
        let fragments =
            (0..levels).map(|level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1));
        steps(&guard, &format!("{{ ...F0 }} {}fragment F{levels} on Query {{ c }}", fragments.collect::<String>()))
    };
    let ((steps, tokens), (more_steps, more_tokens)) = (doubling(20), doubling(40));
    assert!(more_tokens <= 2 * tokens && more_steps <= 2 * steps, "{steps} steps, then {more_steps}");
}
