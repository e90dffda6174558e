//! Changes of the data, and who may make them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    ComplexObject, Context, ContextSelectionSet, ID, InputObject, Object, ObjectType, OutputType, Positioned,
    ServerResult, SimpleObject, Value, parser::types::Field, registry::Registry, resolver_utils::ContainerType,
};
use entity::{
    access_key, account,
    account::Role,
    changeset::{self, Origin},
};
use sea_orm::{DatabaseConnection, EntityTrait};

use super::{
    account::{AccessKey, Account, AccountRole},
    change_input::ChangeInput,
    changeset::{Change, Changeset, ChangesetBy, object},
    executor::null_on_error,
    found_connection::{FoundConnection, connect_found},
    read_position::ReadPosition,
    row::Row,
    schema_rules::apply,
};
use crate::{
    account::{self as accounts, Problem, Viewer, role_name},
    change::{self, Draft, Heading, Lock, NotChanged, Outcome, Wish},
    error::{Details, Error, shown},
};

/// Whose changes wait for a reviewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Review {
    /// Nobody's
    Off,
    /// Those of editors
    #[default]
    Editors,
    /// Everybody's
    All,
}

/// Where changes are written, and how they are reviewed. Data of a request that may change something.
#[derive(Clone, Debug)]
pub struct Writer {
    pub(super) db: DatabaseConnection,
    pub(super) review: Review,
    /// Set if the request may have written something.
    pub(super) written: Arc<AtomicBool>,
}

/// The mutations, with the least role that may run each. The documentation has this table.
pub const PERMISSIONS: &[(&str, Role)] = &[
    ("submitChangeset", Role::Editor),
    ("withdrawChangeset", Role::Editor),
    ("acceptChangeset", Role::Reviewer),
    ("rejectChangeset", Role::Reviewer),
    ("undoChangeset", Role::Reviewer),
    ("lockFields", Role::Reviewer),
    ("unlockFields", Role::Reviewer),
    ("createAccount", Role::Admin),
    ("setRole", Role::Admin),
    ("createKey", Role::Admin),
    ("revokeKey", Role::Admin),
];

/// The account of the request, if its role suffices for the mutation, and where to write.
fn allowed<'c>(ctx: &'c Context<'_>, mutation: &str) -> Result<(&'c account::Model, &'c Writer), Error> {
    let Ok(writer) = ctx.data::<Writer>() else {
        return Err(Error::BadInput("this server only reads".to_owned()));
    };
    let Ok(viewer) = ctx.data::<Viewer>() else {
        return Err(Error::Unauthenticated(format!(
            "`{mutation}` needs a key; send `Authorization: Bearer KEY`. The operator makes one with castgraph key create"
        )));
    };
    let needed = PERMISSIONS.iter().find(|(name, _)| *name == mutation).map_or(Role::Admin, |(_, role)| *role);
    if viewer.account.role < needed {
        let (has, needs) = (role_name(viewer.account.role), role_name(needed));
        let name = shown(&viewer.account.name);
        return Err(Error::Forbidden(format!("`{mutation}` needs the role {needs}; the account {name} is {has}")));
    }
    writer.written.store(true, Ordering::Release);
    Ok((&viewer.account, writer))
}

/// Reports all faults but the last, which it returns.
fn told(ctx: &Context<'_>, reason: NotChanged) -> Error {
    let faults = match reason {
        NotChanged::Database(reason) => return reason.into(),
        NotChanged::Faults(faults) => faults,
    };
    let mut errors: Vec<Error> = faults
        .into_iter()
        .map(|fault| {
            Error::Fault(
                fault.code,
                fault.message,
                Details { change: fault.change, field: fault.field, version: fault.version },
            )
        })
        .collect();
    let last = errors.pop().unwrap_or_else(|| Error::internal("a change was refused without a reason"));
    for error in errors {
        let pos = ctx.item.pos;
        ctx.add_error(ctx.set_error_path(async_graphql::Error::from(error).into_server_error(pos)));
    }
    last
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Input(text) => Self::BadInput(text),
            Problem::Unknown(text) => Self::NotFound(text),
            Problem::Database(reason) => reason.into(),
        }
    }
}

/// A changeset to check, and to apply or propose.
#[derive(InputObject)]
pub struct SubmitChangesetInput {
    /// Short description of the changes.
    title: String,
    /// The reason for the changes.
    note: Option<String>,
    /// The evidence: web addresses, slugs of sources, or anything else that lets others check the changes.
    basis: Option<Vec<String>>,
    /// The changes, in order, at most 1,000. Either all are made or none. A change can refer to objects that earlier ones
    /// create.
    changes: Vec<ChangeInput>,
    /// Reports what would change, without changing anything.
    #[graphql(default)]
    dry_run: bool,
    /// Submits a proposal, even if the changes could be applied at once.
    #[graphql(default)]
    propose: bool,
}

