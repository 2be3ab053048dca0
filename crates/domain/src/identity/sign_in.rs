//! Signing in and out, and keeping one's own account.

use std::sync::Arc;

use super::session::RefreshToken;
use super::{
    Action, Attempt, AttemptSource, Caller, Claims, Email, NewPassword, Password, PasswordHasher, Rotation, Salt,
    Secret, Secrets, Session, SessionEnd, SessionId, SignInStore, TokenId, TokenSigner, User, UserPatch, UserStore,
    permit,
};
use crate::event::{EventId, Origin, Stamp};
use crate::{
    ChangeSet, Clock, CommitError, FieldError, IdSource, Ledger, Line, RecordChange, ResourceKind, ServiceError,
    Timestamp,
};

/// How long an access token of a session is accepted, in seconds: a quarter of an hour.
const ACCESS_LIFETIME: i64 = 15 * 60;
/// How often a race is run before the caller is told.
const RACES: usize = 10;

const WRONG: ServiceError = ServiceError::SignInRefused { reason: "the address or the password is wrong" };
const NO_SESSION: ServiceError =
    ServiceError::SignInRefused { reason: "the refresh token is not accepted: sign in again" };
const NO_LINK: ServiceError =
    ServiceError::SignInRefused { reason: "the set-up link was used or has expired: ask an administrator for another" };

/// Lets people in who prove who they are, and out again.
pub struct SignInService {
    /// Reads accounts.
    pub users: Arc<dyn UserStore>,
    /// Keeps what users sign in with.
    pub sign_ins: Arc<dyn SignInStore>,
    /// Writes accounts and sessions.
    pub ledger: Arc<dyn Ledger>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Makes refresh tokens.
    pub secrets: Arc<dyn Secrets>,
    /// Makes access tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

/// What somebody gets who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Proves who they are, for a while.
    pub access_token: String,
    /// For how long, in seconds.
    pub expires_in: i64,
    /// Gets the next access token, once.
    pub refresh_token: String,
    /// Who they are.
    pub user: User,
}

/// What a user changes about their own account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnPatch {
    /// How others see them.
    pub name: Option<Line<255>>,
    /// The current password and the one to have from now on.
    pub password: Option<(Password, Password)>,
}

impl SignInService {
    /// Begins a session of the user of this address.
    ///
    /// An address without an account is answered like a wrong password, after the same time.
    pub async fn login(&self, email: &Email, password: Password, origin: Origin) -> Result<SignedIn, ServiceError> {
        let account = self.sign_ins.find_credentials(email).await?;
        let (user, hash) = account.map_or((None, None), |account| (Some(account.user), account.password));
        let attempt = Attempt { email: email.clone(), source: AttemptSource::of(&origin) };
        let right = self.try_password(&attempt, password, hash).await?;
        let user = user.filter(|_| right).ok_or(WRONG)?;
        let stamp = self.stamp_of(&user, origin);
        let (change, secret) = self.begin(&user, &stamp)?;
        let session = change.state().id;
        self.ledger.commit(ChangeSet::from(change)).await?;
        self.signed_in(user, session, &secret)
    }

    /// Exchanges a refresh token for new tokens. One that was used before ends its session, but for a moment in which it
    /// gets the same successor.
    pub async fn refresh(&self, token: &str, origin: Origin) -> Result<SignedIn, ServiceError> {
        let RefreshToken { session: id, secret } = RefreshToken::parse(token).ok_or(NO_SESSION)?;
        for _ in 0..RACES {
            let session = self.sign_ins.find_session(id, self.clock.now()).await?.ok_or(NO_SESSION)?;
            let user = self.users.find_user(session.user_id).await?.ok_or(NO_SESSION)?;
            if self.secrets.matches(secret, &session.refresh) {
                match self.rotate(&session, secret).await? {
                    Some(successor) => return self.signed_in(user, id, &successor.0),
                    // Somebody has presented the same token at the same moment: theirs is the exchange to go by.
                    None => continue,
                }
            }
            if let Some(successor) = self.successor_again(&session, secret)? {
                let attempt = Attempt { email: user.email.clone(), source: AttemptSource::of(&origin) };
                if let Some(until) = self.sign_ins.attempt_delay(&attempt, self.clock.now()).await? {
                    return Err(self.locked(until));
                }
                return self.signed_in(user, id, &successor.0);
            }
            let stamp = self.stamp_of(&user, origin);
            self.end(session, &user, SessionEnd::RefreshTokenReused, &stamp).await?;
            return Err(NO_SESSION);
        }
        Err(CommitError::Stale.into())
    }

