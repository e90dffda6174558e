use async_graphql::{Context, Object};
use futures_util::future::BoxFuture;

use super::loader;
use crate::{
    error::Error,
    load::{Loader, SortValue},
};

/// Where a page lies in its list.
pub struct PageInfo {
    pub(super) start_cursor: Option<String>,
    pub(super) end_cursor: Option<String>,
    pub(super) next: Beyond,
    pub(super) previous: Beyond,
}

/// A side of a page: what lies behind or before a row, and from which end to look.
#[derive(Default)]
pub(super) struct Bounds {
    pub(super) after: Option<Vec<SortValue>>,
    pub(super) before: Option<Vec<SortValue>>,
    pub(super) from_end: bool,
}

pub(super) type Ask = dyn Fn(&Loader) -> BoxFuture<'static, Result<bool, Error>> + Send + Sync;

/// Whether there are items beyond a page.
pub(super) enum Beyond {
    Known(bool),
    Ask(Box<Ask>),
}

impl Beyond {
    async fn tell(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        match self {
            Self::Known(known) => Ok(*known),
            Self::Ask(ask) => ask(loader(ctx)?).await,
        }
    }
}

/// Where a page lies in its list.
#[Object]
impl PageInfo {
    /// Whether items follow this page.
    async fn has_next_page(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        self.next.tell(ctx).await
    }

    /// Whether items come before this page.
    async fn has_previous_page(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        self.previous.tell(ctx).await
    }

    /// Cursor of the first item of this page; null on an empty page.
    async fn start_cursor(&self) -> Option<&str> {
        self.start_cursor.as_deref()
    }

    /// Cursor of the last item of this page; null on an empty page. Give it as `after` to get the next page.
    async fn end_cursor(&self) -> Option<&str> {
        self.end_cursor.as_deref()
    }
}
