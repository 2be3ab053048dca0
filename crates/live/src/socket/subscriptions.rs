//! What a connection wants: its topics, each from its own place in the log.

use showrunner_domain::event::{LoggedEvent, Seq, Topic, UnknownTopic};
use showrunner_domain::identity::{Actor, may_see};

use super::server_frame::{ErrorCode, Refusal};

/// How many topics a connection may hold.
const MOST: usize = 200;

/// The topics of a connection.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    /// A list and no map: it is short, and every event asks all of it anyway.
    topics: Vec<(Topic, Seq)>,
}

impl Subscriptions {
    pub(super) fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// Whether `topics` could be added.
    pub(super) fn have_room_for(&self, topics: &[Topic]) -> Result<(), Refusal> {
        let new = topics.iter().enumerate().filter(|(i, topic)| !self.hold(**topic) && !topics[..*i].contains(topic));
        if self.topics.len() + new.count() > MOST {
            return Err(Refusal::new(ErrorCode::TooManyTopics, "a connection may hold 200 topics"));
        }
        Ok(())
    }

    /// Adds `topics`, each for the events after `from`. One that is held already stays as it is.
    pub(super) fn add(&mut self, topics: &[Topic], from: Seq) {
        for topic in topics {
            if !self.hold(*topic) {
                self.topics.push((*topic, from));
            }
        }
    }

    pub(super) fn remove(&mut self, topics: &[Topic]) {
        self.topics.retain(|(held, _)| !topics.contains(held));
    }

    /// Whether `event` is to be sent to `actor`: one of the topics selects it, from its place on, and they may see it.
    pub(super) fn want(&self, event: &LoggedEvent, actor: &Actor) -> bool {
        let selected = |(topic, from): &(Topic, Seq)| *from < event.seq && topic.selects(event, actor.id);
        self.topics.iter().any(selected) && may_see(actor, event)
    }

    fn hold(&self, topic: Topic) -> bool {
        self.topics.iter().any(|(held, _)| *held == topic)
    }
}

/// Reads topics, all or none.
pub(super) fn parse_topics(texts: &[String]) -> Result<Vec<Topic>, Refusal> {
    let parse = |text: &String| {
        text.parse().map_err(|error: UnknownTopic| Refusal::new(ErrorCode::UnknownTopic, error.to_string()))
    };
    texts.iter().map(parse).collect()
}
