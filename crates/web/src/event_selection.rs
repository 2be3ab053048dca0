//! Which events a request wants: the parameters that listing and streaming them share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use showrunner_domain::Invalid;
use showrunner_domain::event::{Seq, Topic, UnknownTopic};

use crate::Query;

/// How many topics one request may name.
const MOST_TOPICS: usize = 100;

/// The events of `topics` that lie after `since`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSelection {
    /// The parameter `since`: a place in the log.
    pub since: Option<Seq>,
    /// The parameter `topics`, with commas between them; the feed where it is absent.
    pub topics: Vec<Topic>,
}

impl EventSelection {
    /// Takes both parameters from `query`.
    pub fn take(query: &mut Query) -> Self {
        let since = query.take("since", str::parse);
        let topics = query.take("topics", topics);
        Self { since, topics: topics.map_or_else(|| vec![Topic::Feed], |Topics(topics)| topics) }
    }
}

/// 1 to [`MOST_TOPICS`] topics.
struct Topics(Vec<Topic>);

impl JsonSchema for Topics {
    fn schema_name() -> Cow<'static, str> {
        "Topics".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let topic = generator.subschema_for::<Topic>();
        json_schema!({ "type": "array", "items": topic, "minItems": 1, "maxItems": MOST_TOPICS, "default": ["feed"] })
    }
}

fn topics(text: &str) -> Result<Topics, String> {
    if text.split(',').count() > MOST_TOPICS {
        return Err(Invalid::TooMany { max: MOST_TOPICS }.to_string());
    }
    let topics = text.split(',').map(|topic| topic.parse().map_err(|unknown: UnknownTopic| unknown.to_string()));
    topics.collect::<Result<_, _>>().map(Topics)
}
