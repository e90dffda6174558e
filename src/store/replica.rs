//! Watches the replicas of a PostgreSQL database: how far each is behind, and whether it answers.
//!
//! The database is asked now and then how far its log is written, and each replica how far it has replayed that log.
//! How long ago the database was where the replica is now is how far it is behind. While the database does not answer,
//! replicas get no older than they are.
//!
//! Positions of the log: <https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-BACKUP>

use std::{collections::VecDeque, time::Duration};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use tokio::time::{Instant, sleep, timeout};

use super::Store;
use crate::load::{Connections, Replica};

/// How often replicas are asked.
const ASK: Duration = Duration::from_millis(100);

/// How long a replica may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far the log of the database is written, in bytes, and which database it is.
const WRITTEN: &str = "SELECT (pg_current_wal_insert_lsn() - '0/0')::int8 AS position, system_identifier AS system \
    FROM pg_control_system()";

/// How far a replica has replayed that log; nothing if it follows none.
const REPLAYED: &str = "SELECT (pg_last_wal_replay_lsn() - '0/0')::int8 AS position, system_identifier AS system \
    FROM pg_control_system()";

/// Where the database was at a time, with all changes that had been heard of by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    at: Instant,
    position: i64,
    changes: u64,
}

impl Store {
    /// Reads from replicas that are at most `most` behind, and leaves out the others and those that fail until they are
    /// well again. Ends when the store is closed.
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
            // What was heard of before the database is asked stands in its log by then.
            let (at, changes) = (Instant::now(), connections.changes());
            if let Ok(found) = ask(connections.primary(), WRITTEN).await {
                system = Some(found.system);
                marks.extend(found.position.map(|position| Mark { at, position, changes }));
            }
            forget(&mut marks, most);
            let asked = connections.replicas().iter().map(|replica| ask(replica.db(), REPLAYED));
            for (replica, found) in connections.replicas().iter().zip(join_all(asked).await) {
                let standing = found.map_err(|reason| reason.to_string()).and_then(|found| match found {
                    Found { system: other, .. } if system.is_some_and(|system| system != other) => {
                        Err("it is a replica of another database".to_owned())
                    }
                    Found { position: None, .. } => Err("it follows no other database".to_owned()),
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

async fn ask(db: &DatabaseConnection, question: &'static str) -> Result<Found, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), question);
    let late = |_| DbErr::Custom("it does not answer".to_owned());
    match timeout(PATIENCE, db.query_one_raw(statement)).await.map_err(late)?? {
        Some(row) => Ok(Found { position: row.try_get("", "position")?, system: row.try_get("", "system")? }),
        None => Err(DbErr::Custom("it says nothing of itself".to_owned())),
    }
}

/// Drops marks that are too old to matter, counted from the newest.
fn forget(marks: &mut VecDeque<Mark>, most: Duration) {
    let newest = marks.back().map(|mark| mark.at);
    while let (Some(newest), Some(oldest)) = (newest, marks.front()) {
        if newest.duration_since(oldest.at) <= most {
            break;
        }
        marks.pop_front();
    }
}

/// The changes that a replica at `position` has, or why it may not be read.
fn standing(marks: &VecDeque<Mark>, position: i64, most: Duration) -> Result<u64, String> {
    match marks.iter().rev().find(|mark| mark.position <= position) {
        Some(mark) => Ok(mark.changes),
        None => Err(format!("it is more than {} s behind", most.as_secs_f64())),
    }
}

fn settle(replica: &Replica, standing: Result<u64, String>) {
    match standing {
        Ok(changes) => {
            if !replica.is_usable() {
                tracing::info!("a replica is read from");
            }
            replica.follow(changes);
        }
        Err(reason) => {
            if replica.is_usable() {
                tracing::warn!(reason, "a replica is left out until it is well again");
            }
            replica.leave_out();
        }
    }
}

/// What operators may want to know of replicas: how many there are, and how many are read from.
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
        assert_eq!(standing(&marks, 100, most), Err("it is more than 2 s behind".to_owned()));
        assert_eq!(standing(&VecDeque::new(), 100, most), Err("it is more than 2 s behind".to_owned()));
    }
}
