//! Asks the services for a show: TVmaze, TMDB and Wikidata.
//!
//! One connection, one request at a time, no faster than the service allows. Answers are cached on disk; a run that was
//! killed goes on where it was. The functions block: call them outside of asynchronous code.

mod cache;
mod client;
mod clock;
mod target;
mod tmdb;
mod tvmaze;
mod wikidata;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde_json::Value;

pub use self::{
    client::Client,
    clock::{Clock, SystemClock},
    target::Target,
};
use super::{
    Document, SourceError,
    record::{Authority, Records, Remarks},
};

/// How to reach a service.
#[derive(Clone)]
pub struct Service {
    /// Which one.
    pub authority: Authority,
    /// Its address: `https://api.tvmaze.com`.
    pub base: String,
    /// The key, which TMDB demands. It is not logged and not stored.
    pub key: Option<String>,
    /// The folder for cached answers.
    pub cache: PathBuf,
}

impl Service {
    /// The public service of an authority; none if it has none, as IMDb.
    pub fn public(authority: Authority, key: Option<String>, cache: PathBuf) -> Option<Self> {
        let base = match authority {
            Authority::Tvmaze => "https://api.tvmaze.com",
            Authority::Tmdb => "https://api.themoviedb.org/3",
            Authority::Wikidata => "https://www.wikidata.org",
            Authority::Imdb | Authority::Tvdb | Authority::Tvrage => return None,
        };
        Some(Self { authority, base: base.to_owned(), key, cache })
    }
}

/// How far fetching has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Answers that are there.
    pub done: usize,
    /// Answers that are needed, as far as is known.
    pub of: usize,
    /// The path of the current request.
    pub path: &'a str,
}

/// A result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What to fetch.
    pub target: Target,
    /// Its title.
    pub title: String,
    /// The year of the first showing, if known.
    pub year: Option<String>,
    /// Its page.
    pub page: Option<String>,
}

/// Fetches everything about a show or film and reads it.
pub fn records(
    client: &mut Client<'_>,
    target: &Target,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Records, SourceError> {
    let (documents, remarks) = documents(client, target, progress)?;
    let today = client.today();
    let records = match target.authority {
        Authority::Tvmaze => super::tvmaze::read(&documents, today),
        Authority::Tmdb => super::tmdb::read(&documents, today),
        _ => super::wikidata::read(&documents, today),
    };
    Ok(records.after(remarks))
}

/// Fetches the answers about a show or film. The remarks list what is missing.
pub fn documents(
    client: &mut Client<'_>,
    target: &Target,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<(Vec<Document>, Remarks), SourceError> {
    client.begin(&target.to_string())?;
    let mut run = Run { client, progress, documents: Vec::new(), remarks: Remarks::default(), planned: 1 };
    match target.authority {
        Authority::Tvmaze => tvmaze::show(&mut run, target)?,
        Authority::Tmdb => tmdb::title(&mut run, target)?,
        Authority::Wikidata => wikidata::item(&mut run, target)?,
        other => return Err(SourceError::Request(format!("{other} has no service to fetch from; import its files"))),
    }
    let Run { documents, remarks, .. } = run;
    client.end()?;
    Ok((documents, remarks))
}

/// Searches for a title, best match first.
pub fn search(client: &mut Client<'_>, text: &str) -> Result<Vec<Found>, SourceError> {
    match client.authority() {
        Authority::Tvmaze => tvmaze::search(client, text),
        Authority::Tmdb => tmdb::search(client, text),
        Authority::Wikidata => wikidata::search(client, text),
        other => Err(SourceError::Request(format!("{other} has no service to search; import its files"))),
    }
}

/// The answers of one run.
struct Run<'r, 'c> {
    client: &'r mut Client<'c>,
    progress: &'r mut dyn FnMut(Step<'_>),
    documents: Vec<Document>,
    remarks: Remarks,
    planned: usize,
}

impl Run<'_, '_> {
    /// Fetches an answer and keeps it under a name; returns whether it exists.
    fn get(&mut self, path: &str, name: &str) -> Result<bool, SourceError> {
        let done = self.documents.len();
        (self.progress)(Step { done, of: self.planned.max(done + 1), path });
        let Some(value) = self.client.get(path)? else { return Ok(false) };
        self.documents.push(Document { name: name.to_owned(), value });
        Ok(true)
    }

    /// Fetches an answer without which there is nothing to import.
    fn required(&mut self, path: &str, name: &str, what: &str) -> Result<&Document, SourceError> {
        let there = self.get(path, name)?;
        self.documents
            .last()
            .filter(|_| there)
            .ok_or_else(|| SourceError::Request(format!("{what} does not exist at the source")))
    }
}

/// The items of a list inside an answer, by its JSON pointer.
fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// The year of a date.
fn year(date: &Value) -> Option<String> {
    date.as_str()?.get(..4).map(str::to_owned)
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
