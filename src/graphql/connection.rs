//! Pages of lists, as the Relay cursor connections specification has them, with `nodes` and `totalCount` beside.
//!
//! Source: <https://relay.dev/graphql/connections.htm>.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    Context, Object, ObjectType, OutputType, SelectionField, TypeName, Value, connection::EmptyFields,
    resolver_utils::ContainerType,
};

use super::{
    cursor, get,
    page_info::{Beyond, Bounds, PageInfo},
    resolve::{Items, Lean},
    row::{self, Derived, Row},
};
use crate::{
    error::Error,
    load::{Condition, Entry, Field, List, Many, Order, Parent, Record, Window},
};

/// How many items a page holds if the caller does not say.
pub(super) const DEFAULT_PAGE: u32 = 20;

/// How many items a page holds at most.
pub(super) const LARGEST_PAGE: u32 = 100;

/// What a connection lists: rows of one type, each shown as a node.
pub(super) trait Item: Send + Sync + 'static {
    /// A row of the list.
    type Row: Record;
    /// The object that is shown for it.
    type Node: OutputType + ContainerType;
    /// What the edge says beside the node.
    type Fields: ObjectType;

    /// Begin of the names of the connection and of its edge.
    fn name() -> Cow<'static, str> {
        Self::Node::type_name()
    }

    /// The object for a row.
    fn node(row: &Arc<Self::Row>) -> Self::Node;

    /// What the edge says beside the node.
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

/// The arguments of a connection.
#[derive(Debug, Default)]
pub(super) struct Paging {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

impl Paging {
    /// How many items are asked for, and whether they are counted from the end.
    pub(super) fn size(&self) -> Result<(u32, bool), Error> {
        let (name, size, from_end) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::BadInput("`first` and `last` were both given; give one of them".to_owned()));
            }
            (None, Some(last)) => ("last", last, true),
            (Some(first), None) => ("first", first, false),
            (None, None) => return Ok((DEFAULT_PAGE, false)),
        };
        match u32::try_from(size) {
            Ok(size) if size <= LARGEST_PAGE => Ok((size, from_end)),
            Ok(size) => Err(Error::TooMuch(format!(
                "`{name}: {size}` asks for more than a page may hold; ask for at most {LARGEST_PAGE} and go on from `pageInfo`"
            ))),
            Err(_) => Err(Error::BadInput(format!("`{name}: {size}` is negative; give 0 to {LARGEST_PAGE}"))),
        }
    }
}

/// One page of a list, for one parent.
pub(super) fn connect<I: Item>(
    list: &'static List<I::Row>,
    parent: impl Into<Parent>,
    paging: Paging,
) -> Result<Connection<I>, Error> {
    connect_by(list, parent, paging, list.order, Vec::new())
}

/// One page of a list, for one parent, in an order and through a filter that the caller chose.
pub(super) fn connect_by<I: Item>(
    list: &'static List<I::Row>,
    parent: impl Into<Parent>,
    paging: Paging,
    order: &'static Order,
    filter: Vec<Condition>,
) -> Result<Connection<I>, Error> {
    let (size, from_end) = paging.size()?;
    let bound = |text: Option<String>| text.map(|text| cursor::parse(&text, &list.source, order)).transpose();
    let window = Window {
        order,
        filter: filter.into(),
        after: bound(paging.after)?,
        before: bound(paging.before)?,
        inclusive: false,
        // One more than asked for tells whether the list goes on.
        limit: Some(size + 1),
        from_end,
    };
    Ok(Lean::of(Stretch(Many::new(list, parent, window))))
}

/// One page of a list.
pub(super) type Connection<I> = Lean<Stretch<I>>;

/// The stretch of a list that is a page. It is read only if its items or their place are asked for.
pub struct Stretch<I: Item>(Many<I::Row>);

/// The items of a page.
struct Page<I: Item> {
    edges: Vec<Edge<I>>,
    /// Whether the list goes on in the direction in which it was read.
    goes_on: bool,
}

