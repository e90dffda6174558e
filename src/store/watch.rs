//! Watches for changes of the database, whoever makes them, and drops what a cache keeps of it.
//!
//! PostgreSQL tells: triggers on all tables notify the channel `castgraph` when a change is committed. While the
//! connection that listens is lost, the cache is shut. SQLite is asked: `PRAGMA data_version` is another number after
//! another connection has committed.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, sqlx, sqlx::postgres::PgListener};
use tokio::time::sleep;

use super::{Store, options, told};
use crate::load::{Cache, Connections};

/// How often SQLite is asked.
const ASK: Duration = Duration::from_millis(20);

/// How long to wait before listening again after the connection was lost.
const AGAIN: Duration = Duration::from_millis(500);

impl Store {
    /// Opens `cache` and drops what it keeps whenever something changes. Never ends.
    pub async fn watch(&self, cache: Arc<Cache>) {
        loop {
            let outcome = match self.sqlite_url.as_deref() {
                Some(url) => ask(url, &cache).await,
                None => listen(&self.write, self.connections(), &cache).await,
            };
            cache.shut();
            if let Err(reason) = outcome {
                tracing::warn!(%reason, "nothing is kept in memory until changes of the database are heard of again");
            }
            sleep(AGAIN).await;
        }
    }
}

/// Ends when the connection is lost.
async fn listen(db: &DatabaseConnection, connections: &Connections, cache: &Cache) -> Result<(), DbErr> {
    let mut listener = PgListener::connect_with(db.get_postgres_connection_pool()).await.map_err(told)?;
    listener.eager_reconnect(false);
    listener.listen("castgraph").await.map_err(told)?;
    connections.changed();
    cache.open();
    while listener.try_recv().await.map_err(told)?.is_some() {
        // First, so that no replica counts as current for what is kept from now on.
        connections.changed();
        cache.drop_all();
    }
    Err(told(sqlx::Error::PoolClosed))
}

async fn ask(url: &str, cache: &Cache) -> Result<(), DbErr> {
    // One connection, since the number is one of the connection.
    let mut own = options(url);
    own.max_connections(1).map_sqlx_sqlite_opts(|sqlite| sqlite.read_only(true).busy_timeout(Duration::from_secs(5)));
    let db = Database::connect(own).await?;
    let mut known = version(&db).await?;
    cache.open();
    loop {
        sleep(ASK).await;
        let found = version(&db).await?;
        if found != known {
            known = found;
            cache.drop_all();
        }
    }
}

async fn version(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), "PRAGMA data_version");
    match db.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Err(DbErr::Custom("PRAGMA data_version gave nothing".to_owned())),
    }
}
