//! Identifiers in paths.

use std::str::FromStr;

use actix_web::HttpRequest;
use showrunner_domain::Version;
use showrunner_web::Problem;

/// The identifier in the path's segment `{id}`.
pub(crate) fn id<Id: FromStr>(request: &HttpRequest) -> Result<Id, Problem> {
    id_named("id", request)
}

/// The identifier in the path's segment of this name.
pub(crate) fn id_named<Id: FromStr>(name: &str, request: &HttpRequest) -> Result<Id, Problem> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| Problem::malformed("The id in the path must be a UUID, as in the field `id` of a record."))
}

/// The version in the path's segment of this name.
pub(crate) fn version(name: &str, request: &HttpRequest) -> Result<Version, Problem> {
    let number = request.match_info().get(name).and_then(|text| text.parse().ok()).and_then(Version::new);
    number.ok_or_else(|| Problem::malformed("The version in the path must be a whole number from 1."))
}
