//! The one permission table: who may do what to which kind of record, and who may learn of which event.

use super::{Actor, Role};
use crate::event::{Audience, LoggedEvent};
use crate::show::ShowId;
use crate::{ResourceKind, ServiceError};

/// What somebody wants to do to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See it.
    Read,
    /// Create, change, delete or restore it.
    Write,
    /// Delete it for good.
    Erase,
    /// Accept or turn down what was submitted.
    Decide,
    /// Create many at once, from a file.
    Import,
    /// See and change what belongs to others, as their accounts, jobs and schedules, or decide what they may do within a show.
    Manage,
    /// Take it in hand and say what became of it.
    Work,
    /// See what is kept about its origin: addresses and user agents.
    ReadOrigin,
}

/// The permission table.
pub(super) const fn allows(role: Role, action: Action, kind: ResourceKind) -> bool {
    use Action::{Read, Write};
    use ResourceKind::{
        Activity, Composition, Episode, Event, File, Job, Membership, Notification, Presence, Schedule, Show, Template,
        User,
    };
    match role {
        Role::Admin => true,
        Role::Worker => matches!((action, kind), (Action::Work, Job)),
        Role::Editor | Role::Viewer => match (action, kind) {
            // `User` is one's own account and `Notification` one's own: the services never touch others' unless asked to
            // `Manage` them. What is written of `Presence` is one's own as well, and a `Job` or a `Schedule` but when it is new.
            (
                Read,
                Show | Episode | Composition | Template | Job | Schedule | File | Membership | Activity | Event | User
                | Notification | Presence,
            )
            | (Write, User | Notification | Presence) => true,
            (Write, Show | Episode | Composition | Template | Job | Schedule | File) => matches!(role, Role::Editor),
            _ => false,
        },
    }
}

/// Asks the permission table about what is in no show.
///
/// # Errors
/// [`ServiceError::Forbidden`] where it says no.
pub fn permit(actor: &Actor, action: Action, kind: ResourceKind) -> Result<(), ServiceError> {
    permit_within(actor, action, kind, None)
}

/// Asks the permission table about a show or what belongs to it, where a membership replaces the general role.
///
/// # Errors
/// [`ServiceError::Forbidden`] where it says no.
pub fn permit_within(
    actor: &Actor,
    action: Action,
    kind: ResourceKind,
    show: Option<ShowId>,
) -> Result<(), ServiceError> {
    if allows(actor.role_within(show), action, kind) { Ok(()) } else { Err(ServiceError::Forbidden { kind }) }
}

/// Asks the permission table whether `actor` may do this in any show or outside: who may not need not be told anything
/// of the record.
///
/// # Errors
/// [`ServiceError::Forbidden`] where it says no everywhere.
pub(crate) fn permit_somewhere(actor: &Actor, action: Action, kind: ResourceKind) -> Result<(), ServiceError> {
    let mut roles = actor.shows.roles().chain([actor.role]);
    if roles.any(|role| allows(role, action, kind)) { Ok(()) } else { Err(ServiceError::Forbidden { kind }) }
}

/// Whether `actor` may learn of `event`, live or later.
#[must_use]
pub fn may_see(actor: &Actor, event: &LoggedEvent) -> bool {
    let role = actor.role_within(event.show);
    match event.audience {
        Audience::Readers => allows(role, Action::Read, ResourceKind::Event),
        Audience::Admins => matches!(role, Role::Admin),
        Audience::User(id) => id == actor.id && allows(actor.role, Action::Read, ResourceKind::Notification),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_for_every_role_what_it_may_do_to_episodes() {
        let may = |role| {
            [Action::Read, Action::Write, Action::Erase].map(|action| allows(role, action, ResourceKind::Episode))
        };
        assert_eq!(may(Role::Viewer), [true, false, false]);
        assert_eq!(may(Role::Editor), [true, true, false]);
        assert_eq!(may(Role::Admin), [true, true, true]);
        assert_eq!(may(Role::Worker), [false, false, false]);
    }

    #[test]
    fn everybody_keeps_their_own_account_and_only_admins_those_of_others() {
        let may = |action| Role::ALL.map(|role| allows(role, action, ResourceKind::User));
        assert_eq!(may(Action::Write), [true, true, true, false]);
        assert_eq!(may(Action::Manage), [false, false, true, false]);
    }

    #[test]
    fn origins_are_shown_to_admins_only() {
        let shown = Role::ALL.map(|role| allows(role, Action::ReadOrigin, ResourceKind::Activity));
        assert_eq!(shown, [false, false, true, false]);
    }
}
