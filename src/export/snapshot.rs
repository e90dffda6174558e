use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::relation::change::cursor;

/// A transaction that sees one snapshot of the database, whatever others write in the meantime.
pub(super) struct Snapshot {
    tx: DatabaseTransaction,
}

impl Snapshot {
    /// Begins the transaction. SQLite always isolates snapshots; PostgreSQL needs an isolation level for that.
    pub(super) async fn of(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let options = match db.get_database_backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
            _ => TransactionOptions::default(),
        };
        Ok(Self { tx: db.begin_with_options(options).await? })
    }

    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// The cursor of the feed behind all changes that the snapshot has.
    pub(super) async fn cursor(&self) -> Result<String, DbErr> {
        let newest =
            Statement::from_string(self.tx.get_database_backend(), "SELECT coalesce(max(id), 0) AS newest FROM change");
        let newest = match self.tx.query_one_raw(newest).await? {
            Some(row) => row.try_get("", "newest")?,
            None => 0,
        };
        Ok(cursor(newest))
    }

    /// A statement with its placeholders replaced.
    pub(super) fn statement(&self, sql: &str) -> Statement {
        let backend = self.tx.get_database_backend();
        Statement::from_string(backend, super::statement::filled(sql, backend))
    }
}
