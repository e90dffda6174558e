//! Statements that read lists or counts for many parents at once.
//!
//! PostgreSQL joins an array of parents laterally with the list of each, so that a limit applies to each parent. SQLite
//! returns all lists as one JSON text, because a row costs its driver several times as much as the JSON of the row.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::{
    Condition, Count, Many, Order, Parent, Reader, Record, Source, Tally, Window,
    decode::{EncodedRow, RowDecoder},
    entry::{self, Entry, Selection},
    prefetch::PrefetchBatch,
    statement::Sql,
};
use crate::error::Error;

/// The number of rows that PostgreSQL plans for in lists without a parent: the largest page and one extra row.
const PLANNED_ROWS: u32 = 101;

/// A row from SQLite with its prefetched values.
type PrefetchedRow<'j, R> = (Entry<R>, Vec<Option<&'j RawValue>>);

/// Reads the lists of all keys, in the order of the keys. The keys may differ only in the parent.
pub(super) async fn read_lists<R: Record>(reader: &Reader, keys: &[&Many<R>]) -> Result<Vec<Arc<[Entry<R>]>>, Error> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let window = &*first.window;
    let prefetch = keys.iter().fold(first.prefetch, |prefetch, key| prefetch | key.prefetch);
    let mut prefetch_batch = PrefetchBatch::new(first.list.prefetches, reader.prefetch_set(prefetch));
    let lists = Lists { source: &first.list.source, window, keys, selection: Selection::new(window.order.keys) };
    let sql = reader.sql();
    let mut lists = if sql.postgres() {
        lists.rows(reader, sql, &mut prefetch_batch).await?
    } else {
        lists.json(reader, sql, &mut prefetch_batch).await?
    };
    reader.count_rows(lists.iter().map(Vec::len).sum::<usize>() + prefetch_batch.len());
    reader.add_prefetched(prefetch_batch);
    for list in &mut lists {
        // A window from the end is read in reverse order.
        if window.from_end {
            list.reverse();
        }
        put_in_order(list, window.order.descending);
    }
    Ok(lists.into_iter().map(Arc::from).collect())
}

/// Restores the order of a list, if necessary. SQL does not guarantee that the joins for prefetching preserve the order
/// of the subquery. In practice they do, as long as the database looks up the joined rows one by one.
fn put_in_order<R>(list: &mut [Entry<R>], descending: bool) {
    let in_order = |one: &Entry<R>, other: &Entry<R>| {
        let order = one.sort.cmp(&other.sort);
        if descending { order.reverse() } else { order }
    };
    if !list.is_sorted_by(|one, next| in_order(one, next).is_le()) {
        list.sort_by(in_order);
    }
}

/// The lists that one statement reads.
struct Lists<'k, R: 'static> {
    source: &'static Source,
    window: &'k Window,
    keys: &'k [&'k Many<R>],
    selection: Selection<'k, R>,
}

impl<R: Record> Lists<'_, R> {
    /// Reads the lists as rows, from PostgreSQL.
    async fn rows(
        &self,
        reader: &Reader,
        mut sql: Sql,
        prefetch_batch: &mut PrefetchBatch,
    ) -> Result<Vec<Vec<Entry<R>>>, Error> {
        let Self { source, window, keys, selection } = self;
        sql.push("SELECT p.parent_place, r.*");
        prefetch_batch.columns(&mut sql);
        parents(sql.push(" FROM "), source, keys.iter().map(|key| key.parent));
        // The planner does not see the bound limit. It would plan for a tenth of the table, and sort. This literal
        // limit tells it to expect few rows.
        let planned = window.limit.filter(|_| source.parent.is_empty()).map(|limit| limit.max(PLANNED_ROWS));
        sql.push(" AS p CROSS JOIN LATERAL (").push(if planned.is_some() { "SELECT * FROM (" } else { "" });
        rows(sql.push("SELECT ").push(&selection.columns()), source, window);
        if let Some(planned) = planned {
            sql.push(&format!(" LIMIT {planned}) AS l"));
        }
        if let Some(limit) = window.limit {
            sql.push(" LIMIT ").bind_count(limit);
        }
        prefetch_batch.joins(sql.push(") AS r"));
        let read = |row: EncodedRow<'_>| {
            prefetch_batch.read_row(row, 1 + selection.width())?;
            Ok((RowDecoder::at(row, 0).read::<i64>()?, selection.entry(row, 1)?))
        };
        let mut lists: Vec<Vec<Entry<R>>> = keys.iter().map(|_| Vec::new()).collect();
        for (index, entry) in reader.rows(&sql, read).await? {
            if let Some(list) = usize::try_from(index - 1).ok().and_then(|index| lists.get_mut(index)) {
                list.push(entry);
            }
        }
        Ok(lists)
    }

    /// Reads the lists as one JSON text, from SQLite.
    async fn json(
        &self,
        reader: &Reader,
        mut sql: Sql,
        prefetch_batch: &mut PrefetchBatch,
    ) -> Result<Vec<Vec<Entry<R>>>, Error> {
        let Self { source, window, keys, selection } = self;
        sql.push("SELECT json_group_array(json(list)) FROM (SELECT (SELECT json_group_array(json_array(");
        prefetch_batch.json(sql.push(&selection.json()).push(", "));
        rows(sql.push(")) FROM (SELECT ").push(&selection.columns()), source, window);
        if let Some(limit) = window.limit {
            // SQLite prepares a statement again whenever a bare parameter of LIMIT is bound, but not one within a sum.
            sql.push(" LIMIT 0 + ").bind_count(limit);
        }
        parents(sql.push(") AS r) AS list FROM "), source, keys.iter().map(|key| key.parent));
        let text = reader.text(sql.push(" AS p)")).await?;
        let found: Vec<Vec<PrefetchedRow<'_, R>>> = entry::parse(&text)?;
        let mut read = |(entry, prefetched): PrefetchedRow<'_, R>| {
            prefetch_batch.read_json(&prefetched)?;
            Ok(entry)
        };
        found.into_iter().map(|list| list.into_iter().map(&mut read).collect()).collect()
    }
}

