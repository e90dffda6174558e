//! Writes an invented world into an empty database.
//!
//! All of it is one transaction on either engine: a fill that ends early, even by a cut of the power, leaves what was
//! there before. So it may put aside what makes each row dear and can be made at once for all of them, which is several
//! times faster: indices, keys and the triggers of search. Afterwards the schema is what it was.

mod postgres;
mod sqlite;

use entity::{character, franchise, person, show};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, EntityTrait, QuerySelect};

use super::{TABLES, World};
use crate::store::{Store, told};

/// What a fill is about to do, or has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many shows are written.
    Shows(u32),
    /// What search looks names up in comes next.
    Search,
    /// An index or a key comes next: its place from 1, and how many there are.
    Index(usize, usize),
    /// The database counts what it holds.
    Count,
}

/// Writes all of `world`, or nothing, and tells `progress` each step.
///
/// # Errors
///
/// If the database has rows already, or cannot take them.
pub async fn fill(store: &Store, world: World, mut progress: impl FnMut(Step)) -> Result<(), DbErr> {
    refuse_rows(store.write()).await?;
    if store.is_postgres() {
        postgres::fill(store.write().get_postgres_connection_pool(), world, &mut progress).await.map_err(told)?;
    } else {
        sqlite::fill(store.write().get_sqlite_connection_pool(), world, &mut progress).await.map_err(told)?;
    }
    progress(Step::Count);
    store.analyze().await
}

async fn refuse_rows(db: &DatabaseConnection) -> Result<(), DbErr> {
    let rows = franchise::Entity::find().limit(1).one(db).await?.is_some()
        || show::Entity::find().limit(1).one(db).await?.is_some()
        || person::Entity::find().limit(1).one(db).await?.is_some()
        || character::Entity::find().limit(1).one(db).await?.is_some();
    if rows {
        let reason = "the database has shows, people or characters already; give an empty one, such as a new file";
        return Err(DbErr::Custom(reason.to_owned()));
    }
    Ok(())
}

/// What search is kept by, and all tables that are filled.
fn search(backend: DbBackend) -> (migration::Search, Vec<&'static str>) {
    let search = migration::search(backend);
    let tables = TABLES.iter().map(|table| table.name).chain(search.tables).collect();
    (search, tables)
}
