//! What writing a record is answered, now or again.

use actix_web::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use showrunner_domain::episode::Episode;
use showrunner_domain::file::File;
use showrunner_domain::identity::User;
use showrunner_domain::job::Job;
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

impl Record for Episode {
    const COLLECTION: &str = "/api/v1/episodes";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn version(&self) -> Version {
        self.version
    }
}

impl Record for Show {
    const COLLECTION: &str = "/api/v1/shows";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn version(&self) -> Version {
        self.version
    }
}

impl Record for Job {
    const COLLECTION: &str = "/api/v1/jobs";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn version(&self) -> Version {
        self.version
    }
}

impl Record for File {
    const COLLECTION: &str = "/api/v1/files";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn version(&self) -> Version {
        self.version
    }
}

impl Record for User {
    const COLLECTION: &str = "/api/v1/users";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn version(&self) -> Version {
        self.version
    }
}

/// The same of a record that is kept as text.
#[derive(Deserialize)]
struct Kept {
    id: Uuid,
    version: i64,
}

/// Whether a request was to create a record or to change one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// 201 with `Location`.
    ToCreate,
    /// 200.
    ToChange,
}

/// The answer with the record and its entity tag.
pub(crate) fn answered<T: Record>(asked: Asked, answered: &Answered<T>) -> Answer {
    match answered {
        Answered::Now(record) => Ok(head::<T>(asked, record.id(), record.version()).json(Data { data: record })),
        Answered::Before(stored) => again::<T>(stored),
    }
}

/// The first answer once more, to the letter.
fn again<T: Record>(stored: &StoredReceipt) -> Answer {
    let kept: Kept = serde_json::from_str(&stored.record).map_err(|error| unreadable(error.into()))?;
    let version = Version::new(kept.version).ok_or_else(|| unreadable("a version below 1".into()))?;
    let body = format!(r#"{{"data":{}}}"#, stored.record);
    let asked = if stored.created { Asked::ToCreate } else { Asked::ToChange };
    Ok(head::<T>(asked, kept.id, version).insert_header((CONTENT_TYPE, "application/json")).body(body))
}

fn head<T: Record>(asked: Asked, id: Uuid, version: Version) -> HttpResponseBuilder {
    let mut response = match asked {
        Asked::ToCreate => HttpResponse::Created(),
        Asked::ToChange => HttpResponse::Ok(),
    };
    if asked == Asked::ToCreate {
        response.insert_header((LOCATION, format!("{}/{id}", T::COLLECTION)));
    }
    response.insert_header((ETAG, etag::of(version)));
    response
}

fn unreadable(cause: Box<dyn std::error::Error + Send + Sync>) -> Problem {
    ServiceError::Unavailable(StoreError::new(cause)).into()
}
