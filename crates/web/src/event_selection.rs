//! Which events a request wants: the parameters that listing and streaming them share.

use std::borrow::Cow;
use std::convert::Infallible;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use showrunner_domain::Invalid;
use showrunner_domain::event::{EventId, ResumePoint, Seq, Topic, UnknownTopic};

use crate::{Problem, Query};

/// How many topics one request may name.
const MOST_TOPICS: usize = 100;

/// The events of `topics` after a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSelection {
    /// The parameters `since`, a place in the log, and `since_id`, the event that the caller saw there.
    pub from: Option<ResumePoint>,
    /// The parameter `topics`, with commas between them; the feed where it is absent.
    pub topics: Vec<Topic>,
}

impl EventSelection {
    /// Takes the parameters from `query`.
    pub fn take(query: &mut Query) -> Self {
        let since = query.take("since", str::parse::<Seq>);
        let since_id = query.take("since_id", |text| Ok::<_, Infallible>(SinceId(text.to_owned())));
        let since_id = since_id.and_then(|SinceId(text)| {
            let id = text.parse::<EventId>().ok().filter(|_| since.is_some());
            if id.is_none() {
                let detail = "`since_id` must be the `id` of the event whose `seq` is `since`, and come with it.";
                query.unreadable(Problem::malformed(detail));
            }
            id
        });
        let topics = query.take("topics", topics);
        let from = since.map(|since| ResumePoint { since, since_id });
        Self { from, topics: topics.map_or_else(|| vec![Topic::Feed], |Topics(topics)| topics) }
    }
}

/// The identifier of an event as a client sends it.
struct SinceId(String);

impl JsonSchema for SinceId {
    fn schema_name() -> Cow<'static, str> {
        "SinceId".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<EventId>()
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
