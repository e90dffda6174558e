//! Changesets and the changes in them.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{
    change, changeset,
    changeset::{Origin, State},
};
use sea_orm::ActiveEnum;
use serde_json::Value as Json;

use super::{
    account::Account,
    connection::{Connection, Item, connect, connect_filtered},
    date::{Moment, moment},
    executor::{ObjectList, Resolved},
    feed::{ObjectKind, Tombstone},
    filter::Conditions,
    found_connection::{Found, FoundConnection, connect_found},
    get,
    node::{self, Node},
    row::{self, Fields, Row, global_id, optional_row},
};
use crate::{
    change::{
        field_of_column,
        raw::{self, RowChange},
        table::{Column, Table, Type, of_type},
    },
    error::Error,
    load::{Condition, One},
    relation::{
        self,
        change::{ACCOUNTS, CHANGES, CHANGESETS},
    },
};

pub type Changeset = Row<changeset::Entity>;

/// A set of changes that were made, or are proposed, together.
#[Object(name = "Changeset")]
impl Fields<changeset::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<changeset::Entity>(self.0.id)
    }

    /// Number of the changeset, for people.
    async fn number(&self) -> i32 {
        self.0.id
    }

    /// Short description of the changes.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The reason for the changes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The evidence.
    async fn basis(&self) -> Vec<String> {
        self.0.sources.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// How it was made.
    async fn origin(&self) -> ChangesetOrigin {
        self.0.origin.into()
    }

    /// Whether it waits, is applied, or was rejected, withdrawn or undone.
    async fn state(&self) -> ChangesetState {
        self.0.state.into()
    }

    /// The account that submitted it; null if the operator made it at the command line.
    async fn submitted_by(&self, ctx: &Context<'_>) -> Option<Result<Account, Error>> {
        optional_row(ctx, self.0.account_id).await
    }

    /// When it was made.
    async fn created_at(&self) -> Moment {
        moment(&self.0.created_at)
    }

    /// When it was accepted, rejected, withdrawn or undone; null if it was not.
    async fn decided_at(&self) -> Option<Moment> {
        self.0.decided_at.as_deref().map(moment)
    }

    /// Who accepted, rejected, withdrew or undid it; null if that was the operator at the command line.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Result<Account, Error>> {
        optional_row(ctx, self.0.decided_by_id).await
    }

    /// The reason for the decision.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// The changeset that it undoes.
    async fn undoes(&self, ctx: &Context<'_>) -> Option<Result<Changeset, Error>> {
        optional_row(ctx, self.0.undoes_id).await
    }

    /// The changes that were made, in their order. Those of a proposal are in `preview`.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Connection<Change>, Error> {
        connect(ctx, &CHANGES, [self.0.id])
    }

    /// The changes that a proposal would make, as of the moment when it was proposed.
    async fn preview(&self, ctx: &Context<'_>) -> Result<FoundConnection<Change>, Error> {
        let rows: Vec<Json> =
            self.0.preview.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let rows = rows.iter().filter_map(previewed).filter(|row| row.table.is_shown());
        connect_found(ctx, "changeset.preview", rows.map(Change::new).collect())
    }
}

/// A row of the preview of a proposal.
fn previewed(json: &Json) -> Option<RowChange> {
    let number = |json: &Json| json.as_i64();
    let kind = i32::try_from(number(json.get("kind")?)?).ok()?;
    let row = |name: &str| json.get(name).and_then(|row| serde_json::from_value(row.clone()).ok()).flatten();
    let of = json.get("of")?;
    Some(RowChange {
        row_id: number(json.get("row")?)?,
        object: (i32::try_from(number(of.get(0)?)?).ok()?, number(of.get(1)?)?),
        ..RowChange::new(crate::change::table::of_kind(kind)?, row("before"), row("after"))
    })
}

/// How a changeset was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Origin")]
pub enum ChangesetOrigin {
    /// A mutation.
    Api,
    /// An import.
    Import,
    /// A command.
    Command,
    /// The undoing of another changeset.
    Undo,
    /// The state of the data before changes were recorded.
    Baseline,
}

/// State of a changeset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub enum ChangesetState {
    /// It waits for a reviewer.
    Proposed,
    /// It is part of the data.
    Applied,
    /// A reviewer rejected it.
    Rejected,
    /// Its author withdrew it.
    Withdrawn,
    /// It was applied and then undone.
    Undone,
}

/// Identifies a changeset.
#[derive(Debug, OneofObject)]
pub enum ChangesetBy {
    /// Its number.
    Number(i32),
    /// Its global id.
    Id(ID),
}

