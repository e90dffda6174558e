//! Accounts and keys.

use async_graphql::{Context, Enum, ID, Object};
use entity::{access_key, account, account::Role};

use super::{
    date::{Moment, moment},
    found_connection::Found,
    row::{Fields, Row, global_id, one},
};
use crate::error::Error;

pub type Account = Row<account::Entity>;

/// An account that may change the data.
#[Object(name = "Account")]
impl Fields<account::Entity> {
    /// Opaque global id.
    pub(super) async fn id(&self) -> ID {
        global_id::<account::Entity>(self.0.id)
    }

    /// Unique name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the account may do.
    async fn role(&self) -> AccountRole {
        self.0.role.into()
    }

    /// When it was created.
    async fn created_at(&self) -> Moment {
        moment(&self.0.created_at)
    }
}

impl Found for Account {}

/// What an account may do. Each role may also do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Role")]
pub enum AccountRole {
    /// Propose changes.
    Editor,
    /// Decide on proposals, apply changes at once, undo changesets, and lock fields.
    Reviewer,
    /// Manage accounts and keys.
    Admin,
}

pub type AccessKey = Row<access_key::Entity>;

/// A key of an account. The key itself is shown only when it is created.
#[Object(name = "AccessKey")]
impl Fields<access_key::Entity> {
    /// Opaque global id.
    pub(super) async fn id(&self) -> ID {
        global_id::<access_key::Entity>(self.0.id)
    }

    /// Number of the key, for people.
    async fn number(&self) -> i32 {
        self.0.id
    }

    /// The account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Account, Error> {
        one(ctx, self.0.account_id).await
    }

    /// Purpose of the key.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// When it was created.
    async fn created_at(&self) -> Moment {
        moment(&self.0.created_at)
    }

    /// When it expires; null if it does not.
    async fn expires_at(&self) -> Option<Moment> {
        self.0.expires_at.as_deref().map(moment)
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<Moment> {
        self.0.revoked_at.as_deref().map(moment)
    }

    /// When it was last used, to the minute; null if it never was.
    async fn used_at(&self) -> Option<Moment> {
        self.0.used_at.as_deref().map(moment)
    }
}

impl Found for AccessKey {}
