//! How guessing passwords is slowed down, without keeping out whoever knows theirs.
//!
//! Failures are counted for one address and one source: the network of a client, or the user whose token was shown. After
//! some that are free, each further attempt has to wait longer. So nobody can slow down others but those who share their
//! network. Who guesses from many networks is slowed down too: strangers, from whose networks nobody has signed in with
//! the address, are counted together as well.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use super::{Email, UserId};
use crate::Timestamp;
use crate::event::Origin;

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptSource {
    /// Somebody in the network of a client: an address, or 64 bits of an IPv6 address (RFC 6177). `None` where the
    /// client has no address.
    Network(Option<IpAddr>),
    /// Somebody who has shown a token of this user.
    Token(UserId),
}

impl AttemptSource {
    /// That of a request.
    pub(crate) fn of(origin: &Origin) -> Self {
        let address = origin.ip.as_deref().and_then(|text| text.parse::<IpAddr>().ok());
        Self::Network(address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        }))
    }

    /// Whether nobody has proved anything from there unless they have signed in before.
    const fn is_strange(&self) -> bool {
        matches!(self, Self::Network(_))
    }
}

impl fmt::Display for AttemptSource {
    /// The name in the stores.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(Some(address)) => write!(f, "network {address}"),
            Self::Network(None) => f.write_str("network"),
            Self::Token(user) => write!(f, "token {user}"),
        }
    }
}

/// An attempt to prove who one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The address, whether or not there is such an account.
    pub email: Email,
    /// Where it comes from.
    pub source: AttemptSource,
}

/// Failures in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: i32,
    /// When the last one was.
    pub last_at: Timestamp,
}

impl Failures {
    /// Until when the next attempt has to wait at `now`, after more than `free` of them: a second, and twice as long
    /// with each further one.
    fn delay(self, free: i32, now: Timestamp) -> Option<Timestamp> {
        let beyond = u32::try_from(self.at(now).count.checked_sub(free)?).ok()?;
        let delay = Duration::from_secs(1_u64 << beyond.min(16)).min(AttemptHistory::LONGEST_DELAY);
        // Where the clock was put back, nobody waits for it to come round again.
        let until = self.last_at.min(now).plus(delay);
        (until > now).then_some(until)
    }

    /// Those that count at `now`: the row ends where there was no failure for a while.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        let old = now.since(self.last_at).is_some_and(|age| age >= AttemptHistory::MEMORY);
        if old { Self { count: 0, ..self } } else { self }
    }
}

/// What went before an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptHistory {
    /// Failures from the same source.
    pub own: Failures,
    /// When somebody has signed in from there last.
    pub succeeded_at: Option<Timestamp>,
    /// Failures of all strangers.
    pub strangers: Failures,
}

impl AttemptHistory {
    /// How many failures from one source are free.
    pub const FREE: i32 = 10;
    /// How many failures of strangers are free. One source adds no more to them than its own free ones.
    pub const FREE_TO_STRANGERS: i32 = 100;
    /// How long an attempt has to wait at most.
    pub const LONGEST_DELAY: Duration = Duration::from_mins(1);
    /// How long failures count after the last one.
    pub const MEMORY: Duration = Duration::from_mins(15);
    /// For how long a network is known from which somebody has signed in: 90 days.
    pub const KNOWN_FOR: Duration = Duration::from_hours(90 * 24);

    /// Until when an attempt from `source` has to wait; `None` where it may be made at `now`.
    #[must_use]
    pub fn delay(&self, source: &AttemptSource, now: Timestamp) -> Option<Timestamp> {
        let own = self.own.delay(Self::FREE, now);
        let strangers = self.strangers.delay(Self::FREE_TO_STRANGERS, now).filter(|_| self.is_strange(source, now));
        own.max(strangers)
    }

    /// Whether a failure from `source` is one of the strangers' too.
    #[must_use]
    pub fn counts_for_strangers(&self, source: &AttemptSource, now: Timestamp) -> bool {
        self.is_strange(source, now) && self.own.at(now).count < Self::FREE
    }

