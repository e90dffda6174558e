//! `castgraph path`: the chain of people between two, for people to read.

use std::collections::BTreeMap;

use async_graphql::{Executor, Request, Variables};
use clap::{Args, ValueEnum};
use entity::{alias, name_key, person};
use sea_orm::{ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use super::{Database, Outcome};
use crate::{graphql::Api, guard, store::Store};

/// What `castgraph path` is told.
#[derive(Args, Debug)]
pub(super) struct Ask {
    #[command(flatten)]
    database: Database,
    /// What two people must share to be linked
    #[arg(long, value_enum, default_value_t = Scope::Season)]
    scope: Scope,
    /// Lets jobs behind the camera link too
    #[arg(long)]
    crew: bool,
    /// Where the chain begins: a name, another name of the person, or a slug
    from: String,
    /// Where it ends
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

/// Candidates that are listed.
const CANDIDATES: u64 = 20;

const PATH: &str = "query($from: String!, $to: String!, $options: LinkOptions) {
    path(from: {slug: $from}, to: {slug: $to}, options: $options) {
    steps { from { name } to { name } show { title } season { number } episode { title }
    fromCredits { job character { name } } toCredits { job character { name } } } } }";

pub(super) async fn path(ask: Ask) -> Outcome {
    let store = Store::open(&ask.database.database_url, None).await?;
    let (from, to) = (one(store.read(), &ask.from).await?, one(store.read(), &ask.to).await?);
    let api = Api::new(store.read().clone(), None, &guard::Settings::default())?;
    let scope = format!("{:?}", ask.scope).to_uppercase();
    let variables = json!({"from": from.slug, "to": to.slug, "options": {"scope": scope, "crew": ask.crew}});
    let response = api.execute(Request::new(PATH).variables(Variables::from_json(variables))).await;
    if let Some(error) = response.errors.first() {
        return Err(error.message.clone().into());
    }
    let answer = serde_json::to_value(response.data)?;
    store.close().await?;
    match answer.get("path") {
        Some(path @ Value::Object(_)) => print(&from.name, &to.name, path),
        _ => return Err(format!("{} and {} are not connected", from.name, to.name).into()),
    }
    Ok(())
}

fn print(from: &str, to: &str, path: &Value) {
    let steps = path.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let links = if steps.len() == 1 { "link" } else { "links" };
    println!("{from} → {to}: {} {links}", steps.len());
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
        println!("{number}. {} ({one}) and {} ({other}) in {work}", text("/from/name"), text("/to/name"));
    }
}

/// As whom somebody acted, or what else the work was.
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

/// The one person who is meant, or an error with those who may be.
async fn one(db: &DatabaseConnection, text: &str) -> Result<person::Model, Box<dyn std::error::Error>> {
    let mut found = look_up(db, text).await?;
    if found.len() == 1 {
        return Ok(found.remove(0));
    }
    let (reason, found) = if found.is_empty() {
        ("nobody is called", similar(db, text).await?)
    } else {
        ("several people are called", found)
    };
    let mut lines = vec![format!("{reason} {text:?}")];
    if !found.is_empty() {
        lines.push("give the slug of one of these:".to_owned());
        lines.extend(found.iter().map(|person| format!("  {} ({})", person.slug, person.name)));
    }
    Err(lines.join("\n").into())
}

/// Those whom a text names: by slug, or else by name without regard to case and accents, their other names included.
async fn look_up(db: &DatabaseConnection, text: &str) -> Result<Vec<person::Model>, DbErr> {
    if let Some(person) = person::Entity::find().filter(person::Column::Slug.eq(text)).one(db).await? {
        return Ok(vec![person]);
    }
    let key = name_key(text);
    let named = person::Entity::find().filter(person::Column::NameKey.eq(&key)).limit(CANDIDATES).all(db).await?;
    let aliases = alias::Entity::find()
        .filter(Condition::all().add(alias::Column::NameKey.eq(&key)).add(alias::Column::PersonId.is_not_null()));
    let ids = aliases.limit(CANDIDATES).all(db).await?.into_iter().filter_map(|alias| alias.person_id);
    let also = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(db).await?;
    let people: BTreeMap<i32, person::Model> =
        named.into_iter().chain(also).map(|person| (person.id, person)).collect();
    Ok(people.into_values().collect())
}

/// Those with a name that has one of the text's words of at least three letters.
async fn similar(db: &DatabaseConnection, text: &str) -> Result<Vec<person::Model>, DbErr> {
    let key = name_key(text);
    let words = key.split(' ').filter(|word| word.chars().count() > 2);
    let any = words.fold(Condition::any(), |any, word| any.add(person::Column::NameKey.contains(word)));
    if any.is_empty() {
        return Ok(Vec::new());
    }
    person::Entity::find().filter(any).order_by_asc(person::Column::NameKey).limit(CANDIDATES).all(db).await
}
