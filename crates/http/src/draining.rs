//! That the server stops, for requests that wait for something to happen.

use tokio::sync::watch;

/// Whether the server stops. Requests that wait for something to happen then answer what there is.
#[derive(Default)]
pub struct Draining(watch::Sender<bool>);

impl Draining {
    /// Says that the server stops.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Waits until it does.
    pub(crate) async fn begun(&self) {
        // The sender is this value, so that this cannot fail while somebody waits.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}
