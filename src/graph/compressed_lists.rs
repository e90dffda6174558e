//! Compressed lists of numbers, and sets of numbers.

/// Lists of numbers as compressed sparse rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lists {
    /// Where each list begins, and where the last one ends.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// Makes `count` lists of pairs of a list and an item. The items of a list keep the order of the pairs.
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
        Self { starts, items }
    }

    /// The list number `list`; an empty one if there is none.
    pub(super) fn list(&self, list: u32) -> &[u32] {
        let place = list as usize;
        let (Some(&start), Some(&end)) = (self.starts.get(place), self.starts.get(place + 1)) else { return &[] };
        self.items.get(start as usize..end as usize).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.items.as_slice())
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

    /// Adds a number, and says whether it is new.
    pub(super) fn add(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else { return false };
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// The entry of `list` at a place, or its type's zero if there is none.
pub(super) fn at<T: Copy + Default>(list: &[T], place: u32) -> T {
    list.get(place as usize).copied().unwrap_or_default()
}

/// A place as a number of 32 bits. There are never so many rows of a table, since their ids have 31.
pub(super) fn place(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The place of `id` in a list that is sorted.
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
    }

    #[test]
    fn a_mark_is_new_once() {
        let mut marks = Marks::new(70);
        assert!(marks.add(69) && !marks.add(69) && marks.add(5));
        assert!(!marks.add(1_000), "what is beyond the bound is not kept");
    }
}
