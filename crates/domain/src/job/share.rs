//! What a worker takes next, so that neither one type of job nor one user keeps all others waiting.
//!
//! A worker has so many places, which it fills with whatever is most urgent. Where all of them are held by jobs of one type, or of
//! one user, it has a place more for others: so nothing is left idle, and nobody waits for six hours behind two films.

use super::{Job, JobType};
use crate::identity::UserId;

/// How many places a worker has beyond its own, for those who would wait otherwise: one for other types, one for other users.
pub const SPARE_PLACES: usize = 2;

/// Whose jobs are claimed. A job that nobody in particular wanted is the system's, `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Anybody's.
    #[default]
    Anybodys,
    /// Those of all but one.
    AnybodysBut(Option<UserId>),
}

/// Whose jobs of which types a worker takes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The types.
    pub job_types: Vec<JobType>,
    /// Whose.
    pub whose: Whose,
    /// How many at most.
    pub limit: usize,
}

/// What a job counts for: its type, and who wanted it.
pub type Claimant = (JobType, Option<UserId>);

impl Job {
    /// What this job counts for.
    #[must_use]
    pub fn claimant(&self) -> Claimant {
        (self.job_type.clone(), self.created_by)
    }
}

/// What a worker of `places` that knows these types may take while it has `in_hand`: one after the other, until there is any.
#[must_use]
pub fn shares(job_types: &[JobType], in_hand: &[Claimant], places: usize) -> Vec<Share> {
    if in_hand.len() < places {
        let limit = places - in_hand.len();
        return vec![Share { job_types: job_types.to_vec(), whose: Whose::Anybodys, limit }];
    }
    let Some((first_type, first_user)) = in_hand.first().filter(|_| in_hand.len() < places + SPARE_PLACES) else {
        return Vec::new();
    };
    let mut shares = Vec::new();
    if in_hand.iter().all(|(job_type, _)| job_type == first_type) {
        let job_types: Vec<JobType> = job_types.iter().filter(|known| *known != first_type).cloned().collect();
        shares.push(Share { job_types, whose: Whose::Anybodys, limit: 1 });
    }
    if in_hand.iter().all(|(_, user)| user == first_user) {
        let whose = Whose::AnybodysBut(*first_user);
        shares.push(Share { job_types: job_types.to_vec(), whose, limit: 1 });
    }
    shares.retain(|share| !share.job_types.is_empty());
    shares
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn of(name: &str) -> JobType {
        JobType::parse(name).unwrap()
    }

    fn in_hand(jobs: &[(&str, u128)]) -> Vec<Claimant> {
        jobs.iter().map(|(name, user)| (of(name), Some(UserId::new(Uuid::from_u128(*user))))).collect()
    }

    /// What a worker of two places takes that has these jobs in hand, in words.
    fn takes(jobs: &[(&str, u128)]) -> Vec<String> {
        let shares = shares(&[of("film"), of("picture")], &in_hand(jobs), 2);
        let words = |share: Share| {
            let types: Vec<&str> = share.job_types.iter().map(JobType::as_str).collect();
            let whose = if share.whose == Whose::Anybodys { "anybody" } else { "others" };
            format!("{} {} of {whose}", share.limit, types.join("+"))
        };
        shares.into_iter().map(words).collect()
    }

    #[test]
    fn a_worker_fills_its_places_with_anything() {
        assert_eq!(takes(&[]), ["2 film+picture of anybody"]);
        assert_eq!(takes(&[("film", 1)]), ["1 film+picture of anybody"]);
    }

    #[test]
    fn a_type_or_a_user_who_holds_all_places_leaves_one_to_others() {
        assert_eq!(takes(&[("film", 1), ("film", 1)]), ["1 picture of anybody", "1 film+picture of others"]);
        assert_eq!(takes(&[("film", 1), ("film", 2)]), ["1 picture of anybody"]);
        assert_eq!(takes(&[("film", 1), ("picture", 1)]), ["1 film+picture of others"]);
        assert_eq!(takes(&[("film", 1), ("film", 1), ("picture", 1)]), ["1 film+picture of others"]);
    }

    #[test]
    fn there_are_no_more_places_than_those_two() {
        assert!(takes(&[("film", 1), ("picture", 2)]).is_empty());
        assert!(takes(&[("film", 1), ("film", 1), ("picture", 1), ("film", 2)]).is_empty());
        assert!(takes(&[("film", 1); 4]).is_empty());
    }
}
