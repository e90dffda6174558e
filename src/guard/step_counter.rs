/// Steps that the guard takes with one document: what it takes in memory follows from them, and tests can hold the
/// guard to linear time without a clock.
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
