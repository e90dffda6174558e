//! castgraph
pub mod cli;
pub mod config;
pub mod web;
pub mod graphql;
pub mod edge;
pub mod load;
pub mod import;
pub mod store;
pub mod error;
