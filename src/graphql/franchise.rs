use async_graphql::{ID, Object, OneofObject};
use entity::{franchise, subject::Kind};

use super::{
    character::Character,
    connection::{Connection, Paging, connect},
    multiple_roles::MultipleRoles,
    recast::Recast,
    row::{By, Fields, Row, global_id, local_id},
    show::Show,
    sourced::Sourced,
};
use crate::{edge, error::Error, load::LookUp};

pub type Franchise = Row<franchise::Entity>;

/// A fictional world that shows share, such as Star Trek. Characters keep their identity through all of it.
#[Object(name = "Franchise")]
impl Fields<franchise::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<franchise::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `star-trek`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its shows and films, the earliest first.
    async fn shows(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Show>, Error> {
        connect(&edge::franchise::SHOWS, [self.0.id], Paging { first, after, last, before })
    }

    /// Its characters by name.
    async fn characters(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Character>, Error> {
        connect(&edge::franchise::CHARACTERS, [self.0.id], Paging { first, after, last, before })
    }

    /// Characters who are played by more than one person in the franchise, by name.
    async fn recasts(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Recast>, Error> {
        connect(&edge::franchise::RECASTS, [self.0.id, 0, 0], Paging { first, after, last, before })
    }

    /// People who play more than one character in the franchise, by name.
    async fn multiple_roles(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<MultipleRoles>, Error> {
        connect(&edge::franchise::MULTIPLE_ROLES, [self.0.id, 0, 0], Paging { first, after, last, before })
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Franchise, self.0.id)
    }
}

/// Names one franchise: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum FranchiseBy {
    /// Its slug, such as `star-trek`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for FranchiseBy {
    type Entity = franchise::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<franchise::Entity>(&id).map(LookUp::Id),
        }
    }
}
