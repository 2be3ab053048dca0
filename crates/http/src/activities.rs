//! The activity feed over HTTP.

use actix_web::HttpRequest;
use actix_web::web::{self, ServiceConfig};
use showrunner_domain::Invalid;
use showrunner_domain::activity::{ActivityAction, ActivityQuery, ActivityService, StatsQuery};
use showrunner_domain::identity::UserId;
use showrunner_web::{Identified, Problem, Query};

use crate::answer::{self, Answer};
use crate::parse;
use crate::query::Parameters as _;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/activities").get(list).head(list))
        .service(web::resource("/activities/stats").get(stats).head(stats));
}

async fn list(Identified(caller): Identified, request: HttpRequest, activities: web::Data<ActivityService>) -> Answer {
    let query = read(&request)?;
    let limit = query.limit;
    let found = activities.list(&caller, query).await?;
    Ok(answer::lagging(answer::list(&found.page, limit), found.lag))
}

async fn stats(Identified(caller): Identified, request: HttpRequest, activities: web::Data<ActivityService>) -> Answer {
    let answer = activities.stats(&caller, counted(&request)?).await?;
    Ok(answer::lagging(answer::one(answer.stats), answer.lag))
}

fn counted(request: &HttpRequest) -> Result<StatsQuery, Problem> {
    let mut query = Query::of(request)?;
    let counted = StatsQuery {
        from: query.take("from", parse::date),
        to: query.take("to", parse::date),
        user_id: query.take("user_id", |text| parse::uuid(text).map(UserId::new)),
        action: query.take("action", action),
        resource_type: query.line("resource_type"),
    };
    query.finish()?;
    Ok(counted)
}

fn read(request: &HttpRequest) -> Result<ActivityQuery, Problem> {
    let mut query = Query::of(request)?;
    let read = ActivityQuery {
        user_id: query.take("user_id", |text| parse::uuid(text).map(UserId::new)),
        action: query.take("action", action),
        resource_type: query.line("resource_type"),
        resource_id: query.take("resource_id", parse::uuid),
        from: query.take("from", parse::time),
        to: query.take("to", parse::time),
        q: query.line("q"),
        limit: query.limit(),
        total: query.switch("total"),
        after: query.cursor()?,
    };
    query.finish()?;
    Ok(read)
}

fn action(text: &str) -> Result<ActivityAction, Invalid> {
    let expected = "one of CREATE, UPDATE, DELETE and RESTORE";
    ActivityAction::parse(text).ok_or(Invalid::Malformed { expected })
}
