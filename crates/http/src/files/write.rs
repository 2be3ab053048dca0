//! Uploading and deleting files.

use actix_web::{HttpRequest, web};
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::file::{FileId, FileService};
use showrunner_domain::removal::RemovalService;
use showrunner_domain::{Answered, Terms};
use showrunner_web::Identified;

use super::body::receive;
use super::query::{About, about, about_file_of_episode};
use crate::answer::Answer;
use crate::answered::{Asked, answered};
use crate::{etag, path, query};

type Files = web::Data<FileService>;

pub(super) async fn upload(
    Identified(caller): Identified,
    request: HttpRequest,
    body: web::Payload,
    files: Files,
) -> Answer {
    let about = query::read(&request, about)?;
    let file = receive(&caller, &request, body, &files, about).await?;
    answered(Asked::Creation, &Answered::Now(file))
}

pub(super) async fn upload_for_episode(
    Identified(caller): Identified,
    request: HttpRequest,
    body: web::Payload,
    files: Files,
) -> Answer {
    let episode: EpisodeId = path::id(&request)?;
    let about = query::read(&request, about_file_of_episode)?;
    let about = About { episode_id: Some(episode), ..about };
    let file = receive(&caller, &request, body, &files, about).await?;
    answered(Asked::Creation, &Answered::Now(file))
}

pub(super) async fn delete(
    Identified(caller): Identified,
    request: HttpRequest,
    removals: web::Data<RemovalService>,
) -> Answer {
    let id: FileId = path::id(&request)?;
    let force = query::read(&request, query::force)?;
    let terms = Terms::from(etag::precondition(&request)?);
    answered(Asked::Change, &removals.delete_file(&caller, id, force, &terms).await?)
}
