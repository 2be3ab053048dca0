//! The way from a connection's task to the body that actix sends.
//!
//! It holds a few pieces of bytes: whole frames or records, mostly shared with other connections. Whatever waits there
//! leaves in one write, in slices: actix copies each slice for its connection alone. Both ends live on one thread.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use tokio::time::timeout;

/// How many pieces may wait. A client that is behind takes them one after the other from a server that is ahead, so
/// there must be enough of them to fill a write.
const MOST: usize = 32;
/// With how many bytes waiting no further piece is taken in.
const FULL: usize = 64 * 1024;
/// How many times a client that takes a little may take too long.
const PATIENCE: usize = 4;
/// How many bytes go to actix at once.
const SLICE: usize = 16 * 1024;

/// Why nothing more goes in.
#[derive(Debug)]
pub(crate) enum Blocked {
    /// Nobody takes anything any more.
    Closed,
    /// Nothing was taken for too long, or too little.
    Stalled,
}

/// What both ends know.
#[derive(Default)]
struct State {
    waiting: VecDeque<Bytes>,
    /// How many bytes wait.
    bytes: usize,
    /// How many slices were taken.
    taken: u64,
    /// Whether the sender has gone.
    ended: bool,
    /// Whether the body has gone.
    closed: bool,
    sender: Option<Waker>,
    body: Option<Waker>,
}

impl State {
    fn has_room(&self) -> bool {
        self.waiting.len() < MOST && self.bytes < FULL
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// The end that bytes are put into. The body ends when this is dropped.
pub(crate) struct Inlet {
    state: Rc<RefCell<State>>,
    stall: Duration,
}

/// The end that actix takes from.
struct Body {
    state: Rc<RefCell<State>>,
    /// The body that actix-ws has made. Nothing comes from it, but its end tells the stream of messages of its own.
    _beneath: Option<BoxBody>,
}

/// A pipe, and the body at its end, in place of the one `beneath` where there is one. It is stalled when nothing is taken
/// for `stall`.
pub(crate) fn pipe(beneath: Option<BoxBody>, stall: Duration) -> (Inlet, BoxBody) {
    let state = Rc::default();
    let body = Body { state: Rc::clone(&state), _beneath: beneath };
    (Inlet { state, stall }, BoxBody::new(body))
}

impl Inlet {
    /// Puts `bytes` in as soon as there is room.
    pub(crate) async fn send(&self, bytes: Bytes) -> Result<(), Blocked> {
        self.wait(State::has_room).await?;
        let mut state = self.state.borrow_mut();
        state.bytes += bytes.len();
        state.waiting.push_back(bytes);
        wake(state.body.take());
        Ok(())
    }

    /// Waits until everything was taken: then nothing that was shared with others is held any more.
    pub(crate) async fn emptied(&self) -> Result<(), Blocked> {
        self.wait(State::is_empty).await
    }

    /// Waits until nobody will take anything any more.
    pub(crate) async fn closed(&self) {
        let _ = self.until(|_| false).await;
    }

    /// Waits until `ready`, as long as something is taken from time to time, but not for ever: meanwhile nobody looks
    /// whether the client may still be here.
    async fn wait(&self, ready: fn(&State) -> bool) -> Result<(), Blocked> {
        for _ in 0..PATIENCE {
            let before = self.state.borrow().taken;
            match timeout(self.stall, self.until(ready)).await {
                Ok(result) => return result,
                Err(_) if self.state.borrow().taken == before => break,
                Err(_) => {}
            }
        }
        Err(Blocked::Stalled)
    }

    async fn until(&self, ready: fn(&State) -> bool) -> Result<(), Blocked> {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if state.closed {
                Poll::Ready(Err(Blocked::Closed))
            } else if ready(&state) {
                Poll::Ready(Ok(()))
            } else {
                state.sender = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        let mut state = self.state.borrow_mut();
        state.ended = true;
        wake(state.body.take());
    }
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let mut state = self.state.borrow_mut();
        if let Some(front) = state.waiting.front_mut() {
            let slice = front.split_to(front.len().min(SLICE));
            if front.is_empty() {
                state.waiting.pop_front();
            }
            state.bytes -= slice.len();
            state.taken += 1;
            wake(state.sender.take());
            return Poll::Ready(Some(Ok(slice)));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        // An idle connection holds no room for what may come.
        state.waiting = VecDeque::new();
        state.body = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let mut state = self.state.borrow_mut();
        state.closed = true;
        state.waiting = VecDeque::new();
        wake(state.sender.take());
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
