//! All tests of the whole: one program, so that it is linked once.

mod site;

mod cases;
mod facts;
mod import;
mod statements;
mod paging;
mod conformance;
mod schema;
mod http;
mod commands;
