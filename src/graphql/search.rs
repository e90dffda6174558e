//! Hits of a search as a connection. They are ranked as a whole, so that pages are cut from them here.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Union};
use entity::subject::Kind;

use super::{
    character::Character,
    connection::Paging,
    cursor,
    episode::Episode,
    get,
    page_info::{Beyond, PageInfo},
    person::Person,
    row::one,
    show::Show,
};
use crate::{
    edge::search::{BY_RANK, Hit, KINDS, SOURCE, Search},
    error::Error,
    load::SortValue,
};

/// What can be found by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchKind {
    /// People, by their names and other names.
    Person,
    /// Characters, by their names, other names and nicknames.
    Character,
    /// Shows and films, by their titles and codes, such as `TNG`.
    Show,
    /// Episodes, by their titles.
    Episode,
}

/// What was found.
#[derive(Union)]
pub enum SearchNode {
    /// A person.
    Person(Person),
    /// A character.
    Character(Character),
    /// A show.
    Show(Show),
    /// An episode.
    Episode(Episode),
}

/// What a search has found, and by which name.
pub struct SearchResult(Hit);

/// What a search has found, and by which name.
#[Object]
impl SearchResult {
    /// What was found.
    async fn node(&self, ctx: &Context<'_>) -> Result<SearchNode, Error> {
        let id = self.0.row_id;
        Ok(match self.found()? {
            SearchKind::Person => SearchNode::Person(one(ctx, id).await?),
            SearchKind::Character => SearchNode::Character(one(ctx, id).await?),
            SearchKind::Show => SearchNode::Show(one(ctx, id).await?),
            SearchKind::Episode => SearchNode::Episode(one(ctx, id).await?),
        })
    }

    /// Its kind.
    async fn kind(&self) -> Result<SearchKind, Error> {
        self.found()
    }

    /// The name that fits, as it is written: of several the one that fits best.
    async fn matched(&self) -> &str {
        &self.0.name
    }
}

impl SearchResult {
    fn found(&self) -> Result<SearchKind, Error> {
        match self.0.kind {
            Kind::Person => Ok(SearchKind::Person),
            Kind::Character => Ok(SearchKind::Character),
            Kind::Show => Ok(SearchKind::Show),
            Kind::Episode => Ok(SearchKind::Episode),
            other => Err(Error::internal(format!("the search index has a name of kind {other:?}"))),
        }
    }
}

/// One page of what was found.
pub struct SearchResults {
    search: Search,
    size: usize,
    from_end: bool,
    after: Option<Vec<i32>>,
    before: Option<Vec<i32>>,
}

/// What fits a text, of some kinds or all.
pub(super) fn search(text: &str, kinds: Option<&[SearchKind]>, paging: Paging) -> Result<SearchResults, Error> {
    let kinds = match kinds {
        Some([]) => return Err(Error::BadInput("`kinds` is empty; leave it out to look for all kinds".to_owned())),
        Some(kinds) => kinds.iter().map(|kind| kind.table()).collect(),
        None => KINDS.to_vec(),
    };
    let (size, from_end) = paging.size()?;
    let bound = |text: Option<String>| text.map(|text| sort(&text)).transpose();
    Ok(SearchResults {
        search: Search::new(text, &kinds)?,
        size: usize::try_from(size).unwrap_or(usize::MAX),
        from_end,
        after: bound(paging.after)?,
        before: bound(paging.before)?,
    })
}

impl SearchKind {
    fn table(self) -> Kind {
        match self {
            Self::Person => Kind::Person,
            Self::Character => Kind::Character,
            Self::Show => Kind::Show,
            Self::Episode => Kind::Episode,
        }
    }
}

/// Places in the list of all hits.
struct Page {
    hits: Arc<[Hit]>,
    from: usize,
    to: usize,
}

impl SearchResults {
    async fn hits(&self, ctx: &Context<'_>) -> Result<Arc<[Hit]>, Error> {
        Ok(get(ctx, self.search.clone()).await?.unwrap_or_default())
    }

    async fn page(&self, ctx: &Context<'_>) -> Result<Page, Error> {
        let hits = self.hits(ctx).await?;
        let before = |place: &dyn Fn(&[i32]) -> bool| hits.partition_point(|hit| place(&hit.sort()));
        let from = self.after.as_deref().map_or(0, |bound| before(&|sort| sort <= bound));
        let to = self.before.as_deref().map_or(hits.len(), |bound| before(&|sort| sort < bound));
        let to = to.max(from);
        let (from, to) = if self.from_end {
            (from.max(to.saturating_sub(self.size)), to)
        } else {
            (from, to.min(from.saturating_add(self.size)))
        };
        Ok(Page { hits, from, to })
    }
}

impl Page {
    fn hits(&self) -> &[Hit] {
        self.hits.get(self.from..self.to).unwrap_or_default()
    }
}

/// One page of what was found.
#[Object(name = "SearchResultConnection")]
impl SearchResults {
    /// The items of this page with their cursors.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<SearchResultEdge>, Error> {
        Ok(self.page(ctx).await?.hits().iter().cloned().map(SearchResultEdge).collect())
    }

    /// The items of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<SearchResult>, Error> {
        Ok(self.page(ctx).await?.hits().iter().cloned().map(SearchResult).collect())
    }

    /// Where this page lies in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Error> {
        let page = self.page(ctx).await?;
        Ok(PageInfo {
            start_cursor: page.hits().first().map(place),
            end_cursor: page.hits().last().map(place),
            next: Beyond::Known(page.to < page.hits.len()),
            previous: Beyond::Known(page.from > 0),
        })
    }

    /// How many items the whole list has, on all its pages. Of more than 2000 names that fit, the shortest are taken.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        Ok(i64::try_from(self.hits(ctx).await?.len()).unwrap_or(i64::MAX))
    }
}

/// One item of a list and its place.
pub struct SearchResultEdge(Hit);

/// One item of a list and its place.
#[Object]
impl SearchResultEdge {
    /// The item's place in the list, for `after` and `before`. Opaque; good for the same list in the same order.
    async fn cursor(&self) -> String {
        place(&self.0)
    }

    /// The item.
    async fn node(&self) -> SearchResult {
        SearchResult(self.0.clone())
    }
}

fn place(hit: &Hit) -> String {
    cursor::print(&SOURCE, &BY_RANK, &hit.sort_values())
}

/// What a cursor holds: [`Hit::sort`].
fn sort(cursor: &str) -> Result<Vec<i32>, Error> {
    let values = cursor::parse(cursor, &SOURCE, &BY_RANK)?.into_iter();
    // All keys are integers, and the cursor was read by them.
    Ok(values.filter_map(|value| if let SortValue::Int(value) = value { Some(value) } else { None }).collect())
}
