//! Earlier versions of compositions.

use actix_web::{HttpRequest, web};
use serde_json::Map;
use showrunner_domain::composition::{CompositionId, CompositionService};
use showrunner_web::Identified;

use crate::answer::{self, Answer};
use crate::answered::{Asked, answered};
use crate::query::{self, Parameters as _};
use crate::{path, terms};

type Compositions = web::Data<CompositionService>;

pub(super) async fn list(Identified(caller): Identified, request: HttpRequest, compositions: Compositions) -> Answer {
    let id: CompositionId = path::id(&request)?;
    let (before, limit) = query::read(&request, |query| (query.cursor(), query.limit()))?;
    Ok(answer::list(&compositions.versions(&caller, id, before, limit).await?, limit))
}

pub(super) async fn get(Identified(caller): Identified, request: HttpRequest, compositions: Compositions) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let version = path::version("n", &request)?;
    Ok(answer::one(compositions.version(&caller, id, version).await?))
}

pub(super) async fn compare(
    Identified(caller): Identified,
    request: HttpRequest,
    compositions: Compositions,
) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let (from, to) = (path::version("a", &request)?, path::version("b", &request)?);
    Ok(answer::one(compositions.compare(&caller, id, from, to).await?))
}

pub(super) async fn revert(Identified(caller): Identified, request: HttpRequest, compositions: Compositions) -> Answer {
    let id: CompositionId = path::id(&request)?;
    query::none(&request)?;
    let version = path::version("n", &request)?;
    let terms = terms::of(&request, &caller, &Map::new(), compositions.clock.now())?;
    answered(Asked::Change, &compositions.revert(&caller, id, version, &terms).await?)
}
