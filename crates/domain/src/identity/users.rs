//! The use cases of accounts: what admins do over HTTP and operators on the command line.

use std::sync::Arc;

use super::{
    Authority, Email, NewPassword, NewUser, Password, PasswordHash, PasswordHasher, Role, Secret, Secrets, SetUpLink,
    SignInStore, User, UserAfter, UserId, UserPatch, UserQuery, UserStore,
};
use crate::event::Stamp;
use crate::{
    Answered, Change, ChangeSet, Clock, CommitError, FieldError, IdSource, Ledger, Line, Page, RecordChange,
    ResourceKind, ServiceError, StoredReceipt, Terms, Timestamp,
};

/// How often a race without `If-Match` is run before the caller is told.
const RACES: usize = 100;
/// How long a set-up link is accepted, in seconds: a day.
const LINK_LIFETIME: i64 = 24 * 60 * 60;
/// Whom a store without an administrator gets at the first start.
const FIRST_ADMIN: &str = "admin@localhost";

/// Everything that can be done with others' accounts.
pub struct UserService {
    /// Reads accounts.
    pub users: Arc<dyn UserStore>,
    /// Keeps set-up links.
    pub sign_ins: Arc<dyn SignInStore>,
    /// Writes accounts.
    pub ledger: Arc<dyn Ledger>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Makes set-up links.
    pub secrets: Arc<dyn Secrets>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

/// A set-up link: the secret in it, which is told once, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whom it lets in.
    pub email: Email,
    /// The secret.
    pub token: Secret,
    /// When it stops being accepted.
    pub expires_at: Timestamp,
}

impl UserService {
    /// A page of accounts.
    pub async fn list(&self, by: Authority<'_>, query: UserQuery) -> Result<Page<User, UserAfter>, ServiceError> {
        by.permit()?;
        Ok(self.users.list_users(query).await?)
    }

    /// An account.
    pub async fn get(&self, by: Authority<'_>, id: UserId) -> Result<User, ServiceError> {
        by.permit()?;
        found(self.users.find_user(id).await?)
    }

    /// The account of an address.
    pub async fn find(&self, by: Authority<'_>, email: &Email) -> Result<User, ServiceError> {
        by.permit()?;
        found(self.users.find_user_by_email(email).await?)
    }

    /// Creates an account, once for each receipt. Without a password its user needs a set-up link.
    pub async fn create(
        &self,
        by: Authority<'_>,
        new: NewUser,
        password: Option<Password>,
        terms: &Terms,
    ) -> Result<Answered<User>, ServiceError> {
        by.permit()?;
        personal(new.role)?;
        if let Some(before) = self.answered_before(password.as_ref(), terms).await? {
            return Ok(Answered::Before(before));
        }
        let password = self.hash(password).await?;
        let change = User::create(UserId::new(self.ids.next()), new, &self.stamp(by));
        let committed = self.commit(change, password.as_ref(), terms).await?;
        committed.ok_or_else(|| CommitError::Stale.into())
    }

    /// Merges `patch` into an account and sets its password where one is given, once for each receipt. A new password
    /// ends all sessions of its user.
    pub async fn update(
        &self,
        by: Authority<'_>,
        id: UserId,
        patch: &UserPatch,
        password: Option<Password>,
        terms: &Terms,
    ) -> Result<Answered<User>, ServiceError> {
        by.permit()?;
        patch.role.map_or(Ok(()), personal)?;
        let new_password = password.is_some();
        self.write(id, terms, password, |user| user.update(patch.clone(), new_password, &self.stamp(by))).await
    }

    /// Deletes an account with its sessions and answers its last state.
    pub async fn delete(&self, by: Authority<'_>, id: UserId, terms: &Terms) -> Result<Answered<User>, ServiceError> {
        by.permit()?;
        self.write(id, terms, None, |user| Some(user.delete(&self.stamp(by)))).await
    }

    /// A new set-up link for a user; an earlier one is no longer accepted.
    pub async fn invite(&self, by: Authority<'_>, id: UserId) -> Result<Invitation, ServiceError> {
        let email = self.get(by, id).await?.email;
        let token = self.secrets.make()?;
        let expires_at = self.clock.now().plus_seconds(LINK_LIFETIME);
        self.sign_ins.keep_link(SetUpLink { user_id: id, digest: self.secrets.digest(&token.0), expires_at }).await?;
        Ok(Invitation { email, token, expires_at })
    }

