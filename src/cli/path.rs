//! `castgraph path`: prints the shortest path between two people.

use std::{cmp::Reverse, collections::BTreeMap, error::Error, fmt::Write};

use async_graphql::{Executor, Request, Variables};
use clap::{Args, ValueEnum};
use entity::{character, credit, person, subject::Kind};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Database, Outcome, output};
use crate::{graphql::Api, guard, load::Reader, relation::search, store::Store};

/// The arguments of `castgraph path`.
#[derive(Args, Debug)]
pub(super) struct Ask {
    #[command(flatten)]
    database: Database,
    /// What two people must share to be linked
    #[arg(long, value_enum, default_value_t = Scope::Episode)]
    scope: Scope,
    /// Count crew credits as links too
    #[arg(long)]
    crew: bool,
    /// Print the path as JSON
    #[arg(long)]
    json: bool,
    /// First person: a person or a character, by name, alias, beginnings of words, or slug
    from: String,
    /// Last person, in the same way
    to: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Scope {
    /// Known to be in the same episode or film
    Episode,
    /// Both credited in the same season or film
    Season,
    /// Both credited in the same show or film
    Show,
}

/// Maximum number of candidates in an error message.
const CANDIDATES: usize = 20;

const PATH: &str = "query($from: String!, $to: String!, $options: LinkOptions) {
    path(from: {slug: $from}, to: {slug: $to}, options: $options) {
    length steps { from { slug name } to { slug name } show { slug title } season { slug number }
    episode { slug number title } fromCredits { job character { slug name } } toCredits { job character { slug name } } } } }";

pub(super) async fn path(ask: Ask) -> Outcome {
    let store = Store::open_existing(&ask.database.database_url).await?;
    let found = find(&store, &ask).await;
    store.close().await?;
    Ok(output::print(found?)?)
}

/// The path as text.
async fn find(store: &Store, ask: &Ask) -> Result<String, Box<dyn Error>> {
    let (from, to) = (identify(store.read(), &ask.from).await?, identify(store.read(), &ask.to).await?);
    if !ask.json {
        for line in [from.explained(&ask.from), to.explained(&ask.to)].into_iter().flatten() {
            output::notice(line);
        }
    }
    let (from, to) = (from.person, to.person);
    let api = Api::new(store.read().clone(), None, &guard::Settings::default())?;
    let scope = format!("{:?}", ask.scope).to_uppercase();
    let variables = json!({"from": from.slug, "to": to.slug, "options": {"scope": scope, "crew": ask.crew}});
    let response = api.execute(Request::new(PATH).variables(Variables::from_json(variables))).await;
    if let Some(error) = response.errors.first() {
        return Err(error.message.clone().into());
    }
    let answer = serde_json::to_value(response.data)?;
    if ask.json {
        return Ok(format!("{:#}\n", answer.get("path").unwrap_or(&Value::Null)));
    }
    match answer.get("path") {
        Some(path @ Value::Object(_)) => Ok(chain(&from.name, &to.name, path, ask.scope)),
        _ => Err(format!("{} and {} are not connected", from.name, to.name).into()),
    }
}

fn chain(from: &str, to: &str, path: &Value, scope: Scope) -> String {
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
        let both = match scope {
            Scope::Episode => "in",
            Scope::Season | Scope::Show => "both credited in",
        };
        // Writing to a string does not fail.
        let _ = writeln!(chain, "{number}. {from} ({one}) and {to} ({other}) {both} {work}");
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

/// A person who was identified, and as whom.
struct Identified {
    person: person::Model,
    /// The character that the text names, if it names one.
    character: Option<character::Model>,
    /// The other people who play the character, those with the most credits first.
    others: Vec<String>,
}

impl Identified {
    /// Whom a text was taken for, if the text is not the slug or the name.
    fn explained(&self, text: &str) -> Option<String> {
        let Some(character) = &self.character else {
            let is_same = self.person.slug == text || self.person.name.eq_ignore_ascii_case(text);
            return (!is_same).then(|| format!("{text:?}: {}", self.person.name));
        };
        let others = match self.others.as_slice() {
            [] => String::new(),
            others => format!(" (also played by {})", others.join(", ")),
        };
        Some(format!("{text:?}: {}, played by {}{others}", character.name, self.person.name))
    }
}

/// The person that `text` identifies, by their own name or a character's, or an error that lists the candidates.
async fn identify(db: &DatabaseConnection, text: &str) -> Result<Identified, Box<dyn Error>> {
    if let Some(person) = person::Entity::find().filter(person::Column::Slug.eq(text)).one(db).await? {
        return Ok(Identified { person, character: None, others: Vec::new() });
    }
    if let Some(character) = character::Entity::find().filter(character::Column::Slug.eq(text)).one(db).await? {
        return played(db, character).await;
    }
    let kinds = [Kind::Person, Kind::Character];
    let mut hits = search::find(&Reader::new(db.clone().into()), text, &kinds, CANDIDATES).await?;
    // What fits better hides what fits less: `Picard` is a word of one name and the beginning of another.
    let best = hits.first().map(|hit| hit.rank);
    hits.retain(|hit| Some(hit.rank) == best);
    match hits.as_slice() {
        [] => Err(format!("no person or character is called {text:?} or similar").into()),
        [hit] if hit.kind == Kind::Person => match person::Entity::find_by_id(hit.row_id).one(db).await? {
            Some(person) => Ok(Identified { person, character: None, others: Vec::new() }),
            None => Err(format!("{} was deleted just now; try again", hit.name).into()),
        },
        [hit] => match character::Entity::find_by_id(hit.row_id).one(db).await? {
            Some(character) => played(db, character).await,
            None => Err(format!("{} was deleted just now; try again", hit.name).into()),
        },
        several => {
            let mut lines = vec![format!("{text:?} matches several people or characters; use one of these slugs:")];
            for hit in several {
                let (kind, slug) = match hit.kind {
                    Kind::Person => {
                        ("person", person::Entity::find_by_id(hit.row_id).one(db).await?.map(|row| row.slug))
                    }
                    _ => ("character", character::Entity::find_by_id(hit.row_id).one(db).await?.map(|row| row.slug)),
                };
                lines.extend(slug.map(|slug| format!("  {slug} ({kind} {})", hit.name)));
            }
            Err(lines.join("\n").into())
        }
    }
}

/// The person with the most credits as a character.
async fn played(db: &DatabaseConnection, character: character::Model) -> Result<Identified, Box<dyn Error>> {
    let acted = credit::Entity::find().filter(credit::Column::CharacterId.eq(character.id)).all(db).await?;
    let mut credits: BTreeMap<i32, usize> = BTreeMap::new();
    for credit in acted {
        *credits.entry(credit.person_id).or_default() += 1;
    }
    let mut people = person::Entity::find().filter(person::Column::Id.is_in(credits.keys().copied())).all(db).await?;
    people.sort_by_key(|person| (Reverse(credits.get(&person.id).copied()), person.id));
    let mut people = people.into_iter();
    match people.next() {
        Some(person) => {
            Ok(Identified { person, others: people.map(|person| person.name).collect(), character: Some(character) })
        }
        None => Err(format!("no actor is recorded for {}", character.name).into()),
    }
}
