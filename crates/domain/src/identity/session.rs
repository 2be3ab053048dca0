//! Sessions: what stands between signing in and signing out.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::{Salt, SecretDigest, User, UserId};
use crate::event::{Audience, EventKind, Stamp};
use crate::id::id;
use crate::{Change, ResourceKind, Subject, Timestamp, Version};

id! {
    /// Identifies a session. Access tokens name it (`sid`).
    SessionId
}

/// A user's session on one device. It ends when it is not refreshed for thirty days.
///
/// Its refresh token is used up by refreshing: whoever presents an older one has a copy that somebody else has used,
/// and the session ends for both (RFC 9700 section 4.14.2). Two tabs may refresh at once, and an answer may be lost, so
/// for [`GRACE`](Self::GRACE) the last one gets the same successor again, until that is redeemed itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The identifier.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The digest of the secret in the refresh token that counts now.
    pub refresh: SecretDigest,
    /// How that one was made; `None` while it is the first.
    pub rotation: Option<Rotation>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
}

/// The exchange of a refresh token for its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The digest of the secret in the token that was presented.
    pub predecessor: SecretDigest,
    /// From which, with that secret, the successor's was derived.
    pub salt: Salt,
    /// When it was presented first.
    pub rotated_at: Timestamp,
}

/// Why a session was ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The user signed out.
    Logout,
    /// A refresh token came that was used before.
    RefreshTokenReused,
}

#[derive(Serialize)]
struct LoggedIn<'a> {
    user: &'a User,
}

#[derive(Serialize)]
struct LoggedOut<'a> {
    user: &'a User,
    reason: SessionEnd,
}

impl Session {
    /// How long a session lasts without being refreshed, in seconds: thirty days.
    pub(crate) const LIFETIME: i64 = 30 * 24 * 60 * 60;
    /// For how long a refresh token that was exchanged gets the same successor again.
    pub(crate) const GRACE: Duration = Duration::from_secs(10);

    /// A session of `user` that begins now.
    pub(crate) fn begin(id: SessionId, user: &User, refresh: SecretDigest, stamp: &Stamp) -> Change<Self> {
        let expires_at = stamp.now.plus_seconds(Self::LIFETIME);
        let session = Self { id, user_id: user.id, refresh, rotation: None, created_at: stamp.now, expires_at };
        let event = tell(EventKind::UserLoggedIn, user, stamp, &LoggedIn { user });
        Change::created(session, event)
    }

    /// The last exchange, while whoever presents its token again may have the same successor at `now`. Nodes whose clocks
    /// differ see an exchange that lies ahead of them.
    pub(crate) fn recent_rotation(&self, now: Timestamp) -> Option<&Rotation> {
        self.rotation.as_ref().filter(|Rotation { rotated_at, .. }| {
            let distance = now.since(*rotated_at).or_else(|| rotated_at.since(now));
            distance.is_some_and(|distance| distance < Self::GRACE)
        })
    }

    /// The end of this session of `user`. A session has one version: it is there or it is not.
    pub(crate) fn end(self, user: &User, reason: SessionEnd, stamp: &Stamp) -> Change<Self> {
        let event = tell(EventKind::UserLoggedOut, user, stamp, &LoggedOut { user, reason });
        Change::erased(Version::FIRST, self, event)
    }
}

fn tell(kind: EventKind, user: &User, stamp: &Stamp, data: &impl Serialize) -> crate::event::DomainEvent {
    stamp.event(kind, Subject::new(ResourceKind::User, user.id.uuid()), Audience::Admins, data)
}

/// A refresh token: the session and its secret. It is opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken<'a> {
    pub(crate) session: SessionId,
    pub(crate) secret: &'a str,
}

impl<'a> RefreshToken<'a> {
    /// Reads what [`Display`](fmt::Display) writes.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (session, secret) = text.split_once('.')?;
        Some(Self { session: session.parse().ok()?, secret })
    }
}

impl fmt::Display for RefreshToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.session, self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_survives_its_own_text_and_nothing_else_is_one() {
        let token = RefreshToken { session: SessionId::new(uuid::Uuid::from_u128(7)), secret: "a-b_c" };
        assert_eq!(RefreshToken::parse(&token.to_string()), Some(token.clone()));
        for text in ["", ".", "a-b_c", "x.a-b_c", "00000000000000000000000000000007.a"] {
            assert_eq!(RefreshToken::parse(text), None, "{text:?}");
        }
    }
}
