//! Whose accounts have changed of late, and whether tokens were revoked: what makes a connection ask again whether its
//! user may still be there.

use std::collections::VecDeque;

use showrunner_domain::event::{EventKind, LoggedEvent};
use showrunner_domain::identity::UserId;

/// How many changes are remembered. A connection that missed more asks in any case.
const REMEMBERED: usize = 1_024;

/// How many changes a connection knows of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    accounts: u64,
    revocations: u64,
}

/// The latest changes of accounts.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    users: VecDeque<UserId>,
    passed: u64,
    revocations: u64,
}

impl Accounts {
    /// Notes what `event` says of an account, if it may end or change what its user may do.
    pub(crate) fn note(&mut self, event: &LoggedEvent) {
        let concerns = matches!(
            event.kind(),
            Some(
                EventKind::UserUpdated
                    | EventKind::UserDeleted
                    | EventKind::UserLoggedOut
                    | EventKind::MembershipChanged
            )
        );
        if concerns {
            self.passed += 1;
            self.users.push_back(UserId::new(event.subject.id));
            if self.users.len() > REMEMBERED {
                self.users.pop_front();
            }
        }
    }

    /// Notes that tokens were revoked: of whom, each connection must see for itself.
    pub(crate) fn note_revocation(&mut self) {
        self.revocations += 1;
    }

    /// How many changes there were.
    pub(crate) const fn mark(&self) -> Mark {
        Mark { accounts: self.passed, revocations: self.revocations }
    }

    /// Whether the account of `user` may have changed since `mark`.
    pub(crate) fn concern(&self, user: UserId, mark: Mark) -> bool {
        let missed = usize::try_from(self.passed.saturating_sub(mark.accounts)).unwrap_or(usize::MAX);
        missed > self.users.len() || self.users.iter().rev().take(missed).any(|changed| *changed == user)
    }
}

#[cfg(test)]
mod tests {
    use showrunner_domain::event::{ActorStamp, Audience, EventId, Origin, Seq};
    use showrunner_domain::{ResourceKind, Subject, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn event(name: &str, user: u128) -> LoggedEvent {
        LoggedEvent {
            seq: Seq::START,
            id: EventId::new(Uuid::from_u128(1)),
            name: name.into(),
            data: "{}".into(),
            timestamp: Timestamp::from_micros(0).unwrap(),
            actor: ActorStamp::system(),
            origin: Origin::default(),
            show: None,
            owner: None,
            subject: Subject::new(ResourceKind::User, Uuid::from_u128(user)),
            audience: Audience::Admins,
        }
    }

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    #[test]
    fn a_change_concerns_its_user_alone_and_only_those_who_do_not_know_of_it() {
        let mut accounts = Accounts::default();
        let before = accounts.mark();
        accounts.note(&event("user_logged_out", 1));
        accounts.note(&event("user_logged_in", 2));
        assert!(accounts.concern(user(1), before));
        assert!(!accounts.concern(user(2), before));
        assert!(!accounts.concern(user(1), accounts.mark()));
    }

    #[test]
    fn a_revocation_is_news_and_concerns_no_account() {
        let mut accounts = Accounts::default();
        let before = accounts.mark();
        accounts.note_revocation();
        assert_ne!(accounts.mark(), before);
        assert!(!accounts.concern(user(1), before));
    }

    #[test]
    fn who_missed_more_than_is_remembered_asks_in_any_case() {
        let mut accounts = Accounts::default();
        let before = accounts.mark();
        for _ in 0..=REMEMBERED {
            accounts.note(&event("user_updated", 1));
        }
        assert!(accounts.concern(user(2), before));
        assert_eq!(accounts.users.len(), REMEMBERED);
    }
}
