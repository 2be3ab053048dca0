//! The job that deletes many episodes.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{EpisodeId, EpisodeService};
use crate::identity::OnBehalf;
use crate::job::{Done, Failing, Job, JobHandler, JobType, Progress, Reporter};
use crate::{ServiceError, Terms};

/// How many episodes a job may name.
const MOST: usize = 10_000;

/// Deletes the episodes of `{"episode_ids": […]}`, so that they can be restored, as whoever wanted the job. Those that are
/// gone already, by an earlier attempt or by somebody else, are counted apart.
pub struct BatchDelete {
    /// Deletes episodes.
    pub episodes: Arc<EpisodeService>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    episode_ids: Vec<EpisodeId>,
}

#[async_trait]
impl JobHandler for BatchDelete {
    fn job_type(&self) -> JobType {
        JobType::built_in("batch-delete")
    }

    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let Payload { episode_ids } = job.read_payload()?;
        if episode_ids.len() > MOST {
            return Err(Failing::for_good("episode_ids may name at most 10000 episodes: use several jobs"));
        }
        let caller = job.caller(&self.on_behalf).await?;
        let (mut deleted, mut gone) = (0_usize, 0_usize);
        for (place, id) in episode_ids.iter().enumerate() {
            match self.episodes.delete(&caller, *id, &Terms::default()).await {
                Ok(_) => deleted += 1,
                Err(ServiceError::NotFound { .. }) => gone += 1,
                Err(error) => return Err(error.into()),
            }
            reporter.report(Progress::of(place + 1, episode_ids.len()), None);
        }
        Ok(Done { results: Some(results(deleted, gone)), ..Done::default() })
    }
}

fn results(deleted: usize, gone: usize) -> Value {
    json!({ "deleted": deleted, "gone": gone })
}
