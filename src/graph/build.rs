//! Reads the graph from the database: the only file of the room that sees one.
//!
//! Everything is read in one transaction that sees one committed state, in key order, page by page. Shows, seasons and
//! episodes are read each time. If the known credits have not changed, which their number and two checksums over their
//! columns show, only newer credits are read.

use std::sync::Arc;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement,
    TransactionTrait, Value,
};

use super::{
    cast_graph::Graph,
    graph_rows::{CreditRow, EpisodeRow, Rows, SeasonRow, ShowRow, day},
};

/// Rows of a page.
const PAGE: i32 = 20_000;

/// Counts and checksums of the credits and appearances up to a credit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums([i64; 6]);

/// A graph, and the checksums that show whether the database has changed since.
#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) graph: Arc<Graph>,
    last: i32,
    sums: Sums,
}

/// Reads the database. Rows of `known` that have not changed are not read again; if nothing has changed, returns the same
/// graph.
pub(super) async fn build(db: &DatabaseConnection, known: Option<Built>) -> Result<Built, DbErr> {
    let tx = snapshot(db).await?;
    let mut rows = places(&tx).await?;
    let (mut from, mut base) = (0, None);
    let newest = newest(&tx).await?;
    if let Some(known) = known
        && sums(&tx, known.last).await? == known.sums
    {
        (from, base) = (known.last, Some(known));
    }
    if let Some(base) = &base
        && newest == base.last
        && base.graph.has_places_of(&rows)
    {
        tx.commit().await?;
        return Ok(base.clone());
    }
    rows.credits = credits(&tx, from).await?;
    rows.appearances = appearances(&tx, from).await?;
    let sums = sums(&tx, newest).await?;
    tx.commit().await?;
    // Sorting millions of rows would keep others from their turn.
    let graph = tokio::task::spawn_blocking(move || match base {
        Some(base) => base.graph.with(rows),
        None => Graph::of(rows),
    });
    let graph = graph.await.map_err(|reason| DbErr::Custom(format!("the graph was not made: {reason}")))?;
    Ok(Built { graph: Arc::new(graph), last: newest, sums })
}

async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        // The first read fixes the state that a transaction sees.
        return db.begin().await;
    }
    let tx = db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    // Readers of requests have a limit, which a large database would exceed here.
    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    Ok(tx)
}

/// SQL for a day as a number: 20180804, of a month or a year the first day, below 10,000 if there is none.
macro_rules! day_of {
    ($column:literal) => {
        concat!("CAST(replace(substr(coalesce(", $column, ", '') || '-01-01', 1, 10), '-', '') AS integer)")
    };
}

async fn places(tx: &DatabaseTransaction) -> Result<Rows, DbErr> {
    let shows = pages(
        tx,
        "show",
        ["id", "coalesce(franchise_id, 0)", "CASE format WHEN 'FILM' THEN 1 ELSE 0 END", day_of!("premiered_on")],
        0,
    );
    let shows = shows.await?.into_iter().map(|[id, franchise, film, on]| ShowRow {
        id,
        franchise,
        film: film == 1,
        day: day(on),
    });
    let seasons = pages(tx, "season", ["id", "show_id", day_of!("premiered_on")], 0).await?;
    let seasons = seasons.into_iter().map(|[id, show, on]| SeasonRow { id, show, day: day(on) });
    let episodes = pages(tx, "episode", ["id", "season_id", "number", day_of!("aired_on")], 0).await?;
    let episodes = episodes.into_iter().map(|[id, season, number, on]| EpisodeRow {
        id,
        season,
        special: number == 0,
        day: day(on),
    });
    Ok(Rows { shows: shows.collect(), seasons: seasons.collect(), episodes: episodes.collect(), ..Rows::default() })
}

async fn credits(tx: &DatabaseTransaction, from: i32) -> Result<Vec<CreditRow>, DbErr> {
    let columns = [
        "id",
        "person_id",
        "show_id",
        "coalesce(season_id, 0)",
        "coalesce(character_id, 0)",
        "CASE coverage WHEN 'WHOLE' THEN 1 ELSE 0 END",
    ];
    let credits = pages(tx, "credit", columns, from).await?;
    let credit = |[id, person, show, season, character, whole]: [i32; 6]| CreditRow {
        id,
        person,
        show,
        season,
        character,
        whole: whole == 1,
    };
    Ok(credits.into_iter().map(credit).collect())
}

async fn appearances(tx: &DatabaseTransaction, from: i32) -> Result<Vec<(i32, i32)>, DbErr> {
    let mut all = Vec::new();
    let (mut credit, mut episode) = (from, i32::MAX);
    loop {
        let from = "(SELECT credit_id, episode_id FROM appearance WHERE (credit_id, episode_id) > ({}, {}) \
                    ORDER BY credit_id, episode_id LIMIT {})";
        let found = page(tx, ["credit_id", "episode_id"], from, [credit, episode, PAGE]).await?;
        let Some(last) = found.iter().copied().max() else { return Ok(all) };
        [credit, episode] = last;
        all.extend(found.into_iter().map(|[credit, episode]| (credit, episode)));
    }
}