    /// The successor of the secret that counts; `None` where it has been exchanged meanwhile.
    async fn rotate(&self, session: &Session, secret: &str) -> Result<Option<Secret>, ServiceError> {
        let (salt, now) = (Salt(self.secrets.make()?.0), self.clock.now());
        let successor = self.secrets.derive(secret, &salt)?;
        let rotation = Rotation { predecessor: session.refresh.clone(), salt, rotated_at: now };
        let (to, expires_at) = (self.secrets.digest(&successor.0), now.plus_seconds(Session::LIFETIME));
        let rotated = self.sign_ins.rotate_session(session.id, rotation, to, expires_at).await?;
        Ok(rotated.then_some(successor))
    }

    /// The successor that `secret` was exchanged for a moment ago, if that was not redeemed since.
    fn successor_again(&self, session: &Session, secret: &str) -> Result<Option<Secret>, ServiceError> {
        let rotation = session.recent_rotation(self.clock.now());
        let Some(rotation) = rotation.filter(|rotation| self.secrets.matches(secret, &rotation.predecessor)) else {
            return Ok(None);
        };
        let successor = self.secrets.derive(secret, &rotation.salt)?;
        // A node of an earlier version exchanges tokens and leaves the last rotation as it was.
        Ok(self.secrets.matches(&successor.0, &session.refresh).then_some(successor))
    }

