//! Resolves objects and lists as async-graphql does, with less work per field and code that is compiled once for all
//! types.
//!
//! async-graphql allocates a boxed future for every field, joins them in another future, and does the same for lists.
//! Most fields of a row are columns, so here each of these is polled once, and only fields that have to wait become
//! boxed futures. The resulting data and its order are the same. async-graphql shortens the path of an error below a list
//! to the item of the list, and makes the parent of a nullable field null if its resolver or its arguments fail; here
//! the path is complete, and the field itself is null. Extensions of async-graphql are not called for these fields;
//! castgraph's schema has none.
//!
//! Source: sections 6.3 and 6.4 of <https://spec.graphql.org/September2025/>.

use std::{
    borrow::Cow,
    future::poll_fn,
    ops::Deref,
    pin::pin,
    task::{self, Poll},
};

use async_graphql::{
    Context, ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerError, ServerResult, Value,
    indexmap::{IndexMap, map::Entry},
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::ContainerType,
};
use futures_util::future::BoxFuture;

/// A type-erased object, so that the code below is compiled once instead of once per type.
trait Node: Send + Sync {
    /// The name of the GraphQL type.
    fn name(&self) -> Cow<'static, str>;

    /// Polls a field once. If it is not ready, it is dropped, and [`Node::field`] resolves it from the start.
    fn try_field(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
        cx: &mut task::Context<'_>,
    ) -> Poll<ServerResult<Option<Value>>>;

    /// Resolves a field.
    fn field<'a>(
        &'a self,
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<Field>,
    ) -> BoxFuture<'a, ServerResult<Option<Value>>>;
}

impl<T: ContainerType> Node for T {
    fn name(&self) -> Cow<'static, str> {
        self.introspection_type_name()
    }

    fn try_field(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
        cx: &mut task::Context<'_>,
    ) -> Poll<ServerResult<Option<Value>>> {
        let ctx = ctx.with_field(field);
        pin!(self.resolve_field(&ctx))
            .poll(cx)
            .map(|found| found.or_else(|error| null_on_error(&ctx, &self.name(), error)))
    }

    fn field<'a>(
        &'a self,
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<Field>,
    ) -> BoxFuture<'a, ServerResult<Option<Value>>> {
        Box::pin(async move {
            let ctx = ctx.with_field(field);
            self.resolve_field(&ctx).await.or_else(|error| null_on_error(&ctx, &self.name(), error))
        })
    }
}

/// The result of a field of type `parent` that failed: null with the error if the field is nullable, else the error,
/// which makes the object null.
///
/// Source: <https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors>.
pub(super) fn null_on_error(ctx: &Context<'_>, parent: &str, error: ServerError) -> ServerResult<Option<Value>> {
    let parent = ctx.schema_env.registry.types.get(parent);
    match parent.and_then(|parent| parent.field_by_name(&ctx.item.node.name.node)) {
        Some(field) if !field.ty.ends_with('!') => {
            ctx.add_error(error);
            Ok(Some(Value::Null))
        }
        _ => Err(error),
    }
}

/// An object whose fields are not all resolved.
struct PendingObject<'a> {
    fields: Vec<&'a Positioned<Field>>,
    /// The value of each field, null until resolved.
    values: Vec<Value>,
    /// The unresolved fields, with their indexes.
    waiting: Vec<(usize, BoxFuture<'a, ServerResult<Option<Value>>>)>,
    /// The first field, in document order, that failed. The others are still resolved, so that the same errors are
    /// reported whatever the cache holds.
    failed: Option<(usize, ServerError)>,
}