impl<I: Item> Stretch<I> {
    /// The page, and along with it what is shown by the fields that are selected of `nodes`.
    async fn page(&self, ctx: &Context<'_>, nodes: &[SelectionField<'_>]) -> Result<Page<I>, Error> {
        let Window { order, limit, from_end, .. } = self.0.window();
        // Of a page of nothing, however much is selected, nothing is shown.
        let nodes = if *limit == Some(1) { &[] } else { nodes };
        let fields = nodes.iter().flat_map(SelectionField::selection_set);
        let found = get(ctx, self.0.clone().along(fields.map(as_reference))).await?.unwrap_or_default();
        // The last one read only tells that the list goes on.
        let size = limit.and_then(|limit| usize::try_from(limit - 1).ok()).unwrap_or(usize::MAX);
        let spare = found.len().saturating_sub(size);
        let edges = found.iter().skip(if *from_end { spare } else { 0 }).take(size);
        let edges = edges.map(|entry| Edge { entry: entry.clone(), list: self.0.list(), order }).collect();
        Ok(Page { edges, goes_on: spare > 0 })
    }
}

/// What a field asks for of what its row leads to.
fn as_reference(field: SelectionField<'_>) -> Field<'_> {
    let paging = |name: &str| ["first", "after", "last", "before"].contains(&name);
    // A page of a list says nothing about its length, unlike a filter. Arguments that cannot be told, such as variables that
    // were not given, are taken for none: a count that nobody asks for is only wasted.
    let is_part =
        || field.arguments().is_ok_and(|all| all.iter().any(|(name, value)| !paging(name) && *value != Value::Null));
    let counts = field.selection_set().any(|field| field.name() == "totalCount") && !is_part();
    Field { name: field.name(), counts }
}

/// One item of a list and its place.
pub struct Edge<I: Item> {
    entry: Entry<I::Row>,
    list: &'static List<I::Row>,
    order: &'static Order,
}

impl<I: Item> TypeName for Stretch<I> {
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
impl<I: Item> Stretch<I> {
    /// The items of this page with their cursors.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Items<Lean<Edge<I>>>, Error> {
        let nodes: Vec<_> = ctx.field().selection_set().filter(|field| field.name() == "node").collect();
        let page = self.page(ctx, &nodes).await?;
        Ok(Items(page.edges.into_iter().map(Lean::of).collect()))
    }

    /// The items of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Items<I::Node>, Error> {
        let page = self.page(ctx, &[ctx.field()]).await?;
        Ok(Items(page.edges.iter().map(|edge| I::node(&edge.entry.row)).collect()))
    }

    /// Where this page lies in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Error> {
        let page = self.page(ctx, &[]).await?;
        let window = self.0.window();
        let next = Bounds { after: window.before.clone(), from_end: false, ..Bounds::default() };
        let previous = Bounds { before: window.after.clone(), from_end: true, ..Bounds::default() };
        Ok(PageInfo {
            start_cursor: page.edges.first().map(Edge::place),
            end_cursor: page.edges.last().map(Edge::place),
            next: if page.goes_on && !window.from_end { Beyond::Known(true) } else { self.beyond(next) },
            previous: if page.goes_on && window.from_end { Beyond::Known(true) } else { self.beyond(previous) },
        })
    }

    /// How many items the whole list has, on all its pages. Counted only if it is asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        Ok(get(ctx, self.0.count()).await?.unwrap_or_default())
    }
}

/// One item of a list and its place.
#[Object(name_type)]
impl<I: Item> Edge<I> {
    /// The item's place in the list, for `after` and `before`. Opaque; good for the same list in the same order.
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

impl<I: Item> Stretch<I> {
    /// Whether there is an item from the bound on, the bound included.
    fn beyond(&self, bounds: Bounds) -> Beyond {
        if bounds.after.is_none() && bounds.before.is_none() {
            return Beyond::Known(false);
        }
        let Bounds { after, before, from_end } = bounds;
        let window = self.0.window().clone();
        let one = self.0.through(Window { after, before, from_end, inclusive: true, limit: Some(1), ..window });
        Beyond::Ask(Box::new(move |loader| {
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
