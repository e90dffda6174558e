//! Watches for changes of the database, whoever makes them, and tells those who keep something of it in memory.
//!
//! PostgreSQL tells: triggers on all tables notify the channel `castgraph` when a change is committed. While the
//! connection that listens is lost, the listeners are shut. SQLite is asked: `PRAGMA data_version` is another number after
//! another connection has committed.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, sqlx, sqlx::postgres::PgListener};
use tokio::{sync::watch::Receiver, time::sleep};

use super::{Store, address::Address, options, sqlite, told};
use crate::{
    graph::Keeper,
    load::{Cache, Connections},
};

/// How often SQLite is asked.
const ASK: Duration = Duration::from_millis(20);

/// After how many times of asking SQLite its log is looked after: every ten seconds.
const CHECKPOINT: u32 = 500;

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
    /// Opens `listeners` and tells them in their order whenever something changes. Ends when the store is closed.
    pub async fn watch(&self, listeners: &[&dyn Listener]) {
        // First, so that no replica counts as current for what others keep from now on.
        let own: &dyn Listener = self.connections();
        let listeners: Vec<&dyn Listener> = std::iter::once(own).chain(listeners.iter().copied()).collect();
        let mut closing = self.closing.subscribe();
        while !*closing.borrow() {
            let outcome = match &self.address {
                Address::Sqlite { url, .. } => self.ask(url, &listeners, &mut closing).await,
                Address::Postgres { .. } => listen(&self.write, &listeners, &mut closing).await,
            };
            for listener in &listeners {
                listener.shut();
            }
            match outcome {
                Ok(()) => return,
                Err(reason) => tracing::warn!(
                    %reason,
                    "cache disabled: lost the connection that reports database changes; reconnecting"
                ),
            }
            tokio::select! { () = sleep(AGAIN) => {} _ = closing.changed() => {} }
        }
    }

    /// Asks SQLite until the store is closed, and now and then empties the log beside the file.
    async fn ask(&self, url: &str, listeners: &[&dyn Listener], closing: &mut Receiver<bool>) -> Result<(), DbErr> {
        // One connection, since the number is one of the connection.
        let mut own = options(url);
        own.max_connections(1)
            .map_sqlx_sqlite_opts(|sqlite| sqlite.read_only(true).busy_timeout(Duration::from_secs(5)));
        let db = Database::connect(own).await?;
        let outcome = tokio::select! {
            outcome = self.ask_for_ever(&db, listeners) => outcome,
            _ = closing.wait_for(|closing| *closing) => Ok(()),
        };
        db.close().await?;
        outcome
    }

    async fn ask_for_ever(&self, db: &DatabaseConnection, listeners: &[&dyn Listener]) -> Result<(), DbErr> {
        let mut known = version(db).await?;
        for listener in listeners {
            listener.open();
        }
        let mut changed = false;
        for turn in 1_u32.. {
            sleep(ASK).await;
            let found = version(db).await?;
            if found != known {
                known = found;
                changed = true;
                for listener in listeners {
                    listener.changed();
                }
            }
            if changed && turn.is_multiple_of(CHECKPOINT) {
                // Fails while somebody writes or reads an old state; the next one may not.
                changed = sqlite::checkpoint(&self.write).await.is_err();
            }
        }
        Ok(())
    }
}

/// Ends when the connection is lost.
async fn listen(
    db: &DatabaseConnection,
    listeners: &[&dyn Listener],
    closing: &mut Receiver<bool>,
) -> Result<(), DbErr> {
    let mut listener = PgListener::connect_with(db.get_postgres_connection_pool()).await.map_err(told)?;
    listener.eager_reconnect(false);
    listener.listen("castgraph").await.map_err(told)?;
    for listener in listeners {
        listener.open();
    }
    loop {
        let notified = tokio::select! {
            notified = listener.try_recv() => notified.map_err(told)?,
            _ = closing.wait_for(|closing| *closing) => return Ok(()),
        };
        if notified.is_none() {
            return Err(told(sqlx::Error::PoolClosed));
        }
        for listener in listeners {
            listener.changed();
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
