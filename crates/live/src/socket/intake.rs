//! What comes in: whole messages, within a bound on memory that holds before anybody has authenticated.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, MessageStream, ProtocolError};
use futures_util::{Stream, StreamExt};

use super::close_code::{NOT_UTF8, PROTOCOL, TOO_BIG};
use super::ending::Ending;

/// How long a message may be, in bytes.
const MESSAGE: usize = 64 * 1024;
/// How many bytes may be taken from the socket without a message becoming whole. It is above a message and what actix
/// hands over at once (up to some 300 KiB of what was sent in one go), so that only a message that is too long can use
/// it up.
const BUDGET: usize = 512 * 1024;

/// The request's body, with a budget of bytes that [`Intake`] renews. The frame decoder knows the length of a frame
/// from its head, yet buffers all of it before it refuses it.
pub(super) async fn metered(
    request: &HttpRequest,
    body: web::Payload,
) -> actix_web::Result<(web::Payload, Rc<Cell<usize>>)> {
    let budget = Rc::new(Cell::new(BUDGET));
    let left = Rc::clone(&budget);
    let counted = body.into_inner().map(move |chunk| {
        let chunk = chunk?;
        left.set(left.get().checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?);
        Ok(chunk)
    });
    let counted: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(counted);
    let body = web::Payload::from_request(request, &mut dev::Payload::from(counted)).await?;
    Ok((body, budget))
}

/// The client's messages.
pub(super) struct Intake {
    messages: AggregatedMessageStream,
    budget: Rc<Cell<usize>>,
}

impl Intake {
    pub(super) fn new(messages: MessageStream, budget: Rc<Cell<usize>>) -> Self {
        let messages = messages.max_frame_size(MESSAGE).aggregate_continuations().max_continuation_size(MESSAGE);
        Self { messages, budget }
    }

    /// The next message. Nothing is lost when the returned future is dropped.
    pub(super) async fn next(&mut self) -> Result<AggregatedMessage, Ending> {
        match self.messages.recv().await {
            Some(Ok(message)) => {
                self.budget.set(BUDGET);
                Ok(message)
            }
            Some(Err(error)) => Err(ending(&error)),
            None => Err(Ending::Gone),
        }
    }
}

fn ending(error: &ProtocolError) -> Ending {
    let too_big = Ending::Close(TOO_BIG, "a message may be 64 KiB long");
    match error {
        ProtocolError::Overflow => too_big,
        ProtocolError::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            Ending::Close(NOT_UTF8, "a text frame must be UTF-8")
        }
        // Under this variant come the body's errors, and a fragmented message that is too long.
        ProtocolError::Io(error) => match error.get_ref().and_then(|cause| cause.downcast_ref::<PayloadError>()) {
            None | Some(PayloadError::Overflow) => too_big,
            Some(_) => Ending::Gone,
        },
        _ => Ending::Close(PROTOCOL, "the frame breaks RFC 6455"),
    }
}
