use std::{
    fmt::{self, Debug, Formatter, Write},
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
    cache::lock,
    connections::EnginePool,
    decode::{self, EncodedRow},
    join_all::try_join_all,
    prefetch::{PrefetchBatch, PrefetchSet, PrimeFn},
};
use crate::error::{Error, is_gone};

/// Sends the statements of one request to the primary or to a replica, and counts them. All reads of the API go through
/// it.
#[derive(Clone)]
pub struct Reader {
    connections: Connections,
    /// The index of the replica that the request reads from, or [`PRIMARY`].
    from: Arc<AtomicUsize>,
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    permits: Arc<Semaphore>,
    /// Prefetched values that the loader has not taken yet.
    prefetched: Arc<Mutex<Vec<PrimeFn>>>,
}

/// The index that denotes the primary.
const PRIMARY: usize = usize::MAX;

/// Maximum number of concurrent statements of one request. More would starve other requests of connections.
const MAX_CONCURRENT: usize = 4;

impl Reader {
    /// Reads from a replica if one is usable, otherwise from the primary.
    pub fn new(connections: Connections) -> Self {
        let from = connections.choose().unwrap_or(PRIMARY);
        Self::reading_from(connections, from)
    }

    /// Reads from the primary, which has every change.
    pub fn fresh(connections: Connections) -> Self {
        Self::reading_from(connections, PRIMARY)
    }

    fn reading_from(connections: Connections, from: usize) -> Self {
        Self {
            connections,
            from: Arc::new(AtomicUsize::new(from)),
            sent: Arc::default(),
            received: Arc::default(),
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            prefetched: Arc::default(),
        }
    }

    /// Whether reads include every change that has been reported.
    pub fn is_current(&self) -> bool {
        match self.from.load(Ordering::SeqCst) {
            PRIMARY => true,
            replica => self.connections.is_current(replica),
        }
    }

    /// Reads all keys: in a batch, or one by one if batching is turned off.
    pub(super) async fn load<K: Key>(&self, keys: &[K]) -> Result<Vec<Option<K::Value>>, Error> {
        let found = if self.connections.reads_one_by_one() {
            let found = try_join_all(keys.chunks(1).map(|key| Box::pin(K::load(self, key)) as _).collect()).await?;
            found.into_iter().flatten().collect()
        } else {
            K::load(self, keys).await?
        };
        if found.len() != keys.len() {
            return Err(Error::internal(format!("{} keys were loaded with {} results", keys.len(), found.len())));
        }
        Ok(found)
    }

    /// The values to prefetch: `prefetch`, or none if batching is turned off.
    pub(super) fn prefetch_set(&self, prefetch: PrefetchSet) -> PrefetchSet {
        if self.connections.reads_one_by_one() { PrefetchSet::default() } else { prefetch }
    }

    /// Adds prefetched values for the loader to take.
    pub(super) fn add_prefetched(&self, prefetch_batch: PrefetchBatch) {
        lock(&self.prefetched).extend(prefetch_batch.into_prime_fns());
    }

    /// Takes the values prefetched since the last call.
    pub(super) fn take_prefetched(&self) -> Vec<PrimeFn> {
        std::mem::take(&mut *lock(&self.prefetched))
    }

