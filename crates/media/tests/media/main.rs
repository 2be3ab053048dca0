//! What the ports to videos and archives promise, with the real ffmpeg and real archives, good and hostile ones.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests")]

mod archives;
mod bad_archives;
mod hostile;
mod samples;
mod videos;
