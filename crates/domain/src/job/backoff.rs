//! How long a job rests before its next try.

use std::time::Duration;

use uuid::Uuid;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(5);
/// Shares of a delay are counted in thousandths of it.
const WHOLE: u32 = 1_000;
/// The widest spread to either side: 10 %.
const SPREAD: u32 = 100;

/// min(5 s × 2^`retry`, 300 s) ± 10 %, where `retry` counts from 0. The spread keeps jobs that failed together from coming
/// back together; it is taken from the random end of the job's identifier, so that it needs no dice.
pub(super) fn delay(job: Uuid, retry: u32) -> Duration {
    let whole = FIRST.saturating_mul(2_u32.saturating_pow(retry)).min(LONGEST);
    let random = job.as_bytes()[12..].iter().fold(retry, |mixed, byte| mixed.rotate_left(8) ^ u32::from(*byte));
    let share = WHOLE - SPREAD + random % (2 * SPREAD + 1);
    whole * share / WHOLE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waiting_doubles_from_5_s_to_300_s_within_a_tenth(job in any::<u128>(), retry in any::<u32>()) {
            let expected = 5_000_f64 * 2_f64.powf(f64::from(retry.min(6)));
            let share = delay(Uuid::from_u128(job), retry).as_secs_f64() * 1_000.0 / expected.min(300_000.0);
            prop_assert!((0.9..=1.1).contains(&share), "{share}");
        }
    }

    #[test]
    fn jobs_that_fail_together_come_back_apart() {
        let delays: std::collections::HashSet<_> = (0..100).map(|job| delay(Uuid::from_u128(job), 0)).collect();
        assert!(delays.len() > 50);
    }
}
