//! How far jobs are, for whoever watches them.

use serde_json::json;
use showrunner_domain::job::{JobId, JobProgress, Progress, ProgressMessage};
use uuid::Uuid;

use crate::log::MemoryLog;
use crate::server::{Server, wait_until};

fn job(number: u128, progress: i64) -> JobProgress {
    JobProgress {
        job_id: JobId::new(Uuid::from_u128(number)),
        progress: Progress::parse(progress).unwrap(),
        message: Some(ProgressMessage::parse("frame 4 of 10").unwrap()),
        show_id: None,
    }
}

#[test]
fn who_watches_a_job_or_all_of_them_is_told_how_far_it_is_and_nobody_else() {
    let server = Server::of(MemoryLog::default());
    assert!(!server.watchers.follow_jobs());
    let one = format!("job:{}", Uuid::from_u128(4));
    let [mut of_all, mut of_one, mut of_both] =
        [&["jobs"][..], &[&one], &["jobs", &one]].map(|topics| server.watch(topics));
    let [mut of_another, mut of_events] =
        ["job:00000000-0000-0000-0000-000000000005", "feed"].map(|topic| server.watch(&[topic]));
    server.watchers.tell_progress(&[job(4, 40)]);
    let expected = json!({
        "type": "progress", "jobId": Uuid::from_u128(4), "progress": 40, "message": "frame 4 of 10",
    });
    for client in [&mut of_all, &mut of_one, &mut of_both] {
        assert_eq!(client.next(), expected);
        assert!(client.hears_nothing(), "it is told once");
    }
    assert!(of_another.hears_nothing() && of_events.hears_nothing());
    of_one.send(&json!({"type": "unsubscribe", "topics": [one]}));
    drop((of_all, of_both, of_another));
    wait_until(|| !server.watchers.follow_jobs());
}
