//! Which tables, and which rows of them, a list reads: derived from its SQL, so that nothing has to be declared.
//!
//! Every table after FROM or JOIN is read. If the rows that matter are those with the parent's id in a column, as in
//! `credit AS t WHERE t.season_id = p.season`, only they are. The scan knows just enough SQL for that, and where it is
//! not sure, the whole table is read.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    Condition, Order, Parent, Source,
    dependency::{Dependencies, PartValue},
};

/// What a piece of SQL reads of one table or view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableRead {
    /// The table or view.
    pub table: String,
    /// The column, and the name of the parent's id, that select the rows; `None` if all rows matter.
    pub rows: Option<(String, String)>,
}

/// Adds what the list of `source` reads for `parent`, in this order, if its order matters, and with these filters.
pub(super) fn add(
    to: &mut Dependencies,
    source: &'static Source,
    parent: Parent,
    order: Option<&'static Order>,
    filter: &[Condition],
) {
    let key = (source.name, order.map_or("", |order| order.name));
    for read in &*remembered(key, || source_reads(source, order)) {
        let part = read.rows.as_ref().and_then(|(column, part)| {
            let index = source.parent.iter().position(|name| name == part)?;
            Some((column, parent.part(index)))
        });
        match part {
            Some((column, id)) => to.rows(&read.table, column, PartValue::Int(id.into())),
            None => to.table(&read.table),
        }
    }
    add_filter(to, filter);
}

fn add_filter(to: &mut Dependencies, filter: &[Condition]) {
    for condition in filter {
        for read in &*remembered(("", condition.sql), || tables_in(condition.sql)) {
            to.table(&read.table);
        }
        add_filter(to, condition.subquery.as_deref().unwrap_or_default());
    }
}

/// The reads of a list, or of a filter. They are derived once.
fn remembered(key: (&'static str, &'static str), derive: impl FnOnce() -> Vec<TableRead>) -> Arc<[TableRead]> {
    type Known = HashMap<(&'static str, &'static str), Arc<[TableRead]>>;
    static KNOWN: RwLock<Option<Known>> = RwLock::new(None);
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|all| all.get(&key)) {
        return Arc::clone(known);
    }
    let reads: Arc<[TableRead]> = derive().into();
    let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.get_or_insert_default().entry(key).or_insert(reads))
}

/// What the list of `source` reads, in this order.
pub fn source_reads(source: &Source, order: Option<&Order>) -> Vec<TableRead> {
    let join = order.map_or("", |order| order.join);
    let keys = order.map_or(String::new(), |order| {
        let sql: Vec<&str> = order.keys.iter().map(|key| key.sql()).collect();
        format!(" ORDER BY {}", sql.join(", "))
    });
    tables_in(&format!("SELECT * FROM {}{join} WHERE {}{keys}", source.from, source.condition))
}

/// What a piece of SQL reads. It may be a part of a statement.
pub fn tables_in(sql: &str) -> Vec<TableRead> {
    let tokens = tokens(sql);
    let at = |place: Option<usize>| place.and_then(|place| tokens.get(place)).copied().unwrap_or_default();
    let mut reads = Vec::new();
    let mut outer: Vec<Scope<'_>> = Vec::new();
    let mut scope = Scope::default();
    for (place, token) in tokens.iter().copied().enumerate() {
        let (before, next) = (at(place.checked_sub(1)), at(Some(place + 1)));
        // `table AS alias`, or a table that keeps its name.
        let alias = if at(Some(place + 2)) == "AS" { at(Some(place + 3)) } else { next };
        // Neither a subquery nor a function.
        let is_table = next != "(" && at(Some(place + 2)) != "(";
        match token {
            "(" => outer.push(std::mem::take(&mut scope)),
            ")" => std::mem::replace(&mut scope, outer.pop().unwrap_or_default()).finish(&mut reads),
            "UNION" | "EXCEPT" | "INTERSECT" => std::mem::take(&mut scope).finish(&mut reads),
            "FROM" if before == "DISTINCT" => {}
            "FROM" | "JOIN" => {
                scope.clause = Clause::Tables;
                scope.outer_join = (token == "JOIN" && before == "LEFT").then_some(alias);
                scope.tables.extend(is_table.then_some((next, alias)));
            }
            "," if scope.clause == Clause::Tables => scope.tables.extend(is_table.then_some((next, alias))),
            "ON" => scope.clause = Clause::Condition,
            "WHERE" => (scope.clause, scope.outer_join) = (Clause::Condition, None),
            "SELECT" | "GROUP" | "HAVING" | "ORDER" | "LIMIT" | "OFFSET" => scope.clause = Clause::Other,
            "OR" => scope.has_or = true,
            "=" if scope.clause == Clause::Condition => {
                let (first, last) = (at(place.checked_sub(2)), at(Some(place + 2)));
                if BEGINNINGS.contains(&first) && ENDS.contains(&last) {
                    scope.equate(before, next);
                }
            }
            _ => {}
        }
    }
    for scope in outer.into_iter().chain([scope]) {
        scope.finish(&mut reads);
    }
    reads.sort_unstable();
    reads.dedup();
    reads
}

/// What comes before a condition that all rows satisfy.
const BEGINNINGS: &[&str] = &["WHERE", "AND", "ON"];

/// What comes after such a condition.
const ENDS: &[&str] = &["", ")", "AND", "GROUP", "ORDER", "UNION", "LIMIT", "JOIN", "LEFT", "CROSS", "WHERE"];

