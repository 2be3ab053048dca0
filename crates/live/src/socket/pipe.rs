//! The way from a connection's task to the body that actix sends.
//!
//! It holds a few pieces of bytes: whole frames, mostly shared with other connections. Whatever waits there leaves in one
//! write. Both ends live on one thread.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

/// How many pieces may wait. A client that is behind takes them one after the other from a server that is ahead, so
/// there must be enough of them to fill a write.
const MOST: usize = 32;

/// Nobody takes anything any more.
#[derive(Debug)]
pub(super) struct Closed;

/// What both ends know.
#[derive(Default)]
struct State {
    waiting: VecDeque<Bytes>,
    /// Whether the sender has gone.
    ended: bool,
    /// Whether the body has gone.
    closed: bool,
    sender: Option<Waker>,
    body: Option<Waker>,
}

/// The end that frames are put into. The body ends when this is dropped.
pub(super) struct Inlet(Rc<RefCell<State>>);

/// The end that actix takes from.
struct Body {
    state: Rc<RefCell<State>>,
    /// The body that actix-ws has made. Nothing comes from it, but its end tells the stream of messages of its own.
    _beneath: BoxBody,
}

/// A pipe, and the body at its end in place of the one `beneath`.
pub(super) fn pipe(beneath: BoxBody) -> (Inlet, BoxBody) {
    let state = Rc::default();
    let body = Body { state: Rc::clone(&state), _beneath: beneath };
    (Inlet(state), BoxBody::new(body))
}

impl Inlet {
    /// Puts `bytes` in as soon as there is room.
    pub(super) async fn send(&self, bytes: Bytes) -> Result<(), Closed> {
        let mut bytes = Some(bytes);
        poll_fn(|context| {
            let mut state = self.0.borrow_mut();
            if state.closed {
                return Poll::Ready(Err(Closed));
            }
            if state.waiting.len() >= MOST {
                state.sender = Some(context.waker().clone());
                return Poll::Pending;
            }
            state.waiting.extend(bytes.take());
            wake(state.body.take());
            Poll::Ready(Ok(()))
        })
        .await
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
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
        match state.waiting.pop_front() {
            Some(bytes) => {
                wake(state.sender.take());
                Poll::Ready(Some(Ok(bytes)))
            }
            None if state.ended => Poll::Ready(None),
            None => {
                // An idle connection holds no room for what may come.
                state.waiting = VecDeque::new();
                state.body = Some(context.waker().clone());
                Poll::Pending
            }
        }
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
