//! The run that stands for several.

use std::cmp::Ordering;

/// The one in the middle, and how far the others are from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Median<T> {
    /// The one in the middle; the higher one of two.
    pub(crate) middle: T,
    /// The key of the lowest.
    pub(crate) lowest: f64,
    /// The key of the highest.
    pub(crate) highest: f64,
}

impl<T> Median<T> {
    /// The median of `all` by `key`; nothing of none.
    pub(crate) fn of(mut all: Vec<T>, key: impl Fn(&T) -> f64) -> Option<Self> {
        all.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal));
        let (lowest, highest) = (key(all.first()?), key(all.last()?));
        let middle = all.swap_remove(all.len() / 2);
        Some(Self { middle, lowest, highest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_in_the_middle_stands_for_all() {
        let of = |all: &[f64]| Median::of(all.to_vec(), |it| *it);
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some(Median { middle: 2.0, lowest: 1.0, highest: 3.0 }));
        assert_eq!(of(&[5.0]), Some(Median { middle: 5.0, lowest: 5.0, highest: 5.0 }));
        assert_eq!(of(&[]), None);
    }
}
