//! Accounts over HTTP, for administrators.

mod docs;
mod members;

use actix_web::http::Method;
use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::Terms;
use showrunner_domain::identity::{Authority, UserId, UserQuery, UserService};
use showrunner_web::{Identified, JsonBody, Query};

use crate::answer::{self, Answer, Data};
use crate::answered::{Asked, answered};
use crate::endpoint::Endpoint;
use crate::query::{self, Parameters as _};
use crate::{etag, fields, path, terms};

pub(crate) use docs::{RECORD, example};
pub(crate) use members::personal_role;

type Users = web::Data<UserService>;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    const ALL: &str = "/api/v1/users";
    const ONE: &str = "/api/v1/users/{id}";
    vec![
        Endpoint::get(ALL, list, docs::LIST),
        Endpoint::on(Method::POST, ALL, create, docs::CREATE),
        Endpoint::get(ONE, get, docs::GET),
        Endpoint::on(Method::PUT, ONE, update, docs::PUT),
        Endpoint::on(Method::PATCH, ONE, update, docs::PATCH),
        Endpoint::on(Method::DELETE, ONE, delete, docs::DELETE),
    ]
}

async fn list(Identified(caller): Identified, request: HttpRequest, users: Users) -> Answer {
    let query = query::read(&request, wanted)?;
    Ok(answer::list(&users.list(Authority::Caller(&caller), query).await?, query.limit))
}

async fn get(Identified(caller): Identified, request: HttpRequest, users: Users) -> Answer {
    let id: UserId = path::id(&request)?;
    query::none(&request)?;
    let user = users.get(Authority::Caller(&caller), id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag::of(user.version))).json(Data { data: user }))
}

async fn create(Identified(caller): Identified, request: HttpRequest, body: JsonBody, users: Users) -> Answer {
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &members::without_password(&body), users.clock.now())?;
    let (new, password) = fields::complete(body, members::new)?;
    answered(Asked::Creation, &users.create(Authority::Caller(&caller), new, password, &terms).await?)
}

/// PUT and PATCH alike: fields that are not given stay as they are.
async fn update(Identified(caller): Identified, request: HttpRequest, body: JsonBody, users: Users) -> Answer {
    let id: UserId = path::id(&request)?;
    query::none(&request)?;
    let body = body.read().await?;
    let terms = terms::of(&request, &caller, &members::without_password(&body), users.clock.now())?;
    let (patch, password) = fields::read(body, members::patch)?;
    answered(Asked::Change, &users.update(Authority::Caller(&caller), id, &patch, password, &terms).await?)
}

async fn delete(Identified(caller): Identified, request: HttpRequest, users: Users) -> Answer {
    let id: UserId = path::id(&request)?;
    query::none(&request)?;
    let terms = Terms::from(etag::precondition(&request)?);
    answered(Asked::Change, &users.delete(Authority::Caller(&caller), id, &terms).await?)
}

fn wanted(query: &mut Query) -> UserQuery {
    UserQuery {
        role: query.take("role", members::any_role),
        limit: query.limit(),
        total: query.switch("total"),
        after: query.cursor(),
    }
}
