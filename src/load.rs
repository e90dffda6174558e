//! Reads of the API, batched: **key → batch → one statement → rows**.
//!
//! A resolver calls [`Loader::get`] with a key and awaits the result. Nothing is read while any resolver of the request
//! can make progress. Once all are waiting, the loader reads all queued keys, with one statement for all keys of the
//! same kind and arguments. A query therefore takes one statement per list and level, regardless of the number of
//! parents. Rows and counts that the query will need next, such as the person of a credit or the number of a person's
//! credits, are prefetched in the same statement (a [`Prefetch`]).
//!
//! An optional [`Cache`] keeps the results for later requests until what they were read from changes.
//!
//! This module contains no table names. The lists are declared in [`crate::relation`].

mod join_all;
pub mod cursor;
mod prefetch;
mod loader;
mod cache;
mod dependency;
mod reads;
mod look_up;
mod many;
mod list_query;
mod list;
mod record;
mod decode;
mod entry;
mod select;
mod statement;
mod reader_pool;
mod connections;

pub use cache::{Cache, CacheKey, CacheState, Loaded};
pub use connections::{Connections, Replica};
pub use dependency::{Dependencies, Moment, PartValue, Touched};
pub use entry::Entry;
pub use list::{Bind, Condition, List, Order, Parent, SortKey, SortValue, Source, Tally};
pub use loader::{Key, LoadFuture, Loader, drive};
pub use look_up::{LookUp, One};
pub use many::{Count, Many, Window};
pub use prefetch::{Field, Prefetch};
pub use reads::{TableRead, source_reads, tables_in};
pub use record::{Column, Record, columns_of};
pub use select::select;
pub use statement::{Reader, Sql};
