//! The bodies of requests: JSON objects of bounded size that arrive in bounded time.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::rt::time::timeout;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};

use crate::{Code, Problem, json};

/// What a body may cost. An app may register another one with `App::app_data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// The greatest size, in bytes.
    pub bytes: usize,
    /// How long the whole body may take to arrive.
    pub time: Duration,
}

impl Default for BodyLimits {
    /// 1 MiB within 30 seconds.
    fn default() -> Self {
        Self { bytes: 1 << 20, time: Duration::from_secs(30) }
    }
}

/// A body that was not read yet. Taking it never fails: a handler reads it once it knows who sent it.
pub struct JsonBody {
    request: HttpRequest,
    payload: Payload,
}

impl FromRequest for JsonBody {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self { request: request.clone(), payload: payload.take() }))
    }
}

impl JsonBody {
    /// The object that the body holds.
    ///
    /// # Errors
    /// `UNSUPPORTED_TYPE` without a JSON content type, `TOO_LARGE` and `REQUEST_TIMEOUT` beyond the [`BodyLimits`],
    /// `MALFORMED` for what is not exactly one unambiguous JSON object.
    pub async fn read(self) -> Result<Map<String, Value>, Problem> {
        let limits = self.request.app_data::<BodyLimits>().copied().unwrap_or_default();
        let headers = self.request.headers();
        if !is_json(headers) {
            let detail = "Send a JSON object with `Content-Type: application/json`.";
            return Err(Problem::new(Code::UnsupportedType, detail));
        }
        let announced = announced_length(headers);
        if announced.is_some_and(|length| length > limits.bytes) {
            return Err(too_large(limits.bytes));
        }
        let bytes = timeout(limits.time, collect(self.payload, announced.unwrap_or(0), limits.bytes));
        let bytes = bytes.await.unwrap_or_else(|_| {
            let detail = format!("Send the whole body within {} seconds.", limits.time.as_secs());
            Err(Problem::new(Code::RequestTimeout, detail))
        })?;
        json::object(&bytes)
            .map_err(|reason| Problem::malformed(format!("The body must be one valid JSON object: {reason}.")))
    }
}

async fn collect(mut payload: Payload, announced: usize, limit: usize) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::with_capacity(announced);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::malformed("The body broke off: send the request again."))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::TooLarge, format!("Send a body of at most {limit} bytes."))
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether the body claims to be `application/json` or of another type with the suffix `+json` (RFC 6839).
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}
