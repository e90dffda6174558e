//! The limit of what a server can do without a database: plain structs in memory, serialised for each request.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{FromRow, PgPool, postgres::PgRow};

use crate::{Result, question::Question};

/// The number that lies above all numbers of actors in the order of credits.
const CREW: i32 = 1_000_000;

/// All rows, in the orders in which they are asked for.
#[derive(Debug)]
pub struct World {
    shows: Vec<Show>,
    show_by_slug: HashMap<String, usize>,
    show_by_id: HashMap<String, usize>,
    people: Vec<Person>,
    person_by_slug: HashMap<String, usize>,
    characters: Vec<Character>,
    credits: Vec<Credit>,
}

#[derive(Debug)]
struct Show {
    id: i32,
    slug: String,
    title: String,
    seasons: Vec<Season>,
}

#[derive(Debug)]
struct Season {
    number: i32,
    cast: Vec<usize>,
}

#[derive(Debug)]
struct Person {
    name: String,
    key: String,
    credits: Vec<usize>,
}

#[derive(Debug)]
struct Character {
    name: String,
    credits: Vec<usize>,
}

#[derive(Debug)]
struct Credit {
    person: usize,
    character: Option<usize>,
    show: usize,
    season: Option<i32>,
}

#[derive(Serialize)]
struct PointAnswer<'a> {
    id: i32,
    slug: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct SeasonAnswer<'a> {
    number: i32,
    cast: Vec<PartAnswer<'a>>,
}

#[derive(Serialize)]
struct PartAnswer<'a> {
    person: &'a str,
    character: Option<&'a str>,
}

#[derive(Serialize)]
struct CharacterAnswer<'a> {
    character: &'a str,
    credits: Vec<CreditAnswer<'a>>,
}

#[derive(Serialize)]
struct CreditAnswer<'a> {
    person: &'a str,
    season: Option<i32>,
    show: &'a str,
}

#[derive(Serialize)]
struct ShowAnswer<'a> {
    title: &'a str,
    seasons: Vec<SeasonAnswer<'a>>,
}

#[derive(Serialize)]
struct PersonAnswer<'a> {
    name: &'a str,
    credits: usize,
}

impl World {
    /// Reads all rows.
    pub async fn read(db: &PgPool) -> Result<Self> {
        let mut shows = Vec::new();
        let (mut show_by_slug, mut show_by_id) = (HashMap::new(), HashMap::new());
        for (id, slug, title) in
            rows::<(i32, String, String)>(db, "SELECT id, slug, title FROM show ORDER BY title_key, id").await?
        {
            show_by_slug.insert(slug.clone(), shows.len());
            show_by_id.insert(id.to_string(), shows.len());
            shows.push(Show { id, slug, title, seasons: Vec::new() });
        }
        let mut seasons = HashMap::new();
        let statement = "SELECT id, show_id, number FROM season ORDER BY show_id, number";
        for (id, show, number) in rows::<(i32, i32, i32)>(db, statement).await? {
            let show = show_by_id[&show.to_string()];
            seasons.insert(id, (show, shows[show].seasons.len()));
            shows[show].seasons.push(Season { number, cast: Vec::new() });
        }
        let (mut people, mut person_by_slug, mut person_by_id) = (Vec::new(), HashMap::new(), HashMap::new());
        let statement = "SELECT id, slug, name, name_key FROM person ORDER BY name_key, id";
        for (id, slug, name, key) in rows::<(i32, String, String, String)>(db, statement).await? {
            person_by_slug.insert(slug, people.len());
            person_by_id.insert(id, people.len());
            people.push(Person { name, key, credits: Vec::new() });
        }
        let (mut characters, mut character_by_id) = (Vec::new(), HashMap::new());
        for (id, name) in rows::<(i32, String)>(db, "SELECT id, name FROM character").await? {
            character_by_id.insert(id, characters.len());
            characters.push(Character { name, credits: Vec::new() });
        }
        let mut credits = Vec::new();
        let mut cast = Vec::new();
        let statement = "SELECT c.person_id, c.character_id, c.show_id, c.season_id, c.rank, c.id FROM credit AS c \
            JOIN show AS w ON w.id = c.show_id LEFT JOIN season AS s ON s.id = c.season_id \
            ORDER BY coalesce(s.premiered_on, w.premiered_on), c.rank, c.id";
        for (person, character, show, season, rank, id) in
            rows::<(i32, Option<i32>, i32, Option<i32>, i32, i32)>(db, statement).await?
        {
            let place = credits.len();
            let (person, character) = (person_by_id[&person], character.map(|id| character_by_id[&id]));
            people[person].credits.push(place);
            if let Some(character) = character {
                characters[character].credits.push(place);
            }
            let season = season.map(|id| seasons[&id]);
            if let Some(season) = season.filter(|_| rank < CREW) {
                cast.push((season, rank, id, place));
            }
            let number = season.map(|(show, season)| shows[show].seasons[season].number);
            credits.push(Credit { person, character, show: show_by_id[&show.to_string()], season: number });
        }
        cast.sort_unstable();
        for ((show, season), _, _, place) in cast {
            shows[show].seasons[season].cast.push(place);
        }
        Ok(Self { shows, show_by_slug, show_by_id, people, person_by_slug, characters, credits })
    }

