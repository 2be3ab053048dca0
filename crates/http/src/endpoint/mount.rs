//! From endpoints to routes.

use actix_web::Route;
use actix_web::web::{self, ServiceConfig};

use super::Endpoint;

/// Mounts `endpoints`, whose paths begin with `base`, where `base` itself is mounted. One resource a path, so that
/// another method is 405 with `Allow`; paths with fixed names come before those whose variables would take them.
pub(crate) fn mount(endpoints: Vec<Endpoint>, base: &str, config: &mut ServiceConfig) {
    let mut resources: Vec<(&str, Vec<Route>)> = Vec::new();
    for Endpoint { path, routes, .. } in endpoints {
        match resources.iter_mut().find(|(known, _)| *known == path) {
            Some((_, known)) => known.extend(routes),
            None => resources.push((path, routes)),
        }
    }
    resources.retain(|(_, routes)| !routes.is_empty());
    resources.sort_by_key(|(path, _)| path.split('/').map(|segment| segment.starts_with('{')).collect::<Vec<_>>());
    for (path, routes) in resources {
        let resource = web::resource(path.strip_prefix(base).unwrap_or(path));
        config.service(routes.into_iter().fold(resource, actix_web::Resource::route));
    }
}
