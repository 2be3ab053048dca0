//! The outermost layer of the server: what every request and every answer passes.

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use tracing::Instrument as _;

use crate::request_id::HEADER;
use crate::{Code, Problem, RequestId, client_address};

/// Middleware for `App::wrap(from_fn(boundary))`, around everything else.
///
/// - The request gets its [`RequestId`], which every log line and the answer's `x-request-id` carry; log lines also have
///   the [`client_address`].
/// - A request with a `Content-Encoding` is refused.
/// - Every error answer becomes a complete problem document, also those that the framework makes.
/// - `X-Content-Type-Options: nosniff`, and `Cache-Control: no-store` unless the answer says otherwise.
/// - Server errors are logged as errors, everything else for debugging.
pub async fn boundary<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let id = RequestId::of(&request);
    let text = id.as_ref().map_or("", RequestId::as_str);
    let address = client_address(request.request()).map(tracing::field::display);
    let (method, path) = (request.method(), request.path());
    let span = tracing::error_span!("request", request_id = text, address, %method, path);
    if let Some(id) = id.clone() {
        request.extensions_mut().insert(id);
    }
    async move {
        let mut response = if is_encoded(request.headers()) {
            let refused = complete(request.error_response(encoded()), id.as_ref());
            refused.map_body(|_, body| EitherBody::right(BoxBody::new(body)))
        } else {
            complete(next.call(request).await?, id.as_ref())
        };
        careful(response.headers_mut(), id.as_ref());
        let status = response.status();
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), "the request failed");
        } else {
            tracing::debug!(status = status.as_u16(), "the request was answered");
        }
        Ok(response)
    }
    .instrument(span)
    .await
}

/// Whether the content is compressed, or claims to be: nothing here would undo that, and a file would be kept so.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn encoded() -> Problem {
    Problem::new(Code::UnsupportedType, "Send the body as it is, without `Content-Encoding`.")
}

/// Makes a complete problem document of an error answer. An answer that says in its own way what is wrong stays.
fn complete<B: MessageBody>(response: ServiceResponse<B>, id: Option<&RequestId>) -> ServiceResponse<EitherBody<B>> {
    let status = response.status();
    let known = response.response().extensions().get::<Problem>().cloned();
    let bare = (status.is_client_error() || status.is_server_error()) && is_bare(&response);
    let Some(problem) = known.or_else(|| bare.then(|| Problem::of_status(status))) else {
        return response.map_into_left_body();
    };
    let document = problem.document(Some(response.request().path()), id.map(RequestId::as_str));
    response.map_body(|head, _| {
        head.status = problem.code().status();
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
        EitherBody::right(BoxBody::new(document))
    })
}

/// Whether the answer was made by the framework: no body, or one of plain text.
fn is_bare<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    let empty = matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    empty || kind.is_none_or(|kind| kind.starts_with(b"text/plain"))
}

fn careful(headers: &mut HeaderMap, id: Option<&RequestId>) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(id) = id {
        headers.insert(HEADER, id.header_value());
    }
}
