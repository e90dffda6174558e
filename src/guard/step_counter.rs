/// Counts the guard's steps for one document, to estimate the document's memory use and to let tests check for linear
/// time without a clock.
#[derive(Debug, Default)]
pub(super) struct StepCounter(u64);

impl StepCounter {
    pub(super) fn step(&mut self) {
        self.0 += 1;
    }

    pub(super) fn steps(&self) -> u64 {
        self.0
    }
}
