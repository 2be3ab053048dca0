//! What a list of jobs is asked for.

use showrunner_domain::Invalid;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::job::{JobFilter, JobQuery, JobStatus, JobType};
use showrunner_web::Query;

use crate::parse;
use crate::query::Parameters as _;

/// The query that `query` asks for.
pub(super) fn wanted(query: &mut Query) -> JobQuery {
    let filter = JobFilter { episode_id: query.take("episode_id", parse::episode_id), ..filter(query) };
    JobQuery { filter, after: query.cursor(), limit: query.limit(), total: query.switch("total"), asker: None }
}

/// The same of one episode's jobs.
pub(super) fn of_episode(query: &mut Query, episode: Option<EpisodeId>) -> JobQuery {
    let filter = JobFilter { episode_id: episode, ..filter(query) };
    JobQuery { filter, after: query.cursor(), limit: query.limit(), total: query.switch("total"), asker: None }
}

fn filter(query: &mut Query) -> JobFilter {
    let job_type = query.take("job_type", |text| JobType::parse(text));
    JobFilter { status: query.take("status", status), job_type, episode_id: None }
}

fn status(text: &str) -> Result<JobStatus, Invalid> {
    let expected = "one of pending, processing, completed, failed and cancelled";
    JobStatus::parse(text).ok_or(Invalid::Malformed { expected })
}
