use async_graphql::{Context, Object};
use entity::field_lock;

use super::{
    changeset::Change,
    connection::{Connection, connect},
    executor::ObjectList,
    get,
    read_position::ReadPosition,
    row::{Derived, first},
};
use crate::{
    change::{field_of_column, raw::RowChange},
    error::Error,
    load::{Many, Window},
    relation::change::{HISTORY, LOCKS, VERSION},
};

/// What is recorded of an object: its version, its changes and its locks.
pub struct RecordFields {
    kind: i32,
    number: i32,
}

impl RecordFields {
    /// The fields for the row with primary key `number` in the table of `kind`, as in `change.kind`.
    pub(super) fn of(kind: i32, number: i32) -> Self {
        Self { kind, number }
    }

    fn parent(&self) -> [i32; 2] {
        [self.kind, self.number]
    }
}

/// How many of the newest changes are looked through for the last one of a field.
const LOOKED_THROUGH: u32 = 200;

/// What is recorded of an object.
#[Object]
impl RecordFields {
    /// Its version: the number of its last change. Send it with a change, so that nobody's work is overwritten unseen. 0 if
    /// no change of it was recorded.
    async fn version(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        let recorded = first(ctx, &VERSION, self.parent(), Vec::new()).await?.map_or(0, |row| row.version);
        Ok(ctx.data_opt::<ReadPosition>().map_or(recorded, |position| position.limit(recorded)))
    }

    /// Its changes, and those of its parts, newest first.
    async fn history(&self, ctx: &Context<'_>) -> Result<Connection<Change>, Error> {
        connect(ctx, &HISTORY, self.parent())
    }

    /// What imports and editors must leave as it is.
    async fn locks(&self, ctx: &Context<'_>) -> Result<ObjectList<FieldLock>, Error> {
        let found = get(ctx, Many::new(&LOCKS, self.parent(), Window::all(LOCKS.order))).await?.unwrap_or_default();
        Ok(found.iter().map(|entry| Derived(std::sync::Arc::clone(&entry.row))).collect())
    }

    /// The change that set a field last, among the 200 newest; null if none of them did.
    async fn last_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the field, as in the changes: `born`.")] field: String,
    ) -> Result<Option<Change>, Error> {
        let window = Window { limit: Some(LOOKED_THROUGH), ..Window::all(HISTORY.order) };
        let found = get(ctx, Many::new(&HISTORY, self.parent(), window)).await?.unwrap_or_default();
        let changes = found.iter().filter_map(|entry| RowChange::of(&entry.row).ok());
        let mut set =
            changes.filter(|change| change.fields().any(|(column, ..)| field_of_column(column.name) == field));
        Ok(set.next().map(Change::new))
    }
}

pub type FieldLock = Derived<field_lock::Model>;

/// A field, or a whole object, that imports and editors must leave as it is.
#[Object(name = "FieldLock")]
impl FieldLock {
    /// The field; null if the whole object is locked.
    async fn field(&self) -> Option<String> {
        (!self.0.field.is_empty()).then(|| crate::change::field_of_column(&self.0.field))
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Since when, in UTC.
    async fn created_at(&self) -> &str {
        &self.0.created_at
    }
}
