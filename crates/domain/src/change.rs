//! The unit of work as a value: new state and the events that tell of it, inseparable.

use crate::composition::{Composition, CompositionVersion, OutputChange, Template};
use crate::episode::Episode;
use crate::event::DomainEvent;
use crate::file::{Blob, File};
use crate::identity::{NewPassword, Session, User};
use crate::job::Job;
use crate::membership::Membership;
use crate::schedule::{Firing, Schedule};
use crate::show::Show;
use crate::{Receipt, Version};

/// What a pure transition makes of a record. Only this crate builds one.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<T> {
    expected: Option<Version>,
    before: Option<Box<T>>,
    state: T,
    erased: bool,
    events: Vec<DomainEvent>,
}

impl<T> Change<T> {
    /// A record that did not exist before.
    pub(crate) fn created(state: T, event: DomainEvent) -> Self {
        Self { expected: None, before: None, state, erased: false, events: vec![event] }
    }

    /// A record that was in version `expected`.
    pub(crate) fn updated(expected: Version, state: T, event: DomainEvent) -> Self {
        Self { expected: Some(expected), before: None, state, erased: false, events: vec![event] }
    }

    /// A record that was in version `expected` and is to leave the store for good.
    pub(crate) fn erased(expected: Version, state: T, event: DomainEvent) -> Self {
        Self { expected: Some(expected), before: None, state, erased: true, events: vec![event] }
    }

    /// Tells what the record was before, so that a store need write no more than what differs.
    pub(crate) fn instead_of(self, before: T) -> Self {
        Self { before: Some(Box::new(before)), ..self }
    }

    /// What the record was in the expected version, where the transition tells.
    #[must_use]
    pub fn before(&self) -> Option<&T> {
        self.before.as_deref()
    }

    /// The version that must stand in the store; `None` when the record must not exist yet.
    #[must_use]
    pub const fn expected(&self) -> Option<Version> {
        self.expected
    }

    /// The new state; for an erased record its last one.
    #[must_use]
    pub const fn state(&self) -> &T {
        &self.state
    }

    /// Whether the record leaves the store for good.
    #[must_use]
    pub const fn is_erased(&self) -> bool {
        self.erased
    }

    /// The events, in order.
    #[must_use]
    pub fn events(&self) -> &[DomainEvent] {
        &self.events
    }
}

/// A change of a record of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordChange {
    /// Of a show.
    Show(Change<Show>),
    /// Of an episode.
    Episode(Change<Episode>),
    /// Of a composition.
    Composition(Change<Composition>),
    /// What a composition is in a new version. The change of the composition that it comes with tells of it.
    CompositionVersion(CompositionVersion),
    /// Of the pictures that a composition is rendered to. The change of the job that it comes with tells of it.
    Output(OutputChange),
    /// Of a template.
    Template(Change<Template>),
    /// Of a job.
    Job(Change<Job>),
    /// Of a schedule.
    Schedule(Change<Schedule>),
    /// That a schedule has come due. The change of the job that it comes with tells of it.
    Firing(Firing),
    /// Of a file.
    File(Change<File>),
    /// Bytes that no record knew yet. The change of the file that it comes with tells of it.
    Blob(Blob),
    /// Of a user's role within a show.
    Membership(Change<Membership>),
    /// Of a user.
    User(Change<User>),
    /// Of a session.
    Session(Change<Session>),
    /// Of how a user signs in. The change of the user that it comes with tells of it.
    Password(NewPassword),
    /// Of no record: something happened that is told of.
    Occurrence(DomainEvent),
}

/// Changes that are committed together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeSet {
    changes: Vec<RecordChange>,
    /// Where among them the change of the record stands that the request asked for.
    asked_for: usize,
    receipt: Option<Receipt>,
}

impl ChangeSet {
    /// Adds a change that is made after those before it.
    #[must_use]
    pub fn and(mut self, change: RecordChange) -> Self {
        self.changes.push(change);
        self
    }

