//! Why a connection ends, and how it is ended so that nothing of it stays behind.

use actix_ws::{CloseCode, CloseReason};
use tokio::time::timeout;

use super::outlet::Outlet;
use crate::pace::Pace;
use crate::tcp::SocketHandle;

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// The client is gone: there is nobody to tell.
    Gone,
    /// The client closes; it gets its own words back (RFC 6455 section 5.5.1).
    Answered(Option<CloseReason>),
    /// The server closes.
    Close(u16, &'static str),
}

impl Ending {
    /// Tells the client and waits until it has gone. One that does not go in time, or cannot even be told, is cut off.
    pub(super) async fn carry_out(self, outlet: Outlet, socket: Option<SocketHandle>, pace: &Pace) {
        let told_and_gone = async {
            match self {
                Self::Gone => drop(outlet),
                Self::Answered(reason) => outlet.close(reason).await,
                Self::Close(code, text) => {
                    let reason = CloseReason { code: CloseCode::from(code), description: Some(text.to_owned()) };
                    outlet.close(Some(reason)).await;
                }
            }
            if let Some(socket) = &socket {
                socket.gone().await;
            }
        };
        if timeout(pace.farewell, told_and_gone).await.is_err()
            && let Some(socket) = &socket
        {
            socket.cut();
        }
    }
}
