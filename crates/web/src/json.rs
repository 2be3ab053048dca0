//! JSON objects as people send them: read strictly, so that what is stored is what was meant.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use showrunner_domain::MAX_JSON_DEPTH;

/// Under this key `serde_json` hands on a number that is no integer of 64 bits, as it is written.
const NUMBER: &str = "$serde_json::private::Number";
/// Under this key it takes a text for JSON.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Reads `bytes` as one JSON object in which no key stands twice, at any depth (RFC 8259 section 4 leaves open what
/// such an object means), and which is nested at most [`MAX_JSON_DEPTH`] deep. Numbers keep all their digits.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Unambiguous { depth: 0 }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| error.to_string())?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err("expected an object".to_owned()),
    }
}

/// Reads a value around which `depth` others stand.
#[derive(Clone, Copy)]
struct Unambiguous {
    depth: usize,
}

impl Unambiguous {
    /// Reads what stands within this value.
    fn within<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > MAX_JSON_DEPTH {
            return Err(E::custom(format_args!("it is nested more than {MAX_JSON_DEPTH} deep")));
        }
        Ok(Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Unambiguous {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let item = self.within::<A::Error>()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(item)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Some(mut key) = entries.next_key::<String>()? else {
            self.within::<A::Error>()?;
            return Ok(Value::Object(Map::new()));
        };
        if key == NUMBER {
            return number(&mut entries);
        }
        let member = self.within::<A::Error>()?;
        let mut members = Map::new();
        loop {
            if members.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice")));
            }
            if [NUMBER, RAW_VALUE].contains(&key.as_str()) {
                return Err(A::Error::custom(format_args!("the key {key:?} is reserved")));
            }
            members.insert(key, entries.next_value_seed(member)?);
            match entries.next_key()? {
                Some(next) => key = next,
                None => return Ok(Value::Object(members)),
            }
        }
    }
}

/// The number under [`NUMBER`], unless it is too large for a double-precision number: most clients could not read it.
fn number<'de, A: MapAccess<'de>>(entries: &mut A) -> Result<Value, A::Error> {
    let text: String = entries.next_value()?;
    let number: Number = text.parse().map_err(A::Error::custom)?;
    if number.as_f64().is_none() {
        return Err(A::Error::custom("number out of range"));
    }
    if entries.next_key::<String>()?.is_some() {
        return Err(A::Error::custom(format_args!("the key {NUMBER:?} is reserved")));
    }
    Ok(Value::Number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_serde_json_reads_it() {
        let text = r#"{"a": [1, -2, 1.0, 18446744073709551615, "ä", null, true], "b": {"c": {}}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(Value::Object(object(text.as_bytes()).unwrap()), expected);
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        for number in [
            "9007199254740993",
            "-123456789012345678901234567890",
            "1.10",
            "3.14159265358979323846264338327950288",
            "0",
        ] {
            let read = object(format!("{{\"a\":[{number}]}}").as_bytes()).unwrap();
            assert_eq!(Value::Object(read).to_string(), format!("{{\"a\":[{number}]}}"));
        }
    }

    #[test]
    fn nesting_ends_well_before_it_could_not_be_decoded_within_an_event() {
        let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)).into_bytes();
        assert!(object(&nested(MAX_JSON_DEPTH)).is_ok());
        assert!(object(&nested(MAX_JSON_DEPTH + 1)).unwrap_err().contains("nested more than 64 deep"));
        let list = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
        assert!(object(&list(MAX_JSON_DEPTH - 1)).is_ok() && object(&list(MAX_JSON_DEPTH)).is_err());
        let within: Value = serde_json::from_slice(&nested(MAX_JSON_DEPTH)).unwrap();
        let event = serde_json::json!({ "data": { "changes": { "payload": [within, null] } } }).to_string();
        assert!(serde_json::from_str::<Value>(&event).is_ok());
    }

    #[test]
    fn what_is_broken_ambiguous_or_no_object_is_refused() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        let wrong: [&[u8]; 13] = [
            b"",
            b"{",
            b"{}x",
            b"[]",
            b"null",
            b"{\"a\":1,\"a\":2}",
            b"{\"b\":[{\"a\":1,\"a\":1}]}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":1e999}",
            b"{\"a\":{\"$serde_json::private::RawValue\":\"[\"}}",
            b"{\"a\":{\"b\":1,\"$serde_json::private::Number\":\"1\"}}",
            b"{\"a\":{\"$serde_json::private::Number\":\"1\",\"b\":1}}",
            deep.as_bytes(),
        ];
        for bytes in wrong {
            assert!(object(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