/// The effect of a changeset.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ChangesetPayload {
    /// The changeset; null after a dry run, and if nothing would change.
    changeset: Option<Changeset>,
    #[graphql(skip)]
    changes: Vec<Change>,
}

#[ComplexObject]
impl ChangesetPayload {
    /// The rows that it changed, or would change.
    async fn changes(&self, ctx: &Context<'_>) -> Result<FoundConnection<Change>, Error> {
        connect_found(ctx, "changesetPayload.changes", self.changes.clone())
    }
}

/// A decision on a proposal.
#[derive(InputObject)]
pub struct DecideChangesetInput {
    /// The proposal.
    changeset: ChangesetBy,
    /// Why.
    comment: Option<String>,
    /// Positions of the changes to apply, from 0 (default: all).
    only: Option<Vec<i32>>,
}

/// The rejection of a proposal.
#[derive(InputObject)]
pub struct RejectChangesetInput {
    /// The proposal.
    changeset: ChangesetBy,
    /// Why.
    comment: String,
}

/// The withdrawal of a proposal.
#[derive(InputObject)]
pub struct WithdrawChangesetInput {
    /// The proposal.
    changeset: ChangesetBy,
}

/// A changeset to undo.
#[derive(InputObject)]
pub struct UndoChangesetInput {
    /// The changeset.
    changeset: ChangesetBy,
    /// Why.
    note: Option<String>,
}

/// Fields to lock.
#[derive(InputObject)]
pub struct LockFieldsInput {
    /// Global id of the object.
    object: ID,
    /// The fields, such as `born` (default: the whole object).
    fields: Option<Vec<String>>,
    /// Why.
    reason: String,
}

/// Fields to unlock.
#[derive(InputObject)]
pub struct UnlockFieldsInput {
    /// Global id of the object.
    object: ID,
    /// The fields (default: all).
    fields: Option<Vec<String>>,
}

/// The object whose locks were changed.
#[derive(SimpleObject)]
pub struct LockPayload {
    /// Number of locks that were removed.
    removed: i32,
    /// The object.
    object: Option<super::node::Node>,
}

/// An account to create.
#[derive(InputObject)]
pub struct CreateAccountInput {
    /// Unique name of up to 64 letters, digits, hyphens, dots and underscores.
    name: String,
    /// The role.
    role: AccountRole,
}

/// The new role of an account.
#[derive(InputObject)]
pub struct SetRoleInput {
    /// Name of the account.
    account: String,
    /// The role.
    role: AccountRole,
}

/// An account.
#[derive(SimpleObject)]
pub struct AccountPayload {
    /// The account.
    account: Account,
}

/// A key to create.
#[derive(InputObject)]
pub struct CreateKeyInput {
    /// Name of the account.
    account: String,
    /// Purpose of the key.
    #[graphql(default)]
    label: String,
    /// When it expires, in UTC: `2027-01-31` or `2027-01-31T12:00:00Z` (default: never).
    expires_at: Option<String>,
}

/// A new key.
#[derive(SimpleObject)]
pub struct CreateKeyPayload {
    /// The key. Only this response contains it.
    secret: String,
    /// The stored properties of the key.
    key: AccessKey,
}

/// A key to revoke.
#[derive(InputObject)]
pub struct RevokeKeyInput {
    /// Number of the key.
    number: i32,
}

/// A key.
#[derive(SimpleObject)]
pub struct KeyPayload {
    /// The key.
    key: AccessKey,
}

/// Changes of the data.
pub struct Mutation;

