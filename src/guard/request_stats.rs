use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// What a request took, or all requests of a list together. Whoever sends the request puts an `Arc` of it into the data of the request; the guard and the
/// executor behind it fill it in.
#[derive(Debug, Default)]
pub struct RequestStats {
    document: OnceLock<String>,
    cost: AtomicU64,
    statements: AtomicU64,
    rows: AtomicU64,
}

impl RequestStats {
    /// SHA-256 of the document that was admitted first, in hexadecimal digits.
    pub fn document(&self) -> Option<&str> {
        self.document.get().map(String::as_str)
    }

    /// What the operation was estimated to cost.
    pub fn cost(&self) -> u64 {
        self.cost.load(Ordering::Relaxed)
    }

    /// Statements that were sent to the database.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Rows that came back.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Notes what the executor has read.
    pub fn read(&self, statements: u64, rows: u64) {
        self.statements.fetch_add(statements, Ordering::Relaxed);
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub(super) fn admit(&self, document: &str, cost: u64) {
        self.document.get_or_init(|| document.to_owned());
        self.cost.fetch_add(cost, Ordering::Relaxed);
    }
}
