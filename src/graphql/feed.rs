//! The feed: all changes in the order of the commits.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_graphql::{Context, Enum, ID, Object, resolver_utils::EnumType};

use super::{
    FeedSettings,
    changeset::{Change, object},
    connection::{Connection, connect_window, window},
    get,
    live_run::FeedPage,
    node::{self, Node},
    row,
};
use crate::{
    account,
    change::raw::{self, RowChange},
    error::Error,
    load::{Bind, Condition, Many, SortValue, Window},
    relation::change::{ALL_CHANGES, HORIZON, OF_ROW},
};

/// A kind of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ObjectKind {
    /// Franchises.
    Franchise = 1,
    /// Shows and films.
    Show = 2,
    /// Seasons.
    Season = 3,
    /// Episodes.
    Episode = 4,
    /// People.
    Person = 5,
    /// Characters.
    Character = 6,
    /// Credits, with their appearances in episodes.
    Credit = 7,
    /// Links between shows.
    ShowLink = 8,
    /// Links between characters.
    CharacterLink = 9,
    /// Platforms, with their names.
    Platform = 10,
    /// Countries and groups of countries.
    Territory = 11,
    /// Where a show or season is available.
    Availability = 12,
    /// Prices of platforms.
    Offer = 13,
    /// Public funding.
    Funding = 14,
    /// Trailers, posters, texts and other publications.
    Media = 15,
    /// Sources.
    Source = 21,
    /// Statements made by sources.
    Claim = 23,
    /// Citations of something that was removed.
    Citation = 24,
    /// Notes on the data set as a whole, or on something that was removed.
    Note = 25,
}

impl ObjectKind {
    /// The kind with this number in `change.of_kind`.
    pub(super) fn of(number: i32) -> Option<Self> {
        Self::items().iter().map(|item| item.value).find(|kind| *kind as i32 == number)
    }

    /// The name of its type in global ids.
    fn type_name(self) -> &'static str {
        match self {
            Self::Franchise => "Franchise",
            Self::Show => "Show",
            Self::Season => "Season",
            Self::Episode => "Episode",
            Self::Person => "Person",
            Self::Character => "Character",
            Self::Credit => "Credit",
            Self::ShowLink => "ShowLink",
            Self::CharacterLink => "CharacterLink",
            Self::Platform => "Platform",
            Self::Territory => "Territory",
            Self::Availability => "Availability",
            Self::Offer => "Offer",
            Self::Funding => "Funding",
            Self::Media => "Media",
            Self::Source => "Source",
            Self::Claim => "Claim",
            Self::Citation => "Citation",
            Self::Note => "Note",
        }
    }
}

/// What is left of an object that was removed.
pub struct Tombstone {
    kind: ObjectKind,
    number: i32,
    /// The last change of its row, which removed it.
    last: RowChange,
}

impl Tombstone {
    /// The tombstone of an object, if it was removed: of this kind, with this number.
    pub(super) async fn of(ctx: &Context<'_>, (kind, number): (i32, i64)) -> Result<Option<Self>, Error> {
        let (Some(kind), Ok(number)) = (ObjectKind::of(kind), i32::try_from(number)) else { return Ok(None) };
        let Some(last) = row::first(ctx, &OF_ROW, [kind as i32, number], Vec::new()).await? else { return Ok(None) };
        let last = RowChange::of(&last)?;
        Ok(last.after.is_none().then_some(Self { kind, number, last }))
    }
}

/// What is left of an object that was removed.
#[Object]
impl Tombstone {
    /// The kind of the object.
    async fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// The global id that it had.
    async fn id(&self) -> ID {
        ID(crate::global_id::print(self.kind.type_name(), self.number))
    }

    /// The slug that it had; null if its kind has none.
    async fn slug(&self) -> Option<&str> {
        raw::text(self.last.before.as_ref()?, "slug")
    }

    /// The number of the change that removed it.
    async fn change(&self) -> i32 {
        self.last.id
    }

