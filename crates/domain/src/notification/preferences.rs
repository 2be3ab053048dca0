//! What somebody wants to be told of, and how.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::NotifiedEvent;
use crate::Invalid;
use crate::episode::EpisodeId;
use crate::show::ShowId;

/// Through which channels one kind of event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the app: as a notification.
    pub in_app: bool,
}

impl Default for Channels {
    /// All of them.
    fn default() -> Self {
        Self { in_app: true }
    }
}

/// Through which channels each kind of event is told; what is not named here is told through all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelMatrix(BTreeMap<NotifiedEvent, Channels>);

impl ChannelMatrix {
    /// Through which channels `event` is told.
    #[must_use]
    pub fn of(&self, event: NotifiedEvent) -> Channels {
        self.0.get(&event).copied().unwrap_or_default()
    }

    /// The same, with every kind of event named.
    #[must_use]
    pub fn spelt_out(&self) -> Self {
        NotifiedEvent::ALL.into_iter().map(|event| (event, self.of(event))).collect()
    }

    /// What is named, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = (NotifiedEvent, Channels)> {
        self.0.iter().map(|(event, channels)| (*event, *channels))
    }
}

impl FromIterator<(NotifiedEvent, Channels)> for ChannelMatrix {
    fn from_iter<I: IntoIterator<Item = (NotifiedEvent, Channels)>>(named: I) -> Self {
        Self(named.into_iter().collect())
    }
}

/// The kinds of events that somebody is not told of at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MutedEvents(BTreeSet<NotifiedEvent>);

impl MutedEvents {
    /// Whether `event` is among them.
    #[must_use]
    pub fn contains(&self, event: NotifiedEvent) -> bool {
        self.0.contains(&event)
    }

    /// Each, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = NotifiedEvent> {
        self.0.iter().copied()
    }
}

impl FromIterator<NotifiedEvent> for MutedEvents {
    fn from_iter<I: IntoIterator<Item = NotifiedEvent>>(events: I) -> Self {
        Self(events.into_iter().collect())
    }
}

/// A record that somebody wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "resource_type", content = "resource_id", rename_all = "lowercase", deny_unknown_fields)]
pub enum Followed {
    /// A show with all its episodes.
    Show(ShowId),
    /// An episode.
    Episode(EpisodeId),
}

impl Followed {
    /// The identifier of the record; no two records of any kind share one.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Show(id) => id.uuid(),
            Self::Episode(id) => id.uuid(),
        }
    }
}

/// The records that somebody follows, each once: at most 500.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Follows(BTreeSet<Followed>);

impl Follows {
    /// Takes `followed`, each once.
    pub fn parse(followed: impl IntoIterator<Item = Followed>) -> Result<Self, Invalid> {
        const MOST: usize = 500;
        let followed: BTreeSet<Followed> = followed.into_iter().collect();
        if followed.len() > MOST { Err(Invalid::TooMany { max: MOST }) } else { Ok(Self(followed)) }
    }

    /// The records, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = Followed> {
        self.0.iter().copied()
    }

    /// Those that are not in `earlier`.
    pub fn beyond<'a>(&'a self, earlier: &'a Self) -> impl Iterator<Item = Followed> + 'a {
        self.0.difference(&earlier.0).copied()
    }
}

/// What somebody wants to be told of, and how. By default everything through every channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Through which channels each kind of event is told.
    pub channels: ChannelMatrix,
    /// The kinds of events that are not told at all.
    pub muted_events: MutedEvents,
    /// The records whose events are told although somebody else caused them.
    pub follows: Follows,
}

impl Preferences {
    /// Whether `event` is told in the app.
    #[must_use]
    pub fn tells_in_app(&self, event: NotifiedEvent) -> bool {
        !self.muted_events.contains(event) && self.channels.of(event).in_app
    }
}

/// Fields of the preferences to set; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferencesPatch {
    /// Channels of some kinds of events; those of others stay as they are.
    pub channels: Option<ChannelMatrix>,
    /// The kinds of events that are not told at all.
    pub muted_events: Option<MutedEvents>,
    /// The records to follow.
    pub follows: Option<Follows>,
}

impl PreferencesPatch {
    /// `preferences` with the fields of this patch.
    #[must_use]
    pub fn over(self, mut preferences: Preferences) -> Preferences {
        if let Some(ChannelMatrix(channels)) = self.channels {
            preferences.channels.0.extend(channels);
        }
        if let Some(muted) = self.muted_events {
            preferences.muted_events = muted;
        }
        if let Some(follows) = self.follows {
            preferences.follows = follows;
        }
        preferences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: NotifiedEvent = NotifiedEvent::EpisodeCreated;

    #[test]
    fn everything_is_told_until_somebody_says_otherwise() {
        let usual = Preferences::default();
        assert!(NotifiedEvent::ALL.into_iter().all(|event| usual.tells_in_app(event)));
        let muted =
            PreferencesPatch { muted_events: Some(MutedEvents::from_iter([CREATED])), ..PreferencesPatch::default() };
        assert!(!muted.over(usual.clone()).tells_in_app(CREATED));
        let elsewhere = ChannelMatrix::from_iter([(CREATED, Channels { in_app: false })]);
        let elsewhere = PreferencesPatch { channels: Some(elsewhere), ..PreferencesPatch::default() }.over(usual);
        assert!(!elsewhere.tells_in_app(CREATED) && elsewhere.tells_in_app(NotifiedEvent::EpisodeDeleted));
    }

    #[test]
    fn a_patch_leaves_alone_what_it_does_not_name() {
        let follows = Follows::parse([Followed::Episode(EpisodeId::new(Uuid::from_u128(1)))]).unwrap();
        let before = Preferences { follows, muted_events: MutedEvents::from_iter([CREATED]), ..Preferences::default() };
        assert_eq!(PreferencesPatch::default().over(before.clone()), before);
        let patch = PreferencesPatch { follows: Some(Follows::default()), ..PreferencesPatch::default() };
        let after = patch.over(before.clone());
        assert_eq!((after.follows, after.muted_events), (Follows::default(), before.muted_events));
    }

    #[test]
    fn following_is_bounded_and_each_record_counts_once() {
        let episode = |n: u128| Followed::Episode(EpisodeId::new(Uuid::from_u128(n)));
        assert!(Follows::parse((0..500).chain(0..500).map(episode)).is_ok());
        assert_eq!(Follows::parse((0..501).map(episode)), Err(Invalid::TooMany { max: 500 }));
    }
}