/// The words and signs of a piece of SQL. Texts in quotes are one word.
fn tokens(sql: &str) -> Vec<&str> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => rest.get(1..).and_then(|text| text.find('\'')).map_or(rest.len(), |end| end + 2),
            first if is_word(first) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (token, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(token);
        rest = behind.trim_start();
    }
    tokens
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Clause {
    #[default]
    Other,
    Tables,
    Condition,
}

/// A column, as its alias and its name.
type ColumnName<'s> = (&'s str, &'s str);

/// A SELECT, or any other text in parentheses.
#[derive(Debug, Default)]
struct Scope<'s> {
    clause: Clause,
    /// The tables with their aliases.
    tables: Vec<ColumnName<'s>>,
    /// Pairs of columns that a condition requires to be equal. The first is the one that selects rows.
    equal: Vec<(ColumnName<'s>, ColumnName<'s>)>,
    /// The alias of the outer join whose condition is being read.
    outer_join: Option<&'s str>,
    /// Whether a condition need not hold.
    has_or: bool,
}

impl<'s> Scope<'s> {
    /// Adds the condition that two columns are equal.
    fn equate(&mut self, left: &'s str, right: &'s str) {
        let (Some(left), Some(right)) = (left.split_once('.'), right.split_once('.')) else { return };
        // The condition of an outer join selects rows of the joined table only.
        let selects = |column: ColumnName<'_>| self.outer_join.is_none_or(|alias| alias == column.0);
        let both = [(left, right), (right, left)];
        self.equal.extend(both.into_iter().filter(|(column, _)| column.0 != "p" && selects(*column)));
    }

    /// Adds the tables, each with the rows that are selected.
    fn finish(self, reads: &mut Vec<TableRead>) {
        let selected = if self.has_or { Vec::new() } else { self.selected() };
        for (table, alias) in self.tables {
            let own = selected.iter().find(|((of, name), _)| *of == alias && (*name == "id" || name.ends_with("_id")));
            let rows = own.map(|((_, name), part)| ((*name).to_owned(), (*part).to_owned()));
            reads.push(TableRead { table: table.to_owned(), rows });
        }
    }

    /// The columns that equal an id of the parent, directly or through others.
    fn selected(&self) -> Vec<(ColumnName<'s>, &'s str)> {
        let mut selected: Vec<(ColumnName<'s>, &str)> = Vec::new();
        let parts = self.equal.iter().filter(|(_, value)| value.0 == "p");
        selected.extend(parts.map(|(column, value)| (*column, value.1)));
        let mut place = 0;
        while let Some((known, part)) = selected.get(place).copied() {
            place += 1;
            for (column, value) in &self.equal {
                // Two aliases with the same id are one row, of a table and of a view of it, which has the same columns.
                let is_view = column.1 == "id" && value.1 == "id" && value.0 == known.0;
                let found = if is_view { (column.0, known.1) } else { *column };
                if (is_view || *value == known) && !selected.iter().any(|(column, _)| *column == found) {
                    selected.push((found, part));
                }
            }
        }
        selected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Vec<String> {
        let text = |read: TableRead| match read.rows {
            Some((column, part)) => format!("{} {column}={part}", read.table),
            None => read.table,
        };
        tables_in(sql).into_iter().map(text).collect()
    }

    #[test]
    fn rows_of_the_parent_are_told_from_whole_tables() {
        for (sql, expected) in [
            ("SELECT * FROM credit AS t WHERE t.season_id = p.season AND t.rank < 10", vec!["credit season_id=season"]),
            ("SELECT * FROM season AS t WHERE t.number = p.number", vec!["season"]),
            (
                "SELECT * FROM season AS s JOIN episode AS t ON t.season_id = s.id WHERE s.show_id = p.show",
                vec!["episode", "season show_id=show"],
            ),
            (
                "SELECT * FROM credit AS t JOIN dated_credit AS d ON d.id = t.id WHERE t.person_id = p.person",
                vec!["credit person_id=person", "dated_credit person_id=person"],
            ),
            ("SELECT * FROM credit AS t WHERE t.show_id = p.show OR t.season_id = p.season", vec!["credit"]),
            (
                "SELECT * FROM credit AS t LEFT JOIN show AS s ON t.show_id = p.show AND s.id = p.show",
                vec!["credit", "show id=show"],
            ),
            (
                "SELECT * FROM (SELECT l.id FROM link AS l WHERE l.from_id = p.show UNION ALL \
                 SELECT l.id FROM link AS l WHERE l.to_id = p.show) AS t WHERE true",
                vec!["link from_id=show", "link to_id=show"],
            ),
            ("t.id IN (SELECT c.show_id FROM credit AS c WHERE c.person_id = ?", vec!["credit"]),
            ("SELECT 'FROM nowhere' FROM json_each(?1) AS j, person WHERE true", vec!["person"]),
            (
                "SELECT * FROM credit AS t WHERE t.season_id = p.later AND NOT EXISTS \
                 (SELECT 1 FROM credit AS o WHERE o.season_id = p.earlier AND o.person_id = t.person_id)",
                vec!["credit season_id=earlier", "credit season_id=later"],
            ),
            ("a.id = CASE WHEN t.id = p.show THEN 1 END FROM show AS t WHERE 1 = 1", vec!["show"]),
        ] {
            assert_eq!(read(sql), expected, "{sql}");
        }
    }
}
