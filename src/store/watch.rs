//! Watches for changes of the database, whoever makes them, and tells those who keep something of it in memory.
//!
//! PostgreSQL tells: triggers on all tables notify the channel `castgraph` when a change is committed. While the
//! connection that listens is lost, the listeners are shut. SQLite is asked: `PRAGMA data_version` is another number after
//! another connection has committed.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, sqlx, sqlx::postgres::PgListener};
use tokio::time::sleep;

use super::{Store, options, told};
use crate::{
    graph::Keeper,
    load::{Cache, Connections},
};

/// How often SQLite is asked.
const ASK: Duration = Duration::from_millis(20);

/// How long to wait before listening again after the connection was lost.
const AGAIN: Duration = Duration::from_millis(500);

/// Keeps something of the database in memory.
pub trait Listener: Send + Sync {
    /// From now on changes are told of. There may have been some before.
    fn open(&self);

    /// Something has changed.
    fn changed(&self);

    /// Changes are not told of any more.
    fn shut(&self);
}

impl Listener for Connections {
    fn open(&self) {
        Connections::changed(self);
    }

    fn changed(&self) {
        Connections::changed(self);
    }

    fn shut(&self) {}
}

impl Listener for Arc<Cache> {
    fn open(&self) {
        Cache::open(self);
    }

    fn changed(&self) {
        self.drop_all();
    }

    fn shut(&self) {
        Cache::shut(self);
    }
}

impl Listener for Arc<Keeper> {
    fn open(&self) {
        Keeper::open(self);
    }

    fn changed(&self) {
        Keeper::changed(self);
    }

    fn shut(&self) {
        Keeper::shut(self);
    }
}

impl Store {
    /// Opens `listeners` and tells them in their order whenever something changes. Never ends.
    pub async fn watch(&self, listeners: &[&dyn Listener]) {
        // First, so that no replica counts as current for what others keep from now on.
        let own: &dyn Listener = self.connections();
        let listeners: Vec<&dyn Listener> = std::iter::once(own).chain(listeners.iter().copied()).collect();
        loop {
            let outcome = match self.sqlite_url.as_deref() {
                Some(url) => ask(url, &listeners).await,
                None => listen(&self.write, &listeners).await,
            };
            for listener in &listeners {
                listener.shut();
            }
            if let Err(reason) = outcome {
                tracing::warn!(%reason, "nothing is kept in memory until changes of the database are heard of again");
            }
            sleep(AGAIN).await;
        }
    }
}

/// Ends when the connection is lost.
async fn listen(db: &DatabaseConnection, listeners: &[&dyn Listener]) -> Result<(), DbErr> {
    let mut listener = PgListener::connect_with(db.get_postgres_connection_pool()).await.map_err(told)?;
    listener.eager_reconnect(false);
    listener.listen("castgraph").await.map_err(told)?;
    for listener in listeners {
        listener.open();
    }
    while listener.try_recv().await.map_err(told)?.is_some() {
        for listener in listeners {
            listener.changed();
        }
    }
    Err(told(sqlx::Error::PoolClosed))
}

async fn ask(url: &str, listeners: &[&dyn Listener]) -> Result<(), DbErr> {
    // One connection, since the number is one of the connection.
    let mut own = options(url);
    own.max_connections(1).map_sqlx_sqlite_opts(|sqlite| sqlite.read_only(true).busy_timeout(Duration::from_secs(5)));
    let db = Database::connect(own).await?;
    let mut known = version(&db).await?;
    for listener in listeners {
        listener.open();
    }
    loop {
        sleep(ASK).await;
        let found = version(&db).await?;
        if found != known {
            known = found;
            for listener in listeners {
                listener.changed();
            }
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
