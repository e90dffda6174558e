//! Reads the graph from the database. No other file of this module uses the database.
//!
//! Everything is read in one transaction that sees one committed state, in key order, page by page. After that the graph
//! follows the log of changes, and reads no rows again.

use std::sync::Arc;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement,
    TransactionTrait, Value,
};

use super::{
    cast_graph::Graph,
    graph_rows::{CreditRow, EpisodeRow, Rows, SeasonRow, ShowRow, day},
    recorded,
};
use crate::change::log::{self, Changes, Position};

/// Page size, in rows.
const PAGE: i32 = 20_000;

/// A graph, and the position in the log of changes up to which it includes them.
#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) graph: Arc<Graph>,
    position: Position,
}

/// Reads the whole database.
pub(super) async fn build(db: &DatabaseConnection) -> Result<Built, DbErr> {
    let tx = snapshot(db).await?;
    let position = log::position(&tx).await?;
    let mut rows = places(&tx).await?;
    rows.credits = credits(&tx).await?;
    rows.appearances = appearances(&tx).await?;
    tx.commit().await?;
    // Sorting millions of rows would keep others from their turn.
    Ok(Built { graph: apart(move || Graph::of(rows)).await?, position })
}

/// Applies the changes since `known`. Nothing if they are not known, or do not fit.
pub(super) async fn follow(db: &DatabaseConnection, known: &Built) -> Result<Option<Built>, DbErr> {
    let (changes, position) = log::since(db, known.position).await?;
    let Changes::Rows(changes) = changes else { return Ok(None) };
    let edits = recorded::edits(&changes);
    if edits.is_empty() {
        return Ok(Some(Built { graph: Arc::clone(&known.graph), position }));
    }
    let graph = known.graph.edited(&edits).filter(|graph| !recorded::may_replace(graph, &changes));
    Ok(graph.map(|graph| Built { graph: Arc::new(graph), position }))
}

/// The same graph, packed.
pub(super) async fn pack(known: &Built) -> Result<Built, DbErr> {
    let Built { graph, position } = known.clone();
    Ok(Built { graph: apart(move || graph.packed()).await?, position })
}

async fn apart(make: impl FnOnce() -> Graph + Send + 'static) -> Result<Arc<Graph>, DbErr> {
    let graph = tokio::task::spawn_blocking(make).await;
    graph.map(Arc::new).map_err(|reason| DbErr::Custom(format!("the graph was not made: {reason}")))
}

async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        // The first read fixes the snapshot of the transaction.
        return db.begin().await;
    }
    let tx = db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    // The statement timeout of requests would be too short for a large database.
    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    Ok(tx)
}

/// SQL for a date as a number, such as 20180804: the first day of a month or year, or a number below 10,000 if unknown.
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
    );
    let shows = shows.await?.into_iter().map(|[id, franchise, film, on]| ShowRow {
        id,
        franchise,
        film: film == 1,
        day: day(on),
    });
    let seasons = pages(tx, "season", ["id", "show_id", day_of!("premiered_on")]).await?;
    let seasons = seasons.into_iter().map(|[id, show, on]| SeasonRow { id, show, day: day(on) });
    let episodes = pages(tx, "episode", ["id", "show_id", "season_id", "number", day_of!("aired_on")]).await?;
    let episodes = episodes.into_iter().map(|[id, show, season, number, on]| EpisodeRow {
        id,
        show,
        season,
        special: number == 0,
        day: day(on),
    });
    Ok(Rows { shows: shows.collect(), seasons: seasons.collect(), episodes: episodes.collect(), ..Rows::default() })
}

async fn credits(tx: &DatabaseTransaction) -> Result<Vec<CreditRow>, DbErr> {
    let columns = [
        "id",
        "person_id",
        "show_id",
        "coalesce(season_id, 0)",
        "coalesce(character_id, 0)",
        "CASE coverage WHEN 'WHOLE' THEN 1 ELSE 0 END",
    ];
    let credits = pages(tx, "credit", columns).await?;
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

async fn appearances(tx: &DatabaseTransaction) -> Result<Vec<(i32, i32)>, DbErr> {
    let mut all = Vec::new();
    let (mut credit, mut episode) = (0, 0);
    loop {
        let from = "(SELECT credit_id, episode_id FROM appearance WHERE (credit_id, episode_id) > ({}, {}) \
                    ORDER BY credit_id, episode_id LIMIT {})";
        let found = page(tx, ["credit_id", "episode_id"], from, [credit, episode, PAGE]).await?;
        let Some(last) = found.iter().copied().max() else { return Ok(all) };
        [credit, episode] = last;
        all.extend(found.into_iter().map(|[credit, episode]| (credit, episode)));
    }
}

/// All rows of a table; the id is the first column.
async fn pages<const N: usize>(
    tx: &DatabaseTransaction,
    table: &str,
    columns: [&str; N],
) -> Result<Vec<[i32; N]>, DbErr> {
    let (mut all, mut last) = (Vec::new(), 0);
    loop {
        let source = format!("(SELECT * FROM {table} WHERE id > {{}} ORDER BY id LIMIT {{}})");
        let found = page(tx, columns, &source, [last, PAGE]).await?;
        let Some(newest) = found.iter().filter_map(|row| row.first().copied()).max() else { return Ok(all) };
        last = newest;
        all.extend(found);
    }
}

/// Rows of integers, sent as one array per column, which is much cheaper than rows. `source` has `{}` for each of `values`.
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
            // Without rows, the array is null.
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
