//! `castgraph path`: prints the shortest path between two people.

use std::{error::Error, fmt::Write};

use async_graphql::{Executor, Request, Variables};
use clap::{Args, ValueEnum};
use entity::{person, subject::Kind};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Database, Outcome, output};
use crate::{graphql::Api, guard, load::Reader, relation::search, store::Store};

/// The arguments of `castgraph path`.
#[derive(Args, Debug)]
pub(super) struct Ask {
    #[command(flatten)]
    database: Database,
    /// What two people must have in common to be linked
    #[arg(long, value_enum, default_value_t = Scope::Season)]
    scope: Scope,
    /// Count crew credits as links too
    #[arg(long)]
    crew: bool,
    /// First person: a name or alias, the beginnings of its words, or a slug
    from: String,
    /// Last person
    to: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Scope {
    /// An episode or a film
    Episode,
    /// A season or a film
    Season,
    /// A show or a film
    Show,
}

/// Maximum number of candidates in an error message.
const CANDIDATES: usize = 20;

const PATH: &str = "query($from: String!, $to: String!, $options: LinkOptions) {
    path(from: {slug: $from}, to: {slug: $to}, options: $options) {
    steps { from { name } to { name } show { title } season { number } episode { title }
    fromCredits { job character { name } } toCredits { job character { name } } } } }";

pub(super) async fn path(ask: Ask) -> Outcome {
    let store = Store::open_existing(&ask.database.database_url).await?;
    let found = find(&store, &ask).await;
    store.close().await?;
    Ok(output::print(found?)?)
}

/// The path as text.
async fn find(store: &Store, ask: &Ask) -> Result<String, Box<dyn Error>> {
    let (from, to) = (one(store.read(), &ask.from).await?, one(store.read(), &ask.to).await?);
    let api = Api::new(store.read().clone(), None, &guard::Settings::default())?;
    let scope = format!("{:?}", ask.scope).to_uppercase();
    let variables = json!({"from": from.slug, "to": to.slug, "options": {"scope": scope, "crew": ask.crew}});
    let response = api.execute(Request::new(PATH).variables(Variables::from_json(variables))).await;
    if let Some(error) = response.errors.first() {
        return Err(error.message.clone().into());
    }
    let answer = serde_json::to_value(response.data)?;
    match answer.get("path") {
        Some(path @ Value::Object(_)) => Ok(chain(&from.name, &to.name, path)),
        _ => Err(format!("{} and {} are not connected", from.name, to.name).into()),
    }
}

fn chain(from: &str, to: &str, path: &Value) -> String {
    let steps = path.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let links = if steps.len() == 1 { "link" } else { "links" };
    let mut chain = format!("{from} → {to}: {} {links}\n", steps.len());
    for (step, number) in steps.iter().zip(1..) {
        let text = |place: &str| step.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let mut work = text("/show/title").to_owned();
        if let Some(season) = step.pointer("/season/number").and_then(Value::as_i64) {
            work = format!("{work}, season {season}");
        }
        if !text("/episode/title").is_empty() {
            work = format!("{work}, “{}”", text("/episode/title"));
        }
        let (one, other) = (parts(step.get("fromCredits")), parts(step.get("toCredits")));
        let (from, to) = (text("/from/name"), text("/to/name"));
        // Writing to a string does not fail.
        let _ = writeln!(chain, "{number}. {from} ({one}) and {to} ({other}) in {work}");
    }
    chain
}

/// The characters that somebody played, or the jobs for other credits.
fn parts(credits: Option<&Value>) -> String {
    let credits = credits.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    for credit in credits {
        let job = || credit.get("job").and_then(Value::as_str).unwrap_or_default().replace('_', " ").to_lowercase();
        let part = credit.pointer("/character/name").and_then(Value::as_str).map_or_else(job, str::to_owned);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(", ")
}

/// The person that `text` identifies, or an error that lists the candidates.
async fn one(db: &DatabaseConnection, text: &str) -> Result<person::Model, Box<dyn Error>> {
    let mut found = look_up(db, text).await?;
    if found.len() == 1 {
        return Ok(found.remove(0));
    }
    if found.is_empty() {
        return Err(format!("no person is called {text:?} or similar").into());
    }
    let mut lines = vec![format!("several people match {text:?}; use one of these slugs:")];
    lines.extend(found.iter().map(|person| format!("  {} ({})", person.slug, person.name)));
    Err(lines.join("\n").into())
}

/// The people that `text` identifies: by slug, or else by a search. If a full name matches, only full matches count.
async fn look_up(db: &DatabaseConnection, text: &str) -> Result<Vec<person::Model>, crate::error::Error> {
    if let Some(person) = person::Entity::find().filter(person::Column::Slug.eq(text)).one(db).await? {
        return Ok(vec![person]);
    }
    let hits = search::find(&Reader::new(db.clone().into()), text, &[Kind::Person], CANDIDATES).await?;
    let whole: Vec<_> = hits.iter().filter(|hit| hit.rank == 0).collect();
    let meant = if whole.is_empty() { hits.iter().collect() } else { whole };
    let mut people = Vec::with_capacity(meant.len());
    for hit in meant {
        people.extend(person::Entity::find_by_id(hit.row_id).one(db).await?);
    }
    Ok(people)
}
