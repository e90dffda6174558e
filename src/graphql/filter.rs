//! Filter inputs and SQL conditions shared by several types.

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
    load::{Bind, Condition},
};

/// Condition on a text. Case and accents are ignored.
#[derive(Debug, InputObject)]
pub struct TextFilter {
    /// Equals this text.
    equals: Option<String>,
    /// Starts with this text.
    starts_with: Option<String>,
    /// Contains this text anywhere. This scans the whole list; `search` uses an index and also finds alternative names.
    contains: Option<String>,
}

/// Range of dates, including both ends. A month or year stands for all its days. If either end is set, unknown dates do
/// not match.
#[derive(Debug, InputObject)]
pub struct DateRange {
    /// On or after this date.
    pub(super) from: Option<Date>,
    /// On or before this date.
    pub(super) to: Option<Date>,
}

/// A day of any year, such as a birthday.
#[derive(Debug, InputObject)]
pub struct MonthDay {
    /// Month, 1 to 12.
    month: i32,
    /// Day of the month, 1 to 31.
    day: i32,
}

impl MonthDay {
    /// As it ends an ISO 8601 date. A day that no year has is an error.
    fn text(&self) -> Result<String, Error> {
        let longest = match self.month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            month => return Err(Error::BadInput(format!("`month: {month}` does not exist; use 1 to 12"))),
        };
        if !(1..=longest).contains(&self.day) {
            let Self { month, day } = self;
            return Err(Error::BadInput(format!("`day: {day}` does not exist in month {month}; use 1 to {longest}")));
        }
        Ok(format!("{:02}-{:02}", self.month, self.day))
    }
}

/// SQL conditions on a folded text column.
pub(super) struct Folded {
    equals: &'static str,
    /// The range from the prefix up to the first key that no longer has it.
    starts_with: &'static str,
    /// True if removing the text changes the column. SQLite and PostgreSQL share no function for substring search.
    contains: &'static str,
}

/// Conditions on names.
pub(super) const NAME: Folded = Folded {
    equals: "t.name_key = ?",
    starts_with: "t.name_key >= ? AND t.name_key < ?",
    contains: "replace(t.name_key, ?, '') <> t.name_key",
};

/// Conditions on titles.
pub(super) const TITLE: Folded = Folded {
    equals: "t.title_key = ?",
    starts_with: "t.title_key >= ? AND t.title_key < ?",
    contains: "replace(t.title_key, ?, '') <> t.title_key",
};

/// SQL conditions on a date, for ranges. The orders by the date have the keys
/// `coalesce(t.premiered_on, '9999-99-99')`, ascending, and `coalesce(t.premiered_on, '')`, descending.
pub(super) struct Days {
    from: &'static str,
    to: &'static str,
    /// The ascending key, and the lower bound of it.
    from_key: (&'static str, &'static str),
    /// The descending key, and the upper bound of it.
    to_key: (&'static str, &'static str),
}

/// Conditions on the column `$column` of `t`.
macro_rules! days {
    ($column:literal) => {
        crate::graphql::filter::Days::new(
            concat!("coalesce(t.", $column, ", '') >= ?"),
            concat!("coalesce(t.", $column, ", '9999-99-99') <= ?"),
            (
                concat!("coalesce(t.", $column, ", '9999-99-99')"),
                concat!("t.", $column, " IS NOT NULL AND coalesce(t.", $column, ", '9999-99-99') >= ?"),
            ),
            (
                concat!("coalesce(t.", $column, ", '')"),
                concat!("t.", $column, " IS NOT NULL AND coalesce(t.", $column, ", '') <= ?"),
            ),
        )
    };
}
pub(super) use days;

impl Days {
    pub(super) const fn new(
        from: &'static str,
        to: &'static str,
        from_key: (&'static str, &'static str),
        to_key: (&'static str, &'static str),
    ) -> Self {
        Self { from, to, from_key, to_key }
    }
}

/// Whether the show of a row is in a franchise.
pub(super) const OF_FRANCHISE: &str = "t.show_id IN (SELECT s.id FROM show AS s WHERE s.franchise_id = ?)";

/// Collects SQL conditions.
#[derive(Debug, Default)]
pub(super) struct Conditions(Vec<Condition>);

impl Conditions {
    pub(super) fn add(&mut self, sql: &'static str, values: impl Into<Vec<Bind>>) {
        self.0.push(Condition::new(sql, values));
    }

    /// Adds the condition `equal` if `value` is given.
    pub(super) fn equal(&mut self, equal: &'static str, value: Option<impl Into<Bind>>) {
        if let Some(value) = value {
            self.add(equal, [value.into()]);
        }
    }

