//! How far the log reaches, as far as this process has seen: what wakes up those who follow it.

use tokio::sync::watch;

/// Publishes the head of the log. Clones publish the same.
#[derive(Clone)]
pub(crate) struct Head(watch::Sender<i64>);

impl Head {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Publishes that the log has reached `seq`; it never seems to go back.
    pub(crate) fn publish(&self, seq: i64) {
        self.0.send_if_modified(|head| {
            let further = seq > *head;
            *head = seq.max(*head);
            further
        });
    }

    /// Follows the head.
    pub(crate) fn follow(&self) -> watch::Receiver<i64> {
        self.0.subscribe()
    }

    /// Whether nobody follows any more.
    pub(crate) fn is_forsaken(&self) -> bool {
        self.0.is_closed()
    }
}
