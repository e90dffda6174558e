//! Pages of lists that are computed in memory, such as what the graph finds. Items have integers as sort keys.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, TypeName, resolver_utils::ContainerType};

use super::{
    connection::Paging,
    executor::{ObjectList, Resolved},
    page_info::{MorePages, PageInfo},
};
use crate::{
    error::Error,
    load::{Order, SortKey, SortKey::Int, SortValue, Source, cursor},
};

/// An object that lists computed in memory consist of.
pub(super) trait Found: OutputType + ContainerType + Clone {
    /// Prefix of the type names of the connection and its edge.
    fn name() -> Cow<'static, str> {
        Self::type_name()
    }
}

/// The page that a client asks for, of a list whose items have `N` sort keys.
#[derive(Clone, Debug)]
pub(super) struct Cut<const N: usize> {
    list: &'static str,
    size: usize,
    from_end: bool,
    after: Option<[i32; N]>,
    before: Option<[i32; N]>,
    /// Whether the number of items in the whole list is asked for.
    pub(super) counts: bool,
}

/// The part of a list that a page covers.
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    next: bool,
    previous: bool,
    total: usize,
}

impl<const N: usize> Cut<N> {
    const KEYS: &'static [SortKey] = &[Int(""); N];
    const ORDER: Order = Order { name: "DEFAULT", keys: Self::KEYS, descending: false, join: "" };

    /// Reads the pagination arguments of the field that is being resolved.
    pub(super) fn of(ctx: &Context<'_>, list: &'static str) -> Result<Self, Error> {
        let paging = Paging::of(ctx)?;
        let (size, from_end) = paging.size()?;
        let bound = |text: Option<String>| text.map(|text| Self::parse(list, &text)).transpose();
        let counts = ctx.field().selection_set().any(|field| field.name() == "totalCount");
        let (after, before) = (bound(paging.after)?, bound(paging.before)?);
        Ok(Self { list, size: usize::try_from(size).unwrap_or(usize::MAX), from_end, after, before, counts })
    }

    const fn source(list: &'static str) -> Source {
        Source { name: list, parent: &[], from: "", condition: "" }
    }

    fn parse(list: &'static str, cursor: &str) -> Result<[i32; N], Error> {
        let values = cursor::parse(cursor, &Self::source(list), &Self::ORDER)?;
        // All sort keys are integers, and the cursor was decoded against them.
        let keys =
            values.into_iter().filter_map(|value| if let SortValue::Int(key) = value { Some(key) } else { None });
        keys.collect::<Vec<_>>().try_into().map_err(|_| Error::internal("a cursor has too many sort keys"))
    }

    /// Number of items from the start of the list that the page needs, including one that shows whether there are more;
    /// `None` if it needs all. Only for lists whose sort key is the position, from 0.
    pub(super) fn needed(&self) -> Option<usize> {
        if self.from_end {
            return None;
        }
        let after = self.after.and_then(|after| usize::try_from(*after.first()?).ok());
        Some(after.map_or(0, |after| after.saturating_add(1)).saturating_add(self.size).saturating_add(1))
    }

    /// Cuts the page out of `list`, which is sorted by `sort`.
    pub(super) fn cut<T>(&self, mut list: Vec<T>, sort: impl Fn(&T) -> [i32; N]) -> Part<T> {
        let total = list.len();
        let from = self.after.map_or(0, |bound| list.partition_point(|item| sort(item) <= bound));
        let to = self.before.map_or(total, |bound| list.partition_point(|item| sort(item) < bound)).max(from);
        let (from, to) = if self.from_end {
            (from.max(to.saturating_sub(self.size)), to)
        } else {
            (from, to.min(from.saturating_add(self.size)))
        };
        list.truncate(to);
        Part { items: list.split_off(from.min(list.len())), next: to < total, previous: from > 0, total }
    }

