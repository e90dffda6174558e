use async_graphql::{Context, Object};
use entity::credit;

use super::{
    connection::{Connection, connect_filtered},
    credit::{Credit, CreditFilter, conditions},
    row::one,
    season::Season,
};
use crate::{error::Error, load::List, relation};

/// How the recorded cast changed between two seasons. The same person as another character counts as a change.
pub struct CastChanges {
    pub(super) earlier: i32,
    pub(super) later: i32,
}

/// How the recorded cast changed between two seasons. The same person as another character counts as a change.
#[Object]
impl CastChanges {
    /// First season of the comparison.
    #[graphql(name = "from")]
    async fn earlier(&self, ctx: &Context<'_>) -> Result<Season, Error> {
        one(ctx, self.earlier).await
    }

    /// Second season of the comparison.
    #[graphql(name = "to")]
    async fn later(&self, ctx: &Context<'_>) -> Result<Season, Error> {
        one(ctx, self.later).await
    }

    /// Credits in the second season of those who have none in the first, by billing and position.
    async fn joined(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        self.list(ctx, &relation::season::JOINED, filter).await
    }

    /// Credits in the first season of those who have none in the second, by billing and position.
    async fn left(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        self.list(ctx, &relation::season::LEFT, filter).await
    }

    /// Credits in the second season of those who also have one in the first, by billing and position.
    async fn stayed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        self.list(ctx, &relation::season::STAYED, filter).await
    }
}

impl CastChanges {
    async fn list(
        &self,
        ctx: &Context<'_>,
        list: &'static List<credit::Model>,
        filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        connect_filtered(ctx, list, [self.earlier, self.later], list.order, conditions(ctx, filter).await?)
    }
}
