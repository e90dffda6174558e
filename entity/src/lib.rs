//! castgraph's tables as SeaORM entities: one table per file, in dense format.
//!
//! The central table is [`credit`]: one person, in one season or film, as at most one character. Everything that the
//! API returns about casts is computed from credits and [`appearance`]s and not stored separately. A [`subject`]
//! represents a row of any table that a [`claim`] or a [`citation`] is about.

pub mod access_key;
pub mod account;
pub mod alias;
pub mod appearance;
pub mod availability;
pub mod change;
pub mod changeset;
pub mod character;
pub mod character_link;
pub mod citation;
pub mod claim;
pub mod credit;
pub mod episode;
pub mod episode_record;
pub mod external_id;
pub mod field_lock;
pub mod franchise;
pub mod funding;
pub mod home;
pub mod match_candidate;
pub mod media;
pub mod note;
pub mod offer;
pub mod person;
pub mod picture;
pub mod platform;
pub mod platform_name;
pub mod redirect;
pub mod season;
pub mod show;
pub mod show_link;
pub mod source;
pub mod source_value;
pub mod subject;
pub mod summary;
pub mod territory;
pub mod territory_part;

mod authority;
mod name_key;
mod partial_date;

pub use authority::Authority;
pub use name_key::{key_of_beginning, name_key};
pub use partial_date::{NotADate, PartialDate, Precision};
