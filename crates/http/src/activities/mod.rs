//! The activity feed over HTTP.

mod docs;

use actix_web::{HttpRequest, web};
use showrunner_domain::Invalid;
use showrunner_domain::activity::{ActivityAction, ActivityQuery, ActivityService, StatsQuery};
use showrunner_domain::identity::{UserId, Visibility};
use showrunner_web::{Identified, Query};

use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::parse;
use crate::query::{self, Parameters as _};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/activities", list, docs::LIST),
        Endpoint::get("/api/v1/activities/stats", stats, docs::STATS),
    ]
}

async fn list(Identified(caller): Identified, request: HttpRequest, activities: web::Data<ActivityService>) -> Answer {
    let query = query::read(&request, wanted)?;
    let limit = query.limit;
    let found = activities.list(&caller, query).await?;
    Ok(answer::lagging(answer::list(&found.page, limit), found.lag))
}

async fn stats(Identified(caller): Identified, request: HttpRequest, activities: web::Data<ActivityService>) -> Answer {
    let answer = activities.stats(&caller, query::read(&request, counted)?).await?;
    Ok(answer::lagging(answer::one(answer.stats), answer.lag))
}

fn counted(query: &mut Query) -> StatsQuery {
    StatsQuery {
        visible: Visibility::default(),
        from: query.take("from", parse::date),
        to: query.take("to", parse::date),
        user_id: query.take("user_id", |text| parse::uuid(text).map(UserId::new)),
        action: query.take("action", action),
        resource_type: query.line("resource_type"),
        asker: None,
    }
}

fn wanted(query: &mut Query) -> ActivityQuery {
    ActivityQuery {
        visible: Visibility::default(),
        user_id: query.take("user_id", |text| parse::uuid(text).map(UserId::new)),
        action: query.take("action", action),
        resource_type: query.line("resource_type"),
        resource_id: query.take("resource_id", parse::uuid),
        from: query.take("from", parse::time),
        to: query.take("to", parse::time),
        q: query.line("q"),
        limit: query.limit(),
        total: query.switch("total"),
        after: query.cursor(),
        asker: None,
    }
}

fn action(text: &str) -> Result<ActivityAction, Invalid> {
    let expected =
        "one of CREATE, UPDATE, DELETE, RESTORE, COMPLETE, RETRY, FAILED, CANCEL, UPLOAD, DOWNLOAD and LOGIN";
    ActivityAction::parse(text).ok_or(Invalid::Malformed { expected })
}
