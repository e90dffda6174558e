//! What walks over the graph cost: time on one thread, on a quiet machine its CPU time, of path, neighbourhood and
//! centrality on generated casts, the memory of the graph and the time to make it from rows.
//!
//! `cargo bench --bench paths`. With `CASTGRAPH_BENCH_EDGES=FOLDER` it writes each graph as `person show` lines
//! and the pairs that it asks about, and `benches/networkx_paths.py FOLDER` asks the same of networkx; `benches/paths`
//! does both in one run.

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends")]

use std::{fmt::Write, fs, path::Path, sync::Arc, time::Instant};

use castgraph::graph::{CreditRow, Graph, Node, Options, Rows, SeasonRow, ShowRow, View, Within, path, reach};

/// Credits of a show.
const CREDITS: i32 = 75;

/// Paths and neighbourhoods that are measured.
const QUESTIONS: usize = 1_000;

/// Numbers that look random and are the same in each run (xorshift; G. Marsaglia, 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
        let number = (self.0 >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }

    /// One of `count`, few of them often and most of them seldom.
    #[expect(clippy::cast_possible_truncation, reason = "it is below `count`")]
    fn person(&mut self, count: i32) -> i32 {
        (f64::from(count) * self.roll().powf(2.0)) as i32 + 1
    }
}

fn rows(shows: i32) -> Rows {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let people = shows * 20;
    let mut rows = Rows::default();
    for show in 1..=shows {
        rows.shows.push(ShowRow { id: show, franchise: 0, film: false, day: 0 });
        for season in [show * 2, show * 2 + 1] {
            rows.seasons.push(SeasonRow { id: season, show, day: 0 });
        }
        for place in 0..CREDITS {
            let id = show * CREDITS + place;
            let (person, season) = (dice.person(people), show * 2 + place % 2);
            rows.credits.push(CreditRow { id, person, show, season, character: id, whole: false });
        }
    }
    rows
}

fn measure(name: &str, times: usize, mut question: impl FnMut(usize)) {
    let mut took: Vec<f64> = (0..times)
        .map(|number| {
            let begun = Instant::now();
            question(number);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took.get((took.len() * part / 100).min(took.len() - 1)).copied().unwrap_or_default();
    println!("  {name:14} p50 {:9.3} ms   p99 {:9.3} ms", at(50), at(99));
}

fn main() {
    for shows in [1_000, 50_000] {
        let rows = rows(shows);
        let folder = std::env::var_os("CASTGRAPH_BENCH_EDGES");
        let edges = folder.as_ref().map(|_| {
            let mut text = String::new();
            for credit in &rows.credits {
                writeln!(text, "{} {}", credit.person, credit.season).expect("it is text");
            }
            text
        });
        let begun = Instant::now();
        let graph = Arc::new(Graph::of(rows));
        println!(
            "{shows} shows: {} credits of {} people, {} MB, made in {:.0} ms",
            graph.credits(),
            graph.people(),
            graph.bytes() / 1_000_000,
            begun.elapsed().as_secs_f64() * 1e3
        );
        let view = View::new(Arc::clone(&graph), &Options::default());
        let mut dice = Dice(88_172_645_463_325_252);
        let people = i32::try_from(graph.people()).expect("few people");
        let mut anybody = || u32::try_from(dice.person(people) - 1).expect("a person");
        let pairs: Vec<(u32, u32)> = (0..QUESTIONS).map(|_| (anybody(), anybody())).collect();
        if let (Some(folder), Some(edges)) = (folder, edges) {
            let id = |person| graph.person_id(person);
            let asked: String =
                pairs.iter().fold(String::new(), |text, (one, other)| format!("{text}{} {}\n", id(*one), id(*other)));
            fs::write(Path::new(&folder).join(format!("{shows}.edges")), edges).expect("the folder is there");
            fs::write(Path::new(&folder).join(format!("{shows}.pairs")), asked).expect("the folder is there");
        }
        let pair = |number: usize| pairs.get(number).copied().unwrap_or_default();
        measure("path", QUESTIONS, |number| {
            let (from, to) = pair(number);
            std::hint::black_box(path::search(&view, from, to, 20).map(|found| found.paths(&view, 1)));
        });
        measure("neighbourhood", QUESTIONS, |number| {
            let person = Node::Person(graph.person_id(pair(number).0));
            std::hint::black_box(graph.around(person, 2, 40, &Within::default()));
        });
        measure("centrality", 20, |number| {
            std::hint::black_box(reach::reach(&view, pair(number).0, 20));
        });
    }
}
