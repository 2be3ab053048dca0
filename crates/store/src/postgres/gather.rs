//! What waits at the same time is done together: one way to the server and back for many who ask.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::failure::Failure;

/// How many may wait; further callers wait to get in line.
const QUEUE: usize = 1_024;

/// Hands what is asked to some threads, which end with it.
pub(super) struct Gather<Ask, Answer> {
    asks: mpsc::Sender<(Ask, oneshot::Sender<Answer>)>,
}

impl<Ask: Send + 'static, Answer: Send + 'static> Gather<Ask, Answer> {
    /// Starts a thread for each worker that `makers` make there. A worker takes whatever waits, at most `most`, and
    /// answers all of it, in the same order.
    pub(super) fn start<M, W>(name: &str, most: usize, makers: Vec<M>) -> Result<Self, Failure>
    where
        M: FnOnce() -> W + Send + 'static,
        W: FnMut(Vec<Ask>) -> Vec<Answer>,
    {
        let (asks, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        for make in makers {
            let queue = queue.clone();
            let work = move || {
                let mut worker = make();
                loop {
                    let mut waiting: Vec<(Ask, oneshot::Sender<Answer>)> = Vec::with_capacity(most);
                    queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv_many(&mut waiting, most);
                    if waiting.is_empty() {
                        return;
                    }
                    let (asked, replies): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
                    for (answer, reply) in worker(asked).into_iter().zip(replies) {
                        // Nobody waits any more where the request was dropped.
                        let _ = reply.send(answer);
                    }
                }
            };
            thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Failure::connection)?;
        }
        Ok(Self { asks })
    }

    /// Asks, together with others.
    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.asks.send((ask, reply)).await.map_err(|_| Failure::Closed)?;
        answer.await.map_err(|_| Failure::Closed)
    }
}
