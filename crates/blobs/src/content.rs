//! What is seen from the bytes themselves.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256 as Hasher};
use showrunner_domain::file::{ContentType, Inspection, Inspector, Sha256};

/// Digests bytes, and tells their media type by how they begin.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContentInspector;

impl Inspector for ContentInspector {
    fn begin(&self) -> Box<dyn Inspection> {
        Box::new(Digest(Hasher::new()))
    }

    fn content_type(&self, head: &[u8]) -> ContentType {
        let text = text_of(head);
        if text.is_some_and(is_svg) {
            return known("image/svg+xml");
        }
        match infer::get(head) {
            Some(found) => known(found.mime_type()),
            None if text.is_some() => known("text/plain"),
            None => ContentType::unknown(),
        }
    }
}

fn known(text: &str) -> ContentType {
    ContentType::parse(text).unwrap_or_else(|_| ContentType::unknown())
}

/// The bytes as text, where they are some: UTF-8, which may be cut in a character, without control characters that no text has.
fn text_of(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace());
    plain.then_some(text)
}

/// Whether a document in XML has `svg` as its first element, after whatever may stand before that.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some(after) = rest.strip_prefix("<?").or_else(|| rest.strip_prefix("<!")) {
        let end = if after.starts_with("--") {
            after.find("-->").map(|place| place + 3)
        } else {
            after.find('>').map(|place| place + 1)
        };
        let Some(end) = end else { return false };
        rest = after[end..].trim_start();
    }
    rest.strip_prefix("<svg")
        .is_some_and(|after| after.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/'))
}

struct Digest(Hasher);

impl Inspection for Digest {
    fn take(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn digest(self: Box<Self>) -> Sha256 {
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        Sha256::parse(text).unwrap_or_else(|reason| unreachable!("a digest {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_known_by_its_beginning() {
        let told = |head: &[u8]| ContentInspector.content_type(head).to_string();
        assert_eq!(told(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png");
        assert_eq!(told(b"\xff\xd8\xff\xe0\0\x10JFIF\0"), "image/jpeg");
        assert_eq!(told(b"RIFF\0\0\0\0WEBPVP8 "), "image/webp");
        assert_eq!(told(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), "video/mp4");
        assert_eq!(told(b"PK\x03\x04\x14\0\0\0\x08\0"), "application/zip");
        assert_eq!(told(b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(told("INT. KÜCHE – TAG".as_bytes()), "text/plain");
        assert_eq!(told(&"ä".as_bytes()[..1]), "application/octet-stream");
        assert_eq!(told(b"a\0b"), "application/octet-stream");
        assert_eq!(told(b""), "application/octet-stream");
    }

    #[test]
    fn a_drawing_is_known_whatever_stands_before_it() {
        for text in
            ["<svg/>", "\u{feff}<?xml version=\"1.0\"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg width=\"1\">", " <svg>"]
        {
            assert_eq!(ContentInspector.content_type(text.as_bytes()).as_str(), "image/svg+xml", "{text}");
        }
        for text in ["<svgx/>", "<html><svg/></html>", "<!-- <svg> ", "svg"] {
            assert_ne!(ContentInspector.content_type(text.as_bytes()).as_str(), "image/svg+xml", "{text}");
        }
    }

    #[test]
    fn a_digest_is_that_of_all_bytes() {
        let mut inspection = ContentInspector.begin();
        inspection.take(b"ab");
        inspection.take(b"c");
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(inspection.digest().as_str(), expected);
    }
}
