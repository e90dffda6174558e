//! castgraph answers who played whom, in what, when, and who came back: a GraphQL server over a graph of casts.
//!
//! # The map
//!
//! A **credit** ties one person to one character in one season or film; everything else is read from credits. Rows of
//! the tables are in the crate `entity`, their schema in the crate `migration`. The rooms here, and who sees whom:
//!
//! ```text
//! cli ─▶ web ─▶ graphql ─▶ relation ─▶ load ─▶ the database
//!  │                ├───────────────▶ load, calendar, graph ─▶ the database
//!  │                └─▶ guard
//!  ├───▶ import, generate ─▶ the database
//!  ├───▶ export ─▶ the database, import (to see that what it wrote can be read)
//!  └───▶ store     (opens the database, tells load and graph of changes)
//! ```
//!
//! * [`cli`]: the commands of the program, one a file, and the settings file; [`config`]: the settings. The library
//!   makes the runtime and polls: a future is compiled in the crate that polls it.
//! * [`web`]: HTTP, and the page to explore the API. Knows no casts.
//! * [`guard`]: limits on documents, in linear time, before anything else walks them. Knows GraphQL, and no casts.
//! * [`graphql`]: the API, one public type a file. Resolvers name a column, a relation or a function, and no more.
//! * [`relation`]: every relation and every derived list, declared once as SQL for both engines.
//! * [`load`]: all reads: keys, batches, one statement for each list and level. Knows no table by name.
//! * [`graph`]: how people are connected: walks over the whole graph in memory. One file of it reads the database.
//! * [`calendar`]: days as an iCalendar text. Knows no casts.
//! * [`import`]: data sets from CSV files into the database, all or nothing.
//! * [`generate`]: invented data in any amount, shaped like real life.
//! * [`mod@export`]: the database back into such files, as JSON lines or as a graph. Only reads.
//! * [`store`]: SQLite or PostgreSQL: opens, migrates, watches, copies and closes a database, and says in castgraph's own
//!   words why it cannot. [`error`]: what a caller can act on. [`written`]: answers that are text already.
//!
//! # A query
//!
//! `{ season(by: {slug: "star-trek-picard-s02"}) { cast { nodes { person { name } } } } }`
//!
//! 1. `web::graphql` reads the request. [`graphql::Api`] lets the [`guard`] look at the document, gives the
//!    request a [`load::Loader`] and lets [`load::drive`] run it.
//! 2. The resolver of `season` asks the loader for one row by its slug and waits. Nothing else can go on, so `drive`
//!    reads: one statement.
//! 3. `cast` names [`relation::season::CAST`]; `nodes` asks for a page of it: one statement, whatever the number of
//!    seasons that were asked for at this level, with the limit inside. The people are selected too, and come along with
//!    their credits ([`load::Prefetch`]).
//! 4. All `person` fields ask for their rows, which are there. What did not come along is read when the last has asked:
//!    one statement for all.
//! 5. The rows stay in [`load::Cache`], and the text of the whole answer too, until the database changes. Who asks the
//!    same again gets that text, behind the same guard.
//!
//! # An import
//!
//! 1. [`import::folder()`] reads the files, or [`import::embedded`] takes those in the program.
//! 2. [`import::check()`] turns rows into records, or tells all faults with file, line and column. No database is seen.
//! 3. [`import::apply()`] writes in one transaction, each table after those that it refers to. Rows that are there are
//!    compared, not written again.
//!
//! # An export
//!
//! 1. Each file of the format is one statement of [`mod@export`] that gives texts under the names of the columns, which
//!    `data/datapackage.json` puts in order. All run in one transaction that sees one state of the database.
//! 2. Rows go to the file as they come. The folder is made beside its place, read by [`import::check()`], and moved there.
//!
//! # A path
//!
//! `{ path(from: {slug: "whoopi-goldberg"}, to: {slug: "tom-hardy"}) { steps { show { title } } } }`
//!
//! 1. `graph::build` has read people, credits, seasons and episodes in one snapshot, and [`graph::Graph::of`] has made
//!    lists of numbers of them. [`store`] tells [`graph::GraphCache`] of every change; it reads what is new, and puts the
//!    next graph in the place of the last. A graph never changes, so that each is a state that was committed.
//! 2. The resolver looks up both people by their slugs. [`graph::View`] is the graph as it looks under the options.
//! 3. [`graph::path::search`] walks from both ends until they meet, and knows neither the database nor what a credit is.
//! 4. The rows that the path names are read like any others. If one is gone by then, a newer graph is asked.
//!
//! # A derived answer
//!
//! `returns`, `recasts`, `multipleRoles`, `coStars` and first and last appearances are stored nowhere. Each is a list
//! in [`relation`] like any other: a query over credits for one parent, run for all parents of a level at once, paged
//! like any other list.
//!
//! # A search
//!
//! `search(query: "borg qeen")` is read by a key like any other, [`relation::search::Search`]. Triggers keep the words of all
//! names in tables of their own, within the transaction of each write. One statement finds the names that have the words
//! of the text; if none has, words that are spelled almost so are looked up, and then their names. What fits best is
//! decided in Rust, the same for both engines.
//!
//! # Who says so
//!
//! What a source says is a row of `claim`, with its day and what became of it; that it stands behind a row or a field is
//! one of `citation`. Both are about a [`entity::subject`], which stands for one row of any table. So one statement
//! reads the claims of a whole level, and nothing that a source got wrong has to be in the tables of facts.
//!
//! # What always holds
//!
//! * One statement for each list and level, however many parents, and what rows name comes along: a test counts.
//! * No statement gives more rows than a page for each parent needs; limits stand inside the statement.
//! * Every order is total: its last key is unique. A cursor carries its list and order, and is good for no other.
//! * SQLite and PostgreSQL give the same bytes: text sorts by code point on both, names by [`entity::name_key`].
//! * What the data must keep is a constraint of the database first: a credit cannot name another show's season, an
//!   appearance no other season's episode.
//! * A look-up of what does not exist is null; a filter or an argument that names it is an error.
//! * An answer from the graph comes from one committed state, and names no row that is gone.
//! * Database texts never reach a client; they go to the log.
//! * A database is looked at before anything is written to it: those of other programs and of newer castgraphs are left
//!   alone. Migrations run in one transaction. After a clean stop an SQLite database is one file.
//! * Code that is the same for all types is compiled once: objects and lists are resolved through a trait object.

pub mod cli;
pub mod config;
pub mod web;
pub mod guard;
pub mod graphql;
pub mod relation;
pub mod load;
pub mod graph;
pub mod calendar;
pub mod import;
pub mod generate;
pub mod export;
pub mod store;
pub mod error;
pub mod code;
pub mod written;
mod folder;
mod nearest;
