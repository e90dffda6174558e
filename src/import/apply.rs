//! From the records of a data set to rows: what is new is added, what differs is changed, all in one transaction.

mod named;
mod aliases;
mod links;
mod credits;
mod upsert;

use std::collections::HashMap;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::{
    CastSet, Summary,
    summary::{Leftovers, Tally},
};

/// Writes a data set: all of it, or nothing.
///
/// # Errors
///
/// If the database refuses. Then it is as it was before.
pub async fn apply(db: &DatabaseConnection, set: &CastSet, leftovers: Leftovers) -> Result<Summary, DbErr> {
    // SQLite must know from the start that the transaction writes, or it may find the file locked in its middle.
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    let tx = db.begin_with_options(options).await?;
    let tallies = write(&tx, set, leftovers).await?;
    tx.commit().await?;
    Ok(Summary { tallies, leftovers })
}

/// Writes everything in an order in which each row finds those that it refers to.
async fn write(
    tx: &DatabaseTransaction,
    set: &CastSet,
    leftovers: Leftovers,
) -> Result<Vec<(&'static str, Tally)>, DbErr> {
    let mut ids = Ids::default();
    let franchises = named::write(tx, &set.franchises, &mut ids).await?;
    let shows = named::write(tx, &set.shows, &mut ids).await?;
    let seasons = named::write(tx, &set.seasons, &mut ids).await?;
    let episodes = named::write(tx, &set.episodes, &mut ids).await?;
    let people = named::write(tx, &set.people, &mut ids).await?;
    let characters = named::write(tx, &set.characters, &mut ids).await?;
    let aliases = aliases::write(tx, set, &ids).await?;
    let (show_links, character_links) = links::write(tx, set, &ids, leftovers).await?;
    let (credits, appearances) = credits::write(tx, &set.credits, &ids, leftovers).await?;
    Ok(vec![
        ("franchises", franchises),
        ("shows", shows),
        ("seasons", seasons),
        ("episodes", episodes),
        ("people", people),
        ("characters", characters),
        ("aliases", aliases),
        ("show links", show_links),
        ("character links", character_links),
        ("credits", credits),
        ("appearances", appearances),
    ])
}

/// The numbers that the database gave to the rows of a set, by their slugs.
#[derive(Default)]
struct Ids {
    franchises: HashMap<String, i32>,
    shows: HashMap<String, i32>,
    seasons: HashMap<String, i32>,
    episodes: HashMap<String, i32>,
    people: HashMap<String, i32>,
    characters: HashMap<String, i32>,
}

/// The number of the row called `slug`. A checked set names no row that it does not have.
fn id(ids: &HashMap<String, i32>, slug: &str) -> Result<i32, DbErr> {
    ids.get(slug).copied().ok_or_else(|| DbErr::RecordNotFound(format!("{slug} was not written before it was needed")))
}
