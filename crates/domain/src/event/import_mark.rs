//! What tells the events of an import from others.

/// Where an event stands in the import that caused it. Stored with the event, never sent.
///
/// An import of many rows is one notification: the last event stands for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMark {
    /// Before the last.
    Row,
    /// The last of an import.
    Last {
        /// How many episodes it has created in all.
        rows: u32,
    },
}

impl ImportMark {
    /// The mark of the event at `place`, from 0, of `rows` in all.
    pub(crate) fn of(place: usize, rows: usize) -> Self {
        if place + 1 == rows { Self::Last { rows: u32::try_from(rows).unwrap_or(u32::MAX) } } else { Self::Row }
    }

    /// The number in the stores: that of the rows for the last event, 0 for the others.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Row => 0,
            Self::Last { rows } => rows.into(),
        }
    }

    /// The mark of this number in a store.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        match u32::try_from(number) {
            Ok(rows @ 1..) => Self::Last { rows },
            _ => Self::Row,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_survives_its_number() {
        for mark in [ImportMark::Row, ImportMark::Last { rows: 1 }, ImportMark::Last { rows: 50_000 }] {
            assert_eq!(ImportMark::from_number(mark.number()), mark);
        }
    }

    #[test]
    fn one_event_of_an_import_is_the_last() {
        assert_eq!([0, 1].map(|place| ImportMark::of(place, 2)), [ImportMark::Row, ImportMark::Last { rows: 2 }]);
        assert_eq!(ImportMark::of(0, 1), ImportMark::Last { rows: 1 });
    }
}