/// Changes to the data. They require a key, sent as `Authorization: Bearer KEY`.
#[Object]
impl Mutation {
    /// Checks a changeset, and applies or proposes it. If it has errors, all of them are reported and nothing changes. An
    /// editor's changeset waits for a reviewer, unless the server is configured otherwise.
    async fn submit_changeset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changeset.")] input: SubmitChangesetInput,
    ) -> Result<ChangesetPayload, Error> {
        let (author, writer) = allowed(ctx, "submitChangeset")?;
        check_text("title", &input.title, 1, 200)?;
        check_text("note", input.note.as_deref().unwrap_or_default(), 0, 10_000)?;
        let basis = input.basis.unwrap_or_default();
        if basis.len() > LARGEST_BASIS {
            return Err(Error::TooMuch(format!("`basis` has {} entries; the limit is {LARGEST_BASIS}", basis.len())));
        }
        for entry in &basis {
            check_text("basis", entry, 1, 1_000)?;
        }
        let waits = match writer.review {
            Review::Off => false,
            Review::Editors => author.role < Role::Reviewer,
            Review::All => true,
        };
        let wish = match (input.dry_run, waits || input.propose) {
            (true, _) => Wish::Try,
            (false, true) => Wish::Propose,
            (false, false) => Wish::Apply,
        };
        let heading = Heading {
            note: input.note,
            sources: basis,
            ..Heading::new(Origin::Api, Some(author), input.title, accounts::now())
        };
        let draft = Draft::new(heading, input.changes.into_iter().map(|change| change.0).collect());
        let outcome = change::submit(&writer.db, author, draft, wish).await.map_err(|reason| told(ctx, reason))?;
        payload(ctx, writer, outcome).await
    }

    /// Accepts a proposal of another account: checks it again and applies it, or some of its changes.
    async fn accept_changeset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideChangesetInput,
    ) -> Result<ChangesetPayload, Error> {
        let (reviewer, writer) = allowed(ctx, "acceptChangeset")?;
        let number = input.changeset.number()?;
        let parts = input.only.map(|places| {
            let place = |place: i32| {
                usize::try_from(place).map_err(|_| Error::BadInput(format!("`only`: {place} is negative")))
            };
            places.into_iter().map(place).collect::<Result<Vec<usize>, Error>>()
        });
        let parts = parts.transpose()?;
        let accepted = change::accept(&writer.db, reviewer, number, input.comment, parts.as_deref(), accounts::now());
        payload(ctx, writer, accepted.await.map_err(|reason| told(ctx, reason))?).await
    }

    /// Rejects a proposal.
    async fn reject_changeset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: RejectChangesetInput,
    ) -> Result<ChangesetPayload, Error> {
        let (reviewer, writer) = allowed(ctx, "rejectChangeset")?;
        check_text("comment", &input.comment, 1, 10_000)?;
        let number = input.changeset.number()?;
        let rejected = change::reject(&writer.db, reviewer, number, Some(input.comment), accounts::now());
        rejected.await.map_err(|reason| told(ctx, reason))?;
        payload(ctx, writer, Outcome { number: Some(number), rows: Vec::new() }).await
    }

    /// Withdraws one of your own proposals.
    async fn withdraw_changeset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proposal.")] input: WithdrawChangesetInput,
    ) -> Result<ChangesetPayload, Error> {
        let (author, writer) = allowed(ctx, "withdrawChangeset")?;
        let number = input.changeset.number()?;
        let withdrawn = change::withdraw(&writer.db, author, number, accounts::now());
        withdrawn.await.map_err(|reason| told(ctx, reason))?;
        payload(ctx, writer, Outcome { number: Some(number), rows: Vec::new() }).await
    }

    /// Undoes an applied changeset with a new changeset, which waits for another reviewer if all changes do (`--review all`).
    /// If newer changes build on it, the error lists them and nothing changes.
    async fn undo_changeset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changeset.")] input: UndoChangesetInput,
    ) -> Result<ChangesetPayload, Error> {
        let (by, writer) = allowed(ctx, "undoChangeset")?;
        let number = input.changeset.number()?;
        let title = format!("Undo of changeset {number}");
        let heading = Heading { note: input.note, ..Heading::new(Origin::Undo, Some(by), title, accounts::now()) };
        let wish = if writer.review == Review::All { Wish::Propose } else { Wish::Apply };
        let undone = change::undo(&writer.db, by, number, heading, wish).await;
        payload(ctx, writer, undone.map_err(|reason| told(ctx, reason))?).await
    }

    /// Locks fields of an object, or the whole object, so that imports and editors cannot change them.
    async fn lock_fields(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields.")] input: LockFieldsInput,
    ) -> Result<LockPayload, Error> {
        let (by, writer) = allowed(ctx, "lockFields")?;
        let (table, id) = object(&input.object)?;
        check_text("reason", &input.reason, 1, 1_000)?;
        let found = super::node::node(ctx, &input.object).await.transpose()?;
        let Some(found) = found else {
            return Err(Error::NotFound(format!("no object has the id {}", shown(&input.object.0))));
        };
        // An object that was merged into another is that other.
        let id = change::present_id(&writer.db, table, id).await?;
        let lock = Lock { table, id, fields: fields(input.fields)?, reason: input.reason, at: accounts::now() };
        change::lock(&writer.db, by, &lock).await.map_err(|reason| told(ctx, reason))?;
        Ok(LockPayload { removed: 0, object: Some(found) })
    }

    /// Unlocks fields of an object, or the whole object.
    async fn unlock_fields(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields.")] input: UnlockFieldsInput,
    ) -> Result<LockPayload, Error> {
        let (_, writer) = allowed(ctx, "unlockFields")?;
        let (table, id) = object(&input.object)?;
        let id = change::present_id(&writer.db, table, id).await?;
        let fields = fields(input.fields)?;
        let removed = change::unlock(&writer.db, table, id, &fields).await.map_err(|reason| told(ctx, reason))?;
        let object = super::node::node(ctx, &input.object).await.transpose()?;
        Ok(LockPayload { removed: i32::try_from(removed).unwrap_or(i32::MAX), object })
    }

    /// Creates an account.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: CreateAccountInput,
    ) -> Result<AccountPayload, Error> {
        let (_, writer) = allowed(ctx, "createAccount")?;
        let account = accounts::create(&writer.db, &input.name, input.role.into(), &accounts::now()).await?;
        Ok(AccountPayload { account: Row::new(account) })
    }

    /// Changes the role of an account.
    async fn set_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: SetRoleInput,
    ) -> Result<AccountPayload, Error> {
        let (_, writer) = allowed(ctx, "setRole")?;
        let account = accounts::set_role(&writer.db, &input.account, input.role.into()).await?;
        Ok(AccountPayload { account: Row::new(account) })
    }

    /// Creates a key for an account. Only this response contains the key itself.
    async fn create_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key.")] input: CreateKeyInput,
    ) -> Result<CreateKeyPayload, Error> {
        let (_, writer) = allowed(ctx, "createKey")?;
        let account = accounts::named(&writer.db, &input.account).await?;
        let (now, expires_at) = (accounts::now(), input.expires_at.as_deref());
        let (secret, key) = accounts::create_key(&writer.db, &account, &input.label, expires_at, &now).await?;
        Ok(CreateKeyPayload { secret, key: Row::<access_key::Entity>::new(key) })
    }

    /// Revokes a key permanently.
    async fn revoke_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key.")] input: RevokeKeyInput,
    ) -> Result<KeyPayload, Error> {
        let (_, writer) = allowed(ctx, "revokeKey")?;
        let key = accounts::revoke(&writer.db, input.number, &accounts::now()).await?;
        Ok(KeyPayload { key: Row::<access_key::Entity>::new(key) })
    }
}

