//! Who asks: from the header `Authorization` to a caller.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use showrunner_domain::ServiceError;
use showrunner_domain::identity::{AccessService, Caller};

use crate::{Code, Problem, origin};

/// A caller whose bearer token (RFC 6750) was accepted by the `web::Data<AccessService>` of the app.
///
/// Whatever is wrong with the token is 401, never 400. Handlers read paths, queries and bodies after this extractor
/// has answered, so that nothing is told to whoever is nobody.
#[derive(Debug, Clone)]
pub struct Identified(pub Caller);

impl FromRequest for Identified {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let token = bearer_token(request.headers())?;
            let token =
                token.ok_or(ServiceError::Unauthenticated { reason: "the header `Authorization` is missing" })?;
            let Some(access) = request.app_data::<web::Data<AccessService>>() else {
                tracing::error!("the app was built without an access service");
                return Err(Problem::new(Code::Unavailable, "Nobody can be let in at the moment: try again later."));
            };
            let actor = access.authenticate(token).await?;
            Ok(Self(Caller { actor, origin: origin(&request) }))
        })
    }
}

/// The bearer token among `headers`; `None` where there is no header `Authorization`.
///
/// # Errors
/// [`ServiceError::Unauthenticated`] where the header is given twice or is of another form.
pub fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, ServiceError> {
    let refused = |reason| Err(ServiceError::Unauthenticated { reason });
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return refused("the header `Authorization` is given more than once");
    }
    match value.to_str().ok().and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => match token.trim() {
            "" => refused("the token is empty"),
            token => Ok(Some(token)),
        },
        _ => refused("the header `Authorization` holds no bearer token"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token_of(values: &[&'static [u8]]) -> Result<Option<String>, ServiceError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        bearer_token(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        assert_eq!(token_of(&[b"Bearer abc"]).unwrap().as_deref(), Some("abc"));
        assert_eq!(token_of(&[b"bEARER  abc "]).unwrap().as_deref(), Some("abc"));
        assert_eq!(token_of(&[]).unwrap(), None);
    }

    #[test]
    fn everything_else_is_unauthenticated() {
        let wrong: [&[&'static [u8]]; 7] = [
            &[b""],
            &[b"Bearer"],
            &[b"Bearer "],
            &[b"abc"],
            &[b"Basic YTpi"],
            &[b"Bearer \xff"],
            &[b"Bearer a", b"Bearer a"],
        ];
        for values in wrong {
            assert!(matches!(token_of(values), Err(ServiceError::Unauthenticated { .. })), "{values:?}");
        }
    }
}
