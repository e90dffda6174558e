//! What the filters of several types share.

use std::sync::Arc;

use async_graphql::{Context, InputObject};
use entity::{key_of_beginning, name_key};
use sea_orm::EntityTrait;

use super::{
    date::Date,
    row::{self, By, Id},
    territory::CountryCode,
};
use crate::{
    error::Error,
    load::{Bind, Condition, Key, One},
};

/// Which texts to take. Case and accents do not matter.
#[derive(Debug, InputObject)]
pub struct TextFilter {
    /// Only texts that are equal to this.
    equals: Option<String>,
    /// Only texts that begin with this.
    starts_with: Option<String>,
    /// Only texts that have this anywhere. All texts are read for it; `search` has an index, and knows other names.
    contains: Option<String>,
}

/// Which days to take. A month or a year means all of its days; an unknown day is never taken.
#[derive(Debug, InputObject)]
pub struct DateRange {
    /// This day or later.
    pub(super) from: Option<Date>,
    /// This day or earlier.
    pub(super) to: Option<Date>,
}

/// The conditions on a folded column.
pub(super) struct Folded {
    equals: &'static str,
    /// From the text to the first key that no longer begins so.
    starts_with: &'static str,
    /// What holds the text is another text without it. The engines have no name in common for finding one in another.
    contains: &'static str,
}

/// On names.
pub(super) const NAME: Folded = Folded {
    equals: "t.name_key = ?",
    starts_with: "t.name_key >= ? AND t.name_key < ?",
    contains: "replace(t.name_key, ?, '') <> t.name_key",
};

/// On titles.
pub(super) const TITLE: Folded = Folded {
    equals: "t.title_key = ?",
    starts_with: "t.title_key >= ? AND t.title_key < ?",
    contains: "replace(t.title_key, ?, '') <> t.title_key",
};

/// Conditions in the making.
#[derive(Debug, Default)]
pub(super) struct Conditions(Vec<Condition>);

impl Conditions {
    pub(super) fn add(&mut self, sql: &'static str, values: impl Into<Vec<Bind>>) {
        self.0.push(Condition::new(sql, values));
    }

    /// Adds `equal` if there is a value.
    pub(super) fn equal(&mut self, equal: &'static str, value: Option<impl Into<Bind>>) {
        if let Some(value) = value {
            self.add(equal, [value.into()]);
        }
    }

    /// Adds `equal` with the number of the row that the caller names, if there is a name. That nothing has it is an
    /// error, so that nobody takes a slip in a name for an empty list.
    pub(super) async fn named<B: By>(
        &mut self,
        ctx: &Context<'_>,
        equal: &'static str,
        by: Option<B>,
    ) -> Result<(), Error>
    where
        One<B::Entity>: Key<Value = Arc<<B::Entity as EntityTrait>::Model>>,
        <B::Entity as EntityTrait>::Model: Id,
    {
        if let Some(by) = by {
            self.add(equal, [row::named(ctx, by).await?.into()]);
        }
        Ok(())
    }

    /// Adds what is asked of a folded name or title.
    pub(super) fn text(&mut self, key: &Folded, filter: Option<TextFilter>) {
        let Some(filter) = filter else { return };
        if let Some(text) = filter.equals {
            self.add(key.equals, [name_key(&text).into()]);
        }
        if let Some(text) = filter.starts_with {
            let from = key_of_beginning(&text);
            let to = format!("{from}\u{10FFFF}");
            self.add(key.starts_with, [from.into(), to.into()]);
        }
        // Every text has what is empty; the condition would find none.
        if let Some(text) = filter.contains.map(|text| name_key(&text)).filter(|text| !text.is_empty()) {
            self.add(key.contains, [text.into()]);
        }
    }

    /// Adds `from` and `to`, the latter with the last day that the date can mean.
    pub(super) fn days(&mut self, from: &'static str, to: &'static str, range: Option<DateRange>) {
        let Some(range) = range else { return };
        self.equal(from, range.from.map(|date| date.0.as_str().to_owned()));
        self.until(to, range.to.as_ref());
    }

    /// Adds `to` with what comes after all days that the date can mean, and before unknown ones.
    pub(super) fn until(&mut self, to: &'static str, date: Option<&Date>) {
        self.equal(to, date.map(|date| end_of(date.0.as_str())));
    }

    /// Adds `within` with the code of the country three times.
    pub(super) fn country(&mut self, within: &'static str, country: Option<CountryCode>) {
        if let Some(CountryCode(code)) = country {
            self.add(within, [code.clone().into(), code.clone().into(), code.into()]);
        }
    }

    pub(super) fn into_vec(self) -> Vec<Condition> {
        self.0
    }
}

/// A text that comes after all days of a day, month or year: each of them begins with it and a hyphen, and "~" comes
/// after that. No year goes on behind its December, so that even the last year ends before `9999-99-99`.
pub(super) fn end_of(date: &str) -> String {
    if date.len() == "2018".len() { format!("{date}-12~") } else { format!("{date}~") }
}
