//! Notifications from PostgreSQL, on a separate connection.
//!
//! Before anything is cached, and every few seconds after that, a heartbeat checks that notifications arrive: it is
//! sent over the pool for writes and must be received here. It is not received through a transaction pooler, which
//! reassigns the server connection that listens, nor from another database, nor over a dead connection.
//!
//! Source: <https://www.postgresql.org/docs/current/sql-notify.html>.

use std::{
    process,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sea_orm::{
    ConnectionTrait, DbErr,
    sqlx::postgres::{PgListener, PgPool, PgPoolOptions},
};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, timeout_at},
};

use super::{Listener, Reporter, Store};
use crate::store::{StoreError, driver_error};

/// The channel that the triggers notify when a change is committed.
const CHANGES: &str = "castgraph";

/// The interval between heartbeats.
const BEAT: Duration = Duration::from_secs(10);

/// The time limit for receiving a heartbeat.
const PATIENCE: Duration = Duration::from_secs(5);

impl Store {
    /// Opens `listeners` once notifications arrive, and reports changes to them until the store is closed.
    ///
    /// # Errors
    ///
    /// If the connection is lost, or notifications do not arrive.
    pub(super) async fn listen(&self, listeners: &[&dyn Listener], closing: &mut Receiver<bool>) -> Result<(), DbErr> {
        let Some(options) = &self.notified else {
            let reason = StoreError::from(self.no_notifications());
            tracing::warn!(%reason, "cache disabled: database changes are not reported");
            // Fails only if the store has been dropped.
            let _ = closing.wait_for(|closing| *closing).await;
            return Ok(());
        };
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        let pool = pool.connect_lazy_with((**options).clone());
        let outcome = tokio::select! {
            outcome = self.listen_on(&pool, listeners) => outcome,
            _ = closing.wait_for(|closing| *closing) => Ok(()),
        };
        pool.close().await;
        outcome
    }

    async fn listen_on(&self, pool: &PgPool, listeners: &[&dyn Listener]) -> Result<(), DbErr> {
        let mut listener_connection = NotificationListener {
            listener: PgListener::connect_with(pool).await.map_err(driver_error)?,
            beat: channel(),
            has_beat: false,
        };
        listener_connection.listener.eager_reconnect(false);
        listener_connection.listener.listen_all([CHANGES, &listener_connection.beat]).await.map_err(driver_error)?;
        let beat = format!("NOTIFY {}", listener_connection.beat);
        let mut reporter: Option<Reporter<'_>> = None;
        loop {
            self.write().execute_unprepared(&beat).await?;
            let latest = Instant::now() + PATIENCE;
            loop {
                match listener_connection.next(latest).await? {
                    Heard::Beat => break,
                    Heard::Change => {
                        if let Some(reporter) = &mut reporter {
                            reporter.report().await?;
                        }
                    }
                    Heard::Nothing => return Err(self.no_notifications()),
                }
            }
            let reporter = match &mut reporter {
                Some(reporter) => reporter,
                none => none.insert(Reporter::open(self.read(), listeners).await?),
            };
            let next = Instant::now() + BEAT;
            loop {
                match listener_connection.next(next).await? {
                    Heard::Change => reporter.report().await?,
                    Heard::Beat => {}
                    Heard::Nothing => break,
                }
            }
        }
    }

    fn no_notifications(&self) -> DbErr {
        DbErr::Custom(format!(
            "no notifications arrive from {}; if it is a pooler, set --notify-url to a URL of the same database that \
             bypasses it",
            self.address
        ))
    }
}

/// The connection that receives notifications.
struct NotificationListener {
    listener: PgListener,
    /// The channel for the heartbeats of this process.
    beat: String,
    /// Whether a heartbeat was received together with a change.
    has_beat: bool,
}

enum Heard {
    Change,
    Beat,
    Nothing,
}

impl NotificationListener {
    /// Waits for the next notification until `latest`.
    async fn next(&mut self, latest: Instant) -> Result<Heard, DbErr> {
        if std::mem::take(&mut self.has_beat) {
            return Ok(Heard::Beat);
        }
        match timeout_at(latest, self.listener.try_recv()).await {
            Ok(Ok(Some(notification))) if notification.channel() == self.beat => Ok(Heard::Beat),
            Ok(Ok(Some(_))) => {
                // One report covers all commits so far.
                while let Some(notification) = self.listener.next_buffered() {
                    self.has_beat |= notification.channel() == self.beat;
                }
                Ok(Heard::Change)
            }
            Ok(Ok(None)) => Err(DbErr::Custom("the connection that reports changes was lost; reconnecting".to_owned())),
            Ok(Err(reason)) => Err(driver_error(reason)),
            Err(_) => Ok(Heard::Nothing),
        }
    }
}

/// The name of a channel that no other process uses.
fn channel() -> String {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    format!("castgraph_{}_{time}", process::id())
}
