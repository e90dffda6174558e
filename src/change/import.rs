use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use super::{
    lock,
    recording::{self, Heading},
};
use crate::{
    import::{self, DataSet, Leftovers, Summary},
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
    let tx = db.begin_with_options(at_once()).await?;
    let number = recording::begin(&tx, heading).await?;
    let mut summary = import::write(&tx, set, leftovers).await?;
    summary.locked = lock::leave_locked(&tx, number).await?;
    recording::end(&tx, number).await?;
    tx.commit().await?;
    Ok(summary)
}
