use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use entity::subject;

use super::{get, row::Derived};
use crate::{
    edge,
    error::Error,
    load::{Many, Window},
};

/// How many facts have no source, one, or several independent ones. A fact is a row of the data: a person, a credit, an
/// episode with its day. Sources of one publisher count once.
pub struct Coverage(Vec<Arc<edge::source::Coverage>>);

impl Coverage {
    pub(super) async fn read(ctx: &Context<'_>) -> Result<Self, Error> {
        let list = &edge::source::COVERAGE;
        let kinds = get(ctx, Many::new(list, [], Window::all(list.order))).await?.unwrap_or_default();
        Ok(Self(kinds.iter().map(|kind| Arc::clone(&kind.row)).collect()))
    }

    fn sum(&self, count: impl Fn(&edge::source::Coverage) -> i32) -> i32 {
        self.0.iter().map(|kind| count(kind)).sum()
    }
}

/// How many facts have no source, one, or several independent ones. A fact is a row of the data: a person, a credit, an
/// episode with its day. Sources of one publisher count once.
#[Object]
impl Coverage {
    /// How many facts there are.
    async fn facts(&self) -> i32 {
        self.sum(|kind| kind.facts)
    }

    /// How many have no source.
    async fn none(&self) -> i32 {
        self.sum(|kind| kind.none)
    }

    /// How many of those without a source are well known.
    async fn general(&self) -> i32 {
        self.sum(|kind| kind.general)
    }

    /// How many have one source.
    async fn one(&self) -> i32 {
        self.sum(|kind| kind.one)
    }

    /// How many have several independent sources.
    async fn several(&self) -> i32 {
        self.sum(|kind| kind.several)
    }

    /// The same for each kind of fact.
    async fn kinds(&self) -> Vec<KindCoverage> {
        self.0.iter().map(|kind| Derived(Arc::clone(kind))).collect()
    }
}

pub type KindCoverage = Derived<edge::source::Coverage>;

/// How many facts of one kind have no source, one, or several independent ones.
#[Object(name = "KindCoverage")]
impl KindCoverage {
    /// The kind of fact.
    async fn kind(&self) -> FactKind {
        self.0.kind.into()
    }

    /// How many facts there are.
    async fn facts(&self) -> i32 {
        self.0.facts
    }

    /// How many have no source.
    async fn none(&self) -> i32 {
        self.0.none
    }

    /// How many of those without a source are well known.
    async fn general(&self) -> i32 {
        self.0.general
    }

    /// How many have one source.
    async fn one(&self) -> i32 {
        self.0.one
    }

    /// How many have several independent sources.
    async fn several(&self) -> i32 {
        self.0.several
    }
}

/// A kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "subject::Kind")]
pub enum FactKind {
    /// A franchise.
    Franchise,
    /// A show or film with its days.
    Show,
    /// A season with its days and number of episodes.
    Season,
    /// An episode with its title and day.
    Episode,
    /// A person.
    Person,
    /// A character.
    Character,
    /// Who did what in which season or film.
    Credit,
    /// A link of two shows.
    ShowLink,
    /// A link of two characters.
    CharacterLink,
    /// A platform with its names.
    Platform,
    /// A country or a set of countries.
    Territory,
    /// Where a season can be seen.
    Availability,
    /// What a platform costs.
    Offer,
    /// Public money.
    Funding,
    /// Something published.
    Media,
}
