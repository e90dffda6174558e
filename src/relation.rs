//! The relations of the cast graph: every list of the API, declared once as SQL for both engines.
//!
//! A list is a [`List`](crate::load::List): the rows that belong to a parent, with the alias `t`, and their sort order.
//! Derived lists (returns, recasts, multiple roles, co-stars, first and last appearances) are queries over credits;
//! their results are not stored.
//!
//! Dates are compared as text. Partial dates are written so that they sort by their earliest day. In a list sorted by
//! date, unknown dates come last in either direction.

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
pub mod availability;
pub mod media;
pub mod source;
pub mod schedule;
pub mod search;
