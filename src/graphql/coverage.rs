use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use entity::subject;

use super::{executor::ObjectList, get, row::Derived};
use crate::{
    error::Error,
    load::{Many, Window},
    relation,
};

/// How well the data is sourced: the number of facts with no source, one source, or several independent sources. A fact
/// is one row, such as a person, a credit, or an episode with its date. Sources from the same publisher count once.
pub struct Coverage(Vec<Arc<relation::source::Coverage>>);

impl Coverage {
    pub(super) async fn read(ctx: &Context<'_>) -> Result<Self, Error> {
        let list = &relation::source::COVERAGE;
        let kinds = get(ctx, Many::new(list, [], Window::all(list.order))).await?.unwrap_or_default();
        Ok(Self(kinds.iter().map(|kind| Arc::clone(&kind.row)).collect()))
    }

    fn sum(&self, count: impl Fn(&relation::source::Coverage) -> i32) -> i32 {
        self.0.iter().map(|kind| count(kind)).sum()
    }
}

/// How well the data is sourced: the number of facts with no source, one source, or several independent sources. A fact
/// is one row, such as a person, a credit, or an episode with its date. Sources from the same publisher count once.
#[Object]
impl Coverage {
    /// Number of facts.
    async fn facts(&self) -> i32 {
        self.sum(|kind| kind.facts)
    }

    /// Facts without a source.
    async fn none(&self) -> i32 {
        self.sum(|kind| kind.none)
    }

    /// Facts without a source that are common knowledge.
    async fn general(&self) -> i32 {
        self.sum(|kind| kind.general)
    }

    /// Facts with one source.
    async fn one(&self) -> i32 {
        self.sum(|kind| kind.one)
    }

    /// Facts with several independent sources.
    async fn several(&self) -> i32 {
        self.sum(|kind| kind.several)
    }

    /// The same numbers for each kind of fact.
    async fn kinds(&self) -> ObjectList<KindCoverage> {
        self.0.iter().map(|kind| Derived(Arc::clone(kind))).collect()
    }
}

pub type KindCoverage = Derived<relation::source::Coverage>;

/// Number of facts of one kind with no source, one source, or several independent sources.
#[Object(name = "KindCoverage")]
impl KindCoverage {
    /// Kind of fact.
    async fn kind(&self) -> FactKind {
        self.0.kind.into()
    }

    /// Number of facts.
    async fn facts(&self) -> i32 {
        self.0.facts
    }

    /// Facts without a source.
    async fn none(&self) -> i32 {
        self.0.none
    }

    /// Facts without a source that are common knowledge.
    async fn general(&self) -> i32 {
        self.0.general
    }

    /// Facts with one source.
    async fn one(&self) -> i32 {
        self.0.one
    }

    /// Facts with several independent sources.
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
    /// A show or film with its dates.
    Show,
    /// A season with its dates and number of episodes.
    Season,
    /// An episode with its title and date.
    Episode,
    /// A person.
    Person,
    /// A character.
    Character,
    /// A credit: who did what in which season or film.
    Credit,
    /// A link between two shows.
    ShowLink,
    /// A link between two characters.
    CharacterLink,
    /// A platform with its names.
    Platform,
    /// A country or a group of countries.
    Territory,
    /// Where a show or season is available.
    Availability,
    /// A price of a platform.
    Offer,
    /// Public funding.
    Funding,
    /// A trailer, poster, text or other publication.
    Media,
}
