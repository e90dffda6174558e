//! Looks up objects by global id.

use async_graphql::{Context, ID, Interface};

use entity::subject::Kind;

use super::{
    availability::Availability,
    changeset::{Changeset, object},
    character::Character,
    claim::Claim,
    credit::Credit,
    episode::Episode,
    franchise::Franchise,
    funding::Funding,
    media::Media,
    offer::Offer,
    person::Person,
    platform::Platform,
    row::{Object, Row, first, with_id},
    season::Season,
    show::Show,
    source::Source,
    territory::Territory,
};
use crate::{
    error::{Error, shown},
    relation::change::HISTORY,
};

/// An object with a global id, which is unique in the whole API and never changes.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque global id, for `node` and `nodes`."))]
pub enum Node {
    /// A franchise.
    Franchise(Franchise),
    /// A show.
    Show(Show),
    /// A season.
    Season(Season),
    /// An episode.
    Episode(Episode),
    /// A person.
    Person(Person),
    /// A character.
    Character(Character),
    /// A credit.
    Credit(Credit),
    /// A platform.
    Platform(Platform),
    /// A country or a group of countries.
    Territory(Territory),
    /// Where a show or season is available.
    Availability(Availability),
    /// A price of a platform.
    Offer(Offer),
    /// Public funding.
    Funding(Funding),
    /// A trailer, poster, text or other publication.
    Media(Media),
    /// A source.
    Source(Source),
    /// A statement made by a source.
    Claim(Claim),
    /// A set of changes.
    Changeset(Changeset),
}

/// The object with this global id, or `None` if there never was one. An object that was removed is an error, which says by
/// which changeset.
pub(super) async fn present(ctx: &Context<'_>, id: &ID) -> Option<Result<Node, Error>> {
    match node(ctx, id).await {
        None => removed(ctx, id).await.err().map(Err),
        found => found,
    }
}

/// An error if the object was removed.
async fn removed(ctx: &Context<'_>, id: &ID) -> Result<(), Error> {
    let Ok((table, number)) = object(id) else { return Ok(()) };
    match first(ctx, &HISTORY, [table.kind, number], Vec::new()).await? {
        Some(change) => {
            let by = change.changeset_id.map_or("by another program".to_owned(), |set| format!("by changeset {set}"));
            Err(Error::Gone(format!("this {} was removed {by}", table.noun)))
        }
        None => Ok(()),
    }
}

/// The object with this global id, or `None` if it no longer exists.
pub(super) async fn node(ctx: &Context<'_>, id: &ID) -> Option<Result<Node, Error>> {
    let Some((name, number)) = crate::global_id::parse(id) else { return Some(Err(no_id(id))) };
    match name.as_str() {
        "Franchise" => row(ctx, number, Node::Franchise).await,
        "Show" => row(ctx, number, Node::Show).await,
        "Season" => row(ctx, number, Node::Season).await,
        "Episode" => row(ctx, number, Node::Episode).await,
        "Person" => row(ctx, number, Node::Person).await,
        "Character" => row(ctx, number, Node::Character).await,
        "Credit" => row(ctx, number, Node::Credit).await,
        "Platform" => row(ctx, number, Node::Platform).await,
        "Territory" => row(ctx, number, Node::Territory).await,
        "Availability" => row(ctx, number, Node::Availability).await,
        "Offer" => row(ctx, number, Node::Offer).await,
        "Funding" => row(ctx, number, Node::Funding).await,
        "Media" => row(ctx, number, Node::Media).await,
        "Source" => row(ctx, number, Node::Source).await,
        "Claim" => row(ctx, number, Node::Claim).await,
        "Changeset" => row(ctx, number, Node::Changeset).await,
        _ => Some(Err(no_id(id))),
    }
}

/// The object of a recorded change; `None` if its type has no global id.
pub(super) async fn of_kind(ctx: &Context<'_>, kind: i32, number: i32) -> Option<Result<Node, Error>> {
    match kind {
        21 => row(ctx, number, Node::Source).await,
        23 => row(ctx, number, Node::Claim).await,
        kind => of(ctx, Kind::try_from(kind).ok()?, number).await,
    }
}

/// The object for a subject; `None` if its type has no global id.
pub(super) async fn of(ctx: &Context<'_>, kind: Kind, number: i32) -> Option<Result<Node, Error>> {
    match kind {
        Kind::Franchise => row(ctx, number, Node::Franchise).await,
        Kind::Show => row(ctx, number, Node::Show).await,
        Kind::Season => row(ctx, number, Node::Season).await,
        Kind::Episode => row(ctx, number, Node::Episode).await,
        Kind::Person => row(ctx, number, Node::Person).await,
        Kind::Character => row(ctx, number, Node::Character).await,
        Kind::Credit => row(ctx, number, Node::Credit).await,
        Kind::Platform => row(ctx, number, Node::Platform).await,
        Kind::Territory => row(ctx, number, Node::Territory).await,
        Kind::Availability => row(ctx, number, Node::Availability).await,
        Kind::Offer => row(ctx, number, Node::Offer).await,
        Kind::Funding => row(ctx, number, Node::Funding).await,
        Kind::Media => row(ctx, number, Node::Media).await,
        Kind::ShowLink | Kind::CharacterLink => None,
    }
}

async fn row<E: Object>(ctx: &Context<'_>, id: i32, node: impl Fn(Row<E>) -> Node) -> Option<Result<Node, Error>> {
    let row = with_id::<E>(ctx, id).await.transpose()?;
    Some(row.map(|row| node(Row::new(row))))
}

pub(super) fn no_id(id: &ID) -> Error {
    Error::BadInput(format!("{} is not a valid id; use an `id` returned by the API", shown(&id.0)))
}
