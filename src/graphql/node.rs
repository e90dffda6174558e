//! Objects by their global ids.

use async_graphql::{Context, ID, Interface};

use super::{
    character::Character,
    credit::Credit,
    episode::Episode,
    franchise::Franchise,
    get,
    person::Person,
    row::{Object, Row, parse_global_id},
    season::Season,
    show::Show,
};
use crate::{error::Error, load::One};

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
        _ => Some(Err(no_id(id))),
    }
}

async fn row<E: Object>(ctx: &Context<'_>, id: i32, node: impl Fn(Row<E>) -> Node) -> Option<Result<Node, Error>> {
    let row = get(ctx, One::<E>::id(id)).await.transpose()?;
    Some(row.map(|row| node(Row(row))))
}

fn no_id(id: &ID) -> Error {
    Error::BadInput(format!("{:?} is no id; take ids from the field `id` of an earlier answer", id.0))
}
