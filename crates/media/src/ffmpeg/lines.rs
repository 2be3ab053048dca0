//! What the programs write, as far as it is of use.

use std::path::Path;

/// How much of what a program complains about is kept, in bytes from the end.
const KEPT: usize = 4 * 1024;

/// The end of what a program complains about.
#[derive(Default)]
pub(super) struct Complaints(Vec<u8>);

impl Complaints {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let beyond = self.0.len().saturating_sub(KEPT);
        self.0.drain(..beyond);
    }

    /// The last two lines, without the marks of ffmpeg's parts and without `folder`.
    pub(super) fn told(&self, folder: &Path) -> String {
        let text = String::from_utf8_lossy(&self.0).replace(&*folder.to_string_lossy(), "");
        let lines: Vec<&str> = text.lines().map(without_marks).filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(2)..].join("; ")
    }
}

/// A line without any `[part @ address] ` before it.
fn without_marks(line: &str) -> &str {
    let mut line = line.trim();
    while let Some((mark, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] "))
        && mark.contains(" @ 0x")
    {
        line = rest.trim();
    }
    line
}

/// How far ffmpeg is, by the lines that it writes for `-progress`.
#[derive(Default)]
pub(super) struct Position {
    line: Vec<u8>,
    micros: u64,
}

impl Position {
    /// Takes what was written, and answers whether the position has changed by it.
    pub(super) fn take(&mut self, bytes: &[u8]) -> bool {
        let before = self.micros;
        for byte in bytes {
            if *byte == b'\n' {
                self.read_line();
            } else if self.line.len() < KEPT {
                self.line.push(*byte);
            }
        }
        self.micros != before
    }

    /// How much of the result is there, in milliseconds.
    pub(super) const fn millis(&self) -> u128 {
        self.micros as u128 / 1_000
    }

    fn read_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let number = line.strip_prefix(b"out_time_us=").and_then(|number| str::from_utf8(number).ok());
        if let Some(micros) = number.and_then(|number| number.trim().parse().ok()) {
            self.micros = micros;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_told_without_places_in_the_machine() {
        let mut complaints = Complaints::default();
        complaints.take(&[b'x'; 9_000]);
        complaints.take(b"\n[mov,mp4 @ 0x55d0c8] [IO @ 0x7f] moov atom not found\n\n/tmp/a/video: Invalid data\n");
        assert_eq!(complaints.told(Path::new("/tmp/a/")), "moov atom not found; video: Invalid data");
        assert_eq!(Complaints::default().told(Path::new("/tmp/a/")), "");
    }

    #[test]
    fn a_position_is_read_however_its_lines_are_cut() {
        let mut position = Position::default();
        assert!(!position.take(b"frame=3\nout_time_us=N/A\nout_ti"));
        assert!(!position.take(b"me_us=1500000"));
        assert!(position.take(b"\nprogress=continue\n"));
        assert_eq!(position.millis(), 1_500);
    }
}