    /// Whether the last failure from `source` was one of the strangers' too.
    #[must_use]
    pub fn counted_for_strangers(&self, source: &AttemptSource, now: Timestamp) -> bool {
        let own = Failures { count: self.own.count.saturating_sub(1), ..self.own };
        self.own.count > 0 && Self { own, ..*self }.counts_for_strangers(source, now)
    }

    fn is_strange(&self, source: &AttemptSource, now: Timestamp) -> bool {
        let known = |at| now.since(at).is_none_or(|age| age < Self::KNOWN_FOR);
        source.is_strange() && !self.succeeded_at.is_some_and(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn failures(count: i32) -> Failures {
        Failures { count, last_at: at(1_000) }
    }

    fn history(own: i32, strangers: i32) -> AttemptHistory {
        AttemptHistory { own: failures(own), succeeded_at: None, strangers: failures(strangers) }
    }

    fn network(ip: &str) -> AttemptSource {
        AttemptSource::of(&Origin { ip: Some(ip.to_owned()), ..Origin::default() })
    }

    /// For how many seconds an attempt right after the last failure has to wait.
    fn wait(history: AttemptHistory, source: &AttemptSource) -> u64 {
        let now = at(1_000);
        history.delay(source, now).map_or(0, |until| until.since(now).unwrap().as_secs())
    }

    #[test]
    fn ten_failures_are_free_and_each_further_one_doubles_the_delay_up_to_a_minute() {
        let source = network("203.0.113.1");
        let waits: Vec<u64> =
            [0, 9, 10, 11, 12, 13, 14, 15, 16, 40, i32::MAX].map(|count| wait(history(count, 0), &source)).to_vec();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn a_delay_ends_and_failures_are_forgotten_and_a_clock_that_was_put_back_delays_nobody_for_longer() {
        let source = network("203.0.113.1");
        let until = |now| history(12, 0).delay(&source, at(now));
        assert_eq!([until(1_003), until(1_004)], [Some(at(1_004)), None]);
        assert_eq!(until(10), Some(at(14)));
        assert_eq!(failures(12).at(at(1_899)).count, 12);
        assert_eq!(failures(12).at(at(1_900)).count, 0);
    }

    #[test]
    fn strangers_are_slowed_down_together_and_nobody_else_is() {
        let (stranger, token) = (network("203.0.113.1"), AttemptSource::Token(UserId::new(uuid::Uuid::nil())));
        let attacked = history(0, 100);
        let known = AttemptHistory { succeeded_at: Some(at(0)), ..attacked };
        let long_ago = AttemptHistory { succeeded_at: Some(at(1_000 - 90 * 24 * 60 * 60)), ..attacked };
        assert_eq!([attacked, known, long_ago].map(|history| wait(history, &stranger)), [1, 0, 1]);
        assert_eq!(wait(attacked, &token), 0);
    }

    #[test]
    fn one_source_adds_no_more_to_the_strangers_than_its_own_free_failures() {
        let (stranger, token) = (network("203.0.113.1"), AttemptSource::Token(UserId::new(uuid::Uuid::nil())));
        let counts = |own, source| history(own, 0).counts_for_strangers(source, at(1_000));
        assert!(counts(9, &stranger) && !counts(10, &stranger) && !counts(0, &token));
        let counted = |own| history(own, 0).counted_for_strangers(&stranger, at(1_000));
        assert!(!counted(0) && counted(1) && counted(10) && !counted(11));
        assert!(history(10, 0).counts_for_strangers(&stranger, at(5_000)), "forgotten ones do not count");
    }

    #[test]
    fn a_network_of_ipv6_has_64_bits_and_a_mapped_address_is_that_of_ipv4() {
        let names =
            ["203.0.113.1", "::ffff:203.0.113.1", "2001:db8:1:2:3:4:5:6", "nonsense"].map(|ip| network(ip).to_string());
        assert_eq!(names, ["network 203.0.113.1", "network 203.0.113.1", "network 2001:db8:1:2::", "network"]);
    }
}
