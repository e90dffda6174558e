use std::{
    thread,
    time::{Duration, SystemTime},
};

/// The time, and waiting for it. Tests have their own.
pub trait Clock {
    /// Now.
    fn now(&self) -> SystemTime;

    /// Waits.
    fn wait(&self, duration: Duration);
}

/// The clock of the computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn wait(&self, duration: Duration) {
        thread::sleep(duration);
    }
}
