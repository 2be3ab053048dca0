//! When a token's time is over.

use std::time::Duration;

use showrunner_domain::Clock;
use showrunner_domain::identity::Actor;
use tokio::time::Instant;

/// Whether the token that let `actor` in has expired.
pub(crate) fn has_expired(actor: &Actor, clock: &dyn Clock) -> bool {
    actor.expires_at <= clock.now()
}

/// When to ask [`has_expired`] again: at that time, or a day from now if that is earlier, which can be added to any
/// instant.
pub(crate) fn expiry(actor: &Actor, clock: &dyn Clock) -> Instant {
    const DAY: Duration = Duration::from_hours(24);
    let micros = actor.expires_at.micros().saturating_sub(clock.now().micros());
    Instant::now() + Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(DAY)
}
