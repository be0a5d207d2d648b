//! JSON that is signed: parsed strictly, written canonically (RFC 8785).
//!
//! Strict means: one value, no member twice in an object (readers disagree about which one counts), nesting at most 128
//! deep, size limited before parsing. Canonical writing refuses integers that a double cannot hold exactly instead of
//! rounding them, and doubles that it would write like such integers, since reading them gives another number type.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Largest integer that every JSON reader holds exactly: 2^53 - 1 (RFC 7493, section 2.2; RFC 8785, section 3.2.2.3).
pub const LARGEST_EXACT_INTEGER: i64 = (1 << 53) - 1;
/// From here on numbers are written with an exponent (ECMA-262, Number::toString), and read as doubles again.
const FIRST_WITH_EXPONENT: f64 = 1e21;

/// Why a document cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More bytes than allowed.
    #[error("the document has {length} bytes where at most {limit} are allowed; make it smaller")]
    TooLarge {
        /// Bytes given.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not JSON, or not of the expected shape.
    #[error("the document cannot be read: {reason}; correct it and send it again")]
    Malformed {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// A number that other readers would change.
    #[error("the integer {integer} is beyond 2^53 - 1 and would be rounded; write it as text")]
    Inexact {
        /// The number.
        integer: String,
    },
}

impl JsonError {
    fn malformed(error: &serde_json::Error) -> Self {
        Self::Malformed { reason: error.to_string() }
    }
}

/// Reads a document of at most `limit` bytes.
///
/// # Errors
/// [`JsonError::TooLarge`], and [`JsonError::Malformed`] for a syntax error, a member given twice or a wrong shape.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::TooLarge { length: bytes.len(), limit });
    }
    let Strict(value) = serde_json::from_slice(bytes).map_err(|error| JsonError::malformed(&error))?;
    serde_json::from_value(value).map_err(|error| JsonError::malformed(&error))
}

/// Writes `document` canonically, so that equal documents are equal bytes.
///
/// # Errors
/// [`JsonError::Inexact`] for an integer beyond 2^53 - 1, [`JsonError::Malformed`] for what JSON cannot express.
pub fn canonical_json<T: Serialize>(document: &T) -> Result<Vec<u8>, JsonError> {
    canonical_value(&serde_json::to_value(document).map_err(|error| JsonError::malformed(&error))?)
}

/// Writes a document that is a value already; see [`canonical_json`].
///
/// # Errors
/// As [`canonical_json`].
pub(crate) fn canonical_value(value: &Value) -> Result<Vec<u8>, JsonError> {
    let mut written = Vec::new();
    write_canonical(value, &mut written)?;
    Ok(written)
}

/// Strings and integers are canonical as `serde_json` writes them; members are sorted here, and floats left to the library.
fn write_canonical(value: &Value, written: &mut Vec<u8>) -> Result<(), JsonError> {
    match value {
        Value::Number(number) if is_inexact(number) => return Err(JsonError::Inexact { integer: number.to_string() }),
        Value::Number(number) if number.is_f64() => {
            let float = serde_json_canonicalizer::to_vec(number).map_err(|error| JsonError::malformed(&error))?;
            written.extend(float);
        }
        Value::Array(items) => {
            written.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    written.push(b',');
                }
                write_canonical(item, written)?;
            }
            written.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // RFC 8785, section 3.2.3: by UTF-16 code units.
            members.sort_unstable_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            written.push(b'{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    written.push(b',');
                }
                write_plain(name, written)?;
                written.push(b':');
                write_canonical(member, written)?;
            }
            written.push(b'}');
        }
        plain => write_plain(plain, written)?,
    }
    Ok(())
}

fn write_plain(value: &impl Serialize, written: &mut Vec<u8>) -> Result<(), JsonError> {
    serde_json::to_writer(written, value).map_err(|error| JsonError::malformed(&error))
}