    /// The object that it was merged into; null if it was not merged.
    async fn successor(&self, ctx: &Context<'_>) -> Option<Result<Node, Error>> {
        // Of a removed object, this is the one that its id leads to.
        node::of_kind(ctx, self.kind as i32, self.number).await
    }
}

/// A page of the changes that match the arguments. For subscribers, the page after those that they have got.
pub(super) async fn changes(
    ctx: &Context<'_>,
    kinds: Option<Vec<ObjectKind>>,
    about: Option<ID>,
) -> Result<Connection<Change>, Error> {
    let mut conditions = Vec::new();
    if let Some(id) = about {
        let (table, number) = object(&id)?;
        conditions.push(Condition::new("t.of_kind = ? AND t.of_id = ?", vec![table.kind.into(), number.into()]));
    }
    if let Some(kinds) = kinds {
        let kinds = kinds.into_iter().map(|kind| kind as i32).collect();
        conditions.push(Condition::new("t.of_kind ?", vec![Bind::Ints(kinds)]));
    }
    let page = ctx.data_opt::<Arc<FeedPage>>();
    // A subscriber that has begun gets every change, however slowly it reads.
    let has_begun = page.is_some_and(|page| page.after.is_some());
    let horizon = if has_begun { None } else { horizon(ctx).await? };
    if let Some(horizon) = horizon {
        conditions.push(Condition::new("t.id > ?", vec![horizon.into()]));
    }
    let mut window = window(ctx, &ALL_CHANGES, ALL_CHANGES.order, conditions)?;
    for bound in [&window.after, &window.before].into_iter().flatten() {
        if let Some(horizon) = horizon
            && let [SortValue::Int(number)] = bound.as_slice()
            && *number < horizon
        {
            let message = "the cursor is older than the changes that this server keeps for followers; begin again from an \
                           export, which says the cursor from which to go on";
            return Err(Error::CursorExpired(message.to_owned()));
        }
    }
    if let Some(page) = page {
        follow(ctx, page, &mut window).await?;
    }
    Ok(connect_window(&ALL_CHANGES, [], window))
}

/// Moves a window behind the changes that subscribers have got, and says how far it goes.
async fn follow(ctx: &Context<'_>, page: &FeedPage, window: &mut Window) -> Result<(), Error> {
    let begin = match (page.after, window.after.as_deref()) {
        (Some(number), _) => number,
        (None, Some([SortValue::Int(number)])) => *number,
        // They begin with the next change of all.
        (None, _) => row::end(ctx, &ALL_CHANGES, [], true).await?.map_or(0, |newest| newest.id),
    };
    window.after = Some(vec![SortValue::Int(begin)]);
    // One of them only shows that there are more.
    let limit = window.limit.unwrap_or_default().max(2);
    window.limit = Some(limit);
    let found = get(ctx, Many::new(&ALL_CHANGES, [], window.clone())).await?.unwrap_or_default();
    let shown = usize::try_from(limit - 1).unwrap_or(usize::MAX);
    let last = found.iter().take(shown).next_back();
    page.reach(last.map_or(begin, |last| last.row.id), last.is_none(), found.len() > shown);
    Ok(())
}

/// The number of the last change that is older than the retention; `None` without one, or if no change is.
async fn horizon(ctx: &Context<'_>) -> Result<Option<i32>, Error> {
    let Some(retention) = ctx.data_opt::<FeedSettings>().and_then(|settings| settings.retention) else {
        return Ok(None);
    };
    let old = Condition::new("t.changed_at < ?", vec![cutoff(retention).into()]);
    Ok(row::first(ctx, &HORIZON, [], vec![old]).await?.map(|horizon| horizon.version))
}

/// The time before which changes are too old, as the database has it. It moves in steps, so that it can be cached.
fn cutoff(retention: Duration) -> String {
    let then = SystemTime::now().checked_sub(retention).and_then(|then| then.duration_since(UNIX_EPOCH).ok());
    let seconds = then.unwrap_or_default().as_secs();
    let step = (retention.as_secs() / 100).max(1);
    account::in_utc(seconds - seconds % step)
}
