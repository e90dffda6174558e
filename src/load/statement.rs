use std::{
    fmt::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{
        self, Arguments, AssertSqlSafe,
        postgres::{PgArguments, PgRow},
    },
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    Bind, Condition, Connections, Key, SortValue,
    all::all,
    along::{Arrival, Company, Wanted},
    cache::lock,
    connections::Lane,
    row::{self, Line},
};
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
    /// What came along and nobody has taken yet.
    arrived: Arc<Mutex<Vec<Arrival>>>,
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
            arrived: Arc::default(),
        }
    }

    /// Whether what is read has every change that was heard of.
    pub(super) fn is_current(&self) -> bool {
        match self.from.load(Ordering::SeqCst) {
            PRIMARY => true,
            replica => self.connections.is_current(replica),
        }
    }

    /// Reads all keys, together unless they are to be read one by one.
    pub(super) async fn load<K: Key>(&self, keys: &[K]) -> Result<Vec<Option<K::Value>>, Error> {
        let found = if self.connections.reads_one_by_one() {
            let found = all(keys.chunks(1).map(|key| Box::pin(K::load(self, key)) as _).collect()).await?;
            found.into_iter().flatten().collect()
        } else {
            K::load(self, keys).await?
        };
        if found.len() != keys.len() {
            return Err(Error::internal(format!("{} keys were read, and {} found", keys.len(), found.len())));
        }
        Ok(found)
    }

    /// What is to come along: nothing if each key is read by a statement of its own.
    pub(super) fn wanted(&self, wanted: Wanted) -> Wanted {
        if self.connections.reads_one_by_one() { Wanted::default() } else { wanted }
    }

    /// Hands over what came along.
    pub(super) fn bring(&self, company: Company) {
        lock(&self.arrived).extend(company.arrive());
    }

    /// What came along since it was last taken.
    pub(super) fn arrived(&self) -> Vec<Arrival> {
        std::mem::take(&mut *lock(&self.arrived))
    }

    pub(super) fn statements(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Counts rows that came, whichever way.
    pub(super) fn receive(&self, rows: usize) {
        self.received.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(super) fn sql(&self) -> Sql {
        Sql { postgres: self.connections.is_postgres(), text: String::with_capacity(1024), values: Vec::new() }
    }

    /// What `read` makes of each row that a statement for PostgreSQL gives.
    pub(super) async fn rows<T>(
        &self,
        sql: &Sql,
        mut read: impl FnMut(Line<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let rows = self.fetch(sql).await?;
        let types = rows.first().map(row::types).unwrap_or_default();
        rows.iter().map(|values| read(Line { values, types: &types })).collect()
    }

    async fn fetch(&self, sql: &Sql) -> Result<Vec<PgRow>, Error> {
        let _place = self.turn(sql).await?;
        let place = self.from.load(Ordering::SeqCst);
        let Some(replica) = self.connections.replica(place) else {
            return Ok(query(self.connections.lane(), sql).await?);
        };
        match query(replica.lane(), sql).await {
            Err(reason) if of_the_replica(&reason) => {
                tracing::warn!(%reason, "a replica failed; the database itself is read");
                if is_gone(&reason) {
                    replica.leave_out();
                }
                self.from.store(PRIMARY, Ordering::SeqCst);
                Ok(query(self.connections.lane(), sql).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// The text that a statement for SQLite gives: the only column of the only row.
    pub(super) async fn text(&self, sql: &Sql) -> Result<String, Error> {
        let _place = self.turn(sql).await?;
        Ok(query_text(self.connections.lane(), sql).await?)
    }

    /// Counts a statement, and waits until it may be sent.
    async fn turn(&self, sql: &Sql) -> Result<SemaphorePermit<'_>, Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(sql = sql.text, "statement");
        // The semaphore is never closed.
        self.at_once.acquire().await.map_err(Error::internal)
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

async fn query(lane: &Lane, sql: &Sql) -> Result<Vec<PgRow>, DbErr> {
    let Lane::Postgres(lane) = lane else { return Err(other_engine()) };
    let mut arguments = PgArguments::default();
    for value in &sql.values {
        let added = match value {
            Value::Int(int) => arguments.add(*int),
            Value::Long(long) => arguments.add(*long),
            Value::Text(text) => arguments.add(text),
            Value::Ints(ints) => arguments.add(ints),
            Value::Texts(texts) => arguments.add(texts),
        };
        added.map_err(|reason| told(sqlx::Error::Encode(reason)))?;
    }
    let mut loan = lane.borrow().await.map_err(told)?;
    let query = sqlx::query_with(AssertSqlSafe(sql.text.as_str()), arguments);
    let rows = query.fetch_all(&mut *loan.connection).await.map_err(told)?;
    loan.give_back();
    Ok(rows)
}

async fn query_text(lane: &Lane, sql: &Sql) -> Result<String, DbErr> {
    let Lane::Sqlite(lane) = lane else { return Err(other_engine()) };
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql.text.as_str()));
    for value in &sql.values {
        query = match value {
            Value::Int(int) => query.bind(*int),
            Value::Long(long) => query.bind(*long),
            Value::Text(text) => query.bind(text),
            Value::Ints(ints) => query.bind(json_list(ints.iter().map(i32::to_string))),
            Value::Texts(texts) => {
                query.bind(json_list(texts.iter().map(|text| serde_json::Value::from(text.as_str()).to_string())))
            }
        };
    }
    let mut loan = lane.borrow().await.map_err(told)?;
    let text = query.fetch_one(&mut *loan.connection).await.map_err(told)?;
    loan.give_back();
    Ok(text)
}

fn told(reason: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(reason.into()))
}

fn other_engine() -> DbErr {
    DbErr::Custom("a statement for the other engine".to_owned())
}

/// A statement in the making.
pub struct Sql {
    postgres: bool,
    text: String,
    values: Vec<Value>,
}

/// A value that is sent beside a statement.
enum Value {
    Int(i32),
    Long(i64),
    Text(String),
    /// An array on PostgreSQL, a JSON text on SQLite.
    Ints(Vec<i32>),
    /// An array on PostgreSQL, a JSON text on SQLite.
    Texts(Vec<String>),
}

impl Sql {
    /// Whether it is for PostgreSQL; if not, it is for SQLite.
    pub fn postgres(&self) -> bool {
        self.postgres
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value and the mark that stands for it. PostgreSQL may plan the statement anew for another value.
    pub fn bind(&mut self, value: impl Into<Bind>) -> &mut Self {
        self.add(match value.into() {
            Bind::Int(int) => Value::Int(int),
            Bind::Text(text) => Value::Text(storable(text)),
        })
    }

    /// Adds a value of a sort key and the mark that stands for it.
    pub(super) fn bind_bound(&mut self, value: &SortValue) -> &mut Self {
        match value {
            SortValue::Int(int) => self.add_unseen(Value::Int(*int), "integer"),
            SortValue::Text(text) => self.add_unseen(Value::Text(storable(text.clone())), "text"),
        }
    }

    /// Adds a number of rows and the mark that stands for it.
    pub fn bind_count(&mut self, count: u32) -> &mut Self {
        self.add_unseen(Value::Long(count.into()), "bigint")
    }

    /// Adds integers as one value: an array on PostgreSQL, a JSON text on SQLite.
    pub fn bind_ints(&mut self, ints: impl Iterator<Item = i32>) -> &mut Self {
        self.add_unseen(Value::Ints(ints.collect()), "integer[]")
    }

    /// Adds texts as one value: an array on PostgreSQL, a JSON text on SQLite.
    pub fn bind_texts<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> &mut Self {
        self.add_unseen(Value::Texts(texts.map(|text| storable(text.to_owned())).collect()), "text[]")
    }

    /// Adds a value that PostgreSQL's planner does not see. It makes plans for the values of each call as long as that
    /// seems to pay, which takes longer than most reads; where it sees none it keeps one plan. What filters ask for is
    /// to be seen: a rare beginning of a name and a frequent one want different plans.
    fn add_unseen(&mut self, value: Value, of: &str) -> &mut Self {
        if !self.postgres {
            return self.add(value);
        }
        // The outer cast: a subquery that stands alone behind ANY would be one of many rows.
        self.push("CAST((SELECT CAST(").add(value);
        self.push(" AS ").push(of).push(")) AS ").push(of).push(")")
    }

    fn add(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        let mark = if self.postgres { '$' } else { '?' };
        // Writing to a string does not fail.
        let _ = write!(self.text, "{mark}{}", self.values.len());
        self
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

fn json_list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// PostgreSQL has no NUL in texts, and refuses to look for one. No row holds its substitute.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}
