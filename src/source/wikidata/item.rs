use entity::PartialDate;
use serde_json::Value;

use super::property::IDS;
use crate::source::{
    json::Node,
    record::{About, Alias, Authority, Cited, ExternalId, IdKind, Image, ImageKind, Reference, Summary},
};

/// An entity of Wikidata.
#[derive(Clone)]
pub(super) struct Entity<'a> {
    pub(super) node: Node<'a>,
}

/// A statement that is not deprecated and has a value.
#[derive(Clone)]
pub(super) struct Statement<'a> {
    pub(super) value: Node<'a>,
    node: Node<'a>,
    preferred: bool,
}

impl<'a> Entity<'a> {
    pub(super) fn new(node: Node<'a>) -> Self {
        Self { node }
    }

    /// Its name: in English, in no language, or else in the first language there is.
    pub(super) fn label(&self) -> Option<&'a str> {
        let labels = self.node.object("labels")?;
        let first = || labels.fields().into_iter().next().and_then(|(_, label)| label.text("value"));
        ["en", "mul", "en-us", "en-gb"].iter().find_map(|code| labels.object(code)?.text("value")).or_else(first)
    }

    /// Its other names in English.
    pub(super) fn aliases(&self) -> Vec<Alias> {
        let lists = self.node.object("aliases").into_iter().flat_map(|aliases| aliases.items("en"));
        let alias = |alias: Node<'a>| {
            let name = alias.text("value")?.to_owned();
            Some(Alias { name, language: Some("en".to_owned()), country: None, original: false })
        };
        lists.filter_map(alias).collect()
    }

    /// The statements of a property that are not deprecated and whose value is known.
    pub(super) fn all(&self, property: &str) -> Vec<Statement<'a>> {
        let Some(claims) = self.node.object("claims") else { return Vec::new() };
        let statement = |node: Node<'a>| {
            let rank = node.text("rank").unwrap_or("normal");
            if !["normal", "preferred", "deprecated"].contains(&rank) {
                node.unknown("rank", rank);
            }
            let value = value(&node.object("mainsnak")?).filter(|_| rank != "deprecated")?;
            Some(Statement { value, preferred: rank == "preferred", node })
        };
        claims.items(property).into_iter().filter_map(statement).collect()
    }

    /// The statements of the best rank.
    pub(super) fn best(&self, property: &str) -> Vec<Statement<'a>> {
        let mut all = self.all(property);
        if all.iter().any(|statement| statement.preferred) {
            all.retain(|statement| statement.preferred);
        }
        all
    }

    /// The classes that it is an instance of.
    pub(super) fn classes(&self) -> Vec<&'a str> {
        self.all("P31").iter().filter_map(Statement::item).collect()
    }

    /// The best date of some properties, the first that has one, and what is cited for it.
    pub(super) fn date(&self, properties: &[&str], field: &'static str, about: &mut About) -> Option<PartialDate> {
        let statement = properties.iter().find_map(|property| {
            let mut dates: Vec<_> =
                self.best(property).into_iter().filter_map(|one| Some((time(&one.value)?, one))).collect();
            // Of several releases the first counts.
            dates.sort_by(|one, other| one.0.cmp(&other.0));
            dates.into_iter().next()
        });
        let (date, statement) = statement?;
        about.cited.extend(statement.cited(Some(field)));
        Some(date)
    }

    /// Ids, page, picture and description.
    pub(super) fn about(&self, kind: IdKind, picture: ImageKind) -> About {
        let mut about = About::default();
        let id = self.node.text("id").unwrap_or_default();
        about.add_id(ExternalId::new(Authority::Wikidata, kind, id));
        about.page = about.ids.first().and_then(ExternalId::page);
        for statement in self.best("P345") {
            about.add_id(statement.value.as_text().and_then(|text| ExternalId::new(Authority::Imdb, kind, text)));
        }
        for (property, authority, of) in IDS {
            let suits = *of == kind || (kind == IdKind::Show && *of == IdKind::Film);
            for statement in self.best(property).into_iter().filter(|_| suits) {
                about.add_id(statement.value.as_text().and_then(|text| ExternalId::new(*authority, *of, text)));
            }
        }
        if let Some(file) = self.best("P18").first().and_then(|statement| statement.value.as_text()) {
            let name = file.replace(' ', "_");
            about.images.push(Image {
                kind: picture,
                address: format!("https://commons.wikimedia.org/wiki/Special:FilePath/{name}"),
                small: Some(format!("https://commons.wikimedia.org/wiki/Special:FilePath/{name}?width=342")),
                credit: format!(
                    "Wikimedia Commons; author and licence: https://commons.wikimedia.org/wiki/File:{name}"
                ),
                licence: None,
            });
        }
        let description = self.node.object("descriptions").and_then(|texts| texts.object("en")?.text("value"));
        about.summaries.extend(description.map(|text| Summary {
            text: text.to_owned(),
            language: Some("en".to_owned()),
            licence: Authority::Wikidata.licence(),
        }));
        about
    }
}

