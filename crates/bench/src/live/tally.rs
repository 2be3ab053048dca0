//! What was sent and what came: each event counted, timed, and whole only when everybody has had it.

use std::time::Instant;

use hdrhistogram::Histogram;
use memchr::memmem::Finder;

use crate::BenchError;
use crate::load::{microseconds, note};

/// What the title of an event's episode begins with, as it stands in a frame; its number follows.
const TITLE: &str = r#""title":"Live "#;

/// The account of one run.
pub(super) struct Tally {
    audience: u32,
    first: usize,
    sent: Vec<Instant>,
    takers: Vec<u32>,
    title: Finder<'static>,
    /// How many events everybody has had.
    pub(super) whole: usize,
    /// How long each took from being sent to each who took it, in microseconds.
    pub(super) delays: Histogram<u64>,
}

impl Tally {
    /// Nothing sent yet, to an audience of this size.
    pub(super) fn new(audience: u32) -> Self {
        Self {
            audience,
            first: 0,
            sent: Vec::new(),
            takers: Vec::new(),
            title: Finder::new(TITLE),
            whole: 0,
            delays: microseconds(),
        }
    }

    /// Begins anew, with numbers that were not there before.
    pub(super) fn begin(&mut self) {
        self.first += self.sent.len();
        self.sent.clear();
        self.takers.clear();
        self.whole = 0;
        self.delays.reset();
    }

    /// The number of an event that is sent now.
    pub(super) fn send(&mut self) -> usize {
        self.sent.push(Instant::now());
        self.takers.push(0);
        self.first + self.sent.len() - 1
    }

    /// The title of the episode of this number.
    pub(super) fn title(number: usize) -> String {
        format!("Live {number}")
    }

    /// How many were sent.
    pub(super) fn sent(&self) -> usize {
        self.sent.len()
    }

    /// Notes that somebody has got the event in this frame, and answers whether now everybody has.
    pub(super) fn take(&mut self, frame: &[u8], now: Instant) -> Result<bool, BenchError> {
        let at = self.title.find(frame).map(|at| at + TITLE.len());
        let number = at.and_then(|at| number(&frame[at..])).and_then(|number| number.checked_sub(self.first));
        let Some((number, sent)) = number.and_then(|number| Some((number, self.sent.get(number)?))) else {
            let frame = String::from_utf8_lossy(frame);
            return Err(BenchError::Socket(format!("an event that was not made in this run: {frame}")));
        };
        note(&mut self.delays, now.saturating_duration_since(*sent));
        self.takers[number] += 1;
        let whole = self.takers[number] == self.audience;
        self.whole += usize::from(whole);
        Ok(whole)
    }
}

/// The number that these bytes begin with.
pub(super) fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: usize) -> Vec<u8> {
        format!(r#"{{"type":"event","data":{{"episode":{{"title":"{}"}}}}}}"#, Tally::title(number)).into_bytes()
    }

    #[test]
    fn an_event_is_whole_when_everybody_has_had_it() {
        let mut tally = Tally::new(2);
        let (a, b) = (tally.send(), tally.send());
        let taken: Vec<bool> = [b, a, a, b].map(|number| tally.take(&frame(number), Instant::now()).unwrap()).to_vec();
        assert_eq!((taken, tally.whole), (vec![false, false, true, true], 2));
        assert_eq!(tally.delays.len(), 4);
    }

    #[test]
    fn an_event_of_another_run_is_an_error() {
        let mut tally = Tally::new(1);
        let old = tally.send();
        tally.begin();
        let new = tally.send();
        assert!(tally.take(&frame(old), Instant::now()).is_err());
        assert!(tally.take(&frame(new + 1), Instant::now()).is_err());
        assert!(tally.take(b"{}", Instant::now()).is_err());
        assert!(tally.take(&frame(new), Instant::now()).unwrap());
    }
}