    /// Adds the condition `equal` with the id of the referenced row, if one is given. A reference to a missing row is
    /// an error, so that a typo does not look like an empty list.
    pub(super) async fn named<B: By>(
        &mut self,
        ctx: &Context<'_>,
        equal: &'static str,
        by: Option<B>,
    ) -> Result<(), Error>
    where
        <B::Entity as EntityTrait>::Model: Id,
    {
        if let Some(by) = by {
            self.add(equal, [row::named(ctx, by).await?.into()]);
        }
        Ok(())
    }

    /// Like [`Self::named`], for a condition that takes the id twice.
    pub(super) async fn named_twice<B: By>(
        &mut self,
        ctx: &Context<'_>,
        equal: &'static str,
        by: Option<B>,
    ) -> Result<(), Error>
    where
        <B::Entity as EntityTrait>::Model: Id,
    {
        if let Some(by) = by {
            let id = row::named(ctx, by).await?;
            self.add(equal, [id.into(), id.into()]);
        }
        Ok(())
    }

    /// Adds the condition `one_of`, which takes the ids of the referenced rows twice, if any are given.
    pub(super) async fn any<B: By>(
        &mut self,
        ctx: &Context<'_>,
        one_of: &'static str,
        name: &str,
        by: Option<Vec<B>>,
    ) -> Result<(), Error>
    where
        <B::Entity as EntityTrait>::Model: Id,
    {
        if by.is_some() {
            let ids = row::arguments(ctx, name, by).await?;
            self.add(one_of, [ids.clone().into(), ids.into()]);
        }
        Ok(())
    }

    /// Adds the subquery `begin` with the conditions of `inner`. Within it, `t` is its own table.
    pub(super) fn subquery(&mut self, begin: &'static str, inner: Vec<Condition>) {
        self.0.push(Condition::subquery(begin, inner));
    }

    /// Adds the condition `equal` with the month and day as `MM-DD`.
    pub(super) fn month_day(&mut self, equal: &'static str, day: Option<MonthDay>) -> Result<(), Error> {
        if let Some(day) = day {
            self.add(equal, [day.text()?.into()]);
        }
        Ok(())
    }

    /// Adds the conditions of a text filter on a folded column.
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
        // Every text contains the empty text, but this condition would match none.
        if let Some(text) = filter.contains.map(|text| name_key(&text)).filter(|text| !text.is_empty()) {
            self.add(key.contains, [text.into()]);
        }
    }

    /// Adds the conditions for both ends of a range. The upper bound includes every day that the date can mean.
    pub(super) fn days(&mut self, column: &Days, range: Option<DateRange>) {
        let Some(range) = range else { return };
        if let Some(from) = range.from {
            let (key, bound) = column.from_key;
            self.0.push(Condition::new(column.from, [from.0.as_str().into()]).or_bound(key, bound));
        }
        if let Some(to) = range.to {
            let (key, bound) = column.to_key;
            self.0.push(Condition::new(column.to, [end_of(to.0.as_str()).into()]).or_bound(key, bound));
        }
    }

    /// Adds the conditions `from` and `to` for both ends of a range. Each takes its date as often as it has a `?`.
    pub(super) fn days_of(&mut self, from: &'static str, to: &'static str, range: DateRange) {
        let ends = [
            (from, range.from.map(|date| date.0.as_str().to_owned())),
            (to, range.to.map(|date| end_of(date.0.as_str()))),
        ];
        for (sql, date) in ends {
            if let Some(date) = date {
                self.add(sql, vec![date.into(); sql.matches('?').count()]);
            }
        }
    }

    /// Adds the condition `to` with an upper bound that includes every day the date can mean, but excludes unknown
    /// dates.
    pub(super) fn until(&mut self, to: &'static str, date: Option<&Date>) {
        self.equal(to, date.map(|date| end_of(date.0.as_str())));
    }

    /// Adds the condition `within`, which takes the country code three times.
    pub(super) fn country(&mut self, within: &'static str, country: Option<CountryCode>) {
        if let Some(CountryCode(code)) = country {
            self.add(within, [code.clone().into(), code.clone().into(), code.into()]);
        }
    }

    pub(super) fn into_vec(self) -> Vec<Condition> {
        self.0
    }
}

/// An upper bound for all days of a day, month or year: each of them starts with the date and a hyphen, and "~" sorts
/// after the hyphen. A year ends with its December, so that even year 9999 sorts before `9999-99-99`.
pub(super) fn end_of(date: &str) -> String {
    if date.len() == "2018".len() { format!("{date}-12~") } else { format!("{date}~") }
}
