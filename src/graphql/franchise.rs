use async_graphql::{Context, ID, Object, OneofObject};
use entity::{franchise, subject::Kind};

use super::{
    absence::Absence,
    character::{Character, CharacterOrder},
    connection::{Connection, connect, connect_filtered, connect_sorted},
    multiple_roles::MultipleRoles,
    recast::{CountOrder, Recast},
    row::{Fields, Row, by, global_id},
    show::{Show, ShowOrder},
    source_fields::SourceFields,
};
use crate::{error::Error, relation};

pub type Franchise = Row<franchise::Entity>;

/// A fictional world shared by several shows, such as Star Trek. Characters keep their identity throughout it.
#[Object(name = "Franchise")]
impl Fields<franchise::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<franchise::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `star-trek`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Shows and films, earliest first.
    async fn shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        connect_sorted(ctx, &relation::franchise::SHOWS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// Characters by name.
    async fn characters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<CharacterOrder>,
    ) -> Result<Connection<Character>, Error> {
        connect_sorted(ctx, &relation::franchise::CHARACTERS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// Characters that more than one person plays as they usually are in the franchise, by name. A younger self, a double
    /// or a voice is no recast.
    async fn recasts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order (default: by name).")] order_by: Option<CountOrder>,
    ) -> Result<Connection<Recast>, Error> {
        let order = CountOrder::of(order_by.as_ref());
        connect_filtered(ctx, &relation::franchise::RECASTS, [self.0.id, 0, 0], order, Vec::new())
    }

    /// People who play more than one character in the franchise, by name.
    async fn multiple_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order (default: by name).")] order_by: Option<CountOrder>,
    ) -> Result<Connection<MultipleRoles>, Error> {
        let order = CountOrder::of(order_by.as_ref());
        connect_filtered(ctx, &relation::franchise::MULTIPLE_ROLES, [self.0.id, 0, 0], order, Vec::new())
    }

    /// Times between two seasons or films in which a character was not seen, longest first. Only recorded credits count.
    async fn absences(&self, ctx: &Context<'_>) -> Result<Connection<Absence>, Error> {
        connect(ctx, &relation::returns::ABSENCES, [self.0.id])
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Franchise, self.0.id)
    }
}

/// Identifies one franchise. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum FranchiseBy {
    /// Slug, such as `star-trek`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(FranchiseBy, franchise);
