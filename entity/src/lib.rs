//! castgraph's tables as SeaORM entities: one table a file, in dense format.
//!
//! A [`credit`] is the heart: one person, in one season or film, as at most one character. What the API tells about
//! casts is read from credits and [`appearance`]s, never stored beside them.

pub mod alias;
pub mod appearance;
pub mod character;
pub mod character_link;
pub mod credit;
pub mod episode;
pub mod franchise;
pub mod person;
pub mod season;
pub mod show;
pub mod show_link;

mod name_key;
mod partial_date;

pub use name_key::name_key;
pub use partial_date::{NotADate, PartialDate};
