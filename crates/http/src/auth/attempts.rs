//! How often one address may try to sign in. Accounts are locked by the domain; this slows down whoever tries many.

use std::net::{IpAddr, Ipv6Addr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use lru::LruCache;
use showrunner_web::{Problem, client_address};

/// How many attempts one address has at once: an office of a hundred people behind one may come in at the same minute.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
/// How many attempts it gets back in a second.
const A_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
/// How many addresses are remembered; beyond that the one is forgotten that was silent for longest.
const ADDRESSES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// Limits attempts to log in, to refresh and to set up, each for itself, by the address of the client: 100 at once, two more
/// each second. Whoever guesses passwords keeps nobody behind the same address from staying signed in. Each node counts
/// for itself.
#[derive(Default)]
pub struct AttemptLimit {
    pub(super) login: Buckets,
    pub(super) refresh: Buckets,
    pub(super) set_up: Buckets,
}

/// The attempts of one kind.
pub(super) struct Buckets {
    clock: DefaultClock,
    addresses: Mutex<LruCache<IpAddr, DefaultDirectRateLimiter>>,
}

impl Default for Buckets {
    fn default() -> Self {
        Self { clock: DefaultClock::default(), addresses: Mutex::new(LruCache::new(ADDRESSES)) }
    }
}

impl Buckets {
    /// Counts an attempt.
    ///
    /// # Errors
    /// `RATE_LIMITED` where the address has none left.
    pub(super) fn admit(&self, request: &HttpRequest) -> Result<(), Problem> {
        client_address(request).map_or(Ok(()), |address| self.count(address))
    }

    fn count(&self, address: IpAddr) -> Result<(), Problem> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = addresses
            .get_or_insert(network(address), || RateLimiter::direct(Quota::per_second(A_SECOND).allow_burst(BURST)));
        limiter.check().map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            Problem::rate_limited(wait.as_secs() + 1)
        })
    }
}

/// Whom an address stands for: with IPv6 a customer gets a network of 64 bits (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_hundred_attempts_at_once_and_others_have_their_own() {
        let limit = Buckets::default();
        let (one, other) = ("203.0.113.1".parse().unwrap(), "203.0.113.2".parse().unwrap());
        let admitted = (0..200).filter(|_| limit.count(one).is_ok()).count();
        assert!((100..150).contains(&admitted), "{admitted}");
        assert!(limit.count(other).is_ok());
    }

    #[test]
    fn who_has_no_attempt_to_log_in_left_may_still_refresh_and_set_up() {
        let limit = AttemptLimit::default();
        let address = "203.0.113.1".parse().unwrap();
        while limit.login.count(address).is_ok() {}
        assert!(limit.refresh.count(address).is_ok() && limit.set_up.count(address).is_ok());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_a_mapped_address_as_itself() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:203.0.113.1"), "203.0.113.1");
    }

    #[test]
    fn memory_is_bounded_however_many_addresses_come() {
        let limit = Buckets::default();
        for number in 0..20_000_u32 {
            limit.count(IpAddr::from(number.to_be_bytes())).unwrap();
        }
        assert_eq!(limit.addresses.lock().unwrap().len(), ADDRESSES.get());
    }
}
