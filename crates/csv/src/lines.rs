//! Lines as an editor counts them: ended by a line feed, a carriage return, or both together.

/// How far a text was looked through.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
    after_return: bool,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1, after_return: false }
    }

    /// Goes on to `place`, and over the line ends that stand there: the place that was reached.
    pub(crate) fn go_to(&mut self, place: usize) -> usize {
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= place && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            let ends = matches!(byte, b'\r' | b'\n') && !(*byte == b'\n' && self.after_return);
            self.line += u64::from(ends);
            self.after_return = *byte == b'\r';
            self.at += 1;
        }
        self.at
    }

    /// The line of the place that was reached, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }
}

/// How many line ends there are in `text`.
pub(crate) fn breaks(text: &[u8]) -> u64 {
    let mut lines = Lines::new(text);
    lines.go_to(text.len());
    lines.line() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_and_a_feed_end_one_line_together_and_each_alone() {
        assert_eq!(breaks(b"a\nb\rc\r\nd\n\re"), 5);
        assert_eq!(breaks(b"a"), 0);
    }

    #[test]
    fn line_ends_at_the_place_are_passed_over() {
        let mut lines = Lines::new(b"a\r\n\r\nb\nc");
        assert_eq!((lines.go_to(2), lines.line()), (5, 3));
        assert_eq!((lines.go_to(6), lines.line()), (7, 4));
        assert_eq!((lines.go_to(99), lines.line()), (8, 4));
    }
}
