//! The one way in for every change of the facts: **edits → check → write → record**.
//!
//! A changeset is a list of changes with a title, an author and a state. Its changes are checked and written by
//! [`crate::import`], as rows of the import format ([`mod@format`]), in one transaction: all of them or none. Triggers in the
//! database record every row before and after, whoever writes it, so that imports and other programs have a history too,
//! and a changeset can be undone row by row ([`raw`]) without knowing what it meant.
//!
//! Accounts are only names and roles here; [`crate::account`] says who is who.

pub mod format;
pub mod table;
pub mod raw;
mod edit;
mod fault;
mod recording;
pub mod log;
mod locate;
mod compose;
mod consistency;
mod write;
mod remove;
mod merge;
pub mod adopt;
mod import;
mod lock;
mod undo;
mod review;

pub use self::import::{import, import_watched};
pub use edit::{CREATE, DELETE, Edit, MERGE, MERGEABLE, Operation, Target, UPDATE, Values};
pub use fault::{Fault, NotChanged};
pub use locate::present_id;
pub(crate) use lock::field as field_of_column;
pub use lock::{Lock, leave_locked, lock, unlock};
pub(crate) use recording::statement;
pub use recording::{Heading, begin, end, wait_for_turn};
pub use review::{Draft, Outcome, Wish, accept, reject, submit, withdraw};
pub use undo::undo;
pub use write::{MOST, version_of};
