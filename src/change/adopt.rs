//! Takes over the records of a foreign source.
//!
//! 1. `decision` keeps the decisions of people, and corrects what earlier runs did otherwise. `identity` decides which object
//!    each record means: external ids decide, and these decisions; names never do: an object with a similar name is only a
//!    candidate.
//! 2. `rows` turns the records into rows of the import format. `values` says which of them change: what a curator set
//!    stays, and of several sources the one with the highest rank is shown. `depicted` adds pictures and summaries.
//! 3. The rows are checked and written like any changeset. Rows and cells that break a rule of the format are left out, and
//!    reported.

mod identity;
mod candidate;
mod decision;
mod slugs;
mod rows;
mod depicted;
mod language;
mod values;

use std::collections::{BTreeSet, HashMap};

use sea_orm::{DatabaseConnection, TransactionTrait};

use super::{
    compose::{Cells, Composition},
    fault::NotChanged,
    format::{self, Format},
    lock,
    recording::{self, Heading},
    table,
};
use crate::{
    import::{self, Leftovers, Summary},
    source::{Authority, Records},
    store::at_once,
};
pub use candidate::Candidate;
pub use decision::Decision;

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
    /// The cells that the row has now; none if it is new.
    before: Cells,
}

impl Wanted {
    fn new(format: &'static Format, cells: Cells) -> Self {
        Self { format, cells, before: Cells::new() }
    }

    /// The number of the table, and the slug, if it has one.
    fn object(&self) -> Option<(i32, &String)> {
        Some((table::named(self.format.table)?.kind, self.cells.get("slug")?))
    }
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
    mut heading: Heading,
) -> Result<Adopted, NotChanged> {
    let tx = db.begin_with_options(at_once()).await?;
    let at = heading.at.clone();
    if heading.sources.is_empty() {
        heading.sources.push(rows::source(records.origin));
    }
    let number = recording::begin(&tx, heading).await?;
    let mut adopted = Adopted::default();
    decision::follow(&tx, records, &plan.decisions, &at, &mut adopted).await?;
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
                adopted.summary.locked = lock::leave_locked(&tx, number).await?;
                if !recording::has_changes(&tx, number).await? {
                    // What the import remembers alone does not make a changeset.
                    recording::record_nothing(&tx).await?;
                }
                said.keep(&tx, &shown(&tx, &wanted).await?).await?;
                candidate::keep(&tx, &adopted.candidates).await?;
                let kept = recording::end(&tx, number).await?;
                adopted.changeset = kept.then_some(number);
                if plan.dry_run {
                    tx.rollback().await?;
                } else {
                    tx.commit().await?;
                }
                return Ok(adopted);
            }
            Err(faults) => leave_out(&mut wanted, &faults, &composition, &mut said, &mut adopted)?,
        }
    }
    let message = "the records break the rules of the format in too many ways; nothing was changed";
    Err(super::Fault::new(None, crate::code::Code::BadInput, message).into())
}

/// The cells of the changed objects with values of sources, as they are now.
async fn shown(
    tx: &sea_orm::DatabaseTransaction,
    wanted: &[Wanted],
) -> Result<HashMap<(i32, String), Cells>, sea_orm::DbErr> {
    let composition = Composition::new(tx);
    let mut shown = HashMap::new();
    for row in wanted {
        let Some((kind, slug)) = row.object().filter(|_| rows::DESCRIBED.contains(&row.format.file)) else { continue };
        if let Some(cells) = composition.find(row.format, std::slice::from_ref(slug)).await? {
            shown.insert((kind, slug.clone()), cells);
        }
    }
    Ok(shown)
}

/// Leaves out the cells and rows with faults. Cells of rows that are there keep their values. A fault of a row that the
/// records did not ask for cannot be mended.
fn leave_out(
    wanted: &mut Vec<Wanted>,
    faults: &import::Faults,
    composition: &Composition<'_>,
    said: &mut values::Said,
    adopted: &mut Adopted,
) -> Result<(), NotChanged> {
    let mut gone = BTreeSet::new();
    let mut mended = false;
    for fault in faults.list() {
        let Some(place) = composition.change_at(&fault.file, fault.line) else { continue };
        let Some(row) = wanted.get_mut(place) else { continue };
        mended = true;
        let key = composition.key_at(&fault.file, fault.line).unwrap_or_default();
        let new = row.cells.get(&fault.column).map(String::as_str).unwrap_or_default();
        let before = row.before.get(&fault.column).cloned().unwrap_or_default();
        let can_be_left = new != before
            && !row.format.key.contains(&fault.column.as_str())
            && row.format.of_column(&fault.column).is_some_and(|field| !field.needed || !before.is_empty());
        let what = if can_be_left {
            row.cells.insert(fault.column.clone(), before);
            "the value"
        } else {
            gone.insert(place);
            "the row"
        };
        if let Some((kind, slug)) = row.object() {
            said.forget(kind, slug, can_be_left.then_some(fault.column.as_str()));
        }
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
