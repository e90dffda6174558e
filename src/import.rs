//! Imports data sets into the database: **[`Folder`] → [`check()`] → [`DataSet`] → [`write()`]**.
//!
//! A data set is a folder of CSV files, which `data/README.md` describes. Everything is checked before anything is
//! written, and all faults are reported together. Then everything is written in one transaction, as a changeset
//! ([`crate::change::import()`]). Importing the same set again changes nothing.

mod folder;
mod check;
mod data_set;
mod apply;
mod index;
mod renamed;
mod table;
mod row;
mod money;
mod country;
mod summary;
mod fault;

pub use apply::{write, write_watched};
pub use check::{Rows, check, check_rows, check_watched};
pub(crate) use check::{episode_slug, has_external_ids, is_address, language_tag, season_slug};
pub use country::is_country;
pub use data_set::DataSet;
pub use fault::{Fault, Faults};
pub use folder::{Folder, embedded, example, example_files, file_names, folder};
pub use money::decimals;
pub(crate) use money::written;
pub(crate) use row::{is_slug, word_of};
pub use summary::{Leftovers, Summary, TableCounts};

/// Is called now and then with the number of rows that are done.
pub type Watch<'w> = &'w (dyn Fn(u64) + Sync);
