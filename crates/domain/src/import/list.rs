//! Lists of texts in one cell: `;` between the items, and `\` before what belongs to one.

/// The cell of `items`, which [`split`] takes apart again. None of them may be empty.
pub(crate) fn join<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = items.into_iter().map(escaped).collect();
    cells.join(";")
}

fn escaped(item: &str) -> String {
    let (inner, end) = (item.trim_start(), item.trim_end().len());
    let start = item.len() - inner.len();
    let mut cell = String::with_capacity(item.len());
    for (place, c) in item.char_indices() {
        // White space around an item would be taken for that around the `;`.
        if matches!(c, ';' | '\\') || place < start || place >= end {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}

/// The items in `cell`, without white space around them. `\` before `;`, `\` and white space makes that a part of the item;
/// before anything else it stands for itself.
pub(super) fn split(cell: &str) -> Vec<String> {
    let mut items = vec![Item::default()];
    let mut rest = cell.chars().peekable();
    while let Some(c) = rest.next() {
        let escaped = rest.next_if(|next| c == '\\' && (matches!(next, ';' | '\\') || next.is_whitespace()));
        match (escaped, items.last_mut()) {
            (Some(literal), Some(item)) => item.push(literal, true),
            (None, Some(item)) if c != ';' => item.push(c, false),
            _ => items.push(Item::default()),
        }
    }
    items.into_iter().map(Item::finish).collect()
}

#[derive(Default)]
struct Item {
    text: String,
    /// How much of the text white space at the end may not be taken from.
    kept: usize,
}

impl Item {
    fn push(&mut self, c: char, literal: bool) {
        let blank = c.is_whitespace() && !literal;
        if blank && self.kept == 0 {
            return;
        }
        self.text.push(c);
        if !blank {
            self.kept = self.text.len();
        }
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.kept);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn items_stand_between_semicolons_without_the_blanks_around_them() {
        assert_eq!(split("drama; crime ;family"), ["drama", "crime", "family"]);
        assert_eq!(split("drama;;crime"), ["drama", "", "crime"]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn a_backslash_keeps_what_would_part_items() {
        assert_eq!(split(r"drama\; crime;family"), ["drama; crime", "family"]);
        assert_eq!(split(r"AC\DC;C:\\;\ a"), [r"AC\DC", r"C:\", " a"]);
        assert_eq!(join(["drama; crime", "family", r"\"]), r"drama\; crime;family;\\");
    }

    proptest! {
        #[test]
        fn what_is_joined_is_split_again(items in proptest::collection::vec("[a;\\\\ \u{3000}\u{a0}\",é]{0,6}[a;\\\\]", 1..6)) {
            prop_assert_eq!(split(&join(items.iter().map(String::as_str))), items);
        }

        #[test]
        fn any_items_survive(items in proptest::collection::vec(".*[^\\s]", 1..4)) {
            prop_assert_eq!(split(&join(items.iter().map(String::as_str))), items);
        }
    }
}
