//! Which values the variable takes: the same rows for every contender, in an order that follows from a seed.

use serde_json::json;
use sqlx::PgPool;

use crate::{Result, contender::Contender, question::Question};

/// Values for each question, at most.
const MOST: usize = 1_000;

/// Requests of one round of the Zipf distribution.
const ROUND: usize = 1 << 16;

/// The values for each question.
#[derive(Debug)]
pub struct Keys {
    shows: Vec<String>,
    people: Vec<String>,
    beginnings: Vec<String>,
    /// Shows by title, after each of which a page begins.
    pages: Vec<Page>,
}

#[derive(Debug)]
struct Page {
    position: usize,
    id: String,
}

impl Keys {
    /// Reads them from the database.
    pub async fn read(db: &PgPool) -> Result<Self> {
        let texts = async |statement: &'static str| sqlx::query_scalar::<_, String>(statement).fetch_all(db).await;
        let titles = texts("SELECT id::text FROM show ORDER BY title_key, show.id LIMIT 50050").await?;
        let full = titles.len().saturating_sub(51).max(1);
        let pages = titles.into_iter().enumerate().take(full).map(|(position, id)| Page { position, id });
        Ok(Self {
            shows: spread(texts("SELECT slug FROM show ORDER BY id").await?),
            people: spread(texts("SELECT slug FROM person ORDER BY id").await?),
            beginnings: spread(
                texts("SELECT DISTINCT left(name_key, 2) FROM person WHERE name_key ~ '^[a-z]{2}' ORDER BY 1").await?,
            ),
            pages: spread(pages.collect()),
        })
    }

    /// The values of a question, as the servers of this program name them.
    pub fn own(&self, question: Question) -> Vec<String> {
        match question {
            Question::Point | Question::Cast => self.shows.clone(),
            Question::Others => self.people.clone(),
            Question::People => self.beginnings.clone(),
            Question::Shows => self.pages.iter().map(|page| page.id.clone()).collect(),
        }
    }

    /// The values of a question for a contender, which need not be named alike by all.
    pub async fn of(&self, question: Question, contender: &Contender) -> Result<Vec<String>> {
        if contender.by_position(question) {
            return Ok(self.pages.iter().map(|page| (page.position + 1).to_string()).collect());
        }
        let Some(document) = contender.cursors().filter(|_| question == Question::Shows) else {
            return Ok(self.own(question));
        };
        let end = self.pages.last().map_or(0, |page| page.position + 1);
        let cursors = walk(contender, document, end).await?;
        let cursor = |page: &Page| cursors.get(page.position).cloned().ok_or("too few shows in a list");
        Ok(self.pages.iter().map(cursor).collect::<Result<_, _>>()?)
    }
}

/// The cursors of a list from its start.
async fn walk(contender: &Contender, document: &str, end: usize) -> Result<Vec<String>> {
    let (mut cursors, mut after) = (Vec::new(), None::<String>);
    while cursors.len() < end {
        let answer = contender.ask(document, &json!({ "after": after })).await?;
        let edges = answer["data"]["shows"]["edges"].as_array().ok_or_else(|| format!("no list of shows: {answer}"))?;
        cursors.extend(edges.iter().filter_map(|edge| edge["cursor"].as_str().map(str::to_owned)));
        after = cursors.last().cloned();
        if answer["data"]["shows"]["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    Ok(cursors)
}

/// At most so many, from the whole length of the list.
fn spread<T>(all: Vec<T>) -> Vec<T> {
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

/// How the values follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// One after the other.
    Rotating,
    /// The n-th most wanted comes with a weight of 1/n.
    Zipf,
}

impl Order {
    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rotating => "rotating",
            Self::Zipf => "Zipf",
        }
    }

    /// Places among `count` values, to be asked for again and again.
    pub fn places(self, count: usize) -> Vec<usize> {
        if self == Self::Rotating {
            return (0..count).collect();
        }
        let mut random = Random(7);
        let mut wanted: Vec<usize> = (0..count).collect();
        for end in (1..count).rev() {
            wanted.swap(end, random.below(end + 1));
        }
        let mut sums = Vec::with_capacity(count);
        let mut sum = 0_u64;
        for rank in 1..=count as u64 {
            sum += (1 << 32) / rank;
            sums.push(sum);
        }
        let places = (0..ROUND).map(|_| {
            let drawn = random.next() % sum;
            wanted[sums.partition_point(|limit| *limit <= drawn)]
        });
        places.collect()
    }
}

/// Numbers that follow from a seed: `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }
}