    /// Ends the caller's session.
    pub async fn logout(&self, caller: &Caller) -> Result<(), ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::User)?;
        let reason = "this token belongs to no session: it ends when it expires";
        let id = caller.actor.session.ok_or(ServiceError::Conflict { reason })?;
        let stamp = Stamp::of(caller, self.ids.as_ref(), self.clock.now());
        let session = self.sign_ins.find_session(id, stamp.now).await?;
        let user = self.users.find_user(caller.actor.id).await?;
        match session.zip(user) {
            Some((session, user)) => self.end(session, &user, SessionEnd::Logout, &stamp).await,
            None => Ok(()),
        }
    }

    /// Sets the first password of the user of a set-up link, and begins a session.
    pub async fn set_up(
        &self,
        token: &str,
        password: Password,
        patch: UserPatch,
        origin: Origin,
    ) -> Result<SignedIn, ServiceError> {
        let link = self.secrets.digest(token);
        self.sign_ins.find_link(link.clone(), self.clock.now()).await?.ok_or(NO_LINK)?;
        let hash = self.hasher.hash(password).await?;
        for _ in 0..RACES {
            let id = self.sign_ins.find_link(link.clone(), self.clock.now()).await?.ok_or(NO_LINK)?;
            let user = self.users.find_user(id).await?.ok_or(NO_LINK)?;
            let stamp = self.stamp_of(&user, origin.clone());
            let Some(change) = user.update(patch.clone(), true, &stamp) else { return Err(NO_LINK) };
            let user = change.state().clone();
            let (session, secret) = self.begin(&user, &self.stamp_of(&user, origin.clone()))?;
            let id = session.state().id;
            let password = NewPassword { user_id: user.id, hash: hash.clone(), keep: None, link: Some(link.clone()) };
            let set = ChangeSet::from(change).and(RecordChange::Password(password)).and(RecordChange::Session(session));
            match self.ledger.commit(set).await {
                Ok(_) => {
                    let attempt = Attempt { email: user.email.clone(), source: AttemptSource::of(&origin) };
                    // The password is set: what fails from here on must not say otherwise.
                    let _ = self.sign_ins.settle_attempt(&attempt, self.clock.now()).await;
                    return self.signed_in(user, id, &secret);
                }
                Err(CommitError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Stale.into())
    }

    /// Merges `patch` into the caller's own account. A new password ends the user's other sessions.
    pub async fn update_own(&self, caller: &Caller, patch: OwnPatch) -> Result<User, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::User)?;
        let hash = match patch.password {
            Some((current, new)) => {
                self.check_current(caller, current).await?;
                Some(self.hasher.hash(new).await?)
            }
            None => None,
        };
        let fields = UserPatch { name: patch.name, ..UserPatch::default() };
        for _ in 0..RACES {
            let user = self.users.find_user(caller.actor.id).await?;
            let user = user.ok_or(ServiceError::NotFound { kind: ResourceKind::User })?;
            let stamp = Stamp::of(caller, self.ids.as_ref(), self.clock.now());
            let Some(change) = user.clone().update(fields.clone(), hash.is_some(), &stamp) else { return Ok(user) };
            let user = change.state().clone();
            let mut set = ChangeSet::from(change);
            if let Some(hash) = hash.clone() {
                let password = NewPassword { user_id: user.id, hash, keep: caller.actor.session, link: None };
                set = set.and(RecordChange::Password(password));
            }
            match self.ledger.commit(set).await {
                Ok(_) => return Ok(user),
                Err(CommitError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Stale.into())
    }

    async fn check_current(&self, caller: &Caller, password: Password) -> Result<(), ServiceError> {
        let user = self.users.find_user(caller.actor.id).await?;
        let email = user.ok_or(ServiceError::NotFound { kind: ResourceKind::User })?.email;
        let hash = self.sign_ins.find_credentials(&email).await?.and_then(|account| account.password);
        let attempt = Attempt { email, source: AttemptSource::Token(caller.actor.id) };
        if self.try_password(&attempt, password, hash).await? {
            return Ok(());
        }
        Err(ServiceError::Invalid(vec![FieldError::new("current_password", "is not the current password")]))
    }

    /// Whether the password is right.
    ///
    /// # Errors
    /// [`ServiceError::Locked`] where the attempt has to wait, before anything is verified.
    async fn try_password(
        &self,
        attempt: &Attempt,
        password: Password,
        hash: Option<super::PasswordHash>,
    ) -> Result<bool, ServiceError> {
        if let Some(until) = self.sign_ins.begin_attempt(attempt, self.clock.now()).await? {
            return Err(self.locked(until));
        }
        let right = self.hasher.verify(password, hash).await?;
        if right {
            self.sign_ins.settle_attempt(attempt, self.clock.now()).await?;
        }
        Ok(right)
    }

    fn locked(&self, until: Timestamp) -> ServiceError {
        let micros = until.micros().saturating_sub(self.clock.now().micros());
        ServiceError::Locked { retry_after: u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000).max(1) }
    }

    fn begin(&self, user: &User, stamp: &Stamp) -> Result<(crate::Change<Session>, String), ServiceError> {
        let (id, secret) = (SessionId::new(self.ids.next()), self.secrets.make()?);
        Ok((Session::begin(id, user, self.secrets.digest(&secret.0), stamp), secret.0))
    }

    /// Ends `session`, unless it has ended meanwhile.
    async fn end(&self, session: Session, user: &User, why: SessionEnd, stamp: &Stamp) -> Result<(), ServiceError> {
        match self.ledger.commit(ChangeSet::from(session.end(user, why, stamp))).await {
            Ok(_) | Err(CommitError::Stale) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn signed_in(&self, user: User, session: SessionId, secret: &str) -> Result<SignedIn, ServiceError> {
        let claims = Claims {
            id: TokenId::new(self.ids.next()),
            sub: user.id,
            email: user.email.to_string(),
            name: user.name.to_string(),
            role: user.role,
            session: Some(session),
            expires_at: self.clock.now().plus_seconds(ACCESS_LIFETIME),
        };
        let access_token = self.signer.sign(&claims)?;
        let refresh_token = RefreshToken { session, secret }.to_string();
        Ok(SignedIn { access_token, expires_in: ACCESS_LIFETIME, refresh_token, user })
    }

    fn stamp_of(&self, user: &User, origin: Origin) -> Stamp {
        Stamp { id: EventId::new(self.ids.next()), now: self.clock.now(), actor: user.as_actor(), origin }
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::identity::{Actor, Credentials, NewUser, PasswordHash, Role, SecretDigest, ShowRoles, UserId};
    use crate::mocks::{
        MockClock, MockIdSource, MockLedger, MockPasswordHasher, MockSecrets, MockSignInStore, MockTokenSigner,
        MockUserStore,
    };
    use crate::{Committed, Version};

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn editor() -> User {
        let new = NewUser {
            email: Email::parse("editor@example.com").unwrap(),
            name: Line::parse("An editor").unwrap(),
            role: Role::Editor,
        };
        let actor = crate::event::ActorStamp::system();
        let stamp = Stamp { id: EventId::new(Uuid::from_u128(9)), now: time(0), actor, origin: Origin::default() };
        User::create(UserId::new(Uuid::from_u128(1)), new, &stamp).state().clone()
    }

    fn session() -> Session {
        let (id, user_id, refresh) =
            (SessionId::new(Uuid::from_u128(6)), editor().id, SecretDigest("digest of a".into()));
        Session { id, user_id, refresh, rotation: None, created_at: time(0), expires_at: time(99) }
    }

    /// The session after `a` was exchanged at second 5, with the salt `s`.
    fn rotated_session() -> Session {
        let (predecessor, salt) = (session().refresh, Salt("s".into()));
        let rotation = Some(Rotation { predecessor, salt, rotated_at: time(5) });
        Session { refresh: SecretDigest("digest of a+s".into()), rotation, ..session() }
    }

    /// The service at second 10, on ports of which nothing is expected but what is set here.
    fn service(sign_ins: MockSignInStore, hasher: MockPasswordHasher, ledger: MockLedger) -> SignInService {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| time(10));
        let mut ids = MockIdSource::new();
        ids.expect_next().return_const(Uuid::from_u128(6));
        let mut secrets = MockSecrets::new();
        secrets.expect_make().returning(|| Ok(Secret("b".into())));
        secrets.expect_derive().returning(|secret, salt| Ok(Secret(format!("{secret}+{}", salt.0))));
        secrets.expect_digest().returning(|secret| SecretDigest(format!("digest of {secret}")));
        secrets.expect_matches().returning(|secret, digest| digest.0 == format!("digest of {secret}"));
        let mut users = MockUserStore::new();
        users.expect_find_user().returning(|_| Ok(Some(editor())));
        let mut signer = MockTokenSigner::new();
        signer.expect_sign().returning(|claims| Ok(format!("{} {}", claims.role, claims.expires_at)));
        SignInService {
            users: Arc::new(users),
            sign_ins: Arc::new(sign_ins),
            ledger: Arc::new(ledger),
            hasher: Arc::new(hasher),
            secrets: Arc::new(secrets),
            signer: Arc::new(signer),
            clock: Arc::new(clock),
            ids: Arc::new(ids),
        }
    }

    fn login(service: &SignInService, password: &str) -> Result<SignedIn, ServiceError> {
        let password = Password::attempt(password).unwrap();
        block_on(service.login(&editor().email, password, Origin::default()))
    }

    fn store(account: Option<Credentials>) -> MockSignInStore {
        let mut store = MockSignInStore::new();
        store.expect_find_credentials().returning(move |_| Ok(account.clone()));
        store
    }

    fn known() -> Credentials {
        Credentials { user: editor(), password: Some(PasswordHash("right".into())) }
    }

    fn hasher() -> MockPasswordHasher {
        let mut hasher = MockPasswordHasher::new();
        hasher
            .expect_verify()
            .once()
            .returning(|password, hash| Ok(hash.is_some_and(|hash| hash.0 == password.as_str())));
        hasher
    }

    #[test]
    fn signing_in_begins_a_session_that_only_admins_are_told_of() {
        let mut store = store(Some(known()));
        store.expect_begin_attempt().once().returning(|_, _| Ok(None));
        store.expect_settle_attempt().once().returning(|_, _| Ok(()));
        let mut ledger = MockLedger::new();
        ledger
            .expect_commit()
            .once()
            .withf(|set| {
                let [event] = set.events().collect::<Vec<_>>()[..] else { return false };
                event.kind.as_str() == "user_logged_in"
                    && event.audience == crate::event::Audience::Admins
                    && !event.data.contains("digest")
            })
            .returning(|_| Ok(Committed));
        let signed_in = login(&service(store, hasher(), ledger), "right").unwrap();
        assert_eq!(signed_in.access_token, format!("editor {}", time(10 + ACCESS_LIFETIME)));
        assert_eq!(signed_in.refresh_token, format!("{}.b", Uuid::from_u128(6)));
    }

    #[test]
    fn an_address_without_an_account_is_verified_counted_and_answered_like_a_wrong_password() {
        let answers = [Some(known()), None].map(|account| {
            let mut store = store(account);
            store.expect_begin_attempt().once().returning(|_, _| Ok(None));
            login(&service(store, hasher(), MockLedger::new()), "wrong").unwrap_err().to_string()
        });
        assert_eq!(answers[0], answers[1]);
    }

    #[test]
    fn an_attempt_that_has_to_wait_is_refused_before_anything_is_verified() {
        for account in [Some(known()), None] {
            let mut store = store(account);
            store.expect_begin_attempt().returning(|_, _| Ok(Some(time(100))));
            let answer = login(&service(store, MockPasswordHasher::new(), MockLedger::new()), "right");
            assert!(matches!(answer, Err(ServiceError::Locked { retry_after: 90 })), "{answer:?}");
        }
    }

    fn refresh(store: MockSignInStore, token: &str, ledger: MockLedger) -> Result<SignedIn, ServiceError> {
        let token = format!("{}.{token}", session().id);
        block_on(service(store, MockPasswordHasher::new(), ledger).refresh(&token, Origin::default()))
    }

    /// A store that answers these sessions, one after another.
    fn holding(sessions: Vec<Session>) -> MockSignInStore {
        let mut store = MockSignInStore::new();
        let mut sessions = sessions.into_iter();
        store.expect_find_session().returning(move |_, _| Ok(sessions.next()));
        store
    }

    fn ending() -> MockLedger {
        let mut ledger = MockLedger::new();
        let ends = |set: &ChangeSet| matches!(set.changes(), [RecordChange::Session(change)] if change.is_erased());
        ledger.expect_commit().once().withf(ends).returning(|_| Ok(Committed));
        ledger
    }

    #[test]
    fn a_refresh_token_is_exchanged_for_another_of_the_same_session() {
        let mut store = holding(vec![session()]);
        let kept = |_: &SessionId, rotation: &Rotation, to: &SecretDigest, _: &Timestamp| {
            rotation.predecessor == session().refresh && rotation.salt == Salt("b".into()) && to.0 == "digest of a+b"
        };
        store.expect_rotate_session().once().withf(kept).returning(|_, _, _, _| Ok(true));
        let signed_in = refresh(store, "a", MockLedger::new()).unwrap();
        assert_eq!(signed_in.refresh_token, format!("{}.a+b", session().id));
    }

    #[test]
    fn a_token_that_was_exchanged_a_moment_ago_or_meanwhile_gets_the_same_successor() {
        let mut before = holding(vec![rotated_session()]);
        before.expect_attempt_delay().returning(|_, _| Ok(None));
        let mut meanwhile = holding(vec![session(), rotated_session()]);
        meanwhile.expect_rotate_session().once().returning(|_, _, _, _| Ok(false));
        meanwhile.expect_attempt_delay().returning(|_, _| Ok(None));
        for store in [before, meanwhile] {
            let signed_in = refresh(store, "a", MockLedger::new()).unwrap();
            assert_eq!(signed_in.refresh_token, format!("{}.a+s", session().id));
        }
    }

    #[test]
    fn grace_ends_after_ten_seconds_of_whichever_clock_and_when_the_successor_is_redeemed() {
        let at = |second| Session {
            rotation: rotated_session().rotation.map(|rotation| Rotation { rotated_at: time(second), ..rotation }),
            ..rotated_session()
        };
        let redeemed = Session { refresh: SecretDigest("digest of a+s+t".into()), ..rotated_session() };
        for (session, token) in [(at(0), "a"), (at(20), "a"), (redeemed, "a"), (rotated_session(), "older")] {
            let answer = refresh(holding(vec![session]), token, ending());
            assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{answer:?}");
        }
        for second in [1, 10, 19] {
            let mut store = holding(vec![at(second)]);
            store.expect_attempt_delay().returning(|_, _| Ok(None));
            assert!(refresh(store, "a", MockLedger::new()).is_ok(), "{second}");
        }
    }

    #[test]
    fn where_attempts_have_to_wait_there_is_no_grace_and_the_session_stays() {
        let mut store = holding(vec![rotated_session()]);
        store.expect_attempt_delay().returning(|_, _| Ok(Some(time(100))));
        let answer = refresh(store, "a", MockLedger::new());
        assert!(matches!(answer, Err(ServiceError::Locked { .. })), "{answer:?}");
    }

    #[test]
    fn a_session_that_has_ended_has_no_grace() {
        let answer = refresh(holding(Vec::new()), "a", MockLedger::new());
        assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{answer:?}");
    }

    fn caller(session: Option<SessionId>) -> Caller {
        let User { id, email, name, role, .. } = editor();
        let (email, name) = (email.to_string(), name.to_string());
        let actor =
            Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session, expires_at: time(99) };
        Caller { actor, origin: Origin::default() }
    }

    #[test]
    fn whoever_has_no_session_cannot_end_one() {
        let service = service(MockSignInStore::new(), MockPasswordHasher::new(), MockLedger::new());
        assert!(matches!(block_on(service.logout(&caller(None))), Err(ServiceError::Conflict { .. })));
    }

    #[test]
    fn a_password_is_changed_by_the_current_one_and_the_session_goes_on() {
        let mut store = store(Some(known()));
        let by_token = |attempt: &Attempt, _: &Timestamp| attempt.source == AttemptSource::Token(editor().id);
        store.expect_begin_attempt().once().withf(by_token).returning(|_, _| Ok(None));
        store.expect_settle_attempt().once().withf(by_token).returning(|_, _| Ok(()));
        let mut hasher = hasher();
        hasher.expect_hash().returning(|password| Ok(PasswordHash(password.as_str().to_owned())));
        let mut ledger = MockLedger::new();
        let keeps = |set: &ChangeSet| matches!(set.changes(), [RecordChange::User(_), RecordChange::Password(new)] if new.keep == Some(session().id));
        ledger.expect_commit().once().withf(keeps).returning(|_| Ok(Committed));
        let both = |current: &str| Some((Password::attempt(current).unwrap(), Password::attempt("new").unwrap()));
        let change = OwnPatch { name: None, password: both("right") };
        let user = block_on(service(store, hasher, ledger).update_own(&caller(Some(session().id)), change)).unwrap();
        assert_eq!(user.version, Version::FIRST.next());
    }

    #[test]
    fn a_password_is_not_changed_by_a_wrong_one() {
        let mut store = store(Some(known()));
        store.expect_begin_attempt().once().returning(|_, _| Ok(None));
        let password = Some((Password::attempt("wrong").unwrap(), Password::attempt("new").unwrap()));
        let service = service(store, hasher(), MockLedger::new());
        let answer = block_on(service.update_own(&caller(None), OwnPatch { name: None, password }));
        assert!(matches!(&answer, Err(ServiceError::Invalid(errors)) if errors[0].field == "current_password"));
    }
}