    /// The connection with a page of items and their sort keys.
    pub(super) fn connection<O: Found>(&self, part: Part<([i32; N], O)>) -> FoundConnection<O> {
        let Part { items, next, previous, total } = part;
        let cursor = |keys: [i32; N]| cursor::print(&Self::source(self.list), &Self::ORDER, &keys.map(SortValue::Int));
        let edges = items.into_iter().map(|(keys, node)| FoundEdge { cursor: cursor(keys), node }).collect();
        Resolved::wrap(FoundPage { edges, next, previous, total })
    }
}

/// One page of a list that is complete in memory. Its items have no key but their position.
pub(super) fn connect_found<O: Found>(
    ctx: &Context<'_>,
    list: &'static str,
    items: Vec<O>,
) -> Result<FoundConnection<O>, Error> {
    let cut = Cut::<1>::of(ctx, list)?;
    let items = (0..).zip(items).map(|(at, item)| ([at], item)).collect();
    let part = cut.cut(items, |(key, _): &([i32; 1], O)| *key);
    Ok(cut.connection(part))
}

impl<T> Part<T> {
    /// The same part with `total` items in the whole list.
    pub(super) fn of_total(self, total: usize) -> Self {
        Self { total, ..self }
    }

    /// The same part with other items.
    pub(super) fn with<O>(self, items: Vec<O>) -> Part<O> {
        let Self { next, previous, total, .. } = self;
        Part { items, next, previous, total }
    }
}

/// One page of a list that was computed in memory.
pub(super) type FoundConnection<O> = Resolved<FoundPage<O>>;

/// One page of a list that was computed in memory.
pub struct FoundPage<O: Found> {
    edges: Vec<FoundEdge<O>>,
    next: bool,
    previous: bool,
    total: usize,
}

/// An item and its cursor.
#[derive(Clone)]
pub struct FoundEdge<O: Found> {
    cursor: String,
    node: O,
}

impl<O: Found> TypeName for FoundPage<O> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", O::name()).into()
    }
}

impl<O: Found> TypeName for FoundEdge<O> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", O::name()).into()
    }
}

/// One page of a list.
#[Object(name_type)]
impl<O: Found> FoundPage<O> {
    /// Items of this page with their cursors.
    async fn edges(&self) -> ObjectList<Resolved<FoundEdge<O>>> {
        ObjectList(self.edges.iter().cloned().map(Resolved::wrap).collect())
    }

    /// Items of this page.
    async fn nodes(&self) -> ObjectList<O> {
        ObjectList(self.edges.iter().map(|edge| edge.node.clone()).collect())
    }

    /// Position of this page in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
            next: MorePages::Known(self.next),
            previous: MorePages::Known(self.previous),
        }
    }

    /// Number of items in the whole list, on all pages.
    async fn total_count(&self) -> usize {
        self.total
    }
}

/// An item and its cursor.
#[Object(name_type)]
impl<O: Found> FoundEdge<O> {
    /// Opaque cursor for `after` and `before`. It is valid only for the same list.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> O {
        self.node.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(size: usize, from_end: bool, after: Option<i32>, before: Option<i32>) -> Part<i32> {
        let (after, before) = (after.map(|key| [key]), before.map(|key| [key]));
        Cut::<1> { list: "test", size, from_end, after, before, counts: false }.cut((0..10).collect(), |item| [*item])
    }

    #[test]
    fn a_page_is_cut_from_either_end() {
        let page = |part: Part<i32>| (part.items, part.previous, part.next, part.total);
        assert_eq!(page(cut(3, false, None, None)), (vec![0, 1, 2], false, true, 10));
        assert_eq!(page(cut(3, false, Some(7), None)), (vec![8, 9], true, false, 10));
        assert_eq!(page(cut(3, true, None, None)), (vec![7, 8, 9], true, false, 10));
        assert_eq!(page(cut(3, true, None, Some(2))), (vec![0, 1], false, true, 10));
        assert_eq!(page(cut(3, false, Some(5), Some(4))), (vec![], true, true, 10));
        assert_eq!(page(cut(0, false, None, None)), (vec![], false, true, 10));
    }
}
