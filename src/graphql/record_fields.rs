use async_graphql::{Context, Object};
use entity::field_lock;

use super::{
    changeset::Change,
    connection::{Connection, connect},
    date::{Moment, moment},
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

/// The version, changes and locks of an object.
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

/// Number of changes, newest first, among which `lastChange` searches.
const LOOKED_THROUGH: u32 = 200;

/// The version, changes and locks of an object.
#[Object]
impl RecordFields {
    /// Version: the number of its last change; 0 if none is recorded. Send it with a change to detect concurrent edits.
    async fn version(&self, ctx: &Context<'_>) -> Result<i32, Error> {
        let recorded = first(ctx, &VERSION, self.parent(), Vec::new()).await?.map_or(0, |row| row.version);
        Ok(ctx.data_opt::<ReadPosition>().map_or(recorded, |position| position.limit(recorded)))
    }

    /// When it was last changed; null if that was not recorded.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<Option<Moment>, Error> {
        let last = first(ctx, &VERSION, self.parent(), Vec::new()).await?;
        Ok(last.and_then(|row| row.changed_at.as_deref().map(moment)))
    }

    /// Changes of it and of its parts, newest first.
    async fn history(&self, ctx: &Context<'_>) -> Result<Connection<Change>, Error> {
        connect(ctx, &HISTORY, self.parent())
    }

    /// Fields that imports and editors cannot change, at most one lock for each field.
    async fn locks(&self, ctx: &Context<'_>) -> Result<ObjectList<FieldLock>, Error> {
        let found = get(ctx, Many::new(&LOCKS, self.parent(), Window::all(LOCKS.order))).await?.unwrap_or_default();
        Ok(found.iter().map(|entry| Derived(std::sync::Arc::clone(&entry.row))).collect())
    }

    /// The last change that set this field, among the 200 newest changes; null if none of them set it.
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

/// A lock on a field or on a whole object: imports and editors cannot change it.
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

    /// When it was locked.
    async fn created_at(&self) -> Moment {
        moment(&self.0.created_at)
    }
}