    pub(super) fn statements(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Counts received rows.
    pub(super) fn count_rows(&self, rows: usize) {
        self.received.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(super) fn sql(&self) -> Sql {
        Sql { postgres: self.connections.is_postgres(), text: String::with_capacity(1024), values: Vec::new() }
    }

    /// Runs a statement on PostgreSQL and decodes each row with `read`.
    pub(super) async fn rows<T>(
        &self,
        sql: &Sql,
        mut read: impl FnMut(EncodedRow<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let rows = self.fetch(sql).await?;
        let types = rows.first().map(decode::types).unwrap_or_default();
        rows.iter().map(|values| read(EncodedRow { values, types: &types })).collect()
    }

    async fn fetch(&self, sql: &Sql) -> Result<Vec<PgRow>, Error> {
        let _permit = self.acquire_permit(sql).await?;
        let index = self.from.load(Ordering::SeqCst);
        let Some(replica) = self.connections.replica(index) else {
            return Ok(query(self.connections.pool(), sql).await?);
        };
        match query(replica.pool(), sql).await {
            Err(reason) if is_replica_error(&reason) => {
                tracing::warn!(%reason, "replica failed; reading from the primary");
                if is_gone(&reason) {
                    replica.mark_unusable();
                }
                self.from.store(PRIMARY, Ordering::SeqCst);
                Ok(query(self.connections.pool(), sql).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Runs a statement on SQLite that returns one row with one text column.
    pub(super) async fn text(&self, sql: &Sql) -> Result<String, Error> {
        let _permit = self.acquire_permit(sql).await?;
        Ok(query_text(self.connections.pool(), sql).await?)
    }

    /// Counts a statement and waits for permission to send it.
    async fn acquire_permit(&self, sql: &Sql) -> Result<SemaphorePermit<'_>, Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(sql = sql.text, values = ?sql.values, "statement");
        // The semaphore is never closed.
        self.permits.acquire().await.map_err(Error::internal)
    }
}

/// Whether a statement that failed on a replica should be retried on the primary: the replica is unreachable, or it
/// cancelled the statement because of a conflict with replaying a change (SQLSTATE 40001).
fn is_replica_error(reason: &DbErr) -> bool {
    let conflict = || match reason {
        DbErr::Query(RuntimeErr::SqlxError(reason)) => match &**reason {
            sqlx::Error::Database(reason) => reason.code().is_some_and(|code| code == "40001"),
            _ => false,
        },
        _ => false,
    };
    is_gone(reason) || conflict()
}

async fn query(pool: &EnginePool, sql: &Sql) -> Result<Vec<PgRow>, DbErr> {
    let EnginePool::Postgres(pool) = pool else { return Err(wrong_engine()) };
    let mut arguments = PgArguments::default();
    for value in &sql.values {
        let added = match value {
            Value::Int(int) => arguments.add(*int),
            Value::Long(long) => arguments.add(*long),
            Value::Text(text) => arguments.add(text),
            Value::Ints(ints) => arguments.add(ints),
            Value::Texts(texts) => arguments.add(texts),
        };
        added.map_err(|reason| query_error(sqlx::Error::Encode(reason)))?;
    }
    let mut pooled = pool.acquire().await.map_err(query_error)?;
    let query = sqlx::query_with(AssertSqlSafe(sql.text.as_str()), arguments);
    let rows = query.fetch_all(&mut *pooled.connection).await.map_err(query_error)?;
    pooled.release();
    Ok(rows)
}

async fn query_text(pool: &EnginePool, sql: &Sql) -> Result<String, DbErr> {
    let EnginePool::Sqlite(pool) = pool else { return Err(wrong_engine()) };
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
    let mut pooled = pool.acquire().await.map_err(query_error)?;
    let text = query.fetch_one(&mut *pooled.connection).await.map_err(query_error)?;
    pooled.release();
    Ok(text)
}

fn query_error(reason: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(reason.into()))
}

fn wrong_engine() -> DbErr {
    DbErr::Custom("statement built for the other database engine".to_owned())
}

/// Builds the text of a statement and its parameters.
pub struct Sql {
    postgres: bool,
    text: String,
    values: Vec<Value>,
}

/// A parameter.
enum Value {
    Int(i32),
    Long(i64),
    Text(String),
    /// An array on PostgreSQL, a JSON array on SQLite.
    Ints(Vec<i32>),
    /// An array on PostgreSQL, a JSON array on SQLite.
    Texts(Vec<String>),
}

/// As a literal of PostgreSQL, so that a traced statement can be repeated.
impl Debug for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        match self {
            Self::Int(int) => write!(out, "{int}"),
            Self::Long(long) => write!(out, "{long}"),
            Self::Text(text) => out.write_str(&quoted(text)),
            Self::Ints(ints) => write!(out, "'{{{}}}'", ints.iter().map(i32::to_string).collect::<Vec<_>>().join(",")),
            Self::Texts(texts) => {
                let texts = texts.iter().map(|text| serde_json::Value::from(text.as_str()).to_string());
                out.write_str(&quoted(&format!("{{{}}}", texts.collect::<Vec<_>>().join(","))))
            }
        }
    }
}

impl Sql {
    /// Whether the statement is for PostgreSQL; otherwise it is for SQLite.
    pub fn postgres(&self) -> bool {
        self.postgres
    }

    /// Appends SQL text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Binds a value and appends its placeholder. PostgreSQL may plan the statement for this particular value. Several
    /// values append a test for equality with any of them.
    pub fn bind(&mut self, value: impl Into<Bind>) -> &mut Self {
        let value = match value.into() {
            Bind::Int(int) => return self.add(Value::Int(int)),
            Bind::Text(text) => return self.add(Value::Text(replace_nul(text))),
            Bind::Ints(ints) => Value::Ints(ints),
            Bind::Texts(texts) => Value::Texts(texts.into_iter().map(replace_nul).collect()),
        };
        let (before, after) = if self.postgres { ("= ANY(", ")") } else { ("IN (SELECT value FROM json_each(", "))") };
        self.push(before).add(value).push(after)
    }

    /// Binds the value of a sort key and appends its placeholder.
    pub(super) fn bind_sort_value(&mut self, value: &SortValue) -> &mut Self {
        match value {
            SortValue::Int(int) => self.add_opaque(Value::Int(*int), "integer"),
            SortValue::Text(text) => self.add_opaque(Value::Text(replace_nul(text.clone())), "text"),
        }
    }

    /// Binds a number of rows and appends its placeholder.
    pub fn bind_count(&mut self, count: u32) -> &mut Self {
        self.add_opaque(Value::Long(count.into()), "bigint")
    }

    /// Binds integers as one parameter: an array on PostgreSQL, a JSON array on SQLite.
    pub fn bind_ints(&mut self, ints: impl Iterator<Item = i32>) -> &mut Self {
        self.add_opaque(Value::Ints(ints.collect()), "integer[]")
    }

    /// Binds strings as one parameter: an array on PostgreSQL, a JSON array on SQLite.
    pub fn bind_texts<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> &mut Self {
        self.add_opaque(Value::Texts(texts.map(|text| replace_nul(text.to_owned())).collect()), "text[]")
    }

    /// Binds a value that PostgreSQL's planner cannot see. The planner makes a custom plan for the values of each call
    /// as long as custom plans look cheaper, and planning takes longer than most reads. If it sees no values, it keeps
    /// one generic plan. Values of filters must be visible: a rare prefix of a name needs another plan than a frequent
    /// one.
    fn add_opaque(&mut self, value: Value, of: &str) -> &mut Self {
        if !self.postgres {
            return self.add(value);
        }
        // Without the outer cast, a subquery after ANY would be taken for a set of rows.
        self.push("CAST((SELECT CAST(").add(value);
        self.push(" AS ").push(of).push(")) AS ").push(of).push(")")
    }

    fn add(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        let placeholder = if self.postgres { '$' } else { '?' };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{placeholder}{}", self.values.len());
        self
    }

    /// Appends ` AND ` and a condition.
    pub(super) fn and(&mut self, condition: &Condition) -> &mut Self {
        self.and_as(condition.sql, condition)
    }

    /// Appends ` AND ` and a condition with the text `sql`.
    pub(super) fn and_as(&mut self, sql: &str, condition: &Condition) -> &mut Self {
        self.push(" AND (");
        let mut values = condition.values.iter();
        for (index, piece) in sql.split('?').enumerate() {
            if index > 0
                && let Some(value) = values.next()
            {
                self.bind(value.clone());
            }
            self.push(piece);
        }
        if let Some(conditions) = &condition.subquery {
            conditions.iter().fold(&mut *self, Sql::and).push(")");
        }
        self.push(")")
    }
}

fn json_list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// Replaces NUL characters, which PostgreSQL rejects in text. No row contains the replacement character, so the value
/// still matches nothing.
fn replace_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}