fn is_inexact(number: &Number) -> bool {
    let magnitude = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    let is_written_as_integer =
        |float: f64| float.fract() == 0.0 && float > LARGEST_EXACT_INTEGER as f64 && float < FIRST_WITH_EXPONENT;
    match magnitude {
        Some(magnitude) => magnitude > LARGEST_EXACT_INTEGER.unsigned_abs(),
        None => number.as_f64().map(f64::abs).is_some_and(is_written_as_integer),
    }
}

/// A value in which no object holds a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("member `{}` is given twice", name.escape_debug())));
            }
            let Strict(value) = map.next_value()?;
            members.insert(name, value);
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any characters at all, controls and those that sort differently in UTF-8 and UTF-16 among them.
    fn texts() -> impl Strategy<Value = String> {
        let character =
            prop_oneof![any::<char>(), prop::char::range('\0', '\u{7f}'), Just('\u{ff61}'), Just('\u{1f600}')];
        prop::collection::vec(character, 0..8).prop_map(String::from_iter)
    }

    fn documents() -> impl Strategy<Value = Value> {
        let exact = -LARGEST_EXACT_INTEGER..=LARGEST_EXACT_INTEGER;
        let plain = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            exact.prop_map(Value::from),
            (-1e15..1e15).prop_map(|float: f64| Value::from(float)),
            prop::sample::select(vec![-0.0, 1e-7, 5e-324, 1e21, -1.5e300, 0.1]).prop_map(Value::from),
            texts().prop_map(Value::from),
        ];
        plain.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(texts(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn canonical_form_is_the_librarys(document in documents()) {
            prop_assert_eq!(canonical_json(&document).unwrap(), serde_json_canonicalizer::to_vec(&document).unwrap());
        }
    }

    fn parse(text: &str) -> Result<Value, JsonError> {
        parse_json(text.as_bytes(), 1024)
    }

    #[test]
    fn reads_what_the_plain_parser_reads() {
        let text = r#"{"a":[1,-2,3.5,"é",null,true],"b":{"a":18446744073709551615}}"#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn refuses_members_given_twice_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"a":{"b":1,"c":2,"b":3}}]"#, "{\"a\":1,\"\\u0061\":1}"] {
            assert!(parse(text).unwrap_err().to_string().contains("given twice"), "{text}");
        }
    }

    #[test]
    fn refuses_trailing_deep_and_large_documents() {
        assert!(parse("{} {}").is_err());
        assert!(parse(&"[".repeat(200)).is_err());
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(parse(&deep).unwrap_err().to_string().contains("recursion"));
        assert_eq!(parse_json::<Value>(b"[1]", 2), Err(JsonError::TooLarge { length: 3, limit: 2 }));
    }

    #[test]
    fn canonical_form_is_sorted_and_exact() {
        let value = serde_json::json!({"b": 1.0, "a": "\u{e9}\n", "A": [9_007_199_254_740_991_u64]});
        assert_eq!(canonical_json(&value).unwrap(), "{\"A\":[9007199254740991],\"a\":\"é\\n\",\"b\":1}".as_bytes());
        for exact in [9_007_199_254_740_991.0, 1e21, -1e300, 0.1, -0.0] {
            let written = canonical_json(&exact).unwrap();
            assert_eq!(parse_json::<f64>(&written, 1024).unwrap(), exact);
            assert_eq!(canonical_json(&parse_json::<Value>(&written, 1024).unwrap()).unwrap(), written);
        }
        for float in [9_007_199_254_740_992.0, -1e20, 999_999_999_999_999_900_000.0] {
            assert!(matches!(canonical_json(&float), Err(JsonError::Inexact { .. })), "{float}");
        }
        for integer in [serde_json::json!([1_u64 << 53]), serde_json::json!({"a": i64::MIN})] {
            assert!(matches!(canonical_json(&integer), Err(JsonError::Inexact { .. })), "{integer}");
        }
    }
}
