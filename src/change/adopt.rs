//! Takes over the records of a foreign source.
//!
//! 1. `identity` decides which object each record means. External ids decide, and decisions of people; names never do: an
//!    object with a similar name is only a candidate.
//! 2. `rows` turns the records into rows of the import format. `values` says which of them change: what a curator set
//!    stays, and of several sources the one with the highest rank is shown.
//! 3. The rows are checked and written like any changeset. Rows and cells that break a rule of the format are left out, and
//!    reported.

mod identity;
mod candidate;
mod slugs;
mod rows;
mod values;

use std::collections::BTreeSet;

use sea_orm::{DatabaseConnection, TransactionTrait};

use super::{
    compose::{Cells, Composition},
    fault::NotChanged,
    format::{self, Format},
    lock, merge,
    recording::{self, Heading},
};
use crate::{
    import::{self, Leftovers, Summary},
    source::{Authority, Records},
    store::at_once,
};
pub use candidate::{Candidate, Decision};

/// How to take over records.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The sources, most trusted first: which value is shown if they disagree.
    pub rank: Vec<Authority>,
    /// Decisions of people. They are kept, so that each is made once.
    pub decisions: Vec<Decision>,
    /// Whether to change nothing, and only report.
    pub dry_run: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { rank: RANK.to_vec(), decisions: Vec::new(), dry_run: false }
    }
}

/// The rank of the sources unless the operator sets another.
pub const RANK: &[Authority] = &[Authority::Wikidata, Authority::Tvmaze, Authority::Tmdb, Authority::Imdb];

/// What came of the records.
#[derive(Clone, Debug, Default)]
pub struct Adopted {
    /// The number of the changeset; `None` if nothing changed.
    pub changeset: Option<i32>,
    /// The rows that were written.
    pub summary: Summary,
    /// Objects that may be the same as new ones, and are not decided.
    pub candidates: Vec<Candidate>,
    /// Values that differ from the source's and stay.
    pub differences: BTreeSet<String>,
    /// What the source no longer has.
    pub missing: Vec<String>,
    /// What could not be taken over, and why.
    pub remarks: BTreeSet<String>,
}

/// A row of the format that the records ask for.
#[derive(Clone, Debug)]
struct Wanted {
    format: &'static Format,
    cells: Cells,
}

/// Most values in one statement.
const CHUNK: usize = 1000;

/// How often rows are checked again without those that broke a rule.
const ROUNDS: usize = 20;

/// Takes over the records of a source in one changeset.
///
/// # Errors
///
/// If the database fails, or rows that are there already break a rule of the format. Then nothing is changed.
pub async fn adopt(
    db: &DatabaseConnection,
    records: &Records,
    plan: &Plan,
    heading: Heading,
) -> Result<Adopted, NotChanged> {
    let tx = db.begin_with_options(at_once()).await?;
    let at = heading.at.clone();
    let number = recording::begin(&tx, heading).await?;
    let mut adopted = Adopted::default();
    candidate::keep_decisions(&tx, &plan.decisions, &at).await?;
    for (from, into) in candidate::merges(&tx, &plan.decisions).await? {
        merge::merge(&tx, 0, &from, &into).await?;
    }
    let mut objects = identity::Objects::find(&tx, records, &mut adopted).await?;
    slugs::give(&tx, records, &mut objects).await?;
    let mut said = values::Said::read(&tx, &objects, records.origin.authority, plan).await?;
    let mut wanted = rows::rows(&tx, records, &objects, &mut said, &mut adopted).await?;
    for _ in 0..ROUNDS {
        let mut composition = Composition::new(&tx);
        for (place, row) in wanted.iter().enumerate() {
            composition.change(row.format, row.cells.clone(), place);
        }
        composition.complete().await?;
        match import::check_rows(&composition.rows_to_check()) {
            Ok(set) => {
                adopted.summary = import::write(&tx, &set, Leftovers::Keep).await?.without_left_over();
                said.keep(&tx).await?;
                candidate::keep(&tx, &adopted.candidates).await?;
                adopted.summary.locked = lock::leave_locked(&tx, number).await?;
                let kept = recording::end(&tx, number).await?;
                adopted.changeset = kept.then_some(number);
                if plan.dry_run {
                    tx.rollback().await?;
                } else {
                    tx.commit().await?;
                }
                return Ok(adopted);
            }
            Err(faults) => leave_out(&mut wanted, &faults, &composition, &mut adopted)?,
        }
    }
    let message = "the records break the rules of the format in too many ways; nothing was changed";
    Err(super::Fault::new(None, crate::code::Code::BadInput, message).into())
}

/// Leaves out the cells and rows with faults. A fault of a row that the records did not ask for cannot be mended.
fn leave_out(
    wanted: &mut Vec<Wanted>,
    faults: &import::Faults,
    composition: &Composition<'_>,
    adopted: &mut Adopted,
) -> Result<(), NotChanged> {
    let mut gone = BTreeSet::new();
    let mut mended = false;
    for fault in faults.list() {
        let Some(place) = composition.change_at(&fault.file, fault.line) else { continue };
        let Some(row) = wanted.get_mut(place) else { continue };
        mended = true;
        let key = composition.key_at(&fault.file, fault.line).unwrap_or_default();
        let is_optional = row.format.of_column(&fault.column).is_some_and(|field| !field.needed)
            && !row.format.key.contains(&fault.column.as_str())
            && row.cells.get(&fault.column).is_some_and(|cell| !cell.is_empty());
        let what = if is_optional {
            row.cells.insert(fault.column.clone(), String::new());
            "the value"
        } else {
            gone.insert(place);
            "the row"
        };
        let column = if fault.column.is_empty() { String::new() } else { format!("{}: ", fault.column) };
        let reason = super::write::without_lines(&fault.reason, &fault.file, composition);
        adopted.remarks.insert(format!("{} {key:?}: {what} was left out: {column}{reason}", row.format.name));
    }
    if !mended {
        let list = faults.list().iter().map(|fault| {
            super::Fault::new(
                None,
                crate::code::Code::BadInput,
                format!("the records do not fit what is there: {fault}"),
            )
        });
        return Err(NotChanged::Faults(list.collect()));
    }
    let mut place = 0..;
    wanted.retain(|_| place.next().is_none_or(|place| !gone.contains(&place)));
    Ok(())
}

/// The format of a file that every data set has.
fn file(name: &'static str) -> Result<&'static Format, sea_orm::DbErr> {
    format::of_file(name).ok_or_else(|| sea_orm::DbErr::Custom(format!("{name} is not a file of the format")))
}