    /// The JSON of the answer to a question, or `null` where there is no such row.
    pub fn answer(&self, question: Question, key: &str) -> Result<Vec<u8>, serde_json::Error> {
        let show = || self.show_by_slug.get(key).map(|place| &self.shows[*place]);
        match question {
            Question::Point => serde_json::to_vec(&show().map(|show| PointAnswer {
                id: show.id,
                slug: &show.slug,
                title: &show.title,
            })),
            Question::Cast => serde_json::to_vec(&show().map(|show| self.seasons(show, 30, 100))),
            Question::Others => {
                let person = self.person_by_slug.get(key).map(|place| &self.people[*place]);
                serde_json::to_vec(&person.map(|person| self.others(person)))
            }
            Question::Shows => {
                let start = self.show_by_id.get(key).map_or(self.shows.len(), |place| place + 1);
                let page = self.shows[start..].iter().take(50);
                let page = page.map(|show| ShowAnswer { title: &show.title, seasons: self.seasons(show, 3, 10) });
                serde_json::to_vec(&page.collect::<Vec<_>>())
            }
            Question::People => {
                let start = self.people.partition_point(|person| person.key.as_str() < key);
                let page = self.people[start..].iter().take_while(|person| person.key.starts_with(key)).take(20);
                let page = page.map(|person| PersonAnswer { name: &person.name, credits: person.credits.len() });
                serde_json::to_vec(&page.collect::<Vec<_>>())
            }
        }
    }

    fn seasons<'a>(&'a self, show: &'a Show, seasons: usize, cast: usize) -> Vec<SeasonAnswer<'a>> {
        let part = |place: &usize| {
            let credit = &self.credits[*place];
            let character = credit.character.map(|place| self.characters[place].name.as_str());
            PartAnswer { person: &self.people[credit.person].name, character }
        };
        let season = |season: &'a Season| SeasonAnswer {
            number: season.number,
            cast: season.cast.iter().take(cast).map(part).collect(),
        };
        show.seasons.iter().take(seasons).map(season).collect()
    }

    fn others<'a>(&'a self, person: &'a Person) -> Vec<Option<CharacterAnswer<'a>>> {
        let credit = |place: &usize| {
            let credit = &self.credits[*place];
            let (person, show) = (&self.people[credit.person].name, &self.shows[credit.show].title);
            CreditAnswer { person, season: credit.season, show }
        };
        let character = |place: usize| {
            let character = &self.characters[place];
            CharacterAnswer {
                character: &character.name,
                credits: character.credits.iter().take(5).map(credit).collect(),
            }
        };
        person.credits.iter().take(10).map(|place| self.credits[*place].character.map(character)).collect()
    }
}

async fn rows<T>(db: &PgPool, statement: &'static str) -> Result<Vec<T>, sqlx::Error>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    sqlx::query_as(statement).fetch_all(db).await
}