/// Counts the rows of the lists of all keys, in the order of the keys. The keys may differ only in the parent.
pub(super) async fn read_counts(reader: &Reader, keys: &[&Count]) -> Result<Vec<i64>, Error> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let source = first.source;
    let mut sql = reader.sql();
    let postgres = sql.postgres();
    sql.push(if postgres { "SELECT " } else { "SELECT json_group_array(total) FROM (SELECT " });
    match first.tally.filter(|tally| tally.counts(&first.filter)) {
        Some(tally) => sum(&mut sql, tally, source, &first.filter),
        None => count(&mut sql, source, &first.filter),
    }
    parents(sql.push(" AS total FROM "), source, keys.iter().map(|key| key.parent));
    if postgres {
        return reader.rows(sql.push(" AS p ORDER BY p.parent_place"), |row| RowDecoder::at(row, 0).read()).await;
    }
    entry::parse(&reader.text(sql.push(" AS p)")).await?)
}

/// Appends an expression for the number of rows in the list of the parent `p`.
pub(super) fn count(sql: &mut Sql, source: &Source, filter: &[Condition]) {
    sql.push("(SELECT count(*) FROM ").push(source.from).push(" WHERE ").push(source.condition);
    for condition in filter {
        sql.and(condition);
    }
    sql.push(")");
}

/// Appends an expression for the number of rows in the list, according to its tally.
fn sum(sql: &mut Sql, tally: &Tally, source: &Source, filter: &[Condition]) {
    sql.push("(SELECT CAST(coalesce(sum(t.total), 0) AS bigint) FROM ").push(tally.from);
    sql.push(" WHERE ").push(source.condition);
    for condition in filter {
        sql.and(condition);
    }
    sql.push(")");
}

/// Appends the parents as a table, with one column for each id. On PostgreSQL, `parent_place` is the position of the
/// parent, from 1.
fn parents(sql: &mut Sql, source: &Source, parents: impl Iterator<Item = Parent> + Clone) {
    let names = source.parent;
    let indexes = 0..names.len();
    if names.is_empty() {
        sql.push("(SELECT CAST(1 AS bigint) AS parent_place)");
    } else if sql.postgres() {
        sql.push("(SELECT * FROM unnest(");
        for index in indexes {
            sql.push(if index > 0 { ", " } else { "" });
            sql.bind_ints(parents.clone().map(|parent| parent.part(index)));
        }
        sql.push(") WITH ORDINALITY AS u(").push(&names.join(", ")).push(", parent_place))");
    } else {
        sql.push("(SELECT ");
        for (index, name) in names.iter().enumerate() {
            sql.push(if index > 0 { ", " } else { "" });
            sql.push(&format!("value ->> {index} AS {name}"));
        }
        let rows = parents.map(|parent| {
            let parts: Vec<String> = indexes.clone().map(|index| parent.part(index).to_string()).collect();
            format!("[{}]", parts.join(","))
        });
        let json = format!("[{}]", rows.collect::<Vec<_>>().join(","));
        sql.push(" FROM json_each(").bind(json).push("))");
    }
}

/// Appends the FROM, WHERE and ORDER BY clauses, which are the same for both engines.
fn rows(sql: &mut Sql, source: &Source, window: &Window) {
    sql.push(" FROM ").push(source.from).push(window.order.join).push(" WHERE ").push(source.condition);
    for condition in &*window.filter {
        sql.and_as(condition.sql_for(window.order), condition);
    }
    let (behind, ahead) = if window.order.descending { ("<", ">") } else { (">", "<") };
    for (bound, side) in [(&window.after, behind), (&window.before, ahead)] {
        let Some(values) = bound else { continue };
        sql.push(" AND (").push(&keys(window.order, "")).push(") ").push(side);
        sql.push(if window.inclusive { "= (" } else { " (" });
        for (index, value) in values.iter().enumerate() {
            sql.push(if index > 0 { ", " } else { "" }).bind_sort_value(value);
        }
        sql.push(")");
    }
    sql.push(" ORDER BY ").push(&keys(window.order, direction(window)));
}

fn keys(order: &Order, direction: &str) -> String {
    order.keys.iter().map(|key| format!("{}{direction}", key.sql())).collect::<Vec<_>>().join(", ")
}

/// The direction of the sort keys. A window from the end is read in reverse and reversed again afterwards.
fn direction(window: &Window) -> &'static str {
    if window.order.descending == window.from_end { "" } else { " DESC" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::SortValue::{Int, Text};

    #[test]
    fn a_list_out_of_order_is_sorted() {
        let entry = |name: &str, id: i32| Entry { sort: vec![Text(name.to_owned()), Int(id)], row: Arc::new(id) };
        let ids = |list: &[Entry<i32>]| list.iter().map(|entry| *entry.row).collect::<Vec<_>>();
        let shuffled = || vec![entry("Q", 2), entry("Guinan", 4), entry("Q", 1), entry("Zora", 3)];
        for (descending, want) in [(false, vec![4, 1, 2, 3]), (true, vec![3, 2, 1, 4])] {
            let mut list = shuffled();
            put_in_order(&mut list, descending);
            assert_eq!(ids(&list), want);
            put_in_order(&mut list, descending);
            assert_eq!(ids(&list), want);
        }
    }
}
