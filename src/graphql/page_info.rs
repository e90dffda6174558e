use async_graphql::{Context, Object};
use futures_util::future::BoxFuture;

use super::loader;
use crate::{
    error::Error,
    load::{Loader, SortValue},
};

/// Position of a page in its list.
pub struct PageInfo {
    pub(super) start_cursor: Option<String>,
    pub(super) end_cursor: Option<String>,
    pub(super) next: MorePages,
    pub(super) previous: MorePages,
}

/// What lies on one side of a page: the bound, and the end from which to read.
#[derive(Default)]
pub(super) struct Bounds {
    pub(super) after: Option<Vec<SortValue>>,
    pub(super) before: Option<Vec<SortValue>>,
    pub(super) from_end: bool,
}

pub(super) type Ask = dyn Fn(&Loader) -> BoxFuture<'static, Result<bool, Error>> + Send + Sync;

/// Whether there are more rows on one side of a page.
pub(super) enum MorePages {
    Known(bool),
    Ask(Box<Ask>),
}

impl MorePages {
    async fn tell(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        match self {
            Self::Known(known) => Ok(*known),
            Self::Ask(ask) => ask(loader(ctx)?).await,
        }
    }
}

/// Position of a page in its list.
#[Object]
impl PageInfo {
    /// Whether there are items after this page.
    async fn has_next_page(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        self.next.tell(ctx).await
    }

    /// Whether there are items before this page.
    async fn has_previous_page(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        self.previous.tell(ctx).await
    }

    /// Cursor of the first item on this page; null if the page is empty.
    async fn start_cursor(&self) -> Option<&str> {
        self.start_cursor.as_deref()
    }

    /// Cursor of the last item on this page; null if the page is empty. Pass it as `after` to get the next page.
    async fn end_cursor(&self) -> Option<&str> {
        self.end_cursor.as_deref()
    }
}
