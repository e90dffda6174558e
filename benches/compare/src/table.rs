//! The tables.

use std::fmt::Write;

use crate::{contender::Kind, keys::Order, question::Question};

/// What was measured of a contender with one question in one order.
#[derive(Debug)]
pub struct Row {
    /// Whom.
    pub kind: Kind,
    /// What was asked.
    pub question: Question,
    /// In which order.
    pub order: Order,
    /// Answers in a second.
    pub throughput: f64,
    /// Seconds, at the median.
    pub p50: f64,
    /// Seconds, of 99 in 100.
    pub p99: f64,
    /// Seconds of CPU of the server for each request.
    pub cpu: f64,
    /// The peak of its memory in MiB.
    pub peak: f64,
    /// Statements for each request, where the server counts them.
    pub statements: Option<f64>,
}

/// One table for each question, and remarks behind them.
pub fn markdown(rows: &[Row], remarks: &[String]) -> String {
    let mut text = String::new();
    for question in Question::ALL {
        let _ = writeln!(
            text,
            "### {}\n\n| Server | Order | Requests/s | p50 ms | p99 ms | CPU µs/request | Peak MiB | Statements/request \
             | × hand-written | × memory |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            question.title()
        );
        for order in [Order::Rotating, Order::Zipf] {
            let here = || rows.iter().filter(move |row| row.question == question && row.order == order);
            let base = |kind: Kind| here().find(|row| row.kind == kind).map(|row| row.throughput);
            let (handwritten, memory) = (base(Kind::Handwritten), base(Kind::Memory));
            for row in here() {
                let ratio =
                    |base: Option<f64>| base.map_or_else(String::new, |base| format!("{:.2}", row.throughput / base));
                let _ = writeln!(
                    text,
                    "| {} | {} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {} | {} | {} |",
                    row.kind.name(),
                    order.name(),
                    row.throughput,
                    row.p50 * 1e3,
                    row.p99 * 1e3,
                    row.cpu * 1e6,
                    row.peak,
                    row.statements.map_or_else(String::new, |count| format!("{count:.2}")),
                    ratio(handwritten),
                    ratio(memory),
                );
            }
        }
        text.push('\n');
    }
    for remark in remarks {
        let _ = writeln!(text, "* {remark}");
    }
    text
}
