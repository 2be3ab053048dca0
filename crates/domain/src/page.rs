//! Lists in pages. Pages are cut by key, never by offset: the last is as cheap as the first.

use crate::Invalid;

/// How many items a page may hold: 1 to 100, 20 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// The highest limit.
    pub const MOST: Self = Self(100);

    /// Checks and takes `number`.
    pub fn parse(number: i64) -> Result<Self, Invalid> {
        u8::try_from(number)
            .ok()
            .filter(|n| (1..=100).contains(n))
            .map(Self)
            .ok_or(Invalid::OutOfRange { min: 1.0, max: 100.0 })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, After> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<After>,
    /// How many items match in all, where that was asked for.
    pub total: Option<u64>,
}

impl<T, After> Page<T, After> {
    /// A page of `items`, with a next page where there are `more`; `after` tells the place behind an item.
    pub fn of(items: Vec<T>, more: bool, total: Option<u64>, after: impl FnOnce(&T) -> After) -> Self {
        let next = if more { items.last().map(after) } else { None };
        Self { items, next, total }
    }

    /// Cuts a page of `limit` from `items`, which were read with one item more than that, so that it shows whether
    /// there is a next page; `after` tells the place behind an item.
    pub fn cut(mut items: Vec<T>, limit: Limit, total: Option<u64>, after: impl FnOnce(&T) -> After) -> Self {
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        Self::of(items, more, total, after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_successor_only_where_one_more_item_was_found() {
        let limit = Limit::parse(2).unwrap();
        let last = Page::cut(vec![1, 2], limit, None, |item| *item);
        assert_eq!((last.items, last.next), (vec![1, 2], None));
        let first = Page::cut(vec![1, 2, 3], limit, None, |item| *item);
        assert_eq!((first.items, first.next), (vec![1, 2], Some(2)));
    }

    #[test]
    fn a_limit_lies_between_1_and_100() {
        assert!(Limit::parse(0).is_err() && Limit::parse(101).is_err() && Limit::parse(-1).is_err());
        assert_eq!(Limit::parse(100).unwrap().get(), 100);
    }
}
