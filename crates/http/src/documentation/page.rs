//! The pages at `/docs`: Swagger UI, built into the program. Nothing is fetched from elsewhere.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType};
use actix_web::{HttpRequest, HttpResponse};
use showrunner_web::{Code, Problem};

use crate::answer::Answer;
use crate::query;

/// Scripts and styles from this server alone; pictures may also stand in the style sheet itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files that the page needs, each with its media type.
const FILES: [(&str, &str, &str); 3] = [
    ("start.js", "text/javascript", include_str!("start.js")),
    ("swagger-ui-bundle.js", "text/javascript", include_str!("../../assets/swagger-ui/swagger-ui-bundle.js")),
    ("swagger-ui.css", "text/css", include_str!("../../assets/swagger-ui/swagger-ui.css")),
];

/// Their names.
pub(crate) fn files() -> [&'static str; 3] {
    FILES.map(|(name, ..)| name)
}

/// The page itself.
pub(super) async fn index(request: HttpRequest) -> Answer {
    query::none(&request)?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(include_str!("index.html")))
}

/// What the page loads.
pub(super) async fn file(request: HttpRequest) -> Answer {
    query::none(&request)?;
    let name = request.match_info().get("file").unwrap_or_default();
    let found = FILES.into_iter().find(|(known, ..)| *known == name);
    let (_, media_type, text) =
        found.ok_or_else(|| Problem::new(Code::NotFound, "The documentation begins at /docs."))?;
    Ok(HttpResponse::Ok()
        .content_type(format!("{media_type}; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(text))
}
