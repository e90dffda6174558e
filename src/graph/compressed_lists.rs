//! Columns and lists of numbers, packed, with what has changed since beside them; and sets of numbers.
//!
//! A copy shares the packed part, so that a graph with a few changes costs as much as its changes.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

/// A value for each number from 0.
#[derive(Clone, Debug)]
pub(super) struct Column<T> {
    packed: Arc<Vec<T>>,
    /// The values that have changed, and those of numbers beyond the packed ones.
    changed: HashMap<u32, T, RandomState>,
    length: u32,
}

impl<T: Copy + Default> Column<T> {
    pub(super) fn of(values: Vec<T>) -> Self {
        let length = place(values.len());
        Self { packed: Arc::new(values), changed: HashMap::default(), length }
    }

    /// The value of a number, or the type's zero if there is none.
    pub(super) fn at(&self, number: u32) -> T {
        if !self.changed.is_empty()
            && let Some(changed) = self.changed.get(&number)
        {
            return *changed;
        }
        at(&self.packed, number)
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> u32 {
        self.length
    }

    /// The values without those that changed.
    pub(super) fn packed(&self) -> &[T] {
        &self.packed
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = T> {
        (0..self.length).map(|number| self.at(number))
    }

    pub(super) fn set(&mut self, number: u32, value: T) {
        self.changed.insert(number, value);
    }

    /// Adds a value. Returns its number.
    pub(super) fn push(&mut self, value: T) -> u32 {
        self.changed.insert(self.length, value);
        self.length += 1;
        self.length - 1
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.packed.as_slice()) + self.changed.capacity() * size_of::<(u32, T)>()
    }
}

/// A list of numbers for each number from 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    packed: Arc<Packed>,
    /// The lists that have changed, whole.
    changed: HashMap<u32, Arc<Vec<u32>>, RandomState>,
}

/// Lists as compressed sparse rows.
#[derive(Debug, Default)]
struct Packed {
    /// Where each list begins, and where the last one ends.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// Creates `count` lists from pairs of a list and an item. The items of a list keep their order.
    pub(super) fn of(count: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0_u32; count + 1];
        for (list, _) in pairs.clone() {
            if let Some(length) = starts.get_mut(list as usize + 1) {
                *length += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut free = starts.clone();
        let mut items = vec![0; sum as usize];
        for (list, item) in pairs {
            if let Some(place) = free.get_mut(list as usize) {
                if let Some(slot) = items.get_mut(*place as usize) {
                    *slot = item;
                }
                *place += 1;
            }
        }
        Self { packed: Arc::new(Packed { starts, items }), changed: HashMap::default() }
    }

    /// The list with this number; empty if there is none.
    pub(super) fn list(&self, list: u32) -> &[u32] {
        if !self.changed.is_empty()
            && let Some(changed) = self.changed.get(&list)
        {
            return changed;
        }
        let Packed { starts, items } = &*self.packed;
        let place = list as usize;
        let (Some(&start), Some(&end)) = (starts.get(place), starts.get(place + 1)) else { return &[] };
        items.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Adds an item to a list.
    pub(super) fn add(&mut self, list: u32, item: u32) {
        self.edit(list).push(item);
    }

    /// Removes an item from a list, and says whether it was there.
    pub(super) fn remove(&mut self, list: u32, item: u32) -> bool {
        let Some(place) = self.list(list).iter().position(|other| *other == item) else { return false };
        self.edit(list).swap_remove(place);
        true
    }

    fn edit(&mut self, list: u32) -> &mut Vec<u32> {
        if !self.changed.contains_key(&list) {
            let copy = self.list(list).to_vec();
            self.changed.insert(list, Arc::new(copy));
        }
        Arc::make_mut(self.changed.entry(list).or_default())
    }

    pub(super) fn bytes(&self) -> usize {
        let Packed { starts, items } = &*self.packed;
        let changed = self.changed.values().map(|list| size_of_val(list.as_slice()) + 64).sum::<usize>();
        size_of_val(starts.as_slice()) + size_of_val(items.as_slice()) + changed
    }
}

/// A set of numbers below a bound.
#[derive(Clone, Debug)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// An empty set of numbers below `bound`.
    pub(super) fn new(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)])
    }

    /// Adds a number. Returns whether it is new.
    pub(super) fn add(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else { return false };
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// The entry of `list` at an index, or zero if there is none.
pub(super) fn at<T: Copy + Default>(list: &[T], place: u32) -> T {
    list.get(place as usize).copied().unwrap_or_default()
}

/// An index as a 32-bit number. No table has more rows, since ids have 31 bits.
pub(super) fn place(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The index of `id` in a sorted list.
pub(super) fn find(ids: &[i32], id: i32) -> Option<u32> {
    ids.binary_search(&id).ok().map(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_their_items_in_order() {
        let pairs = [(2, 7), (0, 1), (2, 3), (2, 7), (9, 9)];
        let lists = Lists::of(4, pairs.into_iter().filter(|(list, _)| *list < 4));
        assert_eq!(
            [0, 1, 2, 3, 4].map(|list| lists.list(list).to_vec()),
            [vec![1], vec![], vec![7, 3, 7], vec![], vec![]]
        );
        let mut changed = lists.clone();
        changed.add(0, 5);
        changed.add(8, 6);
        assert!(changed.remove(2, 3) && !changed.remove(1, 3));
        assert_eq!([0, 1, 2, 8].map(|list| changed.list(list).to_vec()), [vec![1, 5], vec![], vec![7, 7], vec![6]]);
        assert_eq!(lists.list(0), [1], "the packed lists stay");
    }

    #[test]
    fn a_column_grows_and_changes_beside_its_packed_values() {
        let column = Column::of(vec![1, 2, 3]);
        let mut changed = column.clone();
        assert_eq!(changed.push(4), 3);
        changed.set(0, 7);
        assert_eq!((changed.iter().collect::<Vec<_>>(), changed.at(9)), (vec![7, 2, 3, 4], 0));
        assert_eq!(column.iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_mark_is_new_once() {
        let mut marks = Marks::new(70);
        assert!(marks.add(69) && !marks.add(69) && marks.add(5));
        assert!(!marks.add(1_000), "what is beyond the bound is not kept");
    }
}
