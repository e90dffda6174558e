//! The progress of an import, on the standard error.

use std::{
    fmt,
    io::{IsTerminal, Write, stderr},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use super::output;

/// A line on the terminal that shows progress, and is cleared at the end.
pub(super) struct ProgressLine {
    is_shown: bool,
}

impl ProgressLine {
    pub(super) fn new(quiet: bool) -> Self {
        Self { is_shown: !quiet && stderr().is_terminal() }
    }

    pub(super) fn show(&self, text: fmt::Arguments<'_>) {
        if self.is_shown {
            // Progress that cannot be shown does no harm.
            let _ = write!(stderr(), "\r\u{1b}[K{text}");
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.show(format_args!(""));
    }
}

/// Shows how many rows are done, their rate and the time left: on a terminal in one line, and elsewhere in a line now and
/// then. Shows nothing of what is done in a few seconds.
pub(super) struct Pace {
    line: ProgressLine,
    is_quiet: bool,
    done: &'static str,
    /// The number of all rows, if it is known.
    of: Option<u64>,
    begun: Instant,
    /// The milliseconds from the beginning to the next line.
    next: AtomicU64,
}

impl Pace {
    /// `done` is a word for what is done with rows.
    pub(super) fn new(done: &'static str, of: Option<u64>, quiet: bool) -> Self {
        let line = ProgressLine::new(quiet);
        let first = if line.is_shown { 3000 } else { EVERY_IN_LOGS };
        Self { line, is_quiet: quiet, done, of, begun: Instant::now(), next: AtomicU64::new(first) }
    }

    /// Shows the rows that are done so far, if it is time.
    pub(super) fn show(&self, rows: u64) {
        let elapsed = self.begun.elapsed();
        let now = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if self.is_quiet || now < self.next.load(Ordering::Relaxed) {
            return;
        }
        let text = text(self.done, rows, self.of, elapsed);
        if self.line.is_shown {
            self.next.store(now + EVERY_ON_TERMINALS, Ordering::Relaxed);
            self.line.show(format_args!("{text}"));
        } else {
            self.next.store(now + EVERY_IN_LOGS, Ordering::Relaxed);
            output::notice(text);
        }
    }
}

/// Milliseconds between two lines.
const EVERY_ON_TERMINALS: u64 = 500;
const EVERY_IN_LOGS: u64 = 10_000;

fn text(done: &str, rows: u64, of: Option<u64>, elapsed: Duration) -> String {
    let rate = rows * 1000 / u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    match of {
        Some(of) => {
            let left = of.saturating_sub(rows) / rate.max(1);
            format!("{done} {rows} of {of} rows, {rate} a second, {left} s left")
        }
        None => format!("{done} {rows} rows, {rate} a second"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_has_a_rate_and_the_time_left() {
        let after = Duration::from_secs(4);
        assert_eq!(text("read", 400_000, None, after), "read 400000 rows, 100000 a second");
        let text = text("wrote", 200_000, Some(3_000_000), after);
        assert_eq!(text, "wrote 200000 of 3000000 rows, 50000 a second, 56 s left");
    }
}
