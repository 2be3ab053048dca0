//! What is told of the endpoints of jobs.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::identity::Action;
use showrunner_domain::job::{Job, JobAttempt, JobCount, JobId, Receipted};
use showrunner_web::Code;

use super::write::Retried;
use super::{members, query};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};
use crate::query::Parameters as _;

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Job);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::Job);
const MANAGE: Access = Access::Permitted(Action::Manage, ResourceKind::Job);
const WORK: Access = Access::Permitted(Action::Work, ResourceKind::Job);

const RECORD: Content = Content::json(schema::<Data<Job>>, || json!({ "data": job() }));
const FOUND: Success =
    Success { status: 200, description: "The job.", headers: &[AnswerHeader::ETag], content: &[RECORD] };
const CHANGED: &[Success] = &[Success { description: "The job as it is now.", ..FOUND }];

pub(super) const LIST: Operation = Operation {
    id: "listJobs",
    tag: "Jobs",
    summary: "List jobs",
    description: "Those that fulfil every filter given, the newest first.",
    access: READ,
    query: |query| {
        query::wanted(query);
    },
    parameters: &[
        ("status", "Only those in this status."),
        ("job_type", "Only those of this type."),
        ("episode_id", "Only those for this episode."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Job>>,
            || json!({ "data": [job()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const OF_EPISODE: Operation = Operation {
    id: "listJobsOfEpisode",
    summary: "List the jobs of an episode",
    description: "The list of jobs, of this episode alone.",
    query: |query| {
        query::of_episode(query, None);
    },
    problems: &[Code::NotFound],
    ..LIST
};

pub(super) const CREATE: Operation = Operation {
    id: "createJob",
    tag: "Jobs",
    summary: "Queue a job",
    description: "Only `job_type` is needed. A type that this server has no worker for needs no registration: such a job \
                  waits for a worker outside. While a job with a `unique_key` is pending or processing, no other one of \
                  its type with the same key is queued.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<Job>,
        example: || json!({ "job_type": "subtitles", "payload": { "language": "es" }, "priority": 10 }),
    })),
    success: &[Success {
        status: 201,
        description: "The new job.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::AlreadyExists, Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getJob",
    tag: "Jobs",
    summary: "Get a job",
    description: "With how far it is. Progress makes no new version.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[FOUND],
    problems: &[Code::NotFound],
};

pub(super) const LOGS: Operation = Operation {
    id: "listAttemptsAtJob",
    summary: "List the attempts at a job",
    description: "Those that have ended, the latest first, each with its error where it failed.",
    query: |query| {
        let _: Option<u32> = query.cursor();
        query.limit();
    },
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<JobAttempt>>,
            || json!({ "data": [attempt()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    ..GET
};

pub(super) const STATS: Operation = Operation {
    id: "countJobs",
    tag: "Jobs",
    summary: "Count jobs",
    description: "How many jobs of each type are in each status; those of which there are none are left out.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The counts.",
        headers: &[],
        content: &[Content::json(
            schema::<Data<Vec<JobCount>>>,
            || json!({ "data": [{ "job_type": "subtitles", "status": "pending", "count": 3 }] }),
        )],
    }],
    problems: &[],
};

pub(super) const CANCEL: Operation = Operation {
    id: "cancelJob",
    tag: "Jobs",
    summary: "Call a job off",
    description: "One's own, or any for an administrator. A worker that has it in hand is told to stop and can write \
                  nothing of it any more.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    body: None,
    success: CHANGED,
    problems: &[Code::NotFound, Code::InvalidTransition, Code::Conflict],
};

pub(super) const PUT_CANCEL: Operation =
    Operation { id: "putJobCancel", headers: &[Header::IfMatch, Header::IdempotencyKey], ..CANCEL };

pub(super) const RETRY: Operation = Operation {
    id: "retryJob",
    summary: "Try a job again",
    description: "One's own, or any for an administrator: a job that failed or was called off is pending again, with all \
                  its tries.",
    problems: &[Code::NotFound, Code::InvalidTransition, Code::AlreadyExists, Code::Conflict],
    ..CANCEL
};

pub(super) const RETRY_FAILED: Operation = Operation {
    id: "retryFailedJobs",
    tag: "Jobs",
    summary: "Try every failed job again",
    description: "Each is pending again, with all its tries.",
    access: MANAGE,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "How many there were.",
        headers: &[],
        content: &[Content::json(schema::<Data<Retried>>, || json!({ "data": { "retried": 3 } }))],
    }],
    problems: &[],
};

pub(super) const CLAIM: Operation = Operation {
    id: "claimJobs",
    tag: "Work",
    summary: "Claim jobs",
    description: "Due jobs of these types, the most urgent first and then the longest due. A claim lasts `lease_seconds` \
                  (30 unless said otherwise): renew it by heartbeats, about three in that time, or another worker gets the \
                  job. Where there is nothing to claim the answer waits up to `wait_seconds` for something.",
    access: WORK,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::claim(fields);
        },
        record: schema::<Receipted>,
        example: || json!({ "job_types": ["subtitles"], "worker": "subtitles-1", "limit": 1, "wait_seconds": 20 }),
    })),
    success: &[Success {
        status: 200,
        description: "The jobs, each with the token of this claim; none where there are none.",
        headers: &[],
        content: &[Content::json(schema::<Data<Vec<Receipted>>>, || json!({ "data": [claimed()] }))],
    }],
    problems: &[],
};

