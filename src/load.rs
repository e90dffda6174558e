//! All reads of the API: **key → batch → one statement → rows**.
//!
//! A resolver asks for what it needs by [`Loader::get`] and waits. While any resolver of the request can go on,
//! nothing is read; when none can, all waiting keys are read at once, one statement for each kind of key with the
//! same arguments. So a query takes one statement for each list and level, however many parents there are. What rows
//! lead to, such as the person of a credit or the number of a person's credits, comes along with them where it will be
//! asked for (a [`Reference`]).
//!
//! A [`Cache`], if there is one, keeps what was read for all requests until something in the database changes.
//!
//! This room knows no table by name: what can be read is declared in [`crate::edge`].

mod all;
mod along;
mod batch;
mod cache;
mod look_up;
mod many;
mod parents;
mod list;
mod record;
mod row;
mod entry;
mod select;
mod statement;
mod lane;
mod connections;

pub use along::{Field, Reference};
pub use batch::{Asked, Key, Loader, drive};
pub use cache::{Age, Cache, CacheState, Found, Kept};
pub use connections::{Connections, Replica};
pub use entry::Entry;
pub use list::{Bind, Condition, List, Order, Parent, SortKey, SortValue, Source};
pub use look_up::{LookUp, One};
pub use many::{Count, Many, Window};
pub use record::{Column, Record, columns_of};
pub use select::select;
pub use statement::{Reader, Sql};
