//! Pages of lists, following the Relay cursor connections specification, with `nodes` and `totalCount` added.
//!
//! Source: <https://relay.dev/graphql/connections.htm>.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    Context, InputType, Object, ObjectType, OutputType, SelectionField, TypeName, Value, connection::EmptyFields,
    resolver_utils::ContainerType,
};

use super::{
    executor::{ObjectList, Resolved},
    get,
    page_info::{Bounds, MorePages, PageInfo},
    row::{self, Derived, Row},
};
use crate::{
    error::Error,
    load::{Condition, Entry, Field, List, Many, Order, Parent, Record, Window, cursor},
};

/// Default page size.
pub(super) const DEFAULT_PAGE: u32 = 20;

/// Maximum page size.
pub(super) const LARGEST_PAGE: u32 = 100;

/// What a connection lists: rows of one type, each with the node it becomes.
pub(super) trait Item: Send + Sync + 'static {
    /// Row type of the list.
    type Row: Record;
    /// Object type of the node.
    type Node: OutputType + ContainerType;
    /// Additional fields of the edge.
    type Fields: ObjectType;

    /// Prefix of the type names of the connection and its edge.
    fn name() -> Cow<'static, str> {
        Self::Node::type_name()
    }

    /// The node for a row.
    fn node(row: &Arc<Self::Row>) -> Self::Node;

    /// Additional fields of the edge.
    fn fields(row: &Arc<Self::Row>) -> Self::Fields;
}

impl<E: row::Object> Item for Row<E>
where
    Row<E>: OutputType + ContainerType,
{
    type Row = E::Model;
    type Node = Self;
    type Fields = EmptyFields;

    fn node(row: &Arc<E::Model>) -> Self {
        Row::new(Arc::clone(row))
    }

    fn fields(_: &Arc<E::Model>) -> EmptyFields {
        EmptyFields
    }
}

impl<R: Record> Item for Derived<R>
where
    Derived<R>: OutputType + ContainerType,
{
    type Row = R;
    type Node = Self;
    type Fields = EmptyFields;

    fn node(row: &Arc<R>) -> Self {
        Derived(Arc::clone(row))
    }

    fn fields(_: &Arc<R>) -> EmptyFields {
        EmptyFields
    }
}

/// The pagination arguments of a connection, which [`super::schema_rules`] adds to its field.
#[derive(Debug, Default)]
pub(super) struct Paging {
    first: Option<i32>,
    pub(super) after: Option<String>,
    last: Option<i32>,
    pub(super) before: Option<String>,
}

impl Paging {
    /// Reads the arguments of the field that is being resolved.
    pub(super) fn of(ctx: &Context<'_>) -> Result<Self, Error> {
        Ok(Self {
            first: argument(ctx, "first")?,
            after: argument(ctx, "after")?,
            last: argument(ctx, "last")?,
            before: argument(ctx, "before")?,
        })
    }

    /// Page size, and whether it counts from the end.
    pub(super) fn size(&self) -> Result<(u32, bool), Error> {
        let (name, size, from_end) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::BadInput("`first` and `last` cannot be combined; use one of them".to_owned()));
            }
            (None, Some(last)) => ("last", last, true),
            (Some(first), None) => ("first", first, false),
            (None, None) => return Ok((DEFAULT_PAGE, false)),
        };
        match u32::try_from(size) {
            Ok(size) if size <= LARGEST_PAGE => Ok((size, from_end)),
            Ok(size) => Err(Error::TooMuch(format!(
                "`{name}: {size}` exceeds the maximum page size of {LARGEST_PAGE}; page through the list with `pageInfo`"
            ))),
            Err(_) => Err(Error::BadInput(format!("`{name}: {size}` is negative; use 0 to {LARGEST_PAGE}"))),
        }
    }
}