impl<'a> PendingObject<'a> {
    /// Starts all selected fields of `node` and takes the values that are ready.
    fn new(ctx: &'a ContextSelectionSet<'a>, node: &'a dyn Node, cx: &mut task::Context<'_>) -> ServerResult<Self> {
        let selected = &ctx.item.node;
        let mut fields = Vec::with_capacity(selected.items.len());
        collect(ctx, selected, node, &mut fields)?;
        let mut values = Vec::with_capacity(fields.len());
        let mut waiting = Vec::new();
        let mut failed = None;
        for (place, field) in fields.iter().copied().enumerate() {
            let found = if field.node.name.node == "__typename" {
                Poll::Ready(Ok(Some(Value::String(node.name().into_owned()))))
            } else if is_flat(field) {
                // Columns are ready immediately, and so are prefetched rows and counts. Resolving such a field a second
                // time is harmless, because the loader deduplicates keys.
                node.try_field(ctx, field, cx)
            } else {
                Poll::Pending
            };
            match found {
                Poll::Ready(Ok(value)) => values.push(value.unwrap_or_default()),
                Poll::Ready(Err(error)) => {
                    values.push(Value::Null);
                    keep_first(&mut failed, place, error);
                }
                Poll::Pending => {
                    values.push(Value::Null);
                    waiting.push((place, node.field(ctx, field)));
                }
            }
        }
        Ok(Self { fields, values, waiting, failed })
    }

    /// Polls the unresolved fields and takes the values that have become ready. Returns whether all fields are
    /// resolved.
    fn poll(&mut self, cx: &mut task::Context<'_>) -> bool {
        let Self { values, waiting, failed, .. } = self;
        waiting.retain_mut(|(place, future)| {
            match future.as_mut().poll(cx) {
                Poll::Pending => return true,
                Poll::Ready(Ok(value)) => {
                    if let Some(slot) = values.get_mut(*place) {
                        *slot = value.unwrap_or_default();
                    }
                }
                Poll::Ready(Err(error)) => keep_first(failed, *place, error),
            }
            false
        });
        waiting.is_empty()
    }

    /// The complete object. All fields must be resolved.
    fn finish(self) -> ServerResult<Value> {
        if let Some((_, error)) = self.failed {
            return Err(error);
        }
        let mut object: IndexMap<Name, Value> = IndexMap::with_capacity(self.fields.len());
        for (field, value) in self.fields.into_iter().zip(self.values) {
            add(&mut object, field.node.response_key().node.clone(), value);
        }
        Ok(Value::Object(object))
    }
}

/// Keeps the error of the first place.
fn keep_first(failed: &mut Option<(usize, ServerError)>, place: usize, error: ServerError) {
    if failed.as_ref().is_none_or(|(known, _)| place < *known) {
        *failed = Some((place, error));
    }
}

