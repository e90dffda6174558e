//! Resolves rows and lists of them as the library does, with less work for each.
//!
//! The library makes a future on the heap for every field, waits for all of them with another, and does the same for
//! lists. Most fields of a row are columns: they are asked for once, at once, and only those that must wait become
//! futures. What comes out is the same data in the same order. Where a column that may not be null fails, errors of
//! objects beside it may not be told, as the specification allows. The library's extensions, of which castgraph's schema
//! has none, would not hear of these fields.
//!
//! Source: sections 6.3 and 6.4 of <https://spec.graphql.org/October2021/>.

use std::{borrow::Cow, future::poll_fn, ops::Deref, pin::pin, task::Poll};

use async_graphql::{
    Context, ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection},
    registry::Registry,
    resolver_utils::{ContainerType, resolve_container},
};
use futures_util::future::{BoxFuture, try_join_all};

/// Items that are waited for by one future. Of more, the library underneath makes a task each.
const TOGETHER: usize = 30;

/// Resolves the fields that are selected of an object.
async fn object<T: ContainerType>(ctx: &ContextSelectionSet<'_>, object: &T) -> ServerResult<Value> {
    let Some(fields) = plain(ctx) else { return resolve_container(ctx, object).await };
    let mut values: IndexMap<Name, Value> = IndexMap::with_capacity(fields.len());
    let mut waiting: Vec<(usize, BoxFuture<'_, ServerResult<Option<Value>>>)> = Vec::new();
    for field in fields {
        let name = field.node.response_key().node.clone();
        let value = if field.node.name.node == "__typename" {
            Some(Value::String(object.introspection_type_name().into_owned()))
        } else if is_flat(field) {
            let ctx = ctx.with_field(field);
            // Columns are ready at once, and so are rows and counts that came along. A future that is not ready is
            // dropped, and the same is asked for again: what was asked for is known.
            let found = poll_fn(|cx| Poll::Ready(pin!(object.resolve_field(&ctx)).poll(cx))).await;
            match found {
                Poll::Ready(value) => Some(value?.unwrap_or_default()),
                Poll::Pending => None,
            }
        } else {
            None
        };
        let waits = value.is_none();
        let (place, _) = values.insert_full(name, value.unwrap_or_default());
        if waits {
            waiting.push((place, Box::pin(async move { object.resolve_field(&ctx.with_field(field)).await })));
        }
    }
    for_all(waiting, |place, value| {
        if let Some((_, slot)) = values.get_index_mut(place) {
            *slot = value.unwrap_or_default();
        }
    })
    .await?;
    Ok(Value::Object(values))
}

/// The selection set, if it is nothing but fields without directives, of which no two are to be merged.
fn plain<'a>(ctx: &ContextSelectionSet<'a>) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields: Vec<&Positioned<Field>> = Vec::with_capacity(ctx.item.node.items.len());
    for item in &ctx.item.node.items {
        let Selection::Field(field) = &item.node else { return None };
        // Of columns that are selected twice, one is as good as the other. Of what looks like a column, one may be an
        // object of which everything is skipped.
        let merges = |other: &&Positioned<Field>| {
            other.node.response_key().node == field.node.response_key().node && !(is_leaf(other) && is_leaf(field))
        };
        if !field.node.directives.is_empty() || fields.iter().any(merges) {
            return None;
        }
        fields.push(field);
    }
    Some(fields)
}

fn is_leaf(field: &Positioned<Field>) -> bool {
    field.node.selection_set.node.items.is_empty()
}

/// Whether a field is a column, or one without arguments of which nothing but columns are selected.
fn is_flat(field: &Positioned<Field>) -> bool {
    let is_column = |item: &Positioned<Selection>| matches!(&item.node, Selection::Field(field) if is_leaf(field));
    is_leaf(field) || field.node.arguments.is_empty() && field.node.selection_set.node.items.iter().all(is_column)
}

/// Waits for all futures, and hands out what each gives; or for the first error.
async fn for_all<T>(
    mut waiting: Vec<(usize, BoxFuture<'_, ServerResult<T>>)>,
    mut give: impl FnMut(usize, T),
) -> ServerResult<()> {
    poll_fn(|cx| {
        let mut failed = None;
        waiting.retain_mut(|(place, future)| {
            if failed.is_some() {
                return true;
            }
            match future.as_mut().poll(cx) {
                Poll::Pending => return true,
                Poll::Ready(Ok(value)) => give(*place, value),
                Poll::Ready(Err(reason)) => failed = Some(reason),
            }
            false
        });
        match failed {
            Some(reason) => Poll::Ready(Err(reason)),
            None if waiting.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

/// An object whose fields are resolved by [`object`].
pub struct Lean<T>(T);

impl<T> Lean<T> {
    pub(super) fn of(object: T) -> Self {
        Self(object)
    }
}

impl<T: OutputType + ContainerType> OutputType for Lean<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        object(ctx, &self.0).await
    }
}

impl<T: ContainerType> ContainerType for Lean<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

impl<T: OutputType + ContainerType> ObjectType for Lean<T> {}

impl<T> Deref for Lean<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A list of objects.
pub struct Items<T>(pub(super) Vec<T>);

impl<T: OutputType> OutputType for Items<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let item = async |place: usize, item: &T| {
            let ctx = ctx.with_index(place);
            item.resolve(&ctx, field).await.map_err(|reason| ctx.set_error_path(reason))
        };
        let item = &item;
        let chunks = self.0.chunks(TOGETHER).zip((0..).step_by(TOGETHER));
        let chunks = chunks.map(|(items, first)| {
            try_join_all(items.iter().enumerate().map(move |(place, one)| item(first + place, one)))
        });
        Ok(Value::List(try_join_all(chunks).await?.into_iter().flatten().collect()))
    }
}
