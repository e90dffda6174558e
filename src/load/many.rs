use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use futures_util::future::try_join_all;

use super::{
    Condition, Kept, Key, List, Order, Parent, Reader, Record, SortValue, Source,
    entry::{self, Entry, Selection},
    row::Cells,
    statement::Sql,
};
use crate::error::Error;

/// The rows that PostgreSQL plans for in lists of whole tables: the largest page and the row behind it.
const PLANNED: u32 = 101;

/// A stretch of the list of one parent.
pub struct Many<R: 'static> {
    list: &'static List<R>,
    parent: Parent,
    window: Arc<Window>,
}

/// Which rows of a list are wanted. Parents with the same window are read by one statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The order of the list.
    pub order: &'static Order,
    /// What else must hold for the rows.
    pub filter: Arc<[Condition]>,
    /// Only rows behind this one.
    pub after: Option<Vec<SortValue>>,
    /// Only rows before this one.
    pub before: Option<Vec<SortValue>>,
    /// Whether the rows named by `after` and `before` belong to the window too.
    pub inclusive: bool,
    /// At most so many rows.
    pub limit: Option<u32>,
    /// Whether to count the limit from the end of the window.
    pub from_end: bool,
}

impl Window {
    /// The whole list in its own order.
    pub fn all(order: &'static Order) -> Self {
        Self {
            order,
            filter: Arc::default(),
            after: None,
            before: None,
            inclusive: false,
            limit: None,
            from_end: false,
        }
    }
}

impl<R> Many<R> {
    /// The stretch of `list` that lies in `window`, for one parent.
    pub fn new(list: &'static List<R>, parent: impl Into<Parent>, window: impl Into<Arc<Window>>) -> Self {
        Self { list, parent: parent.into(), window: window.into() }
    }

    /// The window of the stretch.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The list of which this is a stretch.
    pub fn list(&self) -> &'static List<R> {
        self.list
    }

    /// The same list of the same parent through another window.
    #[must_use]
    pub fn through(&self, window: Window) -> Self {
        Self { list: self.list, parent: self.parent, window: Arc::new(window) }
    }

    /// How many rows the list has for this parent, wherever the window lies.
    pub fn count(&self) -> Count {
        Count { source: &self.list.source, parent: self.parent, filter: Arc::clone(&self.window.filter) }
    }
}

impl<R> Clone for Many<R> {
    fn clone(&self) -> Self {
        Self { list: self.list, parent: self.parent, window: Arc::clone(&self.window) }
    }
}

impl<R> PartialEq for Many<R> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.list.source == other.list.source && self.window == other.window
    }
}

impl<R> Eq for Many<R> {}

impl<R> Hash for Many<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.source.hash(state);
        self.parent.hash(state);
        self.window.hash(state);
    }
}

impl<R: Record> Kept for Many<R> {
    type Value = Arc<[Entry<R>]>;

    fn bytes(entries: &Self::Value) -> usize {
        entries.iter().map(Entry::bytes).sum()
    }

    fn outside(&self) -> usize {
        let bounds = [&self.window.after, &self.window.before].into_iter().flatten().flatten();
        size_of::<Window>() + outside(&self.window.filter) + bounds.map(SortValue::outside).sum::<usize>()
    }
}

impl<R: Record> Key for Many<R> {
    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let groups = group(keys, |key| (&key.list.source, Arc::clone(&key.window)));
        let lists = try_join_all(groups.iter().map(|group| read_lists(reader, &group.keys))).await?;
        Ok(spread(keys.len(), groups, lists))
    }
}

/// How many rows a list has for one parent.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Count {
    source: &'static Source,
    parent: Parent,
    filter: Arc<[Condition]>,
}

impl Kept for Count {
    type Value = i64;

    fn bytes(count: &i64) -> usize {
        size_of_val(count)
    }

    fn outside(&self) -> usize {
        outside(&self.filter)
    }
}

impl Key for Count {
    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<i64>>, Error> {
        let groups = group(keys, |key| (key.source, Arc::clone(&key.filter)));
        let counts = try_join_all(groups.iter().map(|group| read_counts(reader, &group.keys))).await?;
        Ok(spread(keys.len(), groups, counts))
    }
}