pub(super) const HEARTBEAT: Operation = Operation {
    id: "renewClaim",
    tag: "Work",
    summary: "Renew a claim",
    description: "And say how far the work is. `LEASE_LOST` means that the job was called off or is somebody else's: stop.",
    access: WORK,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::beat(fields, JobId::new(uuid::Uuid::nil()));
        },
        record: schema::<Receipted>,
        example: || json!({ "receipt_handle": HANDLE, "progress": 40, "message": "line 120 of 300" }),
    })),
    success: &[Success { status: 204, description: "The claim was renewed.", headers: &[], content: &[] }],
    problems: &[Code::NotFound, Code::LeaseLost],
};

pub(super) const COMPLETE: Operation = Operation {
    id: "completeJob",
    summary: "Complete a job",
    description: "With whatever came of it. `LEASE_LOST` means that nothing was written.",
    body: Some(Body::Json(Object {
        members: |fields| {
            members::completion(fields);
        },
        record: schema::<Receipted>,
        example: || json!({ "receipt_handle": HANDLE, "results": { "lines": 300 } }),
    })),
    success: &[Success { status: 200, description: "The job as it is now.", headers: &[], content: &[RECORD] }],
    problems: &[Code::NotFound, Code::LeaseLost, Code::Conflict],
    ..HEARTBEAT
};

pub(super) const FAIL: Operation = Operation {
    id: "failJob",
    summary: "Say that an attempt failed",
    description: "The job is tried again later, unless every try is used up or the failure is `permanent`. `LEASE_LOST` \
                  means that nothing was written.",
    body: Some(Body::Json(Object {
        members: |fields| {
            members::failure(fields);
        },
        record: schema::<Receipted>,
        example: || json!({ "receipt_handle": HANDLE, "error": "the dictionary is missing" }),
    })),
    ..COMPLETE
};

const HANDLE: &str = "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e80";

pub(crate) fn job() -> Value {
    json!({
        "id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "job_type": "subtitles",
        "status": "processing",
        "payload": { "language": "es" },
        "results": null,
        "progress": 40,
        "progress_message": "line 120 of 300",
        "priority": 10,
        "retry_count": 0,
        "max_retries": 3,
        "error_message": null,
        "episode_id": null,
        "created_by": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7e",
        "unique_key": null,
        "run_at": "2026-11-22T17:45:12.031876Z",
        "started_at": "2026-11-22T17:45:12.133204Z",
        "completed_at": null,
        "next_retry_at": null,
        "attempt": 1,
        "worker": "subtitles-1",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "updated_at": "2026-11-22T17:45:12.133204Z",
        "version": 2,
    })
}

fn claimed() -> Value {
    let mut claimed = job();
    claimed["receipt_handle"] = json!(HANDLE);
    claimed["lease_expires_at"] = json!("2026-11-22T17:45:42.133204Z");
    claimed
}

fn attempt() -> Value {
    json!({
        "attempt": 1,
        "worker": "subtitles-1",
        "outcome": "failed",
        "error": "the dictionary is missing",
        "started_at": "2026-11-22T17:45:12.133204Z",
        "ended_at": "2026-11-22T17:45:13.500112Z",
    })
}
