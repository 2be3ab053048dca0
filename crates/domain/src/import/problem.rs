//! What is wrong with a table, and where.

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file where the cell begins, from 1.
    pub line: u64,
    /// The place of the cell in its row, from 1.
    pub column: usize,
    /// A sentence that begins in lower case.
    pub message: String,
}

/// Everything that is wrong: the first hundred problems in words, the others counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    told: Vec<Problem>,
    more: usize,
}

impl Problems {
    /// How many are told in words.
    pub const TOLD: usize = 100;

    pub(crate) fn note(&mut self, line: u64, column: usize, message: impl Into<String>) {
        if self.told.len() < Self::TOLD {
            self.told.push(Problem { line, column, message: message.into() });
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The first ones, in the order of the file.
    #[must_use]
    pub fn told(&self) -> &[Problem] {
        &self.told
    }

    /// How many there are beyond those.
    #[must_use]
    pub const fn more(&self) -> usize {
        self.more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_problems_are_told_and_the_others_counted() {
        let mut problems = Problems::default();
        assert!(problems.is_empty());
        (1..=103).for_each(|line| problems.note(line, 1, "is wrong"));
        assert_eq!((problems.told().len(), problems.more()), (100, 3));
        assert_eq!(problems.told().last().map(|last| last.line), Some(100));
    }
}
