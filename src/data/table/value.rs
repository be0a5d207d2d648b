//! What a cell holds.

use std::borrow::Cow;

/// One cell. CSV and plain text know only [`Value::Text`] and [`Value::Missing`], so that what is read can be written back as it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing: an empty CSV cell, JSON `null` or an absent member, a Parquet null or NaN.
    #[default]
    Missing,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// An array or object, as the text of one JSON value on one line: exactly what the file says.
    Json(String),
}

impl Value {
    /// Text, or [`Value::Missing`] if there is none.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        if text.is_empty() { Self::Missing } else { Self::Text(text.to_owned()) }
    }

    /// Whether the cell holds nothing; text without characters is nothing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Missing => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The finite number that the cell holds, or that its text spells.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(integer) => Some(*integer as f64),
            Self::Float(float) => float.is_finite().then_some(*float),
            Self::Text(text) => spelt_number(text),
            _ => None,
        }
    }

    /// What the cell looks like in a text file: nothing, `true`, `12`, `0.5`, text, or JSON.
    #[must_use]
    pub fn spelling(&self) -> Cow<'_, str> {
        match self {
            Self::Missing => Cow::Borrowed(""),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Integer(integer) => Cow::Owned(integer.to_string()),
            Self::Float(float) => Cow::Owned(spell_float(*float)),
            Self::Text(text) | Self::Json(text) => Cow::Borrowed(text),
        }
    }

    /// Bytes that tell this cell from every other, one after the other without confusion: kind, length, content.
    pub fn write_canonical(&self, into: &mut Vec<u8>) {
        let kind = match self {
            Self::Missing => b'-',
            Self::Bool(_) => b'b',
            Self::Integer(_) => b'i',
            Self::Float(_) => b'f',
            Self::Text(_) => b't',
            Self::Json(_) => b'j',
        };
        let content = self.spelling();
        into.push(kind);
        into.extend((content.len() as u64).to_be_bytes());
        into.extend(content.as_bytes());
    }
}

/// The shortest decimal that reads back as the same double, always with a point or an exponent.
fn spell_float(float: f64) -> String {
    format!("{float:?}")
}

/// The number that `text` spells in decimal; words such as `inf` and `nan` are no numbers here.
pub(crate) fn spelt_number(text: &str) -> Option<f64> {
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'));
    let only = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    (starts && only).then(|| text.parse::<f64>().ok()).flatten().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_decimal_spells() {
        for (text, number) in [
            ("1", Some(1.0)),
            ("-2.5", Some(-2.5)),
            (".5", Some(0.5)),
            ("1e3", Some(1000.0)),
            ("inf", None),
            ("NaN", None),
            ("1e999", None),
            ("", None),
            ("1 ", None),
            ("0x10", None),
        ] {
            assert_eq!(Value::Text(text.into()).as_number(), number, "{text}");
        }
    }

    #[test]
    fn canonical_bytes_keep_neighbours_apart() {
        let bytes = |cells: &[Value]| {
            let mut bytes = Vec::new();
            cells.iter().for_each(|cell| cell.write_canonical(&mut bytes));
            bytes
        };
        let text = |text: &str| Value::Text(text.into());
        assert_ne!(bytes(&[text("ab"), text("c")]), bytes(&[text("a"), text("bc")]));
        assert_ne!(bytes(&[text("1")]), bytes(&[Value::Integer(1)]));
        assert_ne!(bytes(&[Value::Float(1.0)]), bytes(&[Value::Integer(1)]));
    }

    #[test]
    fn floats_read_back_as_they_were() {
        for float in [0.1, 1.0, -0.0, 1e300, 5e-324, 123_456_789.125] {
            assert_eq!(spell_float(float).parse::<f64>().unwrap().to_bits(), float.to_bits());
        }
        assert_eq!(spell_float(1.0), "1.0");
    }
}
