//! The relations of the cast graph: every list that the API offers, declared once as SQL for both engines.
//!
//! A list is a [`List`](crate::load::List): the rows that belong to a parent, called `t`, and their order. What is
//! derived (returns, recasts, several roles, co-stars, first and last appearances) is a query over credits here and
//! stored nowhere.
//!
//! Days are compared as text: partial dates are written so that their order is that of their earliest days. In a list
//! sorted by day an unknown day comes last, whichever way it is sorted.

pub mod root;
pub mod franchise;
pub mod show;
pub mod season;
pub mod episode;
pub mod person;
pub mod character;
pub mod credit;
pub mod link;
pub mod returns;
pub mod recast;
pub mod watch;
pub mod media;
pub mod source;
pub mod schedule;
pub mod search;
