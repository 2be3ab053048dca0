//! Where a request came from, for the log of events.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpMessage as _, HttpRequest};
use showrunner_domain::event::Origin;

use crate::{RequestId, client_address};

/// How much of a `User-Agent` is kept, in characters.
const USER_AGENT_CHARACTERS: usize = 500;

/// The origin of `request`: its [`client_address`], `User-Agent` and identifier.
#[must_use]
pub fn origin(request: &HttpRequest) -> Origin {
    let user_agent = request.headers().get(USER_AGENT).map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.chars().filter(|letter| !letter.is_control()).take(USER_AGENT_CHARACTERS).collect()
    });
    Origin {
        ip: client_address(request).map(|address| address.to_string()),
        user_agent,
        request_id: request.extensions().get::<RequestId>().map(|id| id.as_str().to_owned()),
        import: None,
    }
}
