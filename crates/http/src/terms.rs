//! On what terms a request wants a record written: `If-Match` and `Idempotency-Key`.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use showrunner_domain::identity::Caller;
use showrunner_domain::{Receipt, Terms, Timestamp};
use showrunner_web::Problem;

use crate::etag;

/// Names a request that may be repeated (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The terms of a request that may be repeated. A key counts for one caller, method and path.
pub(crate) fn of(
    request: &HttpRequest,
    caller: &Caller,
    body: &Map<String, Value>,
    now: Timestamp,
) -> Result<Terms, Problem> {
    let precondition = etag::precondition(request)?;
    let Some(key) = key(request)? else { return Ok(Terms::from(precondition)) };
    let scope = format!("{} {} {} {key}", caller.actor.id, request.method(), request.path());
    Ok(Terms { precondition, receipt: Some(Receipt { scope, fingerprint: fingerprint(body)?, asked_at: now }) })
}

/// The key, if there is one: 1 to 255 visible ASCII characters.
fn key(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits && values.next().is_none() {
        Ok(Some(text))
    } else {
        Err(Problem::malformed("`Idempotency-Key` must be one key of 1 to 255 visible ASCII characters."))
    }
}

/// A digest of what the body says: the order of its members and its blanks do not count.
fn fingerprint(body: &Map<String, Value>) -> Result<String, Problem> {
    let text = serde_json::to_vec(body).map_err(|error| Problem::malformed(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text)))
}