/// All rows of a table with an id above `from`; the id is the first column.
async fn pages<const N: usize>(
    tx: &DatabaseTransaction,
    table: &str,
    columns: [&str; N],
    from: i32,
) -> Result<Vec<[i32; N]>, DbErr> {
    let (mut all, mut last) = (Vec::new(), from);
    loop {
        let source = format!("(SELECT * FROM {table} WHERE id > {{}} ORDER BY id LIMIT {{}})");
        let found = page(tx, columns, &source, [last, PAGE]).await?;
        let Some(newest) = found.iter().filter_map(|row| row.first().copied()).max() else { return Ok(all) };
        last = newest;
        all.extend(found);
    }
}

/// Rows of whole numbers, sent column by column, which costs a fraction of rows. `source` has `{}` for each of `values`.
async fn page<const N: usize, const V: usize>(
    tx: &DatabaseTransaction,
    columns: [&str; N],
    source: &str,
    values: [i32; V],
) -> Result<Vec<[i32; N]>, DbErr> {
    let postgres = tx.get_database_backend() == DbBackend::Postgres;
    let gathered = columns
        .map(|column| if postgres { format!("array_agg({column})") } else { format!("json_group_array({column})") });
    let selected = if postgres { gathered.join(", ") } else { format!("json_array({})", gathered.join(", ")) };
    let mut sql = format!("SELECT {selected} FROM {source} AS t");
    for place in 1..=V {
        sql = sql.replacen("{}", &format!("{}{place}", if postgres { '$' } else { '?' }), 1);
    }
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values.map(Value::from));
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(Vec::new()) };
    let mut lists: Vec<Vec<i32>> = Vec::with_capacity(N);
    if postgres {
        for place in 0..N {
            // Of no rows the array is null.
            lists.push(row.try_get_by_index::<Option<Vec<i32>>>(place)?.unwrap_or_default());
        }
    } else {
        let text: String = row.try_get_by_index(0)?;
        lists = serde_json::from_str(&text).map_err(|reason| DbErr::Json(reason.to_string()))?;
    }
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let length = lists.first().map_or(0, ExactSizeIterator::len);
    let mut rows = Vec::with_capacity(length);
    for _ in 0..length {
        let mut row = [0; N];
        for (value, list) in row.iter_mut().zip(&mut lists) {
            *value = list.next().unwrap_or_default();
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The id of the newest credit, or 0.
async fn newest(tx: &DatabaseTransaction) -> Result<i32, DbErr> {
    let sql = "SELECT coalesce(max(id), 0) FROM credit";
    match tx.query_one_raw(Statement::from_string(tx.get_database_backend(), sql)).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(0),
    }
}

/// Sums over the credits up to `last` and their appearances. Each row is hashed to a number of 31 bits by products of
/// its columns, since a plain sum would not see two that change places.
async fn sums(tx: &DatabaseTransaction, last: i32) -> Result<Sums, DbErr> {
    const WORK: &str = "(CAST(person_id AS bigint) * 7919 + show_id * 104729 + coalesce(season_id, 0) * 1299709 \
                        + coalesce(character_id, 0) * 15485863 + CASE coverage WHEN 'WHOLE' THEN 32452843 ELSE 0 END + 1)";
    let mark = if tx.get_database_backend() == DbBackend::Postgres { "$1" } else { "?1" };
    let work = WORK.replace("show_id *", "CAST(show_id AS bigint) *").replace("0) *", "CAST(0 AS bigint)) *");
    let sql = format!(
        "SELECT c.a, c.b, c.c, d.a, d.b, d.c FROM \
         (SELECT count(*) AS a, CAST(coalesce(sum(({work} % 2147483629) * (id % 1000003 + 1) % 2147483587), 0) AS bigint) AS b, \
           CAST(coalesce(sum(({work} % 2147483579) * (id % 999983 + 7) % 2147483563), 0) AS bigint) AS c \
          FROM credit WHERE id <= {mark}) AS c, \
         (SELECT count(*) AS a, \
           CAST(coalesce(sum(CAST(credit_id AS bigint) * episode_id % 2147483629), 0) AS bigint) AS b, \
           CAST(coalesce(sum((CAST(credit_id AS bigint) + 7919) * (episode_id + 104729) % 2147483587), 0) AS bigint) AS c \
          FROM appearance WHERE credit_id <= {mark}) AS d"
    );
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [last.into()]);
    let mut sums = Sums::default();
    if let Some(row) = tx.query_one_raw(statement).await? {
        for (place, sum) in sums.0.iter_mut().enumerate() {
            *sum = row.try_get_by_index(place)?;
        }
    }
    Ok(sums)
}
