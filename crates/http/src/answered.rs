//! What writing a record is answered, now or again.

use actix_web::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use showrunner_domain::composition::{Composition, Template};
use showrunner_domain::episode::Episode;
use showrunner_domain::file::File;
use showrunner_domain::identity::User;
use showrunner_domain::job::Job;
use showrunner_domain::schedule::Schedule;
use showrunner_domain::show::Show;
use showrunner_domain::{Answered, ServiceError, StoreError, StoredReceipt, Version};
use showrunner_web::Problem;
use uuid::Uuid;

use crate::answer::{Answer, Data};
use crate::etag;

/// What an answer needs to know of a record.
pub(crate) trait Record: Serialize {
    /// The path under which records of this kind lie.
    const COLLECTION: &str;

    fn id(&self) -> Uuid;
    fn version(&self) -> Version;
}

/// Records that lie under these paths.
macro_rules! records {
    ($($record:ident at $path:literal)*) => {$(
        impl Record for $record {
            const COLLECTION: &str = $path;

            fn id(&self) -> Uuid {
                self.id.uuid()
            }

            fn version(&self) -> Version {
                self.version
            }
        }
    )*};
}

records! {
    Episode at "/api/v1/episodes"
    Show at "/api/v1/shows"
    Composition at "/api/v1/compositions"
    Template at "/api/v1/templates"
    Schedule at "/api/v1/schedules"
    Job at "/api/v1/jobs"
    File at "/api/v1/files"
    User at "/api/v1/users"
}

/// The same of a record that is kept as text.
#[derive(Deserialize)]
struct Kept {
    id: Uuid,
    version: i64,
}

/// What a request asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// 201 with `Location`.
    Creation,
    /// 202 with the `Location` of the job.
    Work,
    /// 200.
    Change,
}

/// The answer with the record and its entity tag.
pub(crate) fn answered<T: Record>(asked: Asked, answered: &Answered<T>) -> Answer {
    match answered {
        Answered::Now(record) => Ok(head::<T>(asked, record.id(), record.version()).json(Data { data: record })),
        Answered::Before(stored) => again::<T>(asked, stored),
    }
}

/// The first answer once more, to the letter.
fn again<T: Record>(asked: Asked, stored: &StoredReceipt) -> Answer {
    let kept: Kept = serde_json::from_str(&stored.record).map_err(|error| unreadable(error.into()))?;
    let version = Version::new(kept.version).ok_or_else(|| unreadable("a version below 1".into()))?;
    let body = format!(r#"{{"data":{}}}"#, stored.record);
    let asked = match (asked, stored.created) {
        (Asked::Work, _) => Asked::Work,
        (_, true) => Asked::Creation,
        (_, false) => Asked::Change,
    };
    Ok(head::<T>(asked, kept.id, version).insert_header((CONTENT_TYPE, "application/json")).body(body))
}

fn head<T: Record>(asked: Asked, id: Uuid, version: Version) -> HttpResponseBuilder {
    let mut response = match asked {
        Asked::Creation => HttpResponse::Created(),
        Asked::Work => HttpResponse::Accepted(),
        Asked::Change => HttpResponse::Ok(),
    };
    if asked != Asked::Change {
        response.insert_header((LOCATION, format!("{}/{id}", T::COLLECTION)));
    }
    response.insert_header((ETAG, etag::of(version)));
    response
}

fn unreadable(cause: Box<dyn std::error::Error + Send + Sync>) -> Problem {
    ServiceError::Unavailable(StoreError::new(cause)).into()
}
