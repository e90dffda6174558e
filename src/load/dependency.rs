//! What a result was read from, and when that last changed.
//!
//! A result depends on *parts* of the database: a whole table, or the rows of a table that have a value in a column, such
//! as the credits with the season 7. A change *touches* the parts to which the changed row belongs, before and after. A
//! result is fresh as long as none of its parts was touched after the moment at which its read began.
//!
//! Parts are kept as numbers of slots of a fixed table, by their hash. Parts that share a slot are touched together,
//! which drops more than necessary and never less. So nothing grows with the number of changes, and a look-up takes no
//! lock.

use std::{
    hash::{BuildHasher, Hash},
    sync::atomic::{AtomicU64, Ordering},
};

use foldhash::fast::FixedState;

/// The value of a column that selects rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartValue<'a> {
    /// An integer, such as an id.
    Int(i64),
    /// A text, such as a slug.
    Text(&'a str),
}

/// A part of the database.
#[derive(Hash)]
enum Part<'a> {
    /// Any row of a table.
    Table(&'a str),
    /// The rows of a table that have a value in a column.
    Rows(&'a str, &'a str, PartValue<'a>),
    /// The rows of a table, if it is not known which of them have changed.
    Unknown(&'a str),
}

impl Part<'_> {
    fn slot(&self) -> u32 {
        // A part has the same number in each cache, so that it can be stored without one.
        let hash = FixedState::with_seed(0).hash_one(self);
        u32::try_from(hash >> 32).unwrap_or_default()
    }
}

/// The parts that a result depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies(Vec<u32>);

impl Dependencies {
    /// Depends on every row of a table or view.
    pub fn table(&mut self, table: &str) {
        self.0.push(Part::Table(table).slot());
    }

    /// Depends on the rows of a table or view that have this value in a column.
    pub fn rows(&mut self, table: &str, column: &str, value: PartValue<'_>) {
        self.0.push(Part::Rows(table, column, value).slot());
        self.0.push(Part::Unknown(table).slot());
    }

    /// Depends on what another result depends on.
    pub(super) fn extend(&mut self, other: &[u32]) {
        self.0.extend_from_slice(other);
    }

    pub(super) fn into_slots(mut self) -> Box<[u32]> {
        self.0.sort_unstable();
        self.0.dedup();
        self.0.into_boxed_slice()
    }
}

/// The parts that changes have touched.
#[derive(Clone, Debug, Default)]
pub struct Touched(Vec<u32>);

impl Touched {
    /// A row of the table was inserted, updated or deleted. [`Touched::rows`] says which.
    pub fn table(&mut self, table: &str) {
        self.0.push(Part::Table(table).slot());
    }

    /// A row that has this value in a column, before the change or after it.
    pub fn rows(&mut self, table: &str, column: &str, value: PartValue<'_>) {
        self.0.push(Part::Rows(table, column, value).slot());
    }

    /// Rows of the table that are not known.
    pub fn unknown(&mut self, table: &str) {
        self.table(table);
        self.0.push(Part::Unknown(table).slot());
    }
}

/// A moment in the sequence of reported changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// When each part was last touched.
pub(super) struct Versions {
    /// The current moment: all changes up to it have been applied to `slots`.
    now: AtomicU64,
    /// What was read before this moment is stale, whatever it depends on.
    floor: AtomicU64,
    slots: Box<[AtomicU64]>,
}

impl Versions {
    /// Creates versions with about `slots` slots.
    pub(super) fn new(slots: usize) -> Self {
        let slots = std::iter::repeat_with(|| AtomicU64::new(0)).take(slots.next_power_of_two()).collect();
        Self { now: AtomicU64::new(0), floor: AtomicU64::new(0), slots }
    }

    /// The current moment.
    pub(super) fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::SeqCst))
    }

    /// Applies changes. Calls must not overlap.
    pub(super) fn touch(&self, touched: &Touched) {
        let next = self.now.load(Ordering::SeqCst) + 1;
        for slot in &touched.0 {
            if let Some(version) = self.version(*slot) {
                version.store(next, Ordering::SeqCst);
            }
        }
        // Published last: whoever sees the moment sees all of its changes.
        self.now.store(next, Ordering::SeqCst);
    }

    /// Makes everything stale that was read before. Calls must not overlap.
    pub(super) fn touch_all(&self) {
        let next = self.now.load(Ordering::SeqCst) + 1;
        self.floor.store(next, Ordering::SeqCst);
        self.now.store(next, Ordering::SeqCst);
    }

    /// Whether nothing in `slots` was touched after `moment`.
    pub(super) fn is_fresh(&self, slots: &[u32], moment: Moment) -> bool {
        let untouched = |slot: &u32| self.version(*slot).is_some_and(|at| at.load(Ordering::SeqCst) <= moment.0);
        moment.0 >= self.floor.load(Ordering::SeqCst) && slots.iter().all(untouched)
    }

    fn version(&self, slot: u32) -> Option<&AtomicU64> {
        // The number of slots is a power of two.
        self.slots.get(slot as usize & (self.slots.len() - 1))
    }
}

/// The last moment at which a result was found to be fresh, so that it is not checked again before the next change.
pub(super) struct Checked(AtomicU64);

impl Checked {
    pub(super) fn at(moment: Moment) -> Self {
        Self(AtomicU64::new(moment.0))
    }

    /// Whether the result with these dependencies is fresh.
    pub(super) fn is_fresh(&self, versions: &Versions, slots: &[u32]) -> bool {
        let (now, last) = (versions.now(), Moment(self.0.load(Ordering::Relaxed)));
        if now == last {
            return true;
        }
        let fresh = versions.is_fresh(slots, last);
        if fresh {
            self.0.fetch_max(now.0, Ordering::Relaxed);
        }
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(depends: impl FnOnce(&mut Dependencies)) -> Box<[u32]> {
        let mut all = Dependencies::default();
        depends(&mut all);
        all.into_slots()
    }

    #[test]
    fn a_change_touches_its_parts_only() {
        let versions = Versions::new(1 << 16);
        let credits = slots(|all| all.table("credit"));
        let cast = slots(|all| all.rows("credit", "season_id", PartValue::Int(7)));
        let other = slots(|all| all.rows("credit", "season_id", PartValue::Int(8)));
        let named = slots(|all| all.rows("show", "slug", PartValue::Text("tng")));
        let begun = versions.now();
        let mut touched = Touched::default();
        touched.table("credit");
        touched.rows("credit", "season_id", PartValue::Int(7));
        versions.touch(&touched);
        let fresh = |moment| [&credits, &cast, &other, &named].map(|slots| versions.is_fresh(slots, moment));
        assert_eq!(fresh(begun), [false, false, true, true]);
        assert_eq!(fresh(versions.now()), [true; 4]);
        let mut touched = Touched::default();
        touched.unknown("credit");
        let begun = versions.now();
        versions.touch(&touched);
        assert_eq!(fresh(begun), [false, false, false, true]);
        let begun = versions.now();
        versions.touch_all();
        assert_eq!((fresh(begun), fresh(versions.now())), ([false; 4], [true; 4]));
    }

    #[test]
    fn what_was_fresh_is_checked_again_after_the_next_change() {
        let versions = Versions::new(16);
        let slots = slots(|all| all.table("show"));
        let checked = Checked::at(versions.now());
        versions.touch(&Touched::default());
        assert!(checked.is_fresh(&versions, &slots) && checked.is_fresh(&versions, &slots));
        let mut touched = Touched::default();
        touched.table("show");
        versions.touch(&touched);
        assert!(!checked.is_fresh(&versions, &slots) && !checked.is_fresh(&versions, &slots));
    }
}
