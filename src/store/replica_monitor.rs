//! Monitors the replicas of a PostgreSQL database: how far each lags behind, and whether it responds.
//!
//! The monitor regularly reads the position of the write-ahead log on the primary, and the replayed position on each
//! replica. The lag of a replica is the time since the primary was at the replica's position. While the primary does
//! not respond, the lag does not grow.
//!
//! Positions of the log: <https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-BACKUP>

use std::{collections::VecDeque, time::Duration};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use tokio::time::{Instant, sleep, timeout};

use super::Store;
use crate::load::{Connections, Replica};

/// The polling interval.
const ASK: Duration = Duration::from_millis(100);

/// The time limit for one query.
const PATIENCE: Duration = Duration::from_secs(1);

/// The write position of the log on the primary, in bytes, and the identifier of the database cluster.
const WRITTEN: &str = "SELECT (pg_current_wal_insert_lsn() - '0/0')::int8 AS position, system_identifier AS system \
    FROM pg_control_system()";

/// The position up to which a replica has replayed the log; null if it is not a replica.
const REPLAYED: &str = "SELECT (pg_last_wal_replay_lsn() - '0/0')::int8 AS position, system_identifier AS system \
    FROM pg_control_system()";

/// The position of the primary at a time, and the number of changes that had been reported by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    at: Instant,
    position: i64,
    changes: u64,
}

impl Store {
    /// Marks the replicas that lag at most `most` as usable, and the others and those that fail as unusable.
    /// Repeats this until the store is closed.
    pub async fn follow(&self, most: Duration) {
        let mut closing = self.closing.subscribe();
        tokio::select! {
            () = self.follow_for_ever(most) => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }

    async fn follow_for_ever(&self, most: Duration) {
        let connections = self.connections();
        let mut marks = VecDeque::new();
        let mut system = None;
        loop {
            // Changes that were reported before the query are in the log by the time of the query.
            let (at, changes) = (Instant::now(), connections.changes());
            if let Ok(found) = poll_sqlite(connections.primary(), WRITTEN).await {
                system = Some(found.system);
                marks.extend(found.position.map(|position| Mark { at, position, changes }));
            }
            forget(&mut marks, most);
            let asked = connections.replicas().iter().map(|replica| poll_sqlite(replica.db(), REPLAYED));
            for (replica, found) in connections.replicas().iter().zip(join_all(asked).await) {
                let standing = found.map_err(|reason| reason.to_string()).and_then(|found| match found {
                    Found { system: other, .. } if system.is_some_and(|system| system != other) => {
                        Err("it is a replica of another database".to_owned())
                    }
                    Found { position: None, .. } => Err("it is not a replica".to_owned()),
                    Found { position: Some(position), .. } => standing(&marks, position, most),
                });
                settle(replica, standing);
            }
            sleep(ASK).await;
        }
    }
}

struct Found {
    position: Option<i64>,
    system: i64,
}

async fn poll_sqlite(db: &DatabaseConnection, question: &'static str) -> Result<Found, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), question);
    let late = |_| DbErr::Custom("it does not respond".to_owned());
    match timeout(PATIENCE, db.query_one_raw(statement)).await.map_err(late)?? {
        Some(row) => Ok(Found { position: row.try_get("", "position")?, system: row.try_get("", "system")? }),
        None => Err(DbErr::Custom("the query for its position returned no row".to_owned())),
    }
}

/// Drops marks that are more than `most` older than the newest.
fn forget(marks: &mut VecDeque<Mark>, most: Duration) {
    let newest = marks.back().map(|mark| mark.at);
    while let (Some(newest), Some(oldest)) = (newest, marks.front()) {
        if newest.duration_since(oldest.at) <= most {
            break;
        }
        marks.pop_front();
    }
}

/// The number of changes that a replica at `position` has, or the reason why it is not usable.
fn standing(marks: &VecDeque<Mark>, position: i64, most: Duration) -> Result<u64, String> {
    match marks.iter().rev().find(|mark| mark.position <= position) {
        Some(mark) => Ok(mark.changes),
        None => Err(format!("it lags more than {} s behind", most.as_secs_f64())),
    }
}

fn settle(replica: &Replica, standing: Result<u64, String>) {
    match standing {
        Ok(changes) => {
            if !replica.is_usable() {
                tracing::info!("reading from a replica");
            }
            replica.mark_usable(changes);
        }
        Err(reason) => {
            if replica.is_usable() {
                tracing::warn!(reason, "not reading from a replica until it recovers");
            }
            replica.mark_unusable();
        }
    }
}

/// The number of replicas, and how many of them are usable.
pub fn replicas(connections: &Connections) -> (usize, usize) {
    let replicas = connections.replicas();
    (replicas.len(), replicas.iter().filter(|replica| replica.is_usable()).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_as_old_as_the_mark_that_it_has_reached() {
        let start = Instant::now();
        let most = Duration::from_secs(2);
        let mark = |second: u64, position, changes| Mark { at: start + Duration::from_secs(second), position, changes };
        let mut marks = VecDeque::from([mark(0, 100, 1), mark(1, 200, 1), mark(2, 300, 2), mark(3, 300, 3)]);
        assert_eq!(standing(&marks, 100, most), Ok(1));
        assert_eq!(standing(&marks, 299, most), Ok(1));
        assert_eq!(standing(&marks, 300, most), Ok(3), "the newest of those that it has reached");
        assert!(standing(&marks, 99, most).is_err());
        forget(&mut marks, most);
        assert_eq!(marks.len(), 3);
        assert_eq!(standing(&marks, 100, most), Err("it lags more than 2 s behind".to_owned()));
        assert_eq!(standing(&VecDeque::new(), 100, most), Err("it lags more than 2 s behind".to_owned()));
    }
}