    /// Adds changes that are made before those.
    pub(crate) fn after(self, before: Vec<RecordChange>) -> Self {
        let asked_for = self.asked_for + before.len();
        let changes = before.into_iter().chain(self.changes).collect();
        Self { changes, asked_for, ..self }
    }

    /// The change of the record that the request asked for.
    #[must_use]
    pub fn asked_for(&self) -> Option<&RecordChange> {
        self.changes.get(self.asked_for)
    }

    /// Adds the receipt of the request that asked for these changes.
    #[must_use]
    pub fn with_receipt(mut self, receipt: Receipt) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// The changes, in order.
    #[must_use]
    pub fn changes(&self) -> &[RecordChange] {
        &self.changes
    }

    /// Whether any of these changes may take something from somebody who was let in before it: their account, role,
    /// session or password.
    #[must_use]
    pub fn revokes(&self) -> bool {
        self.changes.iter().any(|change| match change {
            RecordChange::User(change) => change.expected().is_some(),
            RecordChange::Session(change) => change.expected().is_some(),
            RecordChange::Membership(_) | RecordChange::Password(_) => true,
            RecordChange::Show(_)
            | RecordChange::Episode(_)
            | RecordChange::Composition(_)
            | RecordChange::CompositionVersion(_)
            | RecordChange::Output(_)
            | RecordChange::Template(_)
            | RecordChange::Job(_)
            | RecordChange::Schedule(_)
            | RecordChange::Firing(_)
            | RecordChange::File(_)
            | RecordChange::Blob(_)
            | RecordChange::Occurrence(_) => false,
        })
    }

    /// Whether any of these changes leaves a job behind that waits for a worker from now on.
    #[must_use]
    pub fn queues_jobs(&self) -> bool {
        self.changes.iter().any(|change| match change {
            RecordChange::Job(change) => change.state().was_left_ready(),
            _ => false,
        })
    }

    /// The receipt, if the request asked for one.
    #[must_use]
    pub const fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    /// The events of all changes, in order.
    pub fn events(&self) -> impl Iterator<Item = &DomainEvent> {
        self.changes.iter().flat_map(|change| match change {
            RecordChange::Show(change) => change.events(),
            RecordChange::Episode(change) => change.events(),
            RecordChange::Composition(change) => change.events(),
            RecordChange::Template(change) => change.events(),
            RecordChange::Job(change) => change.events(),
            RecordChange::Schedule(change) => change.events(),
            RecordChange::File(change) => change.events(),
            RecordChange::Membership(change) => change.events(),
            RecordChange::User(change) => change.events(),
            RecordChange::Session(change) => change.events(),
            RecordChange::Password(_)
            | RecordChange::Blob(_)
            | RecordChange::Firing(_)
            | RecordChange::CompositionVersion(_)
            | RecordChange::Output(_) => &[],
            RecordChange::Occurrence(event) => std::slice::from_ref(event),
        })
    }
}

impl FromIterator<RecordChange> for ChangeSet {
    fn from_iter<I: IntoIterator<Item = RecordChange>>(changes: I) -> Self {
        Self { changes: changes.into_iter().collect(), asked_for: 0, receipt: None }
    }
}

/// A change of one record is a change set by itself.
macro_rules! alone {
    ($($record:ident)*) => {$(
        impl From<Change<$record>> for ChangeSet {
            fn from(change: Change<$record>) -> Self {
                Self::from_iter([RecordChange::$record(change)])
            }
        }
    )*};
}

alone! { Show Episode Template Schedule Job File Membership Session User }

/// A new version of a composition is kept with its change.
impl From<Change<Composition>> for ChangeSet {
    fn from(change: Change<Composition>) -> Self {
        let version = CompositionVersion::of(&change).map(RecordChange::CompositionVersion);
        [RecordChange::Composition(change)].into_iter().chain(version).collect()
    }
}
