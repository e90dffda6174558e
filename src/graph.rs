//! How people are connected: the whole cast graph in memory, and walks over it.
//!
//! Two people are linked by a *unit* of work that both have a credit in: an episode, a season, a show or a film. So
//! the graph is people, units, and the credits between them, as compressed sparse rows: a number of 32 bits for each
//! end of each credit, and no pointers. Walks ([`path`], [`reach`]) go over [`Links`], which is a handful of functions
//! over numbers; they know neither the database nor what a credit is.
//!
//! A [`Graph`] never changes. A [`Keeper`] holds the newest one: it reads the database in one consistent snapshot
//! when it is first asked and after each change that it hears of, and puts the new graph in the place of the old one. Every
//! graph is a state that was committed, so that an answer from one graph never mixes two states.

mod lists;
mod links;
pub mod path;
pub mod reach;
mod rows;
mod casts;
mod view;
mod step;
mod common;
mod around;
mod build;
mod keep;

pub use around::{Around, MOST_CREDITS, Mark, Near, Node, Tie, Within};
pub use casts::Graph;
pub use common::{Overlap, Shared};
pub use keep::{Keeper, KeeperState};
pub use links::Links;
pub use rows::{CreditRow, EpisodeRow, Rows, SeasonRow, ShowRow};
pub use step::{Step, Work};
pub use view::{Options, Scope, View};
