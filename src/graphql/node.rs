//! Objects by their global ids.

use async_graphql::{Context, ID, Interface};

use entity::subject::Kind;

use super::{
    availability::Availability,
    character::Character,
    claim::Claim,
    credit::Credit,
    episode::Episode,
    franchise::Franchise,
    funding::Funding,
    get,
    media::Media,
    offer::Offer,
    person::Person,
    platform::Platform,
    row::{Object, Row, parse_global_id},
    season::Season,
    show::Show,
    source::Source,
    territory::Territory,
};
use crate::{
    error::{Error, shown},
    load::One,
};

/// Something with an id that is good for ever and in the whole API.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id, for `node` and `nodes`. Opaque."))]
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
    /// A country or a set of countries.
    Territory(Territory),
    /// Where a season can be seen.
    Availability(Availability),
    /// What a platform costs.
    Offer(Offer),
    /// Public money.
    Funding(Funding),
    /// Something published.
    Media(Media),
    /// A source.
    Source(Source),
    /// What a source says.
    Claim(Claim),
}

/// The object that has a global id, or nothing if it is gone.
pub(super) async fn node(ctx: &Context<'_>, id: &ID) -> Option<Result<Node, Error>> {
    let Some((name, number)) = parse_global_id(id) else { return Some(Err(no_id(id))) };
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
        _ => Some(Err(no_id(id))),
    }
}

/// The object that something is said about, or nothing if it is none with an id.
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
    let row = get(ctx, One::<E>::id(id)).await.transpose()?;
    Some(row.map(|row| node(Row::new(row))))
}

fn no_id(id: &ID) -> Error {
    Error::BadInput(format!("{} is no id; take ids from the field `id` of an earlier answer", shown(&id.0)))
}
