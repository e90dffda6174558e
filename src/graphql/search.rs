//! Search results as a connection. Results are ranked as a whole, so pages are cut here and not in the database.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Union};
use entity::subject::Kind;

use super::{
    character::Character,
    connection::Paging,
    episode::Episode,
    executor::ObjectList,
    franchise::Franchise,
    get,
    page_info::{MorePages, PageInfo},
    person::Person,
    platform::Platform,
    row::one,
    season::Season,
    show::Show,
};
use crate::{
    error::Error,
    load::{SortValue, cursor},
    relation::search::{BY_RANK, Hit, KINDS, SOURCE, Search},
};

/// Kinds of objects that can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchKind {
    /// People, by name or alternative name.
    Person,
    /// Characters, by name, alternative name or nickname.
    Character,
    /// Shows and films, by title or code, such as `TNG`.
    Show,
    /// Seasons, by the show and the number, such as `picard season 2`.
    Season,
    /// Episodes, by title, or by the show and the numbers, such as `ds9 s04e05`.
    Episode,
    /// Franchises, by name.
    Franchise,
    /// Platforms, by any of their names.
    Platform,
}

/// The object found.
#[derive(Union)]
pub enum SearchNode {
    /// A person.
    Person(Person),
    /// A character.
    Character(Character),
    /// A show.
    Show(Show),
    /// A season.
    Season(Season),
    /// An episode.
    Episode(Episode),
    /// A franchise.
    Franchise(Franchise),
    /// A platform.
    Platform(Platform),
}

/// A search result with the name that matched.
pub struct SearchResult(Hit);

/// A search result with the name that matched.
#[Object]
impl SearchResult {
    /// The object found.
    async fn node(&self, ctx: &Context<'_>) -> Result<SearchNode, Error> {
        let id = self.0.row_id;
        Ok(match self.found()? {
            SearchKind::Person => SearchNode::Person(one(ctx, id).await?),
            SearchKind::Character => SearchNode::Character(one(ctx, id).await?),
            SearchKind::Show => SearchNode::Show(one(ctx, id).await?),
            SearchKind::Season => SearchNode::Season(one(ctx, id).await?),
            SearchKind::Episode => SearchNode::Episode(one(ctx, id).await?),
            SearchKind::Franchise => SearchNode::Franchise(one(ctx, id).await?),
            SearchKind::Platform => SearchNode::Platform(one(ctx, id).await?),
        })
    }

    /// Kind of object.
    async fn kind(&self) -> Result<SearchKind, Error> {
        self.found()
    }

    /// The matching name as written; if several match, the best. For a season, the name of its show.
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
            Kind::Season => Ok(SearchKind::Season),
            Kind::Episode => Ok(SearchKind::Episode),
            Kind::Franchise => Ok(SearchKind::Franchise),
            Kind::Platform => Ok(SearchKind::Platform),
            other => Err(Error::internal(format!("the search index has a name of kind {other:?}"))),
        }
    }
}

/// One page of search results.
pub struct SearchResults {
    search: Search,
    size: usize,
    from_end: bool,
    after: Option<Vec<i32>>,
    before: Option<Vec<i32>>,
}

/// Searches for a text among some kinds of objects, or all.
pub(super) fn search(text: &str, kinds: Option<&[SearchKind]>, paging: Paging) -> Result<SearchResults, Error> {
    let kinds = match kinds {
        Some([]) => return Err(Error::BadInput("`kinds` is empty; omit it to search all kinds".to_owned())),
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
            Self::Season => Kind::Season,
            Self::Episode => Kind::Episode,
            Self::Franchise => Kind::Franchise,
            Self::Platform => Kind::Platform,
        }
    }
}

/// A range within all results.
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

/// One page of search results.
#[Object(name = "SearchResultConnection")]
impl SearchResults {
    /// Items of this page with their cursors.
    async fn edges(&self, ctx: &Context<'_>) -> Result<ObjectList<SearchResultEdge>, Error> {
        Ok(ObjectList(self.page(ctx).await?.hits().iter().cloned().map(SearchResultEdge).collect()))
    }

    /// Items of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<ObjectList<SearchResult>, Error> {
        Ok(ObjectList(self.page(ctx).await?.hits().iter().cloned().map(SearchResult).collect()))
    }

    /// Position of this page in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Error> {
        let page = self.page(ctx).await?;
        Ok(PageInfo {
            start_cursor: page.hits().first().map(place),
            end_cursor: page.hits().last().map(place),
            next: MorePages::Known(page.to < page.hits.len()),
            previous: MorePages::Known(page.from > 0),
        })
    }

    /// Number of results on all pages. If more than 2000 names match, only the shortest 2000 are ranked.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        Ok(i64::try_from(self.hits(ctx).await?.len()).unwrap_or(i64::MAX))
    }
}

/// An item and its cursor.
pub struct SearchResultEdge(Hit);

/// An item and its cursor.
#[Object]
impl SearchResultEdge {
    /// Opaque cursor for `after` and `before`. It is valid only for the same list in the same sort order.
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

/// Decodes a cursor into [`Hit::sort`].
fn sort(cursor: &str) -> Result<Vec<i32>, Error> {
    let values = cursor::parse(cursor, &SOURCE, &BY_RANK)?.into_iter();
    // All sort keys are integers, and the cursor was decoded against them.
    Ok(values.filter_map(|value| if let SortValue::Int(value) = value { Some(value) } else { None }).collect())
}
