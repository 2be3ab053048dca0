//! What a connection wants: its topics, each from its own place in the log.

use showrunner_domain::event::{LoggedEvent, Seq, Topic};
use showrunner_domain::identity::{Actor, may_see};
use showrunner_domain::presence::Place;

use crate::matter::Matter;

/// The topics of a connection.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    /// A list and no map: it is short, and every event asks all of it anyway.
    topics: Vec<(Topic, Seq)>,
}

impl Subscriptions {
    /// These `topics`, for the events after `from`.
    pub(crate) fn of(topics: &[Topic], from: Seq) -> Self {
        let mut subscriptions = Self::default();
        subscriptions.add(topics, from);
        subscriptions
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// How many topics there would be with `more`.
    pub(crate) fn count_with(&self, more: &[Topic]) -> usize {
        let new = more.iter().enumerate().filter(|(i, topic)| !self.hold(**topic) && !more[..*i].contains(topic));
        self.topics.len() + new.count()
    }

    /// Adds `topics`, each for the events after `from`. One that is held already stays as it is.
    pub(crate) fn add(&mut self, topics: &[Topic], from: Seq) {
        for topic in topics {
            if !self.hold(*topic) {
                self.topics.push((*topic, from));
            }
        }
    }

    pub(crate) fn remove(&mut self, topics: &[Topic]) {
        self.topics.retain(|(held, _)| !topics.contains(held));
    }

    /// Whether `event` is to be sent to `actor`: one of the topics selects it, from its place on, and they may see it.
    pub(crate) fn want(&self, event: &LoggedEvent, actor: &Actor) -> bool {
        let selected = |(topic, from): &(Topic, Seq)| *from < event.seq && topic.selects(event, actor.id);
        self.topics.iter().any(selected) && may_see(actor, event)
    }

    /// What the topics have the connection watch apart from the log.
    pub(crate) fn matters(&self) -> impl Iterator<Item = Matter> {
        self.topics.iter().filter_map(|(topic, _)| match topic {
            Topic::Episode(id) => Some(Matter::Viewers(Place::Episode(*id))),
            Topic::Jobs => Some(Matter::Jobs),
            Topic::Job(id) => Some(Matter::Job(*id)),
            Topic::Episodes
            | Topic::Shows
            | Topic::Show(_)
            | Topic::Compositions
            | Topic::Composition(_)
            | Topic::Templates
            | Topic::Files
            | Topic::Feed
            | Topic::Me => None,
        })
    }

    fn hold(&self, topic: Topic) -> bool {
        self.topics.iter().any(|(held, _)| *held == topic)
    }
}
