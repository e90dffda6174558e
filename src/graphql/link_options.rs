use async_graphql::{Context, Enum, InputObject};
use futures_util::join;

use super::{date::Date, franchise::FranchiseBy, person::PersonBy, request_graph::count, row::arguments, show::ShowBy};
use crate::{
    error::Error,
    graph::{Options, Scope, path::LONGEST},
};

/// What two people must share to be linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum LinkScope {
    /// Known to be in the same episode or film: both are listed in it, or credited for the whole season as the main cast
    /// is.
    #[default]
    Episode,
    /// Both are credited in the same season or film, possibly in different episodes.
    Season,
    /// Both are credited in the same show, possibly in different seasons.
    Show,
}

/// Which shared work links two people.
#[derive(Debug, InputObject)]
pub struct LinkOptions {
    /// What two people must share to be linked.
    #[graphql(default)]
    scope: LinkScope,
    /// Whether jobs behind the camera count too.
    #[graphql(default)]
    crew: bool,
    /// Only work on these shows, or on shows in `franchises`.
    shows: Option<Vec<ShowBy>>,
    /// Only work on shows in these franchises, or on `shows`.
    franchises: Option<Vec<FranchiseBy>>,
    /// No work on these shows.
    avoid_shows: Option<Vec<ShowBy>>,
    /// No work on shows in these franchises.
    avoid_franchises: Option<Vec<FranchiseBy>>,
    /// Excludes these people, even as the start or the end of a path.
    avoid_people: Option<Vec<PersonBy>>,
    /// Only seasons, episodes and films that began on or before this date; a month or year stands for all its days.
    /// Those with an unknown date are excluded. With the scope `SHOW`, the seasons in which the two have credits must
    /// have begun.
    until: Option<Date>,
    /// Maximum number of links, 0 to 100.
    #[graphql(default = 20)]
    max_length: i32,
}

/// Link options with all references resolved to ids.
#[derive(Clone)]
pub(super) struct ParsedLinkOptions {
    pub(super) options: Options,
    pub(super) longest: u8,
}

/// Resolves the rows that the options refer to.
pub(super) async fn known(ctx: &Context<'_>, options: Option<LinkOptions>) -> Result<ParsedLinkOptions, Error> {
    let Some(given) = options else { return Ok(ParsedLinkOptions { options: Options::default(), longest: 20 }) };
    let longest = count("options.maxLength", given.max_length, 0, i32::from(LONGEST))?;
    let is_empty =
        given.shows.as_ref().is_some_and(Vec::is_empty) || given.franchises.as_ref().is_some_and(Vec::is_empty);
    if is_empty {
        let text = "`options` has an empty list of shows or franchises; omit the list or add an entry";
        return Err(Error::BadInput(text.to_owned()));
    }
    let (shows, franchises, avoid_shows, avoid_franchises, avoid_people) = join!(
        arguments(ctx, "options.shows", given.shows),
        arguments(ctx, "options.franchises", given.franchises),
        arguments(ctx, "options.avoidShows", given.avoid_shows),
        arguments(ctx, "options.avoidFranchises", given.avoid_franchises),
        arguments(ctx, "options.avoidPeople", given.avoid_people),
    );
    let scope = match given.scope {
        LinkScope::Episode => Scope::Episode,
        LinkScope::Season => Scope::Season,
        LinkScope::Show => Scope::Show,
    };
    let until = given.until.as_ref().map(last_day);
    let options = Options {
        scope,
        crew: given.crew,
        shows: shows?,
        franchises: franchises?,
        avoid_shows: avoid_shows?,
        avoid_franchises: avoid_franchises?,
        avoid_people: avoid_people?,
        until,
    };
    Ok(ParsedLinkOptions { options, longest: u8::try_from(longest).unwrap_or(LONGEST) })
}

/// The date as a number that is no less than any day it can mean: 20180899 for August 2018.
fn last_day(date: &Date) -> i32 {
    let digits: String = date.0.as_str().chars().filter(char::is_ascii_digit).collect();
    format!("{digits:9<8}").parse().unwrap_or(i32::MAX)
}
