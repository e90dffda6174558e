//! Detects changes of the database, by any process, and reports them to the caches.
//!
//! On PostgreSQL, triggers on all tables notify the channel `castgraph` when a change is committed ([`notices`]).
//! While notifications do not arrive, the caches are disabled. SQLite is polled: `PRAGMA data_version` changes after
//! another connection has committed. What a commit changed is in the log of changes ([`crate::change::log`]).

mod notices;

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, sleep},
};

use super::{Store, StoreError, address::Address, options, sqlite};
use crate::{
    change::log::{self, Changes, Position},
    graph::GraphCache,
    load::{Cache, Connections},
    relation::touched::touched,
};

/// The polling interval for SQLite.
const ASK: Duration = Duration::from_millis(20);

/// The number of polls between two checkpoints of the write-ahead log, which makes one every ten seconds.
const CHECKPOINT: u32 = 500;

/// The delay before reconnecting after the connection was lost.
const AGAIN: Duration = Duration::from_millis(500);

/// The same reason is logged at most once in this time.
const QUIET: Duration = Duration::from_mins(1);

/// Holds data of the database in memory.
pub trait Listener: Send + Sync {
    /// Changes are reported from now on. Data that was read before may be stale.
    fn open(&self);

    /// The database has changed. Changes are reported in the order of the commits, each at least once.
    fn changed(&self, changes: &Changes);

    /// Changes are no longer reported.
    fn shut(&self);
}

impl Listener for Connections {
    fn open(&self) {
        Connections::changed(self);
    }

    fn changed(&self, _: &Changes) {
        Connections::changed(self);
    }

    fn shut(&self) {}
}

impl Listener for Arc<Cache> {
    fn open(&self) {
        Cache::enable(self);
    }

    fn changed(&self, changes: &Changes) {
        match touched(changes) {
            Some(touched) => self.touch(&touched),
            None => self.invalidate_all(),
        }
    }

    fn shut(&self) {
        Cache::disable(self);
    }
}

impl Listener for Arc<GraphCache> {
    fn open(&self) {
        GraphCache::open(self);
    }

    fn changed(&self, changes: &Changes) {
        GraphCache::changed(self, changes);
    }

    fn shut(&self) {
        GraphCache::shut(self);
    }
}

impl Store {
    /// Opens `listeners` and reports every change to them, in their order. Ends when the store is closed.
    pub async fn watch(&self, listeners: &[&dyn Listener]) {
        // The connections come first, so that no stale replica is used to fill the caches behind them.
        let own: &dyn Listener = self.connections();
        let listeners: Vec<&dyn Listener> = std::iter::once(own).chain(listeners.iter().copied()).collect();
        let mut closing = self.closing.subscribe();
        let mut warned: Option<(Instant, String)> = None;
        while !*closing.borrow() {
            let outcome = match &self.address {
                Address::Sqlite { url, .. } => self.poll_sqlite(url, &listeners, &mut closing).await,
                Address::Postgres { .. } => self.listen(&listeners, &mut closing).await,
            };
            for listener in &listeners {
                listener.shut();
            }
            match outcome {
                Ok(()) => return,
                // Connections that a stop closes are not lost.
                Err(_) if *closing.borrow() => return,
                Err(reason) => {
                    let reason = StoreError::from(reason).to_string();
                    // It is retried often, so it is not logged every time.
                    if warned.as_ref().is_none_or(|(at, last)| *last != reason || at.elapsed() > QUIET) {
                        tracing::warn!(reason, "cache disabled: database changes are not reported");
                        warned = Some((Instant::now(), reason));
                    }
                }
            }
            tokio::select! { () = sleep(AGAIN) => {} _ = closing.changed() => {} }
        }
    }

    /// Polls SQLite until the store is closed, and regularly truncates the write-ahead log.
    async fn poll_sqlite(
        &self,
        url: &str,
        listeners: &[&dyn Listener],
        closing: &mut Receiver<bool>,
    ) -> Result<(), DbErr> {
        // One connection, because `data_version` can only be compared within the same connection.
        let mut own = options(url);
        own.max_connections(1)
            .map_sqlx_sqlite_opts(|sqlite| sqlite.read_only(true).busy_timeout(Duration::from_secs(5)));
        let db = Database::connect(own).await?;
        let outcome = tokio::select! {
            outcome = self.poll_forever(&db, listeners) => outcome,
            _ = closing.wait_for(|closing| *closing) => Ok(()),
        };
        db.close().await?;
        outcome
    }

    async fn poll_forever(&self, db: &DatabaseConnection, listeners: &[&dyn Listener]) -> Result<(), DbErr> {
        let mut known = version(db).await?;
        let mut reporter = Reporter::open(db, listeners).await?;
        let mut changed = false;
        for turn in 1_u32.. {
            sleep(ASK).await;
            let found = version(db).await?;
            if found != known {
                known = found;
                changed = true;
                reporter.report().await?;
            }
            if changed && turn.is_multiple_of(CHECKPOINT) {
                // Fails while another connection writes or reads an old snapshot; it is retried later.
                changed = sqlite::checkpoint(&self.write).await.is_err();
            }
        }
        Ok(())
    }
}

/// Reports what was changed since the last time.
struct Reporter<'a> {
    db: &'a DatabaseConnection,
    listeners: &'a [&'a dyn Listener],
    position: Position,
}

impl<'a> Reporter<'a> {
    /// Opens the listeners. Every commit from now on must lead to a report.
    async fn open(db: &'a DatabaseConnection, listeners: &'a [&'a dyn Listener]) -> Result<Self, DbErr> {
        let position = log::position(db).await?;
        for listener in listeners {
            listener.open();
        }
        Ok(Self { db, listeners, position })
    }

    async fn report(&mut self) -> Result<(), DbErr> {
        let (changes, position) = log::since(self.db, self.position).await?;
        self.position = position;
        for listener in self.listeners {
            listener.changed(&changes);
        }
        Ok(())
    }
}

async fn version(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), "PRAGMA data_version");
    match db.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Err(DbErr::Custom("PRAGMA data_version returned no row".to_owned())),
    }
}