/// An optional argument of the field that is being resolved.
fn argument<T: InputType>(ctx: &Context<'_>, name: &str) -> Result<Option<T>, Error> {
    match ctx.param_value(name, None) {
        Ok((_, value)) => Ok(value),
        Err(reason) => Err(Error::BadInput(format!("`{name}`: {}", reason.message))),
    }
}

/// One page of a parent's list.
pub(super) fn connect<I: Item>(
    ctx: &Context<'_>,
    list: &'static List<I::Row>,
    parent: impl Into<Parent>,
) -> Result<Connection<I>, Error> {
    connect_filtered(ctx, list, parent, list.order, Vec::new())
}

/// One page of a parent's list, in the given order or its own.
pub(super) fn connect_sorted<I: Item>(
    ctx: &Context<'_>,
    list: &'static List<I::Row>,
    parent: impl Into<Parent>,
    order: Option<&'static Order>,
) -> Result<Connection<I>, Error> {
    connect_filtered(ctx, list, parent, order.unwrap_or(list.order), Vec::new())
}

/// One page of a parent's list, filtered, in the given order.
pub(super) fn connect_filtered<I: Item>(
    ctx: &Context<'_>,
    list: &'static List<I::Row>,
    parent: impl Into<Parent>,
    order: &'static Order,
    filter: Vec<Condition>,
) -> Result<Connection<I>, Error> {
    Ok(connect_window(list, parent, window(ctx, list, order, filter)?))
}

/// The window of a list that the pagination arguments select.
pub(super) fn window<R: Record>(
    ctx: &Context<'_>,
    list: &'static List<R>,
    order: &'static Order,
    filter: Vec<Condition>,
) -> Result<Window, Error> {
    let paging = Paging::of(ctx)?;
    let (size, from_end) = paging.size()?;
    let bound = |text: Option<String>| text.map(|text| cursor::parse(&text, &list.source, order)).transpose();
    Ok(Window {
        order,
        filter: filter.into(),
        after: bound(paging.after)?,
        before: bound(paging.before)?,
        inclusive: false,
        // One extra row shows whether there is another page.
        limit: Some(size + 1),
        from_end,
    })
}

/// The page of a parent's list that a window covers.
pub(super) fn connect_window<I: Item>(
    list: &'static List<I::Row>,
    parent: impl Into<Parent>,
    window: Window,
) -> Connection<I> {
    Resolved::wrap(ConnectionPage(Many::new(list, parent, window)))
}

/// One page of a list.
pub(super) type Connection<I> = Resolved<ConnectionPage<I>>;

/// The window of a list that a page covers. It is read only when a field needs its rows or cursors.
pub struct ConnectionPage<I: Item>(Many<I::Row>);

/// The items of a page.
struct Page<I: Item> {
    edges: Vec<Edge<I>>,
    /// Whether there are more rows in the direction of reading.
    goes_on: bool,
}

impl<I: Item> ConnectionPage<I> {
    /// Reads the page. Rows needed by the fields selected under `nodes` are prefetched in the same statement.
    async fn page(&self, ctx: &Context<'_>, nodes: &[SelectionField<'_>]) -> Result<Page<I>, Error> {
        let Window { order, limit, from_end, .. } = self.0.window();
        // An empty page shows no nodes, so there is nothing to prefetch.
        let nodes = if *limit == Some(1) { &[] } else { nodes };
        let fields = nodes.iter().flat_map(SelectionField::selection_set);
        let found = get(ctx, self.0.clone().prefetch(fields.map(prefetch_field))).await?.unwrap_or_default();
        // The extra row only shows that there are more.
        let size = limit.and_then(|limit| usize::try_from(limit - 1).ok()).unwrap_or(usize::MAX);
        let spare = found.len().saturating_sub(size);
        let edges = found.iter().skip(if *from_end { spare } else { 0 }).take(size);
        let edges = edges.map(|entry| Edge { entry: entry.clone(), list: self.0.list(), order }).collect();
        Ok(Page { edges, goes_on: spare > 0 })
    }
}

