//! The fields of preferences, from JSON to values that hold.

use serde_json::Value;
use showrunner_domain::Invalid;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::notification::{ChannelMatrix, Followed, Follows, MutedEvents, NotifiedEvent, PreferencesPatch};
use showrunner_domain::show::ShowId;

use crate::fields::{Fields, text};
use crate::parse;

/// A change of some fields.
pub(super) fn patch(fields: &mut Fields) -> PreferencesPatch {
    PreferencesPatch {
        channels: fields.value("channels", channels),
        muted_events: fields.list("muted_events", event, |events| Ok(MutedEvents::from_iter(events))),
        follows: fields.list("follows", followed, Follows::parse),
    }
}

fn channels(value: Value) -> Result<ChannelMatrix, Invalid> {
    let expected = r#"an object of events such as {"episode_created": {"in_app": true}}"#;
    serde_json::from_value(value).map_err(|_| Invalid::Malformed { expected })
}

fn event(value: Value) -> Result<NotifiedEvent, Invalid> {
    let expected = "one of episode_created and episode_deleted";
    NotifiedEvent::parse(&text(value)?).ok_or(Invalid::Malformed { expected })
}

fn followed(value: Value) -> Result<Followed, Invalid> {
    let expected =
        r#"an object such as {"resource_type": "show", "resource_id": "01a2045d-…"}, of a show or an episode"#;
    let refused = Invalid::Malformed { expected };
    let Value::Object(mut members) = value else { return Err(refused) };
    let (kind, id) = (members.remove("resource_type"), members.remove("resource_id"));
    let (Some(Value::String(kind)), Some(Value::String(id)), true) = (kind, id, members.is_empty()) else {
        return Err(refused);
    };
    match (kind.as_str(), parse::uuid(&id)) {
        ("show", Ok(id)) => Ok(Followed::Show(ShowId::new(id))),
        ("episode", Ok(id)) => Ok(Followed::Episode(EpisodeId::new(id))),
        _ => Err(refused),
    }
}