/// Resolves the selected fields of an object.
async fn object(ctx: &ContextSelectionSet<'_>, node: &dyn Node) -> ServerResult<Value> {
    let mut begun = poll_fn(|cx| Poll::Ready(PendingObject::new(ctx, node, cx))).await?;
    if !begun.waiting.is_empty() {
        poll_fn(|cx| if begun.poll(cx) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
    begun.finish()
}

/// Resolves the selected fields of each of `nodes`. Like an object, a list whose items fail reports the first error.
async fn list(ctx: &ContextSelectionSet<'_>, nodes: Vec<&dyn Node>) -> ServerResult<Value> {
    let contexts: Vec<_> = (0..nodes.len()).map(|place| ctx.with_index(place)).collect();
    let mut values = vec![Value::Null; nodes.len()];
    let mut failed = None;
    let mut finish = |place: usize, item: ServerResult<Value>| match (values.get_mut(place), item) {
        (Some(slot), Ok(value)) => *slot = value,
        (_, Ok(_)) => {}
        (_, Err(error)) => keep_first(&mut failed, place, error),
    };
    let mut waiting: Vec<(usize, PendingObject<'_>)> = Vec::new();
    poll_fn(|cx| {
        for (place, (ctx, node)) in contexts.iter().zip(&nodes).enumerate() {
            match PendingObject::new(ctx, *node, cx) {
                Ok(begun) if begun.waiting.is_empty() => finish(place, begun.finish()),
                Ok(begun) => waiting.push((place, begun)),
                Err(error) => finish(place, Err(error)),
            }
        }
        Poll::Ready(())
    })
    .await;
    if !waiting.is_empty() {
        poll_fn(|cx| {
            let mut left = Vec::with_capacity(waiting.len());
            for (place, mut begun) in waiting.drain(..) {
                if begun.poll(cx) {
                    finish(place, begun.finish());
                } else {
                    left.push((place, begun));
                }
            }
            waiting = left;
            if waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    match failed {
        Some((_, error)) => Err(error),
        None => Ok(Value::List(values)),
    }
}

/// Collects the selected fields of `node`, including those of fragments, in document order.
fn collect<'a>(
    ctx: &ContextSelectionSet<'a>,
    selected: &'a SelectionSet,
    node: &dyn Node,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> ServerResult<()> {
    for selection in &selected.items {
        let (condition, selected) = match &selection.node {
            Selection::Field(field) => {
                fields.push(field);
                continue;
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    return Err(ServerError::new(format!("Unknown fragment \"{name}\"."), Some(spread.pos)));
                };
                (Some(&fragment.node.type_condition), &fragment.node.selection_set)
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
        };
        let applies = |condition: &str| {
            let registry = &ctx.schema_env.registry;
            let implements = |name: &str| registry.implements.get(name).is_some_and(|all| all.contains(condition));
            registry.types.get(condition).is_some_and(|condition| condition.is_possible_type(&node.name()))
                || implements(&node.name())
        };
        if condition.is_none_or(|condition| applies(condition.node.on.node.as_str())) {
            collect(ctx, &selected.node, node, fields)?;
        }
    }
    Ok(())
}

/// Adds a field to an object. A field that is already present is merged, such as when two fragments select parts of it.
pub(super) fn add(object: &mut IndexMap<Name, Value>, name: Name, value: Value) {
    match object.entry(name) {
        Entry::Vacant(place) => drop(place.insert(value)),
        Entry::Occupied(mut known) => merge(known.get_mut(), value),
    }
}

fn merge(known: &mut Value, other: Value) {
    match (known, other) {
        (Value::Object(known), Value::Object(other)) => {
            for (name, value) in other {
                add(known, name, value);
            }
        }
        (Value::List(known), Value::List(other)) => known.iter_mut().zip(other).for_each(|(one, two)| merge(one, two)),
        _ => {}
    }
}

/// Whether a field is a column, or an object without arguments of which only columns are selected.
fn is_flat(field: &Positioned<Field>) -> bool {
    let is_leaf = |field: &Positioned<Field>| field.node.selection_set.node.items.is_empty();
    let is_column = |item: &Positioned<Selection>| matches!(&item.node, Selection::Field(field) if is_leaf(field));
    is_leaf(field) || field.node.arguments.is_empty() && field.node.selection_set.node.items.iter().all(is_column)
}

/// An object whose fields are resolved by [`object`].
#[derive(Clone)]
pub struct Resolved<T>(T);

impl<T> Resolved<T> {
    pub(super) fn wrap(object: T) -> Self {
        Self(object)
    }
}

impl<T: OutputType + ContainerType> OutputType for Resolved<T> {
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

impl<T: ContainerType> ContainerType for Resolved<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

impl<T: OutputType + ContainerType> ObjectType for Resolved<T> {}

impl<T> Deref for Resolved<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A list of objects, resolved by [`list`]. The API has no other lists of objects: those of async-graphql shorten the
/// paths of errors.
#[derive(Clone)]
pub struct ObjectList<T>(pub(super) Vec<T>);

impl<T> FromIterator<T> for ObjectList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType + ContainerType> OutputType for ObjectList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        list(ctx, self.0.iter().map(|item| item as &dyn Node).collect()).await
    }
}
