//! JSON that has no form of its own: payloads and results.

use std::io::{self, Write};

use serde::Serialize;

/// How deep JSON from outside may be nested. `serde_json` decodes 128 levels; events, activities and what carries them to
/// clients stand around a payload, and none of those may be what cannot be decoded.
pub const MAX_JSON_DEPTH: usize = 64;

/// How large a payload or a result may be inside an event, in bytes: the log, its readers and every client get a copy.
const MAX_IN_EVENT: usize = 64 * 1024;

/// Whether `value` is small enough to stand inside an event.
pub(crate) fn fits_event(value: &impl Serialize) -> bool {
    serde_json::to_writer(Room(MAX_IN_EVENT), value).is_ok()
}

/// Takes so many bytes, and refuses what goes beyond.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_fits_up_to_64_kib_of_text() {
        assert!(fits_event(&"x".repeat(MAX_IN_EVENT - 2)));
        assert!(!fits_event(&"x".repeat(MAX_IN_EVENT - 1)));
    }
}
