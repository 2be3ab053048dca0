//! Scenes as pictures: whatever they say and show, their pixels are where they should be.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "test pictures are small"
)]

mod browser;
mod encodings;
mod figures;
mod hostile;
mod pictures;
mod repeats;
mod studio;
mod texts;
