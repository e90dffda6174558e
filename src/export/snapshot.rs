use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement,
    TransactionOptions, TransactionTrait,
};

/// One state of the database, whatever others write meanwhile.
pub(super) struct Snapshot {
    tx: DatabaseTransaction,
}

impl Snapshot {
    /// A transaction of SQLite always sees one state; PostgreSQL has to be told.
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

    /// A statement with its words filled in.
    pub(super) fn statement(&self, sql: &str) -> Statement {
        let backend = self.tx.get_database_backend();
        Statement::from_string(backend, super::statement::filled(sql, backend))
    }
}
