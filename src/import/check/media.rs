//! Public funding, and media about shows and seasons.

use entity::{funding, media::Kind};

use super::{Known, platforms::whole};
use crate::import::{
    Faults,
    data_set::{Funding, Media},
    money,
    row::Row,
    table::Table,
};

pub(super) fn funding(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Funding> {
    let mut rows = Vec::new();
    for row in table.rows() {
        let (show, season) = whole(row, known, faults);
        row.needed("kind", faults);
        rows.push(Funding {
            slug: row.get("slug").to_owned(),
            show,
            season,
            kind: row.word("kind", '-', faults).unwrap_or(funding::Kind::Grant),
            grantor: row.text("grantor"),
            programme: row.text("programme"),
            amount: amount(row, "amount", faults),
            currency: row.get("currency").to_owned(),
            awarded_on: row.date("awarded", faults),
            reported_on: row.date("reported_on", faults),
            note: row.text("note"),
        });
    }
    rows
}

pub(super) fn media(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Media> {
    let mut rows = Vec::new();
    for row in table.rows() {
        let (show, season) = whole(row, known, faults);
        row.needed("kind", faults);
        let kind = row.word("kind", '-', faults);
        if matches!(kind, Some(Kind::Logline | Kind::Summary)) {
            row.needed("text", faults);
        }
        rows.push(Media {
            slug: row.get("slug").to_owned(),
            kind: kind.unwrap_or(Kind::Announcement),
            show,
            season,
            released_on: row.date("date", faults),
            issuer: row.text("issuer"),
            text: row.text("text"),
            note: row.text("note"),
        });
    }
    rows
}

/// An amount in the currency of the row; neither may be empty.
pub(super) fn amount(row: Row<'_>, column: &str, faults: &mut Faults) -> i64 {
    row.needed(column, faults);
    let currency = row.needed("currency", faults);
    if currency.is_empty() {
        return 0;
    }
    if !money::is_currency(&currency) {
        row.fault(
            faults,
            "currency",
            format!("{currency:?} is not a currency code; write three capital letters, such as USD"),
        );
        return 0;
    }
    row.amount(column, &currency, faults).unwrap_or_default()
}
