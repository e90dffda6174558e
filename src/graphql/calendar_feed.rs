//! The schedule as a calendar.

use std::fmt::Write;

use async_graphql::{Request, ServerError, Value, Variables};
use entity::PartialDate;
use serde::Deserialize;

use super::Api;
use crate::{
    calendar::{Event, calendar},
    error::Error,
};

/// Query parameters of a calendar feed. They work like the arguments of the `schedule` field of the API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// On or after this date.
    pub from: Option<String>,
    /// On or before this date.
    pub to: Option<String>,
    /// Only in the country with this code.
    pub territory: Option<String>,
    /// Only the show with this slug.
    pub show: Option<String>,
}

/// Maximum number of events in a calendar; later ones are left out.
const MOST: usize = 1000;

/// Maximum number of pages to read. Pages in which no date is known to the day yield no events.
const PAGES: usize = MOST / 100;

const SCHEDULE: &str =
    "query($from: PartialDate, $to: PartialDate, $territory: CountryCode, $show: ShowBy, $after: String) {
    schedule(from: $from, to: $to, territory: $territory, show: $show, first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
            date
            episode { slug number title season { number } show { title } }
            availability { slug platformName }
        }
    }
}";

impl Api {
    /// Returns the schedule in iCalendar format, without the episodes whose date is not known to the day.
    ///
    /// # Errors
    ///
    /// Fails if a value in `feed` is invalid or the database cannot be read.
    pub async fn calendar(&self, feed: &Feed) -> Result<String, Error> {
        let mut events = Vec::new();
        let mut after = None;
        for _ in 0..PAGES {
            let page = self.page(feed, after.as_deref()).await?;
            events.extend(page.nodes.iter().filter_map(Node::event));
            match page.page_info {
                PageInfo { has_next_page: true, end_cursor: Some(cursor) } => after = Some(cursor),
                _ => break,
            }
        }
        events.truncate(MOST);
        Ok(calendar("castgraph", &events))
    }

    async fn page(&self, feed: &Feed, after: Option<&str>) -> Result<Schedule, Error> {
        let variables = Variables::from_json(serde_json::json!({
            "from": feed.from,
            "to": feed.to,
            "territory": feed.territory,
            "show": feed.show.as_ref().map(|slug| serde_json::json!({ "slug": slug })),
            "after": after,
        }));
        let response = self.run(Request::new(SCHEDULE).variables(variables)).await;
        if let Some(error) = response.errors.first() {
            return Err(reason(error));
        }
        let data: Data = match response.data {
            Value::Null => return Err(Error::internal("the schedule query returned no data")),
            data => async_graphql::from_value(data).map_err(Error::internal)?,
        };
        Ok(data.schedule)
    }
}

/// The error to return to the caller. The query text is fixed, so any other error means that one of the values is
/// invalid.
fn reason(error: &ServerError) -> Error {
    match error.source::<Error>() {
        Some(ours) => ours.clone(),
        None => Error::BadInput(error.message.clone()),
    }
}

#[derive(Deserialize)]
struct Data {
    schedule: Schedule,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schedule {
    page_info: PageInfo,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    date: String,
    episode: Episode,
    availability: Option<Availability>,
}

#[derive(Deserialize)]
struct Episode {
    slug: String,
    number: i32,
    title: String,
    season: Season,
    show: Show,
}

#[derive(Deserialize)]
struct Season {
    number: i32,
}

#[derive(Deserialize)]
struct Show {
    title: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Availability {
    slug: String,
    platform_name: String,
}

impl Node {
    /// The event, if the date is known to the day.
    fn event(&self) -> Option<Event> {
        let date: PartialDate = self.date.parse().ok()?;
        if date.as_str().len() < "2022-03-03".len() {
            return None;
        }
        let Episode { slug, number, title, season, show } = &self.episode;
        let mut uid = slug.clone();
        if let Some(availability) = &self.availability {
            // Writing to a string cannot fail.
            let _ = write!(uid, ".{}", availability.slug);
        }
        Some(Event {
            uid: format!("{uid}@castgraph"),
            day: date.earliest(),
            summary: format!("{} {}x{number:02} {title}", show.title, season.number),
            description: self.availability.as_ref().map(|availability| format!("On {}", availability.platform_name)),
        })
    }
}
