//! The frames that clients send.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use showrunner_domain::event::{ResumePoint, Seq};
use showrunner_domain::presence::Place;
use uuid::fmt::Hyphenated;

use super::server_frame::{ErrorCode, Refusal};

/// How many topics one frame may name.
const TOPICS: std::ops::RangeInclusive<usize> = 1..=100;
/// How much of a parser's complaint goes back, in characters: it may quote the whole frame.
const COMPLAINT: usize = 200;

/// A frame of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClientFrame {
    /// Presents a token, first or anew.
    Auth { token: String },
    /// Asks for events of these topics, after a place or from now on.
    Subscribe { topics: Vec<String>, from: Option<ResumePoint> },
    /// Asks for no more events of these topics.
    Unsubscribe { topics: Vec<String> },
    /// Looks at a record from now on.
    View(Place),
    /// Looks at a record no longer.
    Unview(Place),
    /// Asks for a `pong`.
    Ping,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Auth {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscribe {
    topics: Vec<String>,
    since: Option<i64>,
    since_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsubscribe {
    topics: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    resource: String,
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ping {}

impl ClientFrame {
    /// Reads a text frame.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut members: Map<String, Value> = serde_json::from_str(text).map_err(|error| malformed(&error))?;
        let Some(Value::String(kind)) = members.remove("type") else {
            return Err(Refusal::new(ErrorCode::Malformed, "a frame needs a member \"type\" that is a string"));
        };
        match kind.as_str() {
            "auth" => {
                let Auth { token } = read(members)?;
                Ok(Self::Auth { token })
            }
            "subscribe" => {
                let Subscribe { topics, since, since_id } = read(members)?;
                Ok(Self::Subscribe { topics: counted(topics)?, from: resume_point(since, since_id)? })
            }
            "unsubscribe" => {
                let Unsubscribe { topics } = read(members)?;
                Ok(Self::Unsubscribe { topics: counted(topics)? })
            }
            "view" => Ok(Self::View(place(members)?)),
            "unview" => Ok(Self::Unview(place(members)?)),
            "ping" => {
                let Ping {} = read(members)?;
                Ok(Self::Ping)
            }
            _ => Err(Refusal::new(
                ErrorCode::UnknownType,
                "there is no frame of this type: use auth, subscribe, unsubscribe, view, unview or ping",
            )),
        }
    }
}

fn read<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Refusal> {
    T::deserialize(Value::Object(members)).map_err(|error| malformed(&error))
}

fn place(members: Map<String, Value>) -> Result<Place, Refusal> {
    let Record { resource, id } = read(members)?;
    let id: Hyphenated = id.parse().map_err(|_| Refusal::new(ErrorCode::Malformed, "\"id\" must be a UUID"))?;
    Place::record(&resource, id.into_uuid())
        .ok_or_else(|| Refusal::new(ErrorCode::Malformed, "\"resource\" must be episode"))
}

fn counted(topics: Vec<String>) -> Result<Vec<String>, Refusal> {
    if TOPICS.contains(&topics.len()) {
        Ok(topics)
    } else {
        Err(Refusal::new(ErrorCode::Malformed, "a frame must name 1 to 100 topics"))
    }
}

fn resume_point(since: Option<i64>, since_id: Option<String>) -> Result<Option<ResumePoint>, Refusal> {
    let refused = |message| Refusal::new(ErrorCode::Malformed, message);
    let since_id = since_id.map(|id| id.parse().map_err(|_| refused("\"since_id\" must be the id of an event")));
    match (since, since_id.transpose()?) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(refused("\"since_id\" means nothing without \"since\"")),
        (Some(since), since_id) => {
            let since = Seq::new(since).ok_or_else(|| refused("\"since\" must not be negative"))?;
            Ok(Some(ResumePoint { since, since_id }))
        }
    }
}

fn malformed(error: &serde_json::Error) -> Refusal {
    let complaint: String = error.to_string().chars().take(COMPLAINT).collect();
    Refusal::new(ErrorCode::Malformed, complaint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> ErrorCode {
        ClientFrame::parse(text).unwrap_err().code
    }

    #[test]
    fn every_frame_of_the_protocol_is_understood() {
        let parsed = |text: &str| ClientFrame::parse(text).unwrap();
        assert_eq!(parsed(r#"{"type":"auth","token":"t"}"#), ClientFrame::Auth { token: "t".into() });
        assert_eq!(
            parsed(r#"{"type":"subscribe","topics":["feed"],"since":7}"#),
            ClientFrame::Subscribe { topics: vec!["feed".into()], from: Seq::new(7).map(ResumePoint::from) }
        );
        let event = "01a2045d-0000-7000-8000-00000000000b";
        let from = format!("7:{event}").parse().ok();
        assert_eq!(
            parsed(&format!(r#"{{"type":"subscribe","topics":["feed"],"since":7,"since_id":"{event}"}}"#)),
            ClientFrame::Subscribe { topics: vec!["feed".into()], from }
        );
        assert_eq!(
            parsed(r#"{"topics":["me"],"type":"unsubscribe"}"#),
            ClientFrame::Unsubscribe { topics: vec!["me".into()] }
        );
        let id = "01a2045d-0000-7000-8000-00000000000a";
        let place = Place::record("episode", id.parse().unwrap()).unwrap();
        let record = format!(r#""resource":"episode","id":"{id}""#);
        assert_eq!(parsed(&format!(r#"{{"type":"view",{record}}}"#)), ClientFrame::View(place));
        assert_eq!(parsed(&format!(r#"{{"type":"unview",{record}}}"#)), ClientFrame::Unview(place));
        assert_eq!(parsed(r#"{"type":"ping"}"#), ClientFrame::Ping);
    }

    #[test]
    fn a_frame_that_is_no_object_with_the_right_members_is_malformed() {
        let many = format!(r#"{{"type":"subscribe","topics":[{}"feed"]}}"#, r#""feed","#.repeat(100));
        for text in [
            "",
            "ping",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"auth"}"#,
            r#"{"type":"auth","token":7}"#,
            r#"{"type":"ping","extra":1}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"type":"subscribe","topics":[]}"#,
            r#"{"type":"subscribe","topics":"feed"}"#,
            r#"{"type":"subscribe","topics":[7]}"#,
            r#"{"type":"subscribe","topics":["feed"],"since":-1}"#,
            r#"{"type":"subscribe","topics":["feed"],"since":"7"}"#,
            r#"{"type":"subscribe","topics":["feed"],"since":1.5}"#,
            r#"{"type":"subscribe","topics":["feed"],"since":1,"since_id":"1"}"#,
            r#"{"type":"subscribe","topics":["feed"],"since":1,"since_id":1}"#,
            r#"{"type":"subscribe","topics":["feed"],"since_id":"01a2045d-0000-7000-8000-00000000000b"}"#,
            r#"{"type":"unsubscribe","topics":["feed"],"since":1}"#,
            r#"{"type":"view"}"#,
            r#"{"type":"view","resource":"episode"}"#,
            r#"{"type":"view","resource":"episode","id":1}"#,
            r#"{"type":"view","resource":"episode","id":"1"}"#,
            r#"{"type":"view","resource":"episode","id":"01a2045d00007000800000000000000a"}"#,
            r#"{"type":"view","resource":"server","id":"00000000-0000-0000-0000-000000000000"}"#,
            r#"{"type":"unview","resource":"planet","id":"01a2045d-0000-7000-8000-00000000000a"}"#,
            r#"{"type":"unview","resource":"episode","id":"01a2045d-0000-7000-8000-00000000000a","x":1}"#,
            &many,
        ] {
            assert_eq!(code(text), ErrorCode::Malformed, "{text}");
        }
    }

    #[test]
    fn a_frame_of_another_type_is_unknown_whatever_else_it_holds() {
        assert_eq!(code(r#"{"type":"dance","resource":"episode","id":1}"#), ErrorCode::UnknownType);
        assert_eq!(code(r#"{"type":"AUTH"}"#), ErrorCode::UnknownType);
    }

    #[test]
    fn a_complaint_is_short_however_long_the_frame_was() {
        let text = format!(r#"{{"type":"ping","{}":1}}"#, "x".repeat(60_000));
        assert!(ClientFrame::parse(&text).unwrap_err().message.len() <= COMPLAINT);
    }
}
