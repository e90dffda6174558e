//! castgraph
pub mod error;
pub mod load;
