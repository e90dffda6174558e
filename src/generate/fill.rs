//! Writes generated data into an empty database.
//!
//! Everything happens in one transaction on both engines: if it is interrupted, even by a power failure, the database
//! is unchanged. This makes it safe to drop indexes, keys and the triggers for search during the transaction and to
//! recreate them at the end, which is several times faster. Afterwards the schema is the same as before.

mod postgres;
mod sqlite;

use entity::{character, franchise, person, show};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, EntityTrait, QuerySelect};

use super::{TABLES, World};
use crate::store::{Store, driver_error};

/// A progress report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// This many shows are written.
    Shows(u32),
    /// The search tables and the tallies are filled next.
    Search,
    /// An index or a key is created next: its number, from 1, and how many there are.
    Index(usize, usize),
    /// The statistics of the query planner are updated next.
    Count,
}

/// Writes all of `world` in one transaction, and reports each step to `progress`.
///
/// # Errors
///
/// If the database is not empty, or fails.
pub async fn fill(store: &Store, world: World, mut progress: impl FnMut(Step)) -> Result<(), DbErr> {
    refuse_rows(store.write()).await?;
    if store.is_postgres() {
        postgres::fill(store.write().get_postgres_connection_pool(), world, &mut progress)
            .await
            .map_err(driver_error)?;
    } else {
        sqlite::fill(store.write().get_sqlite_connection_pool(), world, &mut progress).await.map_err(driver_error)?;
    }
    progress(Step::Count);
    store.vacuum().await
}

async fn refuse_rows(db: &DatabaseConnection) -> Result<(), DbErr> {
    let rows = franchise::Entity::find().limit(1).one(db).await?.is_some()
        || show::Entity::find().limit(1).one(db).await?.is_some()
        || person::Entity::find().limit(1).one(db).await?.is_some()
        || character::Entity::find().limit(1).one(db).await?.is_some();
    if rows {
        let reason = "the database already has shows, people or characters; use an empty one, such as a new file";
        return Err(DbErr::Custom(reason.to_owned()));
    }
    Ok(())
}

/// What triggers derive from the rows of [`TABLES`], to be written at once instead.
struct Derived {
    /// The tables of [`TABLES`] and those of the search index.
    tables: Vec<&'static str>,
    /// The triggers for inserted rows.
    added: Vec<String>,
    /// The statements that fill the search index and the tallies.
    fill: Vec<String>,
}

impl Derived {
    fn of(backend: DbBackend) -> Self {
        let (search, tallies) = (migration::search(backend), migration::tallies(backend));
        Self {
            tables: TABLES.iter().map(|table| table.name).chain(search.tables).collect(),
            added: [search.added, tallies.added].concat(),
            fill: [search.fill, tallies.fill].concat(),
        }
    }
}
