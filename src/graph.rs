//! How people are connected: the whole cast graph in memory, and walks over it.
//!
//! Two people are linked by a *unit* of work that both have a credit in: an episode, a season, a show or a film. So
//! the graph is people, units, and the credits between them, as compressed sparse rows: a number of 32 bits for each
//! end of each credit, and no pointers. Walks ([`path`], [`reach`]) go over [`Links`], which is a handful of functions
//! over numbers; they depend neither on the database nor on credits.
//!
//! A [`Graph`] is immutable. A [`GraphCache`] holds the newest one: it reads the database in one consistent snapshot at
//! the first query, and then follows the log of changes: a change makes a new graph that shares the arrays of the old one
//! and has what changed beside them. Every graph is one committed state, so an answer never mixes two states.

mod compressed_lists;
mod links;
pub mod path;
pub mod reach;
mod graph_rows;
mod cast_graph;
mod link_view;
mod step;
mod overlap;
mod neighbourhood;
mod edit;
mod recorded;
mod build;
mod graph_cache;

pub use cast_graph::Graph;
pub use edit::{Edit, Edited};
pub use graph_cache::{GraphCache, GraphCacheState};
pub use graph_rows::{CreditRow, EpisodeRow, Rows, SeasonRow, ShowRow};
pub use link_view::{Options, Scope, View};
pub use links::Links;
pub use neighbourhood::{Around, MOST_CREDITS, Mark, Near, Node, Tie, Within};
pub use overlap::{Overlap, Shared};
pub use step::{Step, Work};
