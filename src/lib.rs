//! castgraph is a GraphQL server that answers who played whom, in what, when, and who came back.
//!
//! `docs/architecture.md` has a picture of this map and explains it to readers who have not seen the code.
//!
//! # The map
//!
//! A **credit** ties one person to at most one character in one season or film. Casts, returns and recasts are computed
//! from credits. The crate `entity` has the tables, the crate `migration` their schema. The modules here, and who calls
//! whom:
//!
//! ```text
//! cli ─▶ web ─▶ graphql ─▶ relation ─▶ load ─▶ the database
//!  │                ├───────────────▶ load, calendar, graph ─▶ the database
//!  │                └─▶ guard
//!  ├───▶ import, generate ─▶ the database
//!  ├───▶ source (foreign records), change::adopt ─▶ import
//!  ├───▶ export ─▶ the database, import (to check that its output can be read)
//!  └───▶ store     (opens the database, reports changes to load and graph)
//! ```
//!
//! * [`cli`]: the commands, one per file, and the settings file. [`config`]: the settings. The library creates the
//!   runtime and polls the futures, because a future is compiled in the crate that polls it.
//! * [`web`]: HTTP and the pages. Does not depend on the data model.
//! * [`guard`]: limits on documents, checked in linear time before anything else reads them. Depends on GraphQL, not on
//!   the data model.
//! * [`graphql`]: the API, one public type per file. A resolver only names a column, a relation or a function.
//! * [`live`]: subscriptions: runs an operation again after each commit. Does not depend on the data model.
//! * [`relation`]: every relation and every derived list, declared once as SQL for both engines.
//! * [`load`]: all reads: keys, batches, and one statement per list and level. Contains no table names.
//! * [`graph`]: how people are connected: searches over the whole graph in memory. One of its files reads the database.
//! * [`calendar`]: dates as an iCalendar text. Does not depend on the data model.
//! * [`import`]: CSV files into the database, all or nothing.
//! * [`source`]: records of TVmaze, TMDB, IMDb and Wikidata, under their own keys. Does not use the database.
//! * [`generate`]: invented data of any size, distributed like real data.
//! * [`mod@export`]: the database as CSV files, JSON lines or a graph. Read-only.
//! * [`store`]: SQLite or PostgreSQL: opens, migrates, watches, backs up and closes a database, and explains failures in
//!   castgraph's own words. [`error`]: errors that a caller can act on. [`written`]: answers that are already text.
//!
//! # A query
//!
//! `{ season(by: {slug: "star-trek-picard-s02"}) { cast { nodes { person { name } } } } }`
//!
//! 1. `web::graphql` parses the request. [`graphql::Api`] passes the document to the [`guard`], creates a
//!    [`load::Loader`] for the request and runs it with [`load::drive`].
//! 2. The resolver of `season` asks the loader for one row by its slug and waits. No other resolver can continue, so
//!    `drive` runs one statement.
//! 3. `cast` names [`relation::season::CAST`], and `nodes` asks for a page of it: one statement, with the limit inside,
//!    however many seasons were requested at this level. The people are selected too, so they are fetched with their
//!    credits ([`load::Prefetch`]).
//! 4. All `person` fields ask for their rows, which are already there. Rows that were not fetched along are read once all
//!    `person` fields have asked, in one statement.
//! 5. The rows and the text of the whole answer stay in [`load::Cache`] until something changes that they depend on: the
//!    tables and rows in their SQL, which changes touch ([`relation::touched`]). The same request then
//!    gets that text, after the same checks by the guard.
//!
//! # An import
//!
//! 1. [`import::folder()`] opens the files; [`import::embedded`] returns the built-in ones.
//! 2. [`import::check()`] turns rows into records, or reports all faults with file, line and column. It uses no
//!    database. Casts and crews are read row by row and become a few bytes each, so that memory stays small.
//! 3. [`change::import()`] writes in one transaction, each table after the tables that it refers to. Existing rows are
//!    compared, and written only if they differ.
//!
//! # An export
//!
//! 1. Each file of the format is one statement of [`mod@export`]. It returns texts under the names of the columns, whose
//!    order is that of `data/datapackage.json`. All statements run in one transaction that sees one state of the database.
//! 2. Rows are streamed to the file. The folder is written under a temporary name, checked with [`import::check()`], and
//!    then renamed.
//!
//! # A change
//!
//! `mutation { submitChangeset(input: {changes: [{person: {update: {of: "brent-spiner", set: {born: "1949-02-02"}}}}]}) { … } }`
//!
//! 1. [`account::open()`] finds the account of the key in the header. The resolver checks its role.
//! 2. [`change::submit()`] begins a transaction and a changeset. On PostgreSQL it waits for the transactions before it, so that the
//!    ids of changes have the order of the commits.
//! 3. The change becomes a row of the import format: the present row, as an export writes it, with the new cells. All rows that
//!    it is compared with are read too, and [`import::check_rows()`] checks this part of the data set.
//! 4. [`import::write()`] writes what differs. Triggers record each row before and after in `change`, whoever writes.
//! 5. Undoing needs no meaning: [`change::undo()`] writes the recorded rows back, last first, unless newer changes build on them.
//!
//! # A subscription
//!
//! `subscription { person(by: {slug: "brent-spiner"}) { name } }`
//!
//! 1. `web::socket` and `web::event_stream` are the transports. The [`guard`] checks the document as it does any other.
//! 2. [`graphql`] turns it into the query with the same root field, and [`live`] runs that query: at once, and whenever
//!    [`store`] reports a commit. Subscribers with the same question share the run.
//! 3. The answer is sent if it differs from the last one. The feed `changes` goes on behind the last change that was sent.
//!
//! # A foreign source
//!
//! `castgraph import --from tvmaze FILE`
//!
//! 1. [`source`] reads the answers of a service into [`source::Records`], under the keys of the source. It uses no database.
//! 2. [`change::adopt`] finds the object that each record means: by external ids and decisions, never by names. Objects with the
//!    same name become candidates.
//! 3. It makes rows of the import format, and chooses for each cell between what people set and what the sources say.
//! 4. The rows are checked and written like any changeset, and the values of the source are remembered.
//!
//! # A path
//!
//! `{ path(from: {slug: "whoopi-goldberg"}, to: {slug: "tom-hardy"}) { steps { show { title } } } }`
//!
//! 1. `graph::build` has read credits, seasons and episodes in one snapshot, and [`graph::Graph::of`] has turned
//!    them into arrays of numbers. [`store`] reports every commit to [`graph::GraphCache`], which reads the changes from
//!    [`change::log`] and replaces the graph by one that shares its arrays ([`graph::Graph::edited`]). A graph is immutable,
//!    so each one is a committed state.
//! 2. The resolver looks up both people by their slugs. [`graph::View`] is the graph with the options applied.
//! 3. [`graph::path::search`] searches from both ends until the searches meet. It uses neither the database nor credits.
//! 4. The rows on the path are read like any others. If one no longer exists, a newer graph is used.
//!
//! # A derived answer
//!
//! `returns`, `recasts`, `multipleRoles`, `coStars` and first and last appearances are not stored. Each is a list in
//! [`relation`]: a query over credits for one parent, which runs for all parents of a level at once and is paged like any
//! other list.
//!
//! # A search
//!
//! `search(query: "borg qeen")` is read by a key like any other, [`relation::search::Search`]. Triggers store the words of all
//! names in separate tables, in the transaction of each write. One statement finds the names that contain the words of the
//! text. If there are none, castgraph looks up similarly spelled words and then their names. The ranking is computed in
//! Rust, so it is the same for both engines.
//!
//! # Claims and citations
//!
//! A statement of a source is a row of `claim`, with its date and outcome; a source that supports a row or a field is a
//! row of `citation`. Both refer to an [`entity::subject`], which represents one row of any table. So one statement
//! reads the claims of a whole level, and the tables of facts never contain what a source got wrong.
//!
//! # Invariants
//!
//! * One statement per list and level, however many parents. Referenced rows are fetched in the same statement. A test
//!   counts statements.
//! * No statement returns more rows than one page per parent needs; the limits are inside the statement.
//! * Every sort order is total: its last key is unique. A cursor encodes its list and order and is valid only for them.
//! * SQLite and PostgreSQL return the same bytes: both sort text by code point, and names by [`entity::name_key`].
//! * Rules about the data are database constraints first: a credit cannot name another show's season, nor an appearance
//!   another season's episode.
//! * A look-up of something that does not exist is null; a filter or an argument that names it is an error.
//! * An answer from the graph comes from one committed state, and contains only rows that exist.
//! * Database messages never reach a client; they are logged.
//! * A database is checked before anything is written to it: databases of other programs and of newer versions are
//!   rejected. Migrations run in one transaction. After a clean stop an SQLite database is one file.
//! * Code that is the same for all types is compiled once: objects and lists are resolved through a trait object.

pub mod cli;
pub mod config;
pub mod web;
pub mod guard;
pub mod graphql;
pub mod relation;
pub mod load;
pub mod graph;
pub mod live;
pub mod calendar;
pub mod source;
pub mod import;
pub mod change;
pub mod account;
pub mod generate;
pub mod export;
pub mod store;
pub mod error;
pub mod code;
pub mod written;
mod folder;
pub mod global_id;
mod nearest;
