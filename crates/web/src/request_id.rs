//! The identifier by which a request is found again: in the answer, in problems, in events and in the log.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web;
use showrunner_domain::IdSource;

/// Where the identifier travels, in both directions.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A request's identifier: 1 to 128 visible ASCII characters. It lies in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The sender's own identifier, if it is acceptable, or else a new one from the `web::Data<dyn IdSource>` of the
    /// app.
    pub(crate) fn of(request: &ServiceRequest) -> Option<Self> {
        request.headers().get(HEADER).and_then(Self::accept).or_else(|| {
            let ids = request.app_data::<web::Data<dyn IdSource>>()?;
            HeaderValue::try_from(ids.next().to_string()).ok().map(Self)
        })
    }

    fn accept(value: &HeaderValue) -> Option<Self> {
        let visible = value.as_bytes().iter().all(u8::is_ascii_graphic);
        (visible && (1..=128).contains(&value.len())).then(|| Self(value.clone()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The value of the answer's header.
    pub(crate) fn header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_visible_and_of_bounded_length() {
        let accepted = |text: &str| RequestId::accept(&HeaderValue::from_str(text).unwrap()).is_some();
        assert!(accepted("a") && accepted(&"x".repeat(128)) && accepted("~!/7"));
        assert!(!accepted("") && !accepted(&"x".repeat(129)) && !accepted("a b") && !accepted("a\tb"));
    }
}
