//! castgraph's tables as SeaORM entities: one table a file, in dense format.
//!
//! A [`credit`] is the heart: one person, in one season or film, as at most one character. What the API tells about
//! casts is read from credits and [`appearance`]s, never stored beside them. A [`subject`] stands for a row of any
//! table that a [`claim`] or a [`citation`] is about.

pub mod alias;
pub mod appearance;
pub mod availability;
pub mod character;
pub mod character_link;
pub mod citation;
pub mod claim;
pub mod credit;
pub mod episode;
pub mod episode_record;
pub mod franchise;
pub mod funding;
pub mod home;
pub mod media;
pub mod note;
pub mod offer;
pub mod person;
pub mod platform;
pub mod platform_name;
pub mod season;
pub mod show;
pub mod show_link;
pub mod source;
pub mod subject;
pub mod territory;
pub mod territory_part;

mod name_key;
mod partial_date;

pub use name_key::{key_of_beginning, name_key};
pub use partial_date::{NotADate, PartialDate};
