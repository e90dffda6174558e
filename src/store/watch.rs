//! Watches for changes of the database, whoever makes them, and tells those who keep something of it in memory.
//!
//! PostgreSQL tells: triggers on all tables notify the channel `castgraph` when a change is committed ([`notices`]). While
//! they do not arrive, the listeners are shut. SQLite is asked: `PRAGMA data_version` is another number after
//! another connection has committed.

mod notices;

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, sleep},
};

use super::{Problem, Store, address::Address, options, sqlite};
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

/// How long the same reason is not logged again.
const QUIET: Duration = Duration::from_mins(1);

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
        let mut warned: Option<(Instant, String)> = None;
        while !*closing.borrow() {
            let outcome = match &self.address {
                Address::Sqlite { url, .. } => self.ask(url, &listeners, &mut closing).await,
                Address::Postgres { .. } => self.hear(&listeners, &mut closing).await,
            };
            for listener in &listeners {
                listener.shut();
            }
            match outcome {
                Ok(()) => return,
                Err(reason) => {
                    let reason = Problem::from(reason).to_string();
                    // It is tried again and again, and said now and then.
                    if warned.as_ref().is_none_or(|(at, last)| *last != reason || at.elapsed() > QUIET) {
                        tracing::warn!(reason, "cache disabled: changes of the database are not reported");
                        warned = Some((Instant::now(), reason));
                    }
                }
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
                report_change(listeners);
            }
            if changed && turn.is_multiple_of(CHECKPOINT) {
                // Fails while somebody writes or reads an old state; the next one may not.
                changed = sqlite::checkpoint(&self.write).await.is_err();
            }
        }
        Ok(())
    }
}

fn report_change(listeners: &[&dyn Listener]) {
    for listener in listeners {
        listener.changed();
    }
}

async fn version(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), "PRAGMA data_version");
    match db.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Err(DbErr::Custom("PRAGMA data_version gave nothing".to_owned())),
    }
}