/// What to prefetch for a field of a row.
fn prefetch_field(field: SelectionField<'_>) -> Field<'_> {
    let paging = |name: &str| ["first", "after", "last", "before"].contains(&name);
    // Pagination arguments do not change the total count, but filters do. Arguments that cannot be evaluated, such as
    // missing variables, are treated as absent: the cost is at most an unneeded count.
    let is_part =
        || field.arguments().is_ok_and(|all| all.iter().any(|(name, value)| !paging(name) && *value != Value::Null));
    let counts = field.selection_set().any(|field| field.name() == "totalCount") && !is_part();
    Field { name: field.name(), counts }
}

/// An item and its cursor.
pub struct Edge<I: Item> {
    entry: Entry<I::Row>,
    list: &'static List<I::Row>,
    order: &'static Order,
}

impl<I: Item> TypeName for ConnectionPage<I> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", I::name()).into()
    }
}

impl<I: Item> TypeName for Edge<I> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", I::name()).into()
    }
}

/// One page of a list.
#[Object(name_type)]
impl<I: Item> ConnectionPage<I> {
    /// Items of this page with their cursors.
    async fn edges(&self, ctx: &Context<'_>) -> Result<ObjectList<Resolved<Edge<I>>>, Error> {
        let nodes: Vec<_> = ctx.field().selection_set().filter(|field| field.name() == "node").collect();
        let page = self.page(ctx, &nodes).await?;
        Ok(ObjectList(page.edges.into_iter().map(Resolved::wrap).collect()))
    }

    /// Items of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<ObjectList<I::Node>, Error> {
        let page = self.page(ctx, &[ctx.field()]).await?;
        Ok(ObjectList(page.edges.iter().map(|edge| I::node(&edge.entry.row)).collect()))
    }

    /// Position of this page in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Error> {
        let page = self.page(ctx, &[]).await?;
        let window = self.0.window();
        let next = Bounds { after: window.before.clone(), from_end: false, ..Bounds::default() };
        let previous = Bounds { before: window.after.clone(), from_end: true, ..Bounds::default() };
        Ok(PageInfo {
            start_cursor: page.edges.first().map(Edge::place),
            end_cursor: page.edges.last().map(Edge::place),
            next: if page.goes_on && !window.from_end { MorePages::Known(true) } else { self.beyond(next) },
            previous: if page.goes_on && window.from_end { MorePages::Known(true) } else { self.beyond(previous) },
        })
    }

    /// Number of items in the whole list, on all pages. Counted only when requested.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        Ok(get(ctx, self.0.count()).await?.unwrap_or_default())
    }
}

/// An item and its cursor.
#[Object(name_type)]
impl<I: Item> Edge<I> {
    /// Opaque cursor for `after` and `before`. It is valid only for the same list in the same sort order.
    async fn cursor(&self) -> String {
        self.place()
    }

    /// The item.
    async fn node(&self) -> I::Node {
        I::node(&self.entry.row)
    }

    #[graphql(flatten)]
    async fn fields(&self) -> I::Fields {
        I::fields(&self.entry.row)
    }
}

impl<I: Item> ConnectionPage<I> {
    /// Whether the list has an item at or past the given bound.
    fn beyond(&self, bounds: Bounds) -> MorePages {
        if bounds.after.is_none() && bounds.before.is_none() {
            return MorePages::Known(false);
        }
        let Bounds { after, before, from_end } = bounds;
        let window = self.0.window().clone();
        let one = self.0.with_window(Window { after, before, from_end, inclusive: true, limit: Some(1), ..window });
        MorePages::Ask(Box::new(move |loader| {
            let found = loader.get(one.clone());
            Box::pin(async move { Ok(found.await?.is_some_and(|found| !found.is_empty())) })
        }))
    }
}

impl<I: Item> Edge<I> {
    fn place(&self) -> String {
        cursor::print(&self.list.source, self.order, &self.entry.sort)
    }
}
