//! What recorded changes of rows change in the graph.

use serde_json::Value;

use super::{
    cast_graph::Graph,
    edit::{Edit, Edited},
    graph_rows::{CreditRow, EpisodeRow, SeasonRow, ShowRow, day},
};
use crate::change::raw::{Row, RowChange};

/// The edits that recorded changes amount to. Most changes, such as that of a name, amount to none.
pub(super) fn edits(changes: &[RowChange]) -> Vec<Edit> {
    let edit = |change: &RowChange| match change.table.name {
        "show" => edited(change, show).map(Edit::Show),
        "season" => edited(change, season).map(Edit::Season),
        "episode" => edited(change, episode).map(Edit::Episode),
        "credit" => edited(change, credit).map(Edit::Credit),
        "appearance" => edited(change, appearance).map(Edit::Appearance),
        _ => None,
    };
    changes.iter().filter_map(edit).collect()
}

/// Whether a graph that includes these changes may have rows that are gone. A row that is written by hand on SQLite may
/// have replaced others with the same unique values, unseen: a credit only one of the same person, work and character.
pub(super) fn may_replace(graph: &Graph, changes: &[RowChange]) -> bool {
    let is_new = |change: &RowChange| change.may_replace && change.before.is_none();
    if changes.iter().any(|change| is_new(change) && ["show", "season", "episode"].contains(&change.table.name)) {
        return true;
    }
    let credits = changes.iter().filter(|change| change.may_replace && change.table.name == "credit");
    credits.filter_map(|change| change.after.as_ref()).map(credit).any(|row| {
        let (Some(person), Some(work)) = (graph.person(row.person), graph.work(row.show, row.season)) else {
            return false;
        };
        let character = graph.character_number(row.character);
        let equal = |other: &u32| graph.work_number_of(*other) == work && graph.character_of(*other) == character;
        let equal: Vec<i32> = graph.credits_of(person).filter(equal).map(|other| graph.credit_id(other)).collect();
        equal.len() > 1 && equal.contains(&row.id)
    })
}

/// The row before and after, if the difference matters to the graph.
fn edited<T: PartialEq>(change: &RowChange, row: fn(&Row) -> T) -> Option<Edited<T>> {
    let (before, after) = (change.before.as_ref().map(row), change.after.as_ref().map(row));
    (before != after).then_some(Edited { before, after })
}

fn show(row: &Row) -> ShowRow {
    ShowRow {
        id: number(row, "id"),
        franchise: number(row, "franchise_id"),
        film: text(row, "format") == "FILM",
        day: day_in(row, "premiered_on"),
    }
}

fn season(row: &Row) -> SeasonRow {
    SeasonRow { id: number(row, "id"), show: number(row, "show_id"), day: day_in(row, "premiered_on") }
}

fn episode(row: &Row) -> EpisodeRow {
    EpisodeRow {
        id: number(row, "id"),
        show: number(row, "show_id"),
        season: number(row, "season_id"),
        special: number(row, "number") == 0,
        day: day_in(row, "aired_on"),
    }
}

fn credit(row: &Row) -> CreditRow {
    CreditRow {
        id: number(row, "id"),
        person: number(row, "person_id"),
        show: number(row, "show_id"),
        season: number(row, "season_id"),
        character: number(row, "character_id"),
        whole: text(row, "coverage") == "WHOLE",
    }
}

fn appearance(row: &Row) -> (i32, i32) {
    (number(row, "credit_id"), number(row, "episode_id"))
}

/// A number; 0 if it is null.
fn number(row: &Row, column: &str) -> i32 {
    row.get(column).and_then(Value::as_i64).and_then(|number| i32::try_from(number).ok()).unwrap_or_default()
}

fn text<'r>(row: &'r Row, column: &str) -> &'r str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// A date as a number, as the graph reads it from the database: `2018-08` is 20180801.
fn day_in(row: &Row, column: &str) -> i32 {
    let full: String = text(row, column).chars().chain("-01-01".chars()).take(10).filter(|sign| *sign != '-').collect();
    full.parse().map_or(0, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days() {
        for (date, expected) in [("2018-08-04", 20_180_804), ("2018-08", 20_180_801), ("2018", 20_180_101), ("", 0)] {
            let row = Row::from([("aired_on".to_owned(), Value::from(date))]);
            assert_eq!(day_in(&row, "aired_on"), expected, "{date}");
        }
        assert_eq!(day_in(&Row::from([("aired_on".to_owned(), Value::Null)]), "aired_on"), 0);
    }
}
