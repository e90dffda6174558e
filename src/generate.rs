//! Invented data in any amount, shaped like real life: to measure castgraph, and to try it at a size of one's own.
//!
//! The same number of shows and the same seed give the same rows everywhere. A [`World`] makes the rows, a few shows at
//! a time, and sees no database; [`fill()`] writes them.

mod random;
mod name;
mod table;
mod world;
mod fill;

pub use fill::{Step, fill};
pub use table::{Cell, TABLES, Table};
pub use world::{Batch, World};