impl ChangesetBy {
    /// Its number.
    pub(super) fn number(&self) -> Result<i32, Error> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Id(id) => row::local_id::<changeset::Entity>(id),
        }
    }
}

/// Filter for changesets.
#[derive(Debug, Default, InputObject)]
pub struct ChangesetFilter {
    /// Only those in this state.
    pub state: Option<ChangesetState>,
    /// Only those made in this way.
    pub origin: Option<ChangesetOrigin>,
    /// Only those that the account with this name submitted.
    pub submitted_by: Option<String>,
    /// Only those that changed the object with this global id. Proposals are not among them.
    pub about: Option<ID>,
}

/// The changesets that a filter lets through.
pub(super) async fn list(ctx: &Context<'_>, filter: ChangesetFilter) -> Result<Connection<Changeset>, Error> {
    if let Some(name) = &filter.submitted_by {
        let of = Condition::new("t.name = ?", vec![name.clone().into()]);
        if row::first(ctx, &ACCOUNTS, [], vec![of]).await?.is_none() {
            return Err(Error::NotFound(format!("`submittedBy`: no account is called {}", crate::error::shown(name))));
        }
    }
    let mut conditions = Conditions::default();
    conditions.equal("t.state = ?", filter.state.map(|state| State::from(state).to_value()));
    conditions.equal("t.origin = ?", filter.origin.map(|origin| Origin::from(origin).to_value()));
    conditions.equal("t.account_id = (SELECT a.id FROM account AS a WHERE a.name = ?)", filter.submitted_by);
    let mut conditions = conditions.into_vec();
    if let Some(id) = filter.about {
        let (table, number) = object(&id)?;
        let about = "t.id IN (SELECT h.changeset_id FROM change AS h WHERE h.of_kind = ? AND h.of_id = ?)";
        conditions.push(Condition::new(about, vec![table.kind.into(), number.into()]));
    }
    connect_filtered(ctx, &CHANGESETS, [], CHANGESETS.order, conditions)
}

/// The table and the primary key of the object with a global id.
pub(super) fn object(id: &ID) -> Result<(&'static Table, i32), Error> {
    let parsed = crate::global_id::parse(id);
    let found = parsed.and_then(|(name, number)| Some((of_type(&name)?, number)));
    found.ok_or_else(|| node::no_id(id))
}

/// The change of one row: of an object, or of a part of one, such as another name of a person.
#[derive(Clone)]
pub struct RowChanged(RowChange);

pub type Change = Resolved<RowChanged>;

impl Change {
    pub(super) fn new(change: RowChange) -> Self {
        Self::wrap(RowChanged(change))
    }
}

impl Found for Change {
    /// Changes that were made have another connection, whose cursors hold.
    fn name() -> std::borrow::Cow<'static, str> {
        "ProposedChange".into()
    }
}

/// Stands for the table of a change that castgraph's triggers did not write.
const UNREADABLE: Table = Table { kind: 0, name: "", noun: "unreadable", keys: 0, columns: &[] };

impl Item for Change {
    type Row = change::Model;
    type Node = Self;
    type Fields = async_graphql::connection::EmptyFields;

    fn node(row: &std::sync::Arc<change::Model>) -> Self {
        let change = RowChange::of(row).unwrap_or_else(|reason| {
            tracing::error!(%reason, "a recorded change cannot be read");
            RowChange { id: row.id, changeset: row.changeset_id, ..RowChange::new(&UNREADABLE, None, None) }
        });
        Self::new(change)
    }

    fn fields(_: &std::sync::Arc<change::Model>) -> Self::Fields {
        async_graphql::connection::EmptyFields
    }
}

/// The change of one row: of an object, or of a part of one, such as another name of a person.
#[Object(name = "Change")]
impl RowChanged {
    /// Number of the change. Numbers grow in commit order. Null for a change that was not made.
    async fn number(&self) -> Option<i32> {
        (self.0.id > 0).then_some(self.0.id)
    }

    /// Kind of row, such as `person`, `credit` or `other name`.
    async fn what(&self) -> &str {
        self.0.table.noun
    }

    /// The name of the row: its slug, name, title or text; null if it has none.
    async fn label(&self) -> Option<&str> {
        let row = self.0.after.as_ref().or(self.0.before.as_ref())?;
        raw::label(row).or_else(|| ["text", "statement"].iter().find_map(|column| raw::text(row, column)))
    }

    /// The cursor of the feed behind this change; null if it was not made.
    async fn cursor(&self) -> Option<String> {
        (self.0.id > 0).then(|| relation::change::cursor(self.0.id))
    }

