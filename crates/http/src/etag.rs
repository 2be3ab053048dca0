//! Versions of records as entity tags (RFC 9110 section 8.8.3), and what writers demand of them.

use actix_web::HttpRequest;
use actix_web::http::header::IF_MATCH;
use showrunner_domain::{Precondition, Version};
use showrunner_web::Problem;

/// The entity tag of a record in this version.
pub(crate) fn of(version: Version) -> String {
    format!("\"{}\"", version.get())
}

/// What the headers `If-Match` demand (RFC 9110 section 13.1.1). Several are one list.
///
/// Comparison is strong: weak tags and tags that are no version fulfil nothing.
pub(crate) fn precondition(request: &HttpRequest) -> Result<Precondition, Problem> {
    let mut values = request.headers().get_all(IF_MATCH).peekable();
    if values.peek().is_none() {
        return Ok(Precondition::None);
    }
    let mut list = Vec::new();
    for value in values {
        if !list.is_empty() {
            list.push(b',');
        }
        list.extend_from_slice(value.as_bytes());
    }
    parse(&list).ok_or_else(|| Problem::malformed("`If-Match` must be `*` or a list of entity tags, such as `\"3\"`."))
}

fn parse(list: &[u8]) -> Option<Precondition> {
    if list.trim_ascii() == b"*" {
        return Some(Precondition::Exists);
    }
    let (mut versions, mut tags) = (Vec::new(), 0);
    let mut rest = list.trim_ascii_start();
    while !rest.is_empty() {
        // Empty elements of a list mean nothing (RFC 9110 section 5.6.1).
        if let Some(after) = rest.strip_prefix(b",") {
            rest = after.trim_ascii_start();
            continue;
        }
        let strong = rest.strip_prefix(b"W/");
        let opaque = strong.unwrap_or(rest).strip_prefix(b"\"")?;
        let end = opaque.iter().position(|byte| *byte == b'"')?;
        let (tag, after) = (&opaque[..end], opaque[end + 1..].trim_ascii_start());
        let allowed = tag.iter().all(|byte| matches!(byte, 0x21..=0x7e | 0x80..));
        if !allowed || !(after.is_empty() || after.starts_with(b",")) {
            return None;
        }
        tags += 1;
        versions.extend(version(tag).filter(|_| strong.is_none()));
        rest = after;
    }
    (tags > 0).then_some(Precondition::OneOf(versions))
}

/// The version whose tag this is, to the letter.
fn version(tag: &[u8]) -> Option<Version> {
    let text = std::str::from_utf8(tag).ok()?;
    text.parse().ok().and_then(Version::new).filter(|version| version.get().to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of(numbers: &[i64]) -> Precondition {
        Precondition::OneOf(numbers.iter().map(|number| Version::new(*number).unwrap()).collect())
    }

    #[test]
    fn a_list_of_tags_demands_one_of_their_versions() {
        assert_eq!(parse(b"*"), Some(Precondition::Exists));
        assert_eq!(parse(b"\"3\""), Some(one_of(&[3])));
        assert_eq!(parse(b" \"3\" ,, \"4\",\"9\" "), Some(one_of(&[3, 4, 9])));
    }

    #[test]
    fn weak_and_foreign_tags_fulfil_nothing() {
        for list in
            ["W/\"3\"", "\"+3\"", "\"03\"", "\"0\"", "\"\"", "\"a,b\"", "\"99999999999999999999\"", "\"\u{e4}\""]
        {
            assert_eq!(parse(list.as_bytes()), Some(one_of(&[])), "{list}");
        }
        assert_eq!(parse(b"W/\"3\", \"4\""), Some(one_of(&[4])));
    }

    #[test]
    fn what_is_no_list_of_tags_is_malformed() {
        for list in ["", ",", "3", "\"3", "3\"", "\"3\"\"4\"", "\"3\" \"4\"", "*, \"3\"", "w/\"3\"", "\"a b\"", "'3'"] {
            assert_eq!(parse(list.as_bytes()), None, "{list}");
        }
    }
}
