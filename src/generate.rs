//! Generates realistic invented data of any size, for benchmarks and for trying out castgraph.
//!
//! The same number of shows and the same seed produce the same rows on every machine. A [`World`] generates the rows in
//! batches, without a database; [`fill()`] writes them.

mod random;
mod name;
mod table;
mod world;
mod fill;

pub use fill::{Step, fill};
pub use table::{Cell, TABLES, Table};
pub use world::{Batch, World};
