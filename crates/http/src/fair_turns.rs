//! Turns at costly work: few at once, one a user, and a bounded number of people who wait.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use showrunner_domain::identity::UserId;
use showrunner_web::Problem;
use tokio::sync::oneshot;

/// How many turns one user may wait for.
const WAITING_A_USER: usize = 4;
/// How many turns all users may wait for.
const WAITING: usize = 32;
/// When to try again where too many wait, in seconds.
const RETRY_AFTER: u64 = 2;

/// Hands out turns. No user has two at once, and users get theirs one after the other, however many they ask for.
#[derive(Clone)]
pub(crate) struct FairTurns(Arc<Mutex<State>>);

struct State {
    free: usize,
    /// Who has a turn.
    running: HashSet<UserId>,
    /// Who waits, the next one first, each with all the turns that they wait for.
    waiting: VecDeque<(UserId, VecDeque<oneshot::Sender<Turn>>)>,
}

/// A turn, which ends when this goes.
pub(crate) struct Turn {
    turns: FairTurns,
    user: UserId,
}

impl FairTurns {
    /// So many turns at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: at_once, running: HashSet::new(), waiting: VecDeque::new() })))
    }

    /// Waits for a turn. Where the future is dropped nobody waits any more.
    ///
    /// # Errors
    /// `RATE_LIMITED` where this user waits for too many, `UNAVAILABLE` where all users do.
    pub(crate) async fn take(&self, user: UserId) -> Result<Turn, Problem> {
        let turn = self.state().ask(user)?;
        self.next();
        turn.await.map_err(|_| Problem::overloaded(RETRY_AFTER))
    }

    /// Gives free turns to those whose turn it is.
    fn next(&self) {
        loop {
            let admitted = self.state().admit();
            let Some((user, waiting)) = admitted else { return };
            // Where nobody waits there any more, the turn ends at once and makes room for the next.
            let _ = waiting.send(Turn { turns: self.clone(), user });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Queues a user, behind all others and behind what they wait for already.
    fn ask(&mut self, user: UserId) -> Result<oneshot::Receiver<Turn>, Problem> {
        for (_, waiting) in &mut self.waiting {
            waiting.retain(|waiting| !waiting.is_closed());
        }
        self.waiting.retain(|(_, waiting)| !waiting.is_empty());
        let all: usize = self.waiting.iter().map(|(_, waiting)| waiting.len()).sum();
        let own = self.waiting.iter().position(|(waiting, _)| *waiting == user);
        if own.is_some_and(|own| self.waiting[own].1.len() >= WAITING_A_USER) {
            return Err(Problem::rate_limited(RETRY_AFTER));
        }
        if all >= WAITING {
            return Err(Problem::overloaded(RETRY_AFTER));
        }
        let (sender, receiver) = oneshot::channel();
        match own {
            Some(own) => self.waiting[own].1.push_back(sender),
            None => self.waiting.push_back((user, VecDeque::from([sender]))),
        }
        Ok(receiver)
    }

    /// Takes the next one who has no turn out of the queue, where there is a free turn.
    fn admit(&mut self) -> Option<(UserId, oneshot::Sender<Turn>)> {
        if self.free == 0 {
            return None;
        }
        let next = self.waiting.iter().position(|(user, _)| !self.running.contains(user))?;
        let (user, mut waiting) = self.waiting.remove(next)?;
        let first = waiting.pop_front()?;
        if !waiting.is_empty() {
            self.waiting.push_back((user, waiting));
        }
        self.running.insert(user);
        self.free -= 1;
        Some((user, first))
    }

    fn end(&mut self, user: UserId) {
        self.running.remove(&user);
        self.free += 1;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.state().end(self.user);
        self.turns.next();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use showrunner_web::Code;
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    #[test]
    fn no_user_has_two_turns_at_once() {
        let turns = FairTurns::new(2);
        let first = turns.take(user(1)).now_or_never().unwrap().unwrap();
        let mut second = Box::pin(turns.take(user(1)));
        assert!(second.as_mut().now_or_never().is_none());
        let other = turns.take(user(2)).now_or_never().unwrap().unwrap();
        assert!(turns.take(user(3)).now_or_never().is_none(), "there are only two");
        drop(first);
        assert!(second.now_or_never().is_some());
        drop(other);
        let state = turns.state();
        assert_eq!((state.free, state.running.len()), (2, 0));
    }

    #[test]
    fn users_get_their_turns_one_after_the_other_however_many_they_ask_for() {
        let turns = FairTurns::new(1);
        let held = turns.take(user(1)).now_or_never().unwrap().unwrap();
        let mut asking: Vec<_> = [1, 1, 1, 2, 3].map(|number| (number, Box::pin(turns.take(user(number))))).into();
        for (_, turn) in &mut asking {
            assert!(turn.now_or_never().is_none());
        }
        drop(held);
        let mut order = Vec::new();
        while !asking.is_empty() {
            let next =
                asking.iter_mut().position(|(_, turn)| turn.now_or_never().map(|turn| drop(turn.unwrap())).is_some());
            order.push(asking.remove(next.expect("somebody's turn")).0);
        }
        assert_eq!(order, [1, 2, 3, 1, 1]);
    }

    #[test]
    fn who_waits_for_too_much_is_told_when_to_try_again() {
        let turns = FairTurns::new(1);
        let _held = turns.take(user(0)).now_or_never().unwrap().unwrap();
        let wait = |number| {
            let mut turn = Box::pin(turns.take(user(number)));
            let refused = turn.as_mut().now_or_never().map(|turn| turn.err().unwrap().code());
            (turn, refused)
        };
        let own: Vec<_> = (0..5).map(|_| wait(1)).collect();
        assert_eq!(
            own.iter().map(|(_, refused)| *refused).collect::<Vec<_>>(),
            [None, None, None, None, Some(Code::RateLimited)]
        );
        let others: Vec<_> = (2..31).map(wait).collect();
        assert_eq!(others.iter().filter(|(_, refused)| refused.is_none()).count(), 28);
        assert_eq!(others.last().unwrap().1, Some(Code::Unavailable));
        drop(own);
        assert_eq!(wait(40).1, None, "who has gone does not wait any more");
    }
}
