use async_graphql::{Context, Enum, InputObject};
use futures_util::try_join;

use super::{casts::count, date::Date, franchise::FranchiseBy, person::PersonBy, row::arguments, show::ShowBy};
use crate::{
    error::Error,
    graph::{Options, Scope, path::LONGEST},
};

/// What two people must share to be linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum LinkScope {
    /// Both are known to be in the same episode. A film counts as one.
    Episode,
    /// Both have a credit in the same season. A film counts as one.
    #[default]
    Season,
    /// Both have a credit in the same show, perhaps in different seasons.
    Show,
}

/// Which shared work links people.
#[derive(Debug, InputObject)]
pub struct LinkOptions {
    /// What must be shared.
    #[graphql(default)]
    scope: LinkScope,
    /// Whether jobs behind the camera link too.
    #[graphql(default)]
    crew: bool,
    /// Only work in these shows and in those of `franchises`.
    shows: Option<Vec<ShowBy>>,
    /// Only work in the shows of these franchises and in `shows`.
    franchises: Option<Vec<FranchiseBy>>,
    /// No work in these shows.
    avoid_shows: Option<Vec<ShowBy>>,
    /// No work in shows of these franchises.
    avoid_franchises: Option<Vec<FranchiseBy>>,
    /// None of these people, not even at an end.
    avoid_people: Option<Vec<PersonBy>>,
    /// Only seasons, episodes and films that began on or before this day; a month or a year means all of its days. An
    /// unknown day is never taken. With the scope `SHOW` the seasons in which the two have credits must have begun.
    until: Option<Date>,
    /// At most so many links, 0 to 100.
    #[graphql(default = 20)]
    max_length: i32,
}

/// Options with the numbers of the rows that they name.
pub(super) struct Known {
    pub(super) options: Options,
    pub(super) longest: u8,
}

/// Looks up what the caller names.
pub(super) async fn known(ctx: &Context<'_>, options: Option<LinkOptions>) -> Result<Known, Error> {
    let Some(given) = options else { return Ok(Known { options: Options::default(), longest: 20 }) };
    let longest = count("options.maxLength", given.max_length, 0, i32::from(LONGEST))?;
    let is_empty =
        given.shows.as_ref().is_some_and(Vec::is_empty) || given.franchises.as_ref().is_some_and(Vec::is_empty);
    if is_empty {
        let text = "`options` keeps to no show or franchise at all; leave the empty list out, or name one";
        return Err(Error::BadInput(text.to_owned()));
    }
    let (shows, franchises, avoid_shows, avoid_franchises, avoid_people) = try_join!(
        arguments(ctx, "options.shows", given.shows),
        arguments(ctx, "options.franchises", given.franchises),
        arguments(ctx, "options.avoidShows", given.avoid_shows),
        arguments(ctx, "options.avoidFranchises", given.avoid_franchises),
        arguments(ctx, "options.avoidPeople", given.avoid_people),
    )?;
    let scope = match given.scope {
        LinkScope::Episode => Scope::Episode,
        LinkScope::Season => Scope::Season,
        LinkScope::Show => Scope::Show,
    };
    let until = given.until.as_ref().map(last_day);
    let options =
        Options { scope, crew: given.crew, shows, franchises, avoid_shows, avoid_franchises, avoid_people, until };
    Ok(Known { options, longest: u8::try_from(longest).unwrap_or(LONGEST) })
}

/// A number that is not below any day that a date means: 20180899 for August 2018.
fn last_day(date: &Date) -> i32 {
    let digits: String = date.0.as_str().chars().filter(char::is_ascii_digit).collect();
    format!("{digits:9<8}").parse().unwrap_or(i32::MAX)
}
