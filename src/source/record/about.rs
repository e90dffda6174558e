use entity::PartialDate;

use super::{ExternalId, Licence};

/// What every record has besides its facts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// Ids at authorities, the source's own first.
    pub ids: Vec<ExternalId>,
    /// The page of the record at its source.
    pub page: Option<String>,
    /// Pictures, the best first.
    pub images: Vec<Image>,
    /// Summaries, at most one per language.
    pub summaries: Vec<Summary>,
    /// What the source itself cites.
    pub cited: Vec<Cited>,
}

impl About {
    /// Adds an id unless it is there.
    pub fn add_id(&mut self, id: Option<ExternalId>) {
        if let Some(id) = id.filter(|id| !self.ids.contains(id)) {
            self.ids.push(id);
        }
    }
}

/// Another name or title.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// Its language (BCP 47), if the source says so.
    pub language: Option<String>,
    /// Its country (ISO 3166-1 alpha-2), if the source says so.
    pub country: Option<String>,
    /// Whether it is the title in the original language.
    pub original: bool,
}

/// A picture, which stays at its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What it shows.
    pub kind: ImageKind,
    /// Its address.
    pub address: String,
    /// The address of a smaller version.
    pub small: Option<String>,
    /// Whom to credit.
    pub credit: String,
    /// Its licence; none if the source does not say.
    pub licence: Option<Licence>,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// A poster of a show or season.
    Poster,
    /// A wide picture behind a title.
    Backdrop,
    /// A picture from an episode.
    Still,
    /// A person or character.
    Portrait,
}

/// A summary, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The text: paragraphs, separated by empty lines.
    pub text: String,
    /// Its language (BCP 47), if known.
    pub language: Option<String>,
    /// Its licence.
    pub licence: Licence,
}

/// References that the source gives for a record or for one field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The field, named as in the import format (`born`, `premiere_date`, …); none for the record as a whole.
    pub field: Option<&'static str>,
    /// What it cites.
    pub references: Vec<Reference>,
}

/// Something that a source cites.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Its address.
    pub address: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The work in which it is: a name, or the key of a Wikidata item if its name was not read.
    pub stated_in: Option<String>,
    /// The record in that work, if it is one of the authorities.
    pub id: Option<ExternalId>,
    /// The day of publication.
    pub published_on: Option<PartialDate>,
    /// The day on which the source retrieved it.
    pub retrieved_on: Option<PartialDate>,
}
