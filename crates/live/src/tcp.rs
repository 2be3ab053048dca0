//! The TCP socket beneath a connection: the one thing that can always be ended.
//!
//! actix-web stops polling a response body while the client does not read, and a WebSocket's frames are such a body,
//! as a stream of events is: no close frame, and not even the end of the body, gets through to it then. Shutting the socket down does: the
//! blocked write fails, the dispatcher ends, and descriptor and buffers are free again.

use std::any::Any;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::{set_socket_linger, set_tcp_user_timeout};
use showrunner_domain::Receiver;
use tokio::sync::Notify;

/// For how many milliseconds a client may take nothing of what waits for it. The kernel then ends the connection
/// (`TCP_USER_TIMEOUT`, RFC 5482), also where it is an answer that waits and actix would wait for ever.
const UNTAKEN: u32 = 30_000;

/// For [`HttpServer::on_connect`](actix_web::HttpServer::on_connect): keeps a second descriptor of the connection's
/// socket, so that it can be cut later, sends small frames at once (`TCP_NODELAY`), and limits how long a client may take
/// nothing. Requests find out by [`Receiver`] whether their client is still there.
pub fn remember_socket(io: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = io.downcast_ref::<actix_web::rt::net::TcpStream>() else { return };
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    if let Err(error) = set_tcp_user_timeout(stream.as_fd(), UNTAKEN) {
        tracing::debug!(%error, "TCP_USER_TIMEOUT could not be set");
    }
    match stream.as_fd().try_clone_to_owned() {
        Ok(descriptor) => {
            let socket = Arc::new(Socket { stream: descriptor.into(), gone: Arc::default() });
            extensions.insert::<Arc<dyn Receiver>>(Arc::new(Peer(Arc::downgrade(&socket))));
            extensions.insert(socket);
        }
        Err(error) => tracing::warn!(%error, "a socket could not be remembered"),
    }
}

/// The second descriptor. Only actix's connection owns it, so that it is closed together with the first.
struct Socket {
    stream: TcpStream,
    gone: Arc<Notify>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.gone.notify_one();
    }
}

/// The client at the other end.
struct Peer(Weak<Socket>);

impl Receiver for Peer {
    /// A client that closes, or is killed, ends its sending half, and so does a proxy when its client goes. The kernel
    /// knows of that also while requests wait to be read, and so does `POLLRDHUP`.
    fn is_gone(&self) -> bool {
        let Some(socket) = self.0.upgrade() else { return true };
        let mut asked = [PollFd::new(&socket.stream, PollFlags::RDHUP)];
        // Hang-ups and errors are told of without being asked for.
        poll(&mut asked, Some(&Timespec::default())).is_ok_and(|told| told > 0)
    }
}

/// A connection task's view of its socket.
pub(crate) struct SocketHandle {
    socket: Weak<Socket>,
    gone: Arc<Notify>,
}

impl SocketHandle {
    /// The socket of this request's connection, if it was remembered.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let socket = request.conn_data::<Arc<Socket>>()?;
        Some(Self { socket: Arc::downgrade(socket), gone: Arc::clone(&socket.gone) })
    }

    /// Waits until the connection has ended.
    pub(crate) async fn gone(&self) {
        self.gone.notified().await;
    }

    /// Ends the connection, whatever still waits to be written. Without lingering, so that the kernel lets go of that
    /// too, instead of offering it for minutes to a peer that does not read.
    pub(crate) fn cut(&self) {
        let Some(socket) = self.socket.upgrade() else { return };
        let cut = set_socket_linger(&socket.stream, Some(Duration::ZERO))
            .map_err(io::Error::from)
            .and_then(|()| socket.stream.shutdown(Shutdown::Both));
        if let Err(error) = cut {
            tracing::debug!(%error, "the peer was gone already");
        }
    }
}