impl<'a> Statement<'a> {
    /// The item that is its value.
    pub(super) fn item(&self) -> Option<&'a str> {
        item_of(&self.value)
    }

    /// The known values of a qualifier.
    pub(super) fn qualifiers(&self, property: &str) -> Vec<Node<'a>> {
        let snaks = self.node.object("qualifiers").into_iter().flat_map(|qualifiers| qualifiers.items(property));
        snaks.filter_map(|snak| value(&snak)).collect()
    }

    pub(super) fn texts(&self, property: &str) -> Vec<&'a str> {
        self.qualifiers(property).iter().filter_map(text_of).collect()
    }

    pub(super) fn items(&self, property: &str) -> Vec<&'a str> {
        self.qualifiers(property).iter().filter_map(item_of).collect()
    }

    pub(super) fn date(&self, property: &str) -> Option<PartialDate> {
        self.qualifiers(property).iter().find_map(time)
    }

    /// What it cites.
    pub(super) fn cited(&self, field: Option<&'static str>) -> Option<Cited> {
        let references: Vec<Reference> = self.node.items("references").iter().filter_map(reference).collect();
        (!references.is_empty()).then_some(Cited { field, references })
    }
}

/// The value of a snak; none if it is unknown or there is none.
fn value<'a>(snak: &Node<'a>) -> Option<Node<'a>> {
    match snak.text("snaktype") {
        Some("value") | None => snak.object("datavalue")?.get("value"),
        Some("novalue" | "somevalue") => None,
        Some(other) => {
            snak.unknown("type of snak", other);
            None
        }
    }
}

fn item_of<'a>(value: &Node<'a>) -> Option<&'a str> {
    value.object("id").is_none().then(|| value.text("id")).flatten()
}

/// A text, or one in a language.
fn text_of<'a>(value: &Node<'a>) -> Option<&'a str> {
    if value.value().is_object() { value.text("text") } else { value.as_text() }
}

/// A date with its precision: 11 is a day, 10 a month, 9 a year. Decades and less are no dates here.
fn time(value: &Node<'_>) -> Option<PartialDate> {
    let text = value.text("time")?;
    let precision = value.number("precision").unwrap_or(11);
    let date = text.strip_prefix('+').filter(|_| precision >= 9).and_then(|date| date.split('T').next());
    let Some(date) = date else {
        value.unused("date", "less precise than a year, or before the year 1");
        return None;
    };
    let mut parts = date.splitn(3, '-').take(match precision {
        9 => 1,
        10 => 2,
        _ => 3,
    });
    let year = parts.next()?.trim_start_matches('0');
    let known = parts.take_while(|part| *part != "00");
    let date = known.fold(format!("{year:0>4}"), |date, part| format!("{date}-{part}"));
    let date = date.parse().ok();
    if date.is_none() {
        value.skip(format_args!("ignored {text:?}; it is not a date"));
    }
    date
}

fn reference(node: &Node<'_>) -> Option<Reference> {
    let snaks = node.object("snaks")?;
    let first = |property: &str| snaks.items(property).iter().find_map(value);
    let mut reference = Reference {
        address: first("P854").and_then(|value| value.as_text().map(str::to_owned)),
        title: first("P1476").and_then(|value| text_of(&value).map(str::to_owned)),
        stated_in: first("P248").or_else(|| first("P143")).and_then(|value| item_of(&value).map(str::to_owned)),
        id: None,
        published_on: first("P577").and_then(|value| time(&value)),
        retrieved_on: first("P813").and_then(|value| time(&value)),
    };
    let imdb = first("P345").and_then(|value| {
        let text = value.as_text()?;
        let kind = if text.starts_with("nm") { IdKind::Person } else { IdKind::Show };
        ExternalId::new(Authority::Imdb, kind, text)
    });
    let other = || {
        IDS.iter()
            .find_map(|(property, authority, kind)| ExternalId::new(*authority, *kind, first(property)?.as_text()?))
    };
    reference.id = imdb.or_else(other);
    let says_something = reference.address.is_some() || reference.stated_in.is_some() || reference.id.is_some();
    says_something.then_some(reference)
}

/// The items that an entity refers to, which are needed to understand it.
pub(in crate::source) fn references(entity: &Value) -> Vec<String> {
    const NEEDED: [&str; 16] = [
        "P161", "P725", "P170", "P1431", "P57", "P58", "P86", "P179", "P4908", "P449", "P136", "P8345", "P527", "P453",
        "P364", "P674",
    ];
    let mut items = Vec::new();
    let claims = entity.get("claims").and_then(Value::as_object).into_iter().flatten();
    for (_, statements) in claims.filter(|(property, _)| NEEDED.contains(&property.as_str())) {
        for statement in statements.as_array().into_iter().flatten() {
            let value = statement.pointer("/mainsnak/datavalue/value/id");
            let characters = statement.pointer("/qualifiers/P453").and_then(Value::as_array);
            let characters = characters.into_iter().flatten().filter_map(|snak| snak.pointer("/datavalue/value/id"));
            items.extend(value.into_iter().chain(characters).filter_map(Value::as_str).map(str::to_owned));
        }
    }
    items
}
