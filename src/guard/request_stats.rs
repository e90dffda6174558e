use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// The resources used by a request, or by all requests of a batch together. The caller adds an `Arc` of it to the
/// request data; the guard and the executor fill it in.
#[derive(Debug, Default)]
pub struct RequestStats {
    document: OnceLock<String>,
    cost: AtomicU64,
    statements: AtomicU64,
    rows: AtomicU64,
}

impl RequestStats {
    /// The SHA-256 of the first admitted document, in hexadecimal.
    pub fn document(&self) -> Option<&str> {
        self.document.get().map(String::as_str)
    }

    /// The estimated cost of the operations.
    pub fn cost(&self) -> u64 {
        self.cost.load(Ordering::Relaxed)
    }

    /// Statements sent to the database.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Rows returned by the database.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Adds statements and rows read by the executor.
    pub fn read(&self, statements: u64, rows: u64) {
        self.statements.fetch_add(statements, Ordering::Relaxed);
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub(super) fn admit(&self, document: &str, cost: u64) {
        self.document.get_or_init(|| document.to_owned());
        self.cost.fetch_add(cost, Ordering::Relaxed);
    }
}