    /// The kind of the changed object, or of the one that the changed part belongs to.
    async fn kind(&self) -> Option<ObjectKind> {
        ObjectKind::of(self.0.object.0)
    }

    /// The changed object, or the one that the changed part belongs to; null if it was deleted, or is of a kind that `node`
    /// does not return.
    async fn object(&self, ctx: &Context<'_>) -> Option<Result<Node, Error>> {
        match Tombstone::of(ctx, self.0.object).await {
            Ok(None) => node::of_kind(ctx, self.0.object.0, i32::try_from(self.0.object.1).ok()?).await,
            Ok(Some(_)) => None,
            Err(reason) => Some(Err(reason)),
        }
    }

    /// What is left of the object if it has been removed by now, by this change or a later one; null if it is there.
    async fn tombstone(&self, ctx: &Context<'_>) -> Option<Result<Resolved<Tombstone>, Error>> {
        Tombstone::of(ctx, self.0.object).await.transpose().map(|found| found.map(Resolved::wrap))
    }

    /// Whether the row was added, updated or removed.
    async fn operation(&self) -> ChangeOperation {
        match (&self.0.before, &self.0.after) {
            (None, _) => ChangeOperation::Added,
            (_, None) => ChangeOperation::Removed,
            _ => ChangeOperation::Updated,
        }
    }

    /// The changed fields, with their values before and after.
    async fn fields(&self, ctx: &Context<'_>) -> Result<ObjectList<Resolved<FieldChange>>, Error> {
        let mut fields = Vec::new();
        for (column, before, after) in self.0.fields() {
            let is_internal = column.name == "id"
                || self.0.table.name == "redirect" && column.name != "slug"
                || column.ty == Type::Owner("subject");
            if is_internal || column.name.ends_with("_key") || column.name.ends_with("_kind") {
                continue;
            }
            fields.push(Resolved::wrap(FieldChange {
                field: field_of_column(column.name),
                before: value(ctx, column, before).await?,
                after: value(ctx, column, after).await?,
            }));
        }
        Ok(ObjectList(fields))
    }

    /// The changeset it belongs to; null if another program wrote the row.
    async fn changeset(&self, ctx: &Context<'_>) -> Option<Result<Changeset, Error>> {
        optional_row(ctx, self.0.changeset).await
    }
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ChangeOperation {
    /// It was added.
    Added,
    /// Some of its fields were set.
    Updated,
    /// It was removed.
    Removed,
}

/// A field whose value was changed.
pub struct FieldChange {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

/// A field whose value was changed.
#[Object]
impl FieldChange {
    /// The field.
    async fn field(&self) -> &str {
        &self.field
    }

    /// Value before, as text; the slug if it is another object. Null if it had none.
    async fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Value after; null if it has none.
    async fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// A value of a column, as a text: the slug of a row, the name of a value of an enumeration.
async fn value(ctx: &Context<'_>, column: &Column, json: &Json) -> Result<Option<String>, Error> {
    Ok(match (column.ty, json) {
        (_, Json::Null) => None,
        (Type::Reference(table) | Type::Owner(table), json) => {
            let number = json.as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or_default();
            Some(slug(ctx, table, number).await?.unwrap_or_else(|| format!("{table} {number}")))
        }
        (_, Json::String(text)) => Some(text.clone()),
        (_, json) => Some(raw::word(column, json).unwrap_or_else(|| json.to_string())),
    })
}

/// The slug of a row, if it has one and is still there.
async fn slug(ctx: &Context<'_>, table: &str, id: i32) -> Result<Option<String>, Error> {
    macro_rules! slug {
        ($($name:literal $table:ident)+) => {
            match table {
                $($name => get(ctx, One::<entity::$table::Entity>::id(id)).await?.map(|row| row.slug.clone()),)+
                _ => None,
            }
        };
    }
    if table == "credit" {
        let Some(credit) = get(ctx, One::<entity::credit::Entity>::id(id)).await? else { return Ok(None) };
        let person = get(ctx, One::<entity::person::Entity>::id(credit.person_id)).await?;
        let whole = match credit.season_id {
            Some(season) => get(ctx, One::<entity::season::Entity>::id(season)).await?.map(|row| row.slug.clone()),
            None => get(ctx, One::<entity::show::Entity>::id(credit.show_id)).await?.map(|row| row.slug.clone()),
        };
        return Ok(whole.zip(person).map(|(whole, person)| format!("{whole}/{}", person.slug)));
    }
    Ok(slug! {
        "franchise" franchise "show" show "season" season "episode" episode "person" person "character" character
        "platform" platform "territory" territory "source" source "claim" claim
    })
}
