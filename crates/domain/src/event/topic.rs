//! What a live client may subscribe to.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{Audience, LoggedEvent};
use crate::ResourceKind;
use crate::composition::CompositionId;
use crate::episode::EpisodeId;
use crate::identity::UserId;
use crate::job::JobId;
use crate::show::ShowId;

/// A selection of events. What a subscriber gets is this selection of what they may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Events of all episodes.
    Episodes,
    /// Events of one episode.
    Episode(EpisodeId),
    /// Events of all shows themselves.
    Shows,
    /// Events of one show and of what belongs to it.
    Show(ShowId),
    /// Events of all compositions.
    Compositions,
    /// Events of one composition.
    Composition(CompositionId),
    /// Events of all templates.
    Templates,
    /// Events of all jobs, and of the schedules that queue some.
    Jobs,
    /// Events of one job, and how far it is.
    Job(JobId),
    /// Events of all files.
    Files,
    /// Every event.
    Feed,
    /// Events addressed to the subscriber.
    Me,
}

impl Topic {
    /// Whether `event` belongs to this topic for the `subscriber`.
    #[must_use]
    pub fn selects(self, event: &LoggedEvent, subscriber: UserId) -> bool {
        match self {
            Self::Episodes => event.subject.is(ResourceKind::Episode),
            Self::Episode(id) => event.subject.is(ResourceKind::Episode) && event.subject.id == id.uuid(),
            Self::Shows => event.subject.is(ResourceKind::Show),
            Self::Show(id) => event.show == Some(id),
            Self::Compositions => event.subject.is(ResourceKind::Composition),
            Self::Composition(id) => event.subject.is(ResourceKind::Composition) && event.subject.id == id.uuid(),
            Self::Templates => event.subject.is(ResourceKind::Template),
            Self::Jobs => event.subject.is(ResourceKind::Job) || event.subject.is(ResourceKind::Schedule),
            Self::Job(id) => event.subject.is(ResourceKind::Job) && event.subject.id == id.uuid(),
            Self::Files => event.subject.is(ResourceKind::File),
            Self::Feed => true,
            Self::Me => event.audience == Audience::User(subscriber),
        }
    }
}

/// There is no such topic.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "there is no topic \"{0}\": use episodes, episode:{{id}}, shows, show:{{id}}, compositions, composition:{{id}}, templates, jobs, job:{{id}}, files, feed or me"
)]
pub struct UnknownTopic(pub String);

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownTopic(text.chars().take(80).collect());
        match text {
            "episodes" => Ok(Self::Episodes),
            "shows" => Ok(Self::Shows),
            "compositions" => Ok(Self::Compositions),
            "templates" => Ok(Self::Templates),
            "jobs" => Ok(Self::Jobs),
            "files" => Ok(Self::Files),
            "feed" => Ok(Self::Feed),
            "me" => Ok(Self::Me),
            other => match other.split_once(':') {
                Some(("episode", id)) => id.parse().map(Self::Episode).map_err(|_| unknown()),
                Some(("composition", id)) => id.parse().map(Self::Composition).map_err(|_| unknown()),
                Some(("job", id)) => id.parse().map(Self::Job).map_err(|_| unknown()),
                Some(("show", id)) => id.parse().map(Self::Show).map_err(|_| unknown()),
                _ => Err(unknown()),
            },
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Episodes => f.write_str("episodes"),
            Self::Episode(id) => write!(f, "episode:{id}"),
            Self::Shows => f.write_str("shows"),
            Self::Show(id) => write!(f, "show:{id}"),
            Self::Compositions => f.write_str("compositions"),
            Self::Composition(id) => write!(f, "composition:{id}"),
            Self::Templates => f.write_str("templates"),
            Self::Jobs => f.write_str("jobs"),
            Self::Job(id) => write!(f, "job:{id}"),
            Self::Files => f.write_str("files"),
            Self::Feed => f.write_str("feed"),
            Self::Me => f.write_str("me"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_topic_survives_its_own_text(id in any::<u128>()) {
            let id = uuid::Uuid::from_u128(id);
            let one = [
                Topic::Episode(EpisodeId::new(id)), Topic::Show(ShowId::new(id)), Topic::Job(JobId::new(id)),
                Topic::Composition(CompositionId::new(id)),
            ];
            let all = [
                Topic::Episodes, Topic::Shows, Topic::Compositions, Topic::Templates, Topic::Jobs, Topic::Files,
                Topic::Feed, Topic::Me,
            ];
            for topic in one.into_iter().chain(all) {
                prop_assert_eq!(topic.to_string().parse::<Topic>(), Ok(topic));
            }
        }

        #[test]
        fn no_text_makes_parsing_panic(text in any::<String>()) {
            let _ = text.parse::<Topic>();
        }
    }

    #[test]
    fn topics_of_things_that_do_not_exist_are_unknown() {
        for text in [
            "",
            "composition",
            "composition:",
            "job:",
            "episode:",
            "episode:7",
            "episodes:",
            "EPISODES",
            "show",
            "show:x",
        ] {
            assert_eq!(text.parse::<Topic>(), Err(UnknownTopic(text.into())));
        }
    }
}
