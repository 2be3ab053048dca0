//! The use cases of accounts: what admins do over HTTP and operators on the command line.

use std::sync::Arc;

use super::{
    Authority, Email, NewPassword, NewUser, Password, PasswordHash, PasswordHasher, Role, Secret, Secrets, SetUpLink,
    SignInStore, User, UserAfter, UserId, UserPatch, UserQuery, UserStore,
};
use crate::event::Stamp;
use crate::{
    Answered, Change, ChangeSet, Clock, CommitError, FieldError, IdSource, Ledger, Line, Page, RecordChange,
    ResourceKind, ServiceError, Terms, Timestamp,
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
        if let Some(before) = terms.answered_before(self.ledger.as_ref()).await? {
            return Ok(Answered::Before(before));
        }
        let hash = self.hash(password).await?;
        let change = User::create(UserId::new(self.ids.next()), new, &self.stamp(by));
        let committed = self.commit(change, hash, terms).await?;
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
        let hash = self.hash(password).await?;
        let update = |user: User| user.update(patch.clone(), hash.is_some(), &self.stamp(by));
        self.write(id, terms, hash.clone(), update).await
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
        hash: Option<PasswordHash>,
        decide: impl Fn(User) -> Option<Change<User>> + Send + Sync,
    ) -> Result<Answered<User>, ServiceError> {
        if let Some(before) = terms.answered_before(self.ledger.as_ref()).await? {
            return Ok(Answered::Before(before));
        }
        for _ in 0..RACES {
            let user = found(self.users.find_user(id).await?)?;
            terms.precondition.check(user.version)?;
            let Some(change) = decide(user.clone()) else { return Ok(Answered::Now(user)) };
            if let Some(answered) = self.commit(change, hash.clone(), terms).await? {
                return Ok(answered);
            }
        }
        Err(CommitError::Stale.into())
    }

    /// Commits `change`, with the new password if there is one; `None` where another writer was first.
    async fn commit(
        &self,
        change: Change<User>,
        hash: Option<PasswordHash>,
        terms: &Terms,
    ) -> Result<Option<Answered<User>>, ServiceError> {
        let user = change.state().clone();
        let mut set = ChangeSet::from(change);
        if let Some(hash) = hash {
            set = set.and(RecordChange::Password(NewPassword { user_id: user.id, hash, keep: None, link: None }));
        }
        match self.ledger.commit(terms.of(set)).await {
            Ok(_) => Ok(Some(Answered::Now(user))),
            Err(CommitError::Stale) => Ok(None),
            Err(CommitError::Received(stored)) => terms.same_request(stored).map(Answered::Before).map(Some),
            Err(error) => Err(error.into()),
        }
    }

    async fn hash(&self, password: Option<Password>) -> Result<Option<PasswordHash>, ServiceError> {
        match password {
            Some(password) => Ok(Some(self.hasher.hash(password).await?)),
            None => Ok(None),
        }
    }

    fn stamp(&self, by: Authority<'_>) -> Stamp {
        by.stamp(self.ids.as_ref(), self.clock.now())
    }
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
