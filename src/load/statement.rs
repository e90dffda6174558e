use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, QueryResult, RuntimeErr, Statement, Value, sea_query::ArrayType, sqlx,
};
use tokio::sync::Semaphore;

use super::{Bind, Condition, Connections};
use crate::error::{Error, is_gone};

/// Sends the statements of one request to the database or to one of its replicas, and counts them. The one place of all
/// reads.
#[derive(Clone)]
pub struct Reader {
    connections: Connections,
    /// The place of the replica that the request reads from, or [`PRIMARY`].
    from: Arc<AtomicUsize>,
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    at_once: Arc<Semaphore>,
}

/// The place of the database itself.
const PRIMARY: usize = usize::MAX;

/// Statements of one request that run at once. More would take the connections from other requests.
const AT_ONCE: usize = 4;

impl Reader {
    /// Reads from a replica, if there is one to read from.
    pub fn new(connections: Connections) -> Self {
        let from = connections.choose().unwrap_or(PRIMARY);
        Self::of(connections, from)
    }

    /// Reads from the database itself, which has every change.
    pub fn fresh(connections: Connections) -> Self {
        Self::of(connections, PRIMARY)
    }

    fn of(connections: Connections, from: usize) -> Self {
        Self {
            connections,
            from: Arc::new(AtomicUsize::new(from)),
            sent: Arc::default(),
            received: Arc::default(),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Whether what is read has every change that was heard of.
    pub(super) fn is_current(&self) -> bool {
        match self.from.load(Ordering::SeqCst) {
            PRIMARY => true,
            replica => self.connections.is_current(replica),
        }
    }

    pub(super) fn statements(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Counts rows that came, whether each was one of the database's or all were in one text.
    pub(super) fn receive(&self, rows: usize) {
        self.received.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(super) fn sql(&self) -> Sql {
        Sql {
            backend: self.connections.primary().get_database_backend(),
            text: String::with_capacity(1024),
            values: Vec::new(),
        }
    }

    pub(super) async fn rows(&self, sql: Sql) -> Result<Vec<QueryResult>, Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(sql = sql.text, "statement");
        // The semaphore is never closed.
        let _place = self.at_once.acquire().await.map_err(Error::internal)?;
        let statement = Statement::from_sql_and_values(sql.backend, sql.text, sql.values);
        let place = self.from.load(Ordering::SeqCst);
        let Some(replica) = self.connections.replica(place) else {
            return Ok(self.connections.primary().query_all_raw(statement).await?);
        };
        match replica.db().query_all_raw(statement.clone()).await {
            Err(reason) if of_the_replica(&reason) => {
                tracing::warn!(%reason, "a replica failed; the database itself is read");
                if is_gone(&reason) {
                    replica.leave_out();
                }
                self.from.store(PRIMARY, Ordering::SeqCst);
                Ok(self.connections.primary().query_all_raw(statement).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// The text of the only column of the only row.
    pub(super) async fn text(&self, sql: Sql) -> Result<String, Error> {
        match self.rows(sql).await?.first() {
            Some(row) => Ok(row.try_get_by_index(0)?),
            None => Err(Error::internal("a statement that gives one row gave none")),
        }
    }
}

/// Whether the database itself may do better: a replica that is gone, or that gave up a statement because it had to
/// replay a change of what the statement read (SQLSTATE 40001).
fn of_the_replica(reason: &DbErr) -> bool {
    let conflict = || match reason {
        DbErr::Query(RuntimeErr::SqlxError(reason)) => match &**reason {
            sqlx::Error::Database(reason) => reason.code().is_some_and(|code| code == "40001"),
            _ => false,
        },
        _ => false,
    };
    is_gone(reason) || conflict()
}

/// A statement in the making.
pub struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Whether it is for PostgreSQL; if not, it is for SQLite.
    pub fn postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value and the mark that stands for it.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let mark = if self.postgres() { '$' } else { '?' };
        // Writing to a string does not fail.
        let _ = write!(self.text, "{mark}{}", self.values.len());
        self
    }

    /// Adds integers as one value: an array on PostgreSQL, a JSON text on SQLite.
    pub fn bind_ints(&mut self, ints: impl Iterator<Item = i32>) -> &mut Self {
        let value = if self.postgres() {
            Value::Array(ArrayType::Int, Some(Box::new(ints.map(Value::from).collect())))
        } else {
            json_list(ints.map(|int| int.to_string()))
        };
        self.bind(value)
    }

    /// Adds texts as one value: an array on PostgreSQL, a JSON text on SQLite.
    pub fn bind_texts<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> &mut Self {
        let value = if self.postgres() {
            Value::Array(ArrayType::String, Some(Box::new(texts.map(|text| Value::from(storable(text))).collect())))
        } else {
            json_list(texts.map(|text| serde_json::Value::from(text).to_string()))
        };
        self.bind(value)
    }

    /// Adds ` AND ` and a condition.
    pub(super) fn and(&mut self, condition: &Condition) -> &mut Self {
        self.push(" AND (");
        let mut values = condition.values.iter();
        for (place, piece) in condition.sql.split('?').enumerate() {
            if place > 0
                && let Some(value) = values.next()
            {
                self.bind(value.clone());
            }
            self.push(piece);
        }
        self.push(")")
    }
}

fn json_list(items: impl Iterator<Item = String>) -> Value {
    Value::from(format!("[{}]", items.collect::<Vec<_>>().join(",")))
}

impl From<Bind> for Value {
    fn from(value: Bind) -> Self {
        match value {
            Bind::Int(value) => value.into(),
            Bind::Text(value) => storable(&value).into(),
        }
    }
}

/// PostgreSQL has no NUL in texts, and refuses to look for one. No row holds its substitute.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
