use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use super::{
    lock,
    recording::{self, Heading},
};
use crate::{
    import::{self, DataSet, Leftovers, Summary, Watch},
    store::at_once,
};

/// Writes a data set in one transaction, as a changeset. Locked fields keep their values.
///
/// # Errors
///
/// If the database fails. Then nothing is changed.
pub async fn import(
    db: &DatabaseConnection,
    set: &DataSet,
    leftovers: Leftovers,
    heading: Heading,
) -> Result<Summary, DbErr> {
    import_watched(db, set, leftovers, heading, &|_| {}).await
}

/// Like [`import()`], and reports the number of rows that are written so far.
///
/// # Errors
///
/// Like [`import()`].
pub async fn import_watched(
    db: &DatabaseConnection,
    set: &DataSet,
    leftovers: Leftovers,
    heading: Heading,
    watch: Watch<'_>,
) -> Result<Summary, DbErr> {
    let tx = db.begin_with_options(at_once()).await?;
    let number = recording::begin(&tx, heading).await?;
    // On the heap, because it is large.
    let mut summary = Box::pin(import::write_watched(&tx, set, leftovers, watch)).await?;
    summary.locked = lock::leave_locked(&tx, number).await?;
    recording::end(&tx, number).await?;
    tx.commit().await?;
    Ok(summary)
}
