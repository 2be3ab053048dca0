//! What a user says of themselves.

use serde::Serialize;

use crate::Line;

/// Whether somebody may be spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PresenceState {
    /// There.
    #[default]
    Online,
    /// Connected, but idle for five minutes; or they say so.
    Away,
    /// They say so.
    Busy,
    /// They say so: to be treated as if they were not there.
    Offline,
}

impl PresenceState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Online, Self::Away, Self::Busy, Self::Offline];

    /// The name on the wire and in the stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Offline => "offline",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What somebody is doing, in their own words: one line of 1 to 140 characters.
pub type StatusMessage = Line<140>;

/// What a user has chosen. It stays until they choose otherwise, also while they are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// How they want to be seen; online means as they are.
    pub state: PresenceState,
    /// What they are doing.
    pub status_message: Option<StatusMessage>,
}

/// What to change of a [`Choice`]; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoicePatch {
    /// The new state.
    pub state: Option<PresenceState>,
    /// The new message, or none.
    pub status_message: Option<Option<StatusMessage>>,
}

impl Choice {
    /// This choice, changed by `patch`.
    #[must_use]
    pub(super) fn changed(self, patch: ChoicePatch) -> Self {
        Self {
            state: patch.state.unwrap_or(self.state),
            status_message: patch.status_message.unwrap_or(self.status_message),
        }
    }

    /// How somebody who has chosen this is seen.
    pub(super) const fn seen(&self, idle: bool) -> PresenceState {
        match self.state {
            PresenceState::Online if idle => PresenceState::Away,
            chosen => chosen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_chosen_nothing_is_online_until_idle_and_a_choice_outlasts_idleness() {
        assert_eq!(Choice::default().seen(false), PresenceState::Online);
        assert_eq!(Choice::default().seen(true), PresenceState::Away);
        for state in [PresenceState::Away, PresenceState::Busy, PresenceState::Offline] {
            let choice = Choice { state, ..Choice::default() };
            assert_eq!((choice.seen(false), choice.seen(true)), (state, state));
        }
    }

    #[test]
    fn what_a_patch_does_not_name_stays() {
        let message = StatusMessage::parse("Cutting").unwrap();
        let said = ChoicePatch { status_message: Some(Some(message.clone())), ..ChoicePatch::default() };
        let busy = ChoicePatch { state: Some(PresenceState::Busy), ..ChoicePatch::default() };
        let choice = Choice::default().changed(said).changed(busy);
        assert_eq!(choice, Choice { state: PresenceState::Busy, status_message: Some(message) });
        let silent = ChoicePatch { status_message: Some(None), ..ChoicePatch::default() };
        assert_eq!(choice.changed(silent).status_message, None);
    }
}