    /// What a server does at each start: a store without an administrator gets `admin@localhost`, and until any
    /// administrator has a password each start makes a new set-up link for that account.
    pub async fn first_start(&self) -> Result<Option<Invitation>, ServiceError> {
        let administration = self.sign_ins.administration().await?;
        if administration.has_password {
            return Ok(None);
        }
        let invalid = |reason| ServiceError::Invalid(vec![FieldError::new("email", reason)]);
        let email = Email::parse(FIRST_ADMIN).map_err(invalid)?;
        if !administration.exists {
            let name = Line::parse("Administrator").map_err(invalid)?;
            let new = NewUser { email: email.clone(), name, role: Role::Admin };
            match self.create(Authority::Operator, new, None, &Terms::default()).await {
                // Another node has started at the same moment.
                Ok(_) | Err(ServiceError::AlreadyExists { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match self.users.find_user_by_email(&email).await? {
            Some(user) if user.role == Role::Admin => Ok(Some(self.invite(Authority::Operator, user.id).await?)),
            _ => Ok(None),
        }
    }

    /// Loads, decides and commits, again and again while others win the race, unless the caller named the version
    /// that they have seen.
    async fn write(
        &self,
        id: UserId,
        terms: &Terms,
        password: Option<Password>,
        decide: impl Fn(User) -> Option<Change<User>> + Send + Sync,
    ) -> Result<Answered<User>, ServiceError> {
        if let Some(before) = self.answered_before(password.as_ref(), terms).await? {
            return Ok(Answered::Before(before));
        }
        let password = self.hash(password).await?;
        for _ in 0..RACES {
            let user = found(self.users.find_user(id).await?)?;
            terms.precondition.check(user.version)?;
            let Some(change) = decide(user.clone()) else { return Ok(Answered::Now(user)) };
            if let Some(answered) = self.commit(change, password.as_ref(), terms).await? {
                return Ok(answered);
            }
        }
        Err(CommitError::Stale.into())
    }

    /// Commits `change`, with the new password if there is one; `None` where another writer was first.
    async fn commit(
        &self,
        change: Change<User>,
        password: Option<&HashedPassword>,
        terms: &Terms,
    ) -> Result<Option<Answered<User>>, ServiceError> {
        let user = change.state().clone();
        let mut set = terms.of(ChangeSet::from(change));
        if let Some(HashedPassword { hash, .. }) = password {
            let new = NewPassword { user_id: user.id, hash: hash.clone(), keep: None, link: None };
            set = fingerprinted(terms, hash).of(set.and(RecordChange::Password(new)));
        }
        match self.ledger.commit(set).await {
            Ok(_) => Ok(Some(Answered::Now(user))),
            Err(CommitError::Stale) => Ok(None),
            Err(CommitError::Received(stored)) => {
                let password = password.map(|password| &password.password);
                self.same_request(password, stored, terms).await.map(Answered::Before).map(Some)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What the request was answered before, if it was carried out.
    async fn answered_before(
        &self,
        password: Option<&Password>,
        terms: &Terms,
    ) -> Result<Option<StoredReceipt>, ServiceError> {
        let Some(receipt) = &terms.receipt else { return Ok(None) };
        match self.ledger.find_receipt(receipt.clone()).await? {
            Some(stored) => self.same_request(password, stored, terms).await.map(Some),
            None => Ok(None),
        }
    }

    /// `stored`, if it is of this request, with the same password.
    async fn same_request(
        &self,
        password: Option<&Password>,
        stored: StoredReceipt,
        terms: &Terms,
    ) -> Result<StoredReceipt, ServiceError> {
        let Some(password) = password else { return terms.same_request(stored) };
        let (fingerprint, hash) = stored.fingerprint.split_once(' ').ok_or(ServiceError::KeyReused)?;
        let others = StoredReceipt { fingerprint: fingerprint.to_owned(), ..stored.clone() };
        terms.same_request(others)?;
        if self.hasher.verify(password.clone(), Some(PasswordHash(hash.to_owned()))).await? {
            return Ok(stored);
        }
        Err(ServiceError::KeyReused)
    }

    async fn hash(&self, password: Option<Password>) -> Result<Option<HashedPassword>, ServiceError> {
        match password {
            Some(password) => Ok(Some(HashedPassword { hash: self.hasher.hash(password.clone()).await?, password })),
            None => Ok(None),
        }
    }

    fn stamp(&self, by: Authority<'_>) -> Stamp {
        by.stamp(self.ids.as_ref(), self.clock.now())
    }
}

/// A new password, and what is to be kept of it.
struct HashedPassword {
    password: Password,
    hash: PasswordHash,
}

/// `terms` whose receipt tells one password from another. It keeps the slow hash, on any node good for comparing: from a
/// plain digest a password could be guessed, and a keyed one would need a key that all nodes share.
fn fingerprinted(terms: &Terms, hash: &PasswordHash) -> Terms {
    let mut terms = terms.clone();
    if let Some(receipt) = &mut terms.receipt {
        receipt.fingerprint = format!("{} {}", receipt.fingerprint, hash.0);
    }
    terms
}

/// A worker is no person: its role comes with a token alone.
pub(crate) fn personal(role: Role) -> Result<(), ServiceError> {
    if role == Role::Worker {
        let reason = "must be viewer, editor or admin: workers get tokens of their own";
        return Err(ServiceError::Invalid(vec![FieldError::new("role", reason)]));
    }
    Ok(())
}

fn found(user: Option<User>) -> Result<User, ServiceError> {
    user.ok_or(ServiceError::NotFound { kind: ResourceKind::User })
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::mocks::{
        MockClock, MockIdSource, MockLedger, MockPasswordHasher, MockSecrets, MockSignInStore, MockUserStore,
    };
    use crate::{Committed, Receipt};

    /// Hashes are the password after `hash of `.
    fn service(ledger: MockLedger) -> UserService {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_hash().returning(|password| Ok(PasswordHash(format!("hash of {}", password.as_str()))));
        hasher.expect_verify().returning(|password, hash| {
            Ok(hash.is_some_and(|hash| hash.0 == format!("hash of {}", password.as_str())))
        });
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::from_micros(0).unwrap());
        let mut ids = MockIdSource::new();
        ids.expect_next().return_const(Uuid::from_u128(1));
        UserService {
            users: Arc::new(MockUserStore::new()),
            sign_ins: Arc::new(MockSignInStore::new()),
            ledger: Arc::new(ledger),
            hasher: Arc::new(hasher),
            secrets: Arc::new(MockSecrets::new()),
            clock: Arc::new(clock),
            ids: Arc::new(ids),
        }
    }

    fn terms() -> Terms {
        let asked_at = Timestamp::from_micros(0).unwrap();
        let receipt = Receipt { scope: "admin POST /users 1".into(), fingerprint: "body".into(), asked_at };
        Terms { receipt: Some(receipt), ..Terms::default() }
    }

    fn create(service: &UserService, password: Option<&str>) -> Result<Answered<User>, ServiceError> {
        let new = NewUser {
            email: Email::parse("editor@example.com").unwrap(),
            name: Line::parse("An editor").unwrap(),
            role: Role::Editor,
        };
        let password = password.map(|password| Password::attempt(password).unwrap());
        block_on(service.create(Authority::Operator, new, password, &terms()))
    }

    fn stored(fingerprint: &str) -> StoredReceipt {
        StoredReceipt { fingerprint: fingerprint.to_owned(), created: true, record: "{}".to_owned() }
    }

    #[test]
    fn a_receipt_keeps_the_slow_hash_of_a_password_and_nothing_else_of_it() {
        for (password, kept) in [(Some("right"), "body hash of right"), (None, "body")] {
            let mut ledger = MockLedger::new();
            ledger.expect_find_receipt().returning(|_| Ok(None));
            let fits = move |set: &ChangeSet| set.receipt().is_some_and(|receipt| receipt.fingerprint == kept);
            ledger.expect_commit().once().withf(fits).returning(|_| Ok(Committed));
            assert!(matches!(create(&service(ledger), password), Ok(Answered::Now(_))));
        }
    }

    #[test]
    fn a_request_is_the_same_with_the_same_password_alone_whether_it_came_before_or_meanwhile() {
        let cases = [
            ("body hash of right", Some("right"), true),
            ("body hash of right", Some("wrong"), false),
            ("body hash of right", None, false),
            ("other hash of right", Some("right"), false),
            ("body", Some("right"), false),
            ("body", None, true),
        ];
        for (fingerprint, password, same) in cases {
            let mut before = MockLedger::new();
            before.expect_find_receipt().returning(move |_| Ok(Some(stored(fingerprint))));
            let mut meanwhile = MockLedger::new();
            meanwhile.expect_find_receipt().returning(|_| Ok(None));
            meanwhile.expect_commit().returning(move |_| Err(CommitError::Received(stored(fingerprint))));
            for ledger in [before, meanwhile] {
                let answer = create(&service(ledger), password);
                match answer {
                    Ok(Answered::Before(_)) => assert!(same, "{fingerprint} {password:?}"),
                    Err(ServiceError::KeyReused) => assert!(!same, "{fingerprint} {password:?}"),
                    other => panic!("{fingerprint} {password:?}: {other:?}"),
                }
            }
        }
    }
}
