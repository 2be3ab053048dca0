//! The use case of wanting pictures: a job is queued, and its outputs are noted, in one step.

use serde_json::{Map, Value, json};

use super::render_job::JOB_TYPE;
use super::service::may;
use super::{Composition, CompositionId, CompositionService, OutputChange, RenderWish};
use crate::identity::{Action, Caller, permit_somewhere};
use crate::job::{Job, JobId, JobType, NewJob, UniqueKey};
use crate::{Answered, RecordChange, ResourceKind, ServiceError, Terms};

impl CompositionService {
    /// Queues the job that renders a composition, once for each receipt. While a job of the same caller is live that renders
    /// the same of the same version, that one is answered.
    pub async fn render(
        &self,
        caller: &Caller,
        id: CompositionId,
        wish: &RenderWish,
        terms: &Terms,
    ) -> Result<Answered<Job>, ServiceError> {
        permit_somewhere(&caller.actor, Action::Write, ResourceKind::Composition)?;
        let composition = self.load(id).await?;
        may(caller, Action::Write, &composition)?;
        terms.precondition.check(composition.version)?;
        let job_type = JobType::built_in(JOB_TYPE);
        let unique_key = unique_key(caller, &composition, wish);
        let payload = payload(&composition, wish);
        let new = NewJob {
            payload: payload.clone(),
            episode_id: composition.design.episode_id,
            granted: Some(caller.actor.granted),
            unique_key: Some(unique_key.clone()),
            ..NewJob::of(job_type.clone())
        };
        let job = JobId::new(self.ids.next());
        let outputs = wish.formats(&composition.design.formats).iter().map(|format| {
            let encoding = wish.encoding;
            RecordChange::Output(OutputChange::Wanted { composition: id, format: *format, encoding, job })
        });
        let outputs = outputs.collect();
        let create = || (Job::create(job, new, composition.show_id, &self.stamp(caller)), outputs);
        match self.writing(terms).create_with(create).await {
            Err(ServiceError::AlreadyExists { what }) => {
                let live = self.jobs.find_live_job(job_type, unique_key).await?;
                let same = live.filter(|live| {
                    live.created_by == Some(caller.actor.id)
                        && live.payload == payload
                        && live.run_at <= self.clock.now()
                });
                same.map(Answered::Now).ok_or(ServiceError::AlreadyExists { what })
            }
            answered => answered,
        }
    }
}

fn payload(composition: &Composition, wish: &RenderWish) -> Map<String, Value> {
    let formats = json!(wish.formats(&composition.design.formats));
    let members = [("composition_id", json!(composition.id)), ("formats", formats), ("encoding", json!(wish.encoding))];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Names this wish of this caller: a job does what its creator may.
fn unique_key(caller: &Caller, composition: &Composition, wish: &RenderWish) -> UniqueKey {
    let formats: Vec<&str> = wish.formats(&composition.design.formats).iter().map(|format| format.as_str()).collect();
    let (id, version, encoding) = (composition.id, composition.version.get(), wish.encoding.as_str());
    UniqueKey::internal(&format!("{} {id} {version} {encoding} {}", caller.actor.id, formats.join(" ")))
}