/// The bytes of conditions and their texts.
fn outside(filter: &[Condition]) -> usize {
    filter.iter().map(|condition| size_of::<Condition>() + condition.outside()).sum()
}

/// Keys that one statement can read, and their places among all keys.
struct Group<'k, K> {
    keys: Vec<&'k K>,
    places: Vec<usize>,
}

/// Parts keys into groups, in the order of their first keys.
fn group<K, G: Eq + Hash>(keys: &[K], by: impl Fn(&K) -> G) -> Vec<Group<'_, K>> {
    let mut known = HashMap::new();
    let mut groups: Vec<Group<K>> = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let group = *known.entry(by(key)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => {
                group.keys.push(key);
                group.places.push(place);
            }
            None => groups.push(Group { keys: vec![key], places: vec![place] }),
        }
    }
    groups
}

/// Puts what was found for groups of `count` keys into the order of the keys.
fn spread<K, V>(count: usize, groups: Vec<Group<'_, K>>, found: Vec<Vec<V>>) -> Vec<Option<V>> {
    let mut values: Vec<Option<V>> = std::iter::repeat_with(|| None).take(count).collect();
    for (group, found) in groups.into_iter().zip(found) {
        for (place, value) in group.places.into_iter().zip(found) {
            if let Some(slot) = values.get_mut(place) {
                *slot = Some(value);
            }
        }
    }
    values
}

/// Reads the lists of all keys, which differ in nothing but the parent. The lists come in the order of the keys.
async fn read_lists<R: Record>(reader: &Reader, keys: &[&Many<R>]) -> Result<Vec<Arc<[Entry<R>]>>, Error> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let (source, window) = (&first.list.source, &*first.window);
    let selection = Selection::<R>::new(window.order.keys);
    let mut sql = reader.sql();
    let mut lists: Vec<Vec<Entry<R>>> = if sql.postgres() {
        sql.push("SELECT p.parent_place, r.* FROM ");
        parents(&mut sql, source, keys.iter().map(|key| key.parent));
        // The planner does not see the limit. Of a whole table it would sort a tenth; the limit that stands here says
        // that few rows are wanted.
        let planned = window.limit.filter(|_| source.parent.is_empty()).map(|limit| limit.max(PLANNED));
        sql.push(" AS p CROSS JOIN LATERAL (").push(if planned.is_some() { "SELECT * FROM (" } else { "" });
        sql.push("SELECT ").push(&selection.columns());
        rows(&mut sql, source, window);
        if let Some(planned) = planned {
            sql.push(&format!(" LIMIT {planned}) AS l"));
        }
        if let Some(limit) = window.limit {
            sql.push(" LIMIT ").bind_count(limit);
        }
        // Parents come in their order, and the rows of each as they are sorted there: nothing is sorted again.
        sql.push(") AS r ORDER BY p.parent_place");
        let found = reader.rows(&sql, |row| Ok((Cells::at(row, 0).read::<i64>()?, selection.entry(row, 1)?))).await?;
        let mut lists: Vec<Vec<Entry<R>>> = keys.iter().map(|_| Vec::new()).collect();
        for (place, entry) in found {
            if let Some(list) = usize::try_from(place - 1).ok().and_then(|place| lists.get_mut(place)) {
                list.push(entry);
            }
        }
        lists
    } else {
        sql.push("SELECT json_group_array(json(list)) FROM (SELECT (SELECT json_group_array(");
        sql.push(&selection.json()).push(") FROM (SELECT ").push(&selection.columns());
        rows(&mut sql, source, window);
        if let Some(limit) = window.limit {
            // A plan is made anew whenever a limit that is a mere parameter is bound, but not if it is a sum.
            sql.push(" LIMIT 0 + ").bind_count(limit);
        }
        sql.push(")) AS list FROM ");
        parents(&mut sql, source, keys.iter().map(|key| key.parent));
        let lists: Vec<Vec<Entry<R>>> = entry::parse(&reader.text(sql.push(" AS p)")).await?)?;
        reader.receive(lists.iter().map(Vec::len).sum());
        lists
    };
    for list in &mut lists {
        debug_assert!(is_sorted(list, window), "{source:?} is not in the order {:?}", window.order);
        if window.from_end {
            list.reverse();
        }
    }
    Ok(lists.into_iter().map(Arc::from).collect())
}

