//! Concurrent writers, and an exact account of what they were answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Api};

/// A change that the server has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// The episode's id.
    pub(crate) episode: String,
    /// The version that it was brought to.
    pub(crate) version: i64,
    /// The event that must tell of it.
    pub(crate) event: &'static str,
}

/// What became of all requests of a load.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    /// Changes that were confirmed.
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// Answers that were no success.
    pub(crate) refused: Vec<String>,
    /// Requests that got no answer, and why. A writer ends with the first.
    pub(crate) unanswered: Vec<String>,
}

/// Writers at work: each creates episodes, publishes them and deletes every third, as fast as it is answered.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    confirmed: Arc<AtomicUsize>,
    writers: Vec<JoinHandle<Harvest>>,
}

impl Load {
    /// One writer for each client.
    pub(crate) fn start(clients: impl IntoIterator<Item = Api>) -> Self {
        let (stop, confirmed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let writers = clients.into_iter().enumerate().map(|(number, api)| {
            let mut writer = Writer { api, confirmed: confirmed.clone(), harvest: Harvest::default() };
            let stop = stop.clone();
            thread::spawn(move || {
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) || writer.round(number, round).is_none() {
                        break;
                    }
                }
                writer.harvest
            })
        });
        Self { writers: writers.collect(), stop, confirmed }
    }

    /// How many changes were confirmed up to now.
    pub(crate) fn confirmed(&self) -> usize {
        self.confirmed.load(Ordering::Relaxed)
    }

    /// Waits until at least `changes` were confirmed, or a writer has given up.
    pub(crate) fn wait_for(&self, changes: usize) {
        while self.confirmed() < changes && !self.writers.iter().any(JoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets every writer finish its round and tells what came of all.
    pub(crate) fn stop(self) -> Harvest {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Harvest::default();
        for writer in self.writers {
            let mut one = writer.join().unwrap();
            all.acknowledged.append(&mut one.acknowledged);
            all.refused.append(&mut one.refused);
            all.unanswered.append(&mut one.unanswered);
        }
        all
    }
}

impl Harvest {
    /// Panics unless every request was a success.
    #[track_caller]
    pub(crate) fn assert_all_succeeded(&self) {
        let failed: Vec<&String> = self.refused.iter().chain(&self.unanswered).take(5).collect();
        assert!(failed.is_empty(), "{failed:?} and maybe more, beside {} successes", self.acknowledged.len());
        assert!(!self.acknowledged.is_empty(), "nothing was written");
    }

    /// How many confirmed changes made an event of this name.
    pub(crate) fn count(&self, event: &str) -> usize {
        self.acknowledged.iter().filter(|change| change.event == event).count()
    }
}

struct Writer {
    api: Api,
    confirmed: Arc<AtomicUsize>,
    harvest: Harvest,
}

impl Writer {
    fn round(&mut self, number: usize, round: usize) -> Option<()> {
        let title = format!("Writer {number}, episode {round}");
        let episode = json!({"title": title, "episode_number": round % 1_000_000});
        let created = self.change("POST", "/api/v1/episodes", &episode, "episode_created")?;
        let Some(id) = created.body["data"]["id"].as_str() else {
            return Some(());
        };
        let path = format!("/api/v1/episodes/{id}");
        self.change("PUT", &path, &json!({"status": "published"}), "episode_updated")?;
        if round.is_multiple_of(3) {
            self.change("DELETE", &path, &Value::Null, "episode_deleted")?;
        }
        Some(())
    }

    fn change(&mut self, method: &str, path: &str, body: &Value, event: &'static str) -> Option<Answer> {
        let answer = match self.api.try_json(method, path, body) {
            Ok(answer) => answer,
            Err(error) => {
                self.harvest.unanswered.push(format!("{method} {path} {body}: {error}"));
                return None;
            }
        };
        let record = &answer.body["data"];
        match (answer.status, record["id"].as_str(), record["version"].as_i64()) {
            (200 | 201, Some(episode), Some(version)) => {
                self.harvest.acknowledged.push(Acknowledged { episode: episode.to_owned(), version, event });
                self.confirmed.fetch_add(1, Ordering::Relaxed);
            }
            (status, ..) => self.harvest.refused.push(format!("{method} {path}: {status} {}", answer.body)),
        }
        Some(answer)
    }
}