/// Maximum number of entries in `basis`.
const LARGEST_BASIS: usize = 100;

/// Checks the length of a text that people read, and that it is one line.
fn check_text(name: &str, text: &str, least: usize, most: usize) -> Result<(), Error> {
    let length = text.trim().chars().count();
    if length < least {
        return Err(Error::BadInput(format!("`{name}` must not be empty")));
    }
    if length > most {
        return Err(Error::BadInput(format!("`{name}` has {length} characters; the limit is {most}")));
    }
    if text.contains(|sign: char| sign.is_control() && !(name == "note" && sign == '\n')) {
        return Err(Error::BadInput(format!("`{name}` contains a line break or another control character")));
    }
    Ok(())
}

/// The fields of a lock. An empty list would mean something else than its writer thinks.
fn fields(given: Option<Vec<String>>) -> Result<Vec<String>, Error> {
    if given.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::BadInput(
            "`fields` is empty; name a field, or leave it out for the whole object".to_owned(),
        ));
    }
    Ok(given.unwrap_or_default())
}

/// The payload of a mutation.
async fn payload(ctx: &Context<'_>, writer: &Writer, outcome: Outcome) -> Result<ChangesetPayload, Error> {
    if let Some(position) = ctx.data_opt::<ReadPosition>() {
        position.advance(&writer.db).await?;
    }
    let changeset = match outcome.number {
        // Read here, because the loader of the request may have read it before.
        Some(number) => changeset::Entity::find_by_id(number).one(&writer.db).await?,
        None => None,
    };
    Ok(ChangesetPayload {
        changeset: changeset.map(Row::new),
        changes: outcome.rows.into_iter().filter(|row| row.table.name != "subject").map(Change::new).collect(),
    })
}

/// All accounts, for an admin.
pub(super) async fn accounts(ctx: &Context<'_>) -> Result<Vec<account::Model>, Error> {
    let (_, writer) = allowed(ctx, "accounts")?;
    Ok(accounts::all(&writer.db).await?)
}

/// The keys of an account or of all, for an admin.
pub(super) async fn keys(ctx: &Context<'_>, account: Option<String>) -> Result<Vec<access_key::Model>, Error> {
    let (_, writer) = allowed(ctx, "accessKeys")?;
    let account = match account {
        Some(name) => Some(accounts::named(&writer.db, &name).await?.id),
        None => None,
    };
    Ok(accounts::keys(&writer.db, account).await?)
}

/// The root type of mutations: like [`super::schema_rules::Root`], each field is nullable, so that one that fails does not
/// remove the others from the response.
pub struct MutationRoot(pub(super) Mutation);

impl OutputType for MutationRoot {
    fn type_name() -> std::borrow::Cow<'static, str> {
        Mutation::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let root = Mutation::create_type_info(registry);
        apply(registry, &root);
        root
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl ContainerType for MutationRoot {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await.or_else(|error| null_on_error(ctx, &Mutation::type_name(), error))
    }
}

impl ObjectType for MutationRoot {}
