//! How values look as JSON Schema (2020-12): the same bounds that parsing holds. Records derive theirs.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::activity::ActivityAction;
use crate::composition::{Encoding, Format};
use crate::episode::{Categories, Category, EpisodeSort, EpisodeStatus, Rating, ThumbnailUrl};
use crate::event::{Seq, Topic};
use crate::file::{ContentType, FileName, FileType, Sha256};
use crate::identity::{Email, Password, Role};
use crate::job::{AttemptOutcome, JobError, JobStatus, JobType, MaxRetries, Priority, UniqueKey};
use crate::notification::{
    ChannelMatrix, Channels, Follows, MutedEvents, NotificationKind, NotificationPriority, NotifiedEvent,
};
use crate::presence::{PresenceState, Revision};
use crate::schedule::TimeZone;
use crate::show::{ShowSort, ShowStatus, Slug};
use crate::{Bounded, Limit, Line, Prose, Timestamp, Version};

/// White space (Unicode `White_Space`) and control characters (category Cc) as members of a set: ECMA-262 knows
/// neither by name.
macro_rules! blank {
    () => {
        r"\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    };
}

/// No control character, and something that is no white space.
const LINE: &str = concat!(r"^[^\u0000-\u001f\u007f-\u009f]*[^", blank!(), r"][^\u0000-\u001f\u007f-\u009f]*$");
/// No control character and no path, and something that is no white space. Neither `.` nor `..` is one either.
const FILE_NAME: &str =
    concat!(r"^(?!\.{1,2}$)[^\u0000-\u001f\u007f-\u009f/\\]*[^/\\", blank!(), r"][^\u0000-\u001f\u007f-\u009f/\\]*$");
/// No control character but line breaks and tabs.
const PROSE: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// An http or https URL, or a path on this server.
const URL: &str = concat!("^(https?://[^", blank!(), "]+|/([^/", blank!(), "][^", blank!(), "]*)?)$");
/// No control character.
const SECRET: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";
/// Something, `@`, something.
const EMAIL: &str = concat!("^[^@", blank!(), "]+@[^@", blank!(), "]+$");
/// A topic: a name, or a name with the identifier of a record.
const TOPIC: &str = "^((shows|episodes|compositions|templates|jobs|files|feed|me)|(show|episode|composition|job):[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$";

/// Gives values their schema, written out wherever it is used.
macro_rules! values {
    ($($(@[$($parameters:tt)*])? $value:ty => |$generator:ident| $schema:expr;)*) => {$(
        impl $(<$($parameters)*>)? JsonSchema for $value {
            fn schema_name() -> Cow<'static, str> {
                stringify!($value).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

values! {
    @[const MAX: usize] Line<MAX> => |_generator| {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX, "pattern": LINE })
    };
    @[const MAX: usize] Prose<MAX> => |_generator| {
        json_schema!({ "type": "string", "maxLength": MAX, "pattern": PROSE })
    };
    @[const MIN: i32, const MAX: i32] Bounded<MIN, MAX> => |_generator| {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    };
    Limit => |_generator| json_schema!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 });
    Timestamp => |_generator| json_schema!({ "type": "string", "format": "date-time" });
    Version => |_generator| json_schema!({ "type": "integer", "format": "int64", "minimum": 1 });
    Seq => |_generator| json_schema!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX });
    Topic => |_generator| json_schema!({ "type": "string", "pattern": TOPIC });
    Email => |_generator| json_schema!({ "type": "string", "minLength": 3, "maxLength": 254, "pattern": EMAIL });
    Password => |_generator| {
        json_schema!({ "type": "string", "format": "password", "minLength": 12, "maxLength": 1024, "pattern": SECRET })
    };
    Rating => |_generator| json_schema!({ "type": "number", "minimum": 0, "maximum": 10 });
    Categories => |generator| {
        json_schema!({ "type": "array", "items": generator.subschema_for::<Category>(), "maxItems": 50 })
    };
    ThumbnailUrl => |_generator| json_schema!({ "type": "string", "minLength": 1, "maxLength": 2048, "pattern": URL });
    EpisodeStatus => |_generator| one_of(&EpisodeStatus::ALL.map(EpisodeStatus::as_str));
    EpisodeSort => |_generator| {
        one_of(&both_ways(["title", "episode_number", "air_date", "created_at", "updated_at", "status"]))
    };
    Slug => |_generator| {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[a-z0-9-]+$" })
    };
    ShowStatus => |_generator| one_of(&ShowStatus::ALL.map(ShowStatus::as_str));
    ShowSort => |_generator| one_of(&both_ways(["name", "created_at", "updated_at"]));
    JobType => |_generator| {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9-]+$" })
    };
    Format => |_generator| one_of(&Format::ALL.map(Format::as_str));
    Encoding => |_generator| one_of(&Encoding::ALL.map(Encoding::as_str));
    JobStatus => |_generator| one_of(&JobStatus::ALL.map(JobStatus::as_str));
    AttemptOutcome => |_generator| one_of(&AttemptOutcome::ALL.map(AttemptOutcome::as_str));
    TimeZone => |_generator| {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9/_+-]+$", "default": "UTC" })
    };
    Priority => |_generator| json_schema!({ "type": "integer", "minimum": -100, "maximum": 100, "default": 0 });
    MaxRetries => |_generator| json_schema!({ "type": "integer", "minimum": 0, "maximum": 100, "default": 3 });
    UniqueKey => |generator| Line::<255>::json_schema(generator);
    JobError => |_generator| json_schema!({ "type": "string" });
    FileName => |_generator| {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": FILE_NAME })
    };
    FileType => |_generator| one_of(&FileType::ALL.map(FileType::as_str));
    ContentType => |_generator| json_schema!({ "type": "string", "maxLength": 127 });
    Sha256 => |_generator| json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    ActivityAction => |_generator| one_of(&ActivityAction::ALL.map(ActivityAction::as_str));
    NotificationKind => |_generator| one_of(&NotificationKind::ALL.map(NotificationKind::as_str));
    NotifiedEvent => |_generator| one_of(&NotifiedEvent::ALL.map(NotifiedEvent::as_str));
    ChannelMatrix => |generator| {
        let channels = generator.subschema_for::<Channels>();
        let events: Map<String, Value> =
            NotifiedEvent::ALL.map(|event| (event.as_str().to_owned(), channels.clone().to_value())).into_iter().collect();
        json_schema!({ "type": "object", "properties": events, "additionalProperties": false })
    };
    Channels => |_generator| {
        let properties = json!({ "in_app": { "type": "boolean" } });
        json_schema!({
            "type": "object", "properties": properties, "required": ["in_app"], "additionalProperties": false,
        })
    };
    MutedEvents => |generator| {
        json_schema!({ "type": "array", "items": generator.subschema_for::<NotifiedEvent>() })
    };
    Follows => |_generator| {
        let properties = json!({
            "resource_type": { "type": "string", "enum": ["show", "episode"] },
            "resource_id": { "type": "string", "format": "uuid" },
        });
        json_schema!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": properties,
                "required": ["resource_type", "resource_id"],
                "additionalProperties": false,
            },
            "maxItems": 500,
        })
    };
    NotificationPriority => |_generator| one_of(&NotificationPriority::ALL.map(NotificationPriority::as_str));
    PresenceState => |_generator| one_of(&PresenceState::ALL.map(PresenceState::as_str));
    Revision => |_generator| json_schema!({ "type": "integer", "format": "int64", "minimum": 0 });
    Role => |_generator| one_of(&Role::ALL.map(Role::as_str));
}

/// Each of these keys, ascending and descending.
fn both_ways<const COUNT: usize>(keys: [&str; COUNT]) -> Vec<String> {
    keys.map(|key| [key.to_owned(), format!("-{key}")]).concat()
}

/// One of these names.
fn one_of(names: &[impl serde::Serialize]) -> Schema {
    json_schema!({ "type": "string", "enum": names })
}
