//! The members of a show: who may do something else there than elsewhere.

mod docs;

use actix_web::http::Method;
use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use showrunner_domain::identity::UserId;
use showrunner_domain::membership::{Given, Membership, MembershipQuery, MembershipService};
use showrunner_domain::show::ShowId;
use showrunner_web::{Identified, JsonBody, Problem, Query};

use crate::answer::{self, Answer, Data};
use crate::endpoint::Endpoint;
use crate::query::{self, Parameters as _};
use crate::users::personal_role;
use crate::{etag, fields, path};

type Memberships = web::Data<MembershipService>;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ALL: &str = "/api/v1/shows/{id}/members";
    const ONE: &str = "/api/v1/shows/{id}/members/{user_id}";
    vec![
        Endpoint::get(ALL, list, docs::LIST),
        Endpoint::get(ONE, get, docs::GET),
        Endpoint::on(Method::PUT, ONE, set, docs::PUT),
        Endpoint::on(Method::DELETE, ONE, remove, docs::DELETE),
    ]
}

async fn list(Identified(caller): Identified, request: HttpRequest, memberships: Memberships) -> Answer {
    let show: ShowId = path::id(&request)?;
    let query = query::read(&request, |query| wanted(query, show))?;
    Ok(answer::list(&memberships.list(&caller, query).await?, query.limit))
}

async fn get(Identified(caller): Identified, request: HttpRequest, memberships: Memberships) -> Answer {
    let (show, user) = place(&request)?;
    query::none(&request)?;
    Ok(record(HttpResponse::Ok(), memberships.get(&caller, show, user).await?))
}

async fn set(Identified(caller): Identified, request: HttpRequest, body: JsonBody, memberships: Memberships) -> Answer {
    let (show, user) = place(&request)?;
    query::none(&request)?;
    let precondition = etag::precondition(&request)?;
    let role = fields::complete(body.read().await?, personal_role)?;
    let Given { membership, is_new } = memberships.set(&caller, show, user, role, precondition).await?;
    let head = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(record(head, membership))
}

async fn remove(Identified(caller): Identified, request: HttpRequest, memberships: Memberships) -> Answer {
    let (show, user) = place(&request)?;
    query::none(&request)?;
    let precondition = etag::precondition(&request)?;
    Ok(record(HttpResponse::Ok(), memberships.remove(&caller, show, user, precondition).await?))
}

fn record(mut head: HttpResponseBuilder, membership: Membership) -> HttpResponse {
    head.insert_header((ETAG, etag::of(membership.version))).json(Data { data: membership })
}

/// Whose membership the path names.
fn place(request: &HttpRequest) -> Result<(ShowId, UserId), Problem> {
    Ok((path::id(request)?, path::id_named("user_id", request)?))
}

fn wanted(query: &mut Query, show_id: ShowId) -> MembershipQuery {
    MembershipQuery { show_id, after: query.cursor(), limit: query.limit(), total: query.switch("total") }
}
