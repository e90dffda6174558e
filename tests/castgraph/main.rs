//! All tests of the whole: one program, so that it is linked once.

#![expect(
    clippy::expect_used,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that finds something missing fails"
)]

mod site;
mod cut;

mod cases;
mod questions;
mod facts;
mod watch;
mod days;
mod filters;
mod import;
mod generate;
mod engines;
mod moved;
mod package;
mod export;
mod specification;
mod statements;
mod search;
mod paging;
mod plans;
mod large;
mod tallies;
mod conformance;
mod generated;
mod schema;
mod counts;
mod guard;
mod http;
mod server;
mod cache;
mod fresh;
mod cluster;
mod graph;
mod commands;
mod safety;
mod own_data;
mod changes;
mod socket;
mod sockets;
mod live;
mod feed;
mod external_ids;
mod pictures;
mod foreign;
mod remembered;
mod sources;
mod health;
mod sold;
mod broken_starts;
mod docs;