/// Whether the rows are in the order in which the window is read.
fn is_sorted<R>(list: &[Entry<R>], window: &Window) -> bool {
    let descending = window.order.descending != window.from_end;
    list.is_sorted_by(|one, next| if descending { one.sort >= next.sort } else { one.sort <= next.sort })
}

async fn read_counts(reader: &Reader, keys: &[&Count]) -> Result<Vec<i64>, Error> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let source = first.source;
    let mut sql = reader.sql();
    let postgres = sql.postgres();
    sql.push(if postgres { "SELECT " } else { "SELECT json_group_array(total) FROM (SELECT " });
    sql.push("(SELECT count(*) FROM ").push(source.from).push(" WHERE ").push(source.condition);
    for condition in &*first.filter {
        sql.and(condition);
    }
    sql.push(") AS total FROM ");
    parents(&mut sql, source, keys.iter().map(|key| key.parent));
    if postgres {
        return reader.rows(sql.push(" AS p ORDER BY p.parent_place"), |row| Cells::at(row, 0).read()).await;
    }
    entry::parse(&reader.text(sql.push(" AS p)")).await?)
}

/// The parents as a table; `p` names their parts, and on PostgreSQL `p.parent_place` their place, from 1.
fn parents(sql: &mut Sql, source: &Source, parents: impl Iterator<Item = Parent> + Clone) {
    let names = source.parent;
    let places = 0..names.len();
    if names.is_empty() {
        sql.push("(SELECT CAST(1 AS bigint) AS parent_place)");
    } else if sql.postgres() {
        sql.push("(SELECT * FROM unnest(");
        for place in places {
            sql.push(if place > 0 { ", " } else { "" });
            sql.bind_ints(parents.clone().map(|parent| parent.part(place)));
        }
        sql.push(") WITH ORDINALITY AS u(").push(&names.join(", ")).push(", parent_place))");
    } else {
        sql.push("(SELECT ");
        for (place, name) in names.iter().enumerate() {
            sql.push(if place > 0 { ", " } else { "" });
            sql.push(&format!("value ->> {place} AS {name}"));
        }
        let rows = parents.map(|parent| {
            let parts: Vec<String> = places.clone().map(|place| parent.part(place).to_string()).collect();
            format!("[{}]", parts.join(","))
        });
        let json = format!("[{}]", rows.collect::<Vec<_>>().join(","));
        sql.push(" FROM json_each(").bind(json).push("))");
    }
}

/// From the tables to the order: the part of the statement that both engines share.
fn rows(sql: &mut Sql, source: &Source, window: &Window) {
    sql.push(" FROM ").push(source.from).push(window.order.join).push(" WHERE ").push(source.condition);
    for condition in &*window.filter {
        sql.and(condition);
    }
    let (behind, ahead) = if window.order.descending { ("<", ">") } else { (">", "<") };
    for (bound, side) in [(&window.after, behind), (&window.before, ahead)] {
        let Some(values) = bound else { continue };
        sql.push(" AND (").push(&keys(window.order, "")).push(") ").push(side);
        sql.push(if window.inclusive { "= (" } else { " (" });
        for (place, value) in values.iter().enumerate() {
            sql.push(if place > 0 { ", " } else { "" }).bind_bound(value);
        }
        sql.push(")");
    }
    sql.push(" ORDER BY ").push(&keys(window.order, direction(window)));
}

fn keys(order: &Order, direction: &str) -> String {
    order.keys.iter().map(|key| format!("{}{direction}", key.sql())).collect::<Vec<_>>().join(", ")
}

/// From the end, the list is read backwards and turned round afterwards.
fn direction(window: &Window) -> &'static str {
    if window.order.descending == window.from_end { "" } else { " DESC" }
}
