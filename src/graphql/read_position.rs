use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use sea_orm::{ConnectionTrait, DbErr};

use crate::guard::Document;

/// How much of the recorded changes a request is sure to see: the number of the newest change before its first read. Data
/// of requests that select `version` or `changesCursor`.
///
/// The fields of an object and its version are read by different statements, and somebody may write between them. A client
/// must never get old fields with a new version, because a change that names this version would overwrite what the client
/// has not seen. So a version is never greater than this number. If somebody wrote in between, the version is too small, and a
/// change that names it is rejected.
#[derive(Clone, Debug)]
pub(super) struct ReadPosition(Arc<AtomicI32>);

impl ReadPosition {
    /// Whether requests with this document need one.
    pub(super) fn is_needed(document: &Document) -> bool {
        document.mentions("version") || document.mentions("changesCursor")
    }

    /// The present position.
    pub(super) async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Ok(Self(Arc::new(AtomicI32::new(newest_change(db).await?))))
    }

    /// Moves to the present position, after a write. Objects must be read after this.
    pub(super) async fn advance(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        self.0.store(newest_change(db).await?, Ordering::Release);
        Ok(())
    }

    /// The version to return for an object whose last change is `recorded`.
    pub(super) fn limit(&self, recorded: i32) -> i32 {
        recorded.min(self.0.load(Ordering::Acquire))
    }
}

/// The number of the newest committed change. Changes have the order of their commits.
async fn newest_change(db: &impl ConnectionTrait) -> Result<i32, DbErr> {
    let statement = crate::change::statement(db.get_database_backend(), "SELECT max(id) FROM change", []);
    let found = db.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get_by_index::<Option<i32>>(0)).transpose()?.flatten().unwrap_or_default())
}
