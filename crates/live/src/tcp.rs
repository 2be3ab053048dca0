//! The TCP socket beneath a connection: the one thing that can always be ended.
//!
//! actix-web stops polling a response body while the client does not read, and a WebSocket's frames are such a body,
//! as a stream of events is: no close frame, and not even the end of the body, gets through to it then. Shutting the socket down does: the
//! blocked write fails, the dispatcher ends, and descriptor and buffers are free again. So actix is given a [`Stream`],
//! which shares the socket.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::set_tcp_user_timeout;
use rustix::net::{Shutdown, shutdown};
use showrunner_domain::Receiver;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;

/// For how many milliseconds a client may take nothing of what waits for it. The kernel then ends the connection
/// (`TCP_USER_TIMEOUT`, RFC 5482), also where it is an answer that waits and actix would wait for ever.
const UNTAKEN: u32 = 30_000;

/// The stream of a connection, as actix reads and writes it.
pub(crate) struct Stream {
    read: OwnedReadHalf,
    socket: Arc<Socket>,
}

impl Stream {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let (read, write) = stream.into_split();
        Self { read, socket: Arc::new(Socket { write, gone: Arc::default() }) }
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.read).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let stream = self.socket.stream();
        loop {
            ready!(stream.poll_write_ready(cx))?;
            match stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(shutdown(self.socket.stream(), Shutdown::Write).map_err(io::Error::from))
    }
}

/// Remembers a connection's socket, so that it can be cut later, sends small frames at once (`TCP_NODELAY`), and limits how
/// long a client may take nothing. Requests find out by [`Receiver`] whether their client is still there.
pub(crate) fn remember_socket(stream: &Stream, extensions: &mut Extensions) {
    let socket = &stream.socket;
    if let Err(error) = socket.stream().set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    if let Err(error) = set_tcp_user_timeout(socket.stream(), UNTAKEN) {
        tracing::debug!(%error, "TCP_USER_TIMEOUT could not be set");
    }
    extensions.insert::<Arc<dyn Receiver>>(Arc::new(Peer(Arc::downgrade(socket))));
    extensions.insert(Arc::clone(socket));
}

/// The socket, as everybody shares it. Only actix's connection owns it, so that it is closed together with that.
struct Socket {
    write: OwnedWriteHalf,
    gone: Arc<Notify>,
}

impl Socket {
    fn stream(&self) -> &TcpStream {
        self.write.as_ref()
    }
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
        let mut asked = [PollFd::new(socket.stream(), PollFlags::RDHUP)];
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
        let stream = socket.stream();
        let cut = stream.set_zero_linger().and_then(|()| Ok(shutdown(stream, Shutdown::Both)?));
        if let Err(error) = cut {
            tracing::debug!(%error, "the peer was gone already");
        }
    }
}
