//! JSON lines: one object per line, one row per object; blank lines are passed over.
//!
//! Values inside a row stay the text that the file has, so that nothing is rounded or reordered. Names given twice are refused, since
//! readers disagree about which one counts.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Columns, Place, Rows, TableError, Value, decode::TextInput, error::shortened, limits, text::Lines};

/// JSON lines as rows.
pub(crate) struct JsonRows {
    lines: Lines,
    columns: Columns,
    row: u64,
}

impl JsonRows {
    pub(crate) fn new(input: TextInput, columns: Columns) -> Self {
        Self { lines: Lines::new(input), columns, row: 0 }
    }

    /// The names that the first rows use, in the order in which they appear; rows that cannot be read are passed over.
    ///
    /// # Errors
    /// [`TableError::TooManyColumns`], those of the names, and what ends all reading.
    pub(crate) fn learn_columns(input: TextInput) -> Result<Columns, TableError> {
        let (mut names, mut known) = (Vec::new(), HashSet::new());
        let mut lines = Lines::new(input);
        for row in 1..=limits::INFERENCE_ROWS {
            let members = match next_members(&mut lines, row) {
                Ok(Some(members)) => members,
                Ok(None) => break,
                Err(error) if error.spares_the_rest() => continue,
                Err(error) => return Err(error),
            };
            for (name, _) in members {
                if known.insert(name.clone()) {
                    names.push(name);
                }
            }
            if names.len() > limits::MAXIMUM_COLUMNS {
                return Err(TableError::TooManyColumns { place: Place::row(row) });
            }
        }
        Columns::named(names)
    }
}

impl Rows for JsonRows {
    fn next_cells(&mut self) -> Result<Option<Vec<Value>>, TableError> {
        self.row += 1;
        let row = self.row;
        let Some(members) = next_members(&mut self.lines, row)? else { return Ok(None) };
        let mut cells = vec![Value::Missing; self.columns.count()];
        let mut seen = vec![false; cells.len()];
        for (name, raw) in members {
            let place = self.columns.place(&name);
            let found = place.and_then(|place| Some((cells.get_mut(place)?, seen.get_mut(place)?)));
            let Some((cell, seen)) = found else {
                return Err(TableError::UnknownMember { row, name: shortened(&name) });
            };
            if std::mem::replace(seen, true) {
                return Err(TableError::DuplicateMember { row, name: shortened(&name) });
            }
            *cell = cell_of(raw.get(), row, &name)?;
        }
        Ok(Some(cells))
    }
}

/// The members of the next object.
fn next_members(lines: &mut Lines, row: u64) -> Result<Option<Vec<(String, &RawValue)>>, TableError> {
    loop {
        if !lines.advance(row)? {
            return Ok(None);
        }
        if !lines.is_blank() {
            break;
        }
    }
    let text = lines.text(|| Place::row(row))?;
    let Members(members) = serde_json::from_str(text).map_err(|error| TableError::NotAnObject {
        row,
        reason: if error.is_data() { "the line is not an object".to_owned() } else { syntax(&error) },
    })?;
    if members.len() > limits::MAXIMUM_COLUMNS {
        return Err(TableError::TooManyColumns { place: Place::row(row) });
    }
    Ok(Some(members))
}

/// What is wrong with the JSON and at which byte of the line, without repeating the line.
fn syntax(error: &serde_json::Error) -> String {
    let ends = if error.is_eof() { "the JSON ends too early" } else { "the JSON is malformed" };
    format!("{ends} at byte {}", error.column())
}

/// The cell that a member's text stands for.
fn cell_of(raw: &str, row: u64, column: &str) -> Result<Value, TableError> {
    let malformed = |error: serde_json::Error| TableError::NotAnObject { row, reason: syntax(&error) };
    match raw.bytes().next() {
        Some(b'n') => Ok(Value::Missing),
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'"') => serde_json::from_str(raw).map(Value::Text).map_err(malformed),
        Some(b'[' | b'{') => {
            if depth_of(raw) >= limits::MAXIMUM_DEPTH {
                return Err(TableError::TooDeep { row });
            }
            let mut twice = None;
            let checked = Unique { twice: &mut twice }.deserialize(&mut serde_json::Deserializer::from_str(raw));
            match (checked, twice) {
                (_, Some(name)) => Err(TableError::DuplicateMember { row, name: shortened(&name) }),
                (Err(error), None) => Err(malformed(error)),
                (Ok(()), None) => Ok(Value::Json(raw.to_owned())),
            }
        }
        _ => number_of(raw)
            .ok_or_else(|| TableError::NumberTooLarge { place: Place::cell(row, column), number: shortened(raw) }),
    }
}

/// The number, if 64 bits hold it.
fn number_of(raw: &str) -> Option<Value> {
    if raw.contains(['.', 'e', 'E']) {
        return raw.parse::<f64>().ok().filter(|float| float.is_finite()).map(Value::Float);
    }
    raw.parse::<i64>().ok().map(Value::Integer)
}

/// How deep arrays and objects stand in one another in JSON that is known to be well formed.
fn depth_of(json: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The members of an object in their order; of too many, one more than allowed.
struct Members<'line>(Vec<(String, &'line RawValue)>);

impl<'de: 'line, 'line> Deserialize<'de> for Members<'line> {
    fn deserialize<From: Deserializer<'de>>(from: From) -> Result<Self, From::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<Map: MapAccess<'de>>(self, mut map: Map) -> Result<Self::Value, Map::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key()? {
                    if members.len() > limits::MAXIMUM_COLUMNS {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        members.push((name, map.next_value()?));
                    }
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Collect)
    }
}

/// Any value in whose objects no name stands twice.
struct Unique<'found> {
    twice: &'found mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = ();

    fn deserialize<From: Deserializer<'de>>(self, from: From) -> Result<(), From::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<Items: SeqAccess<'de>>(self, mut items: Items) -> Result<(), Items::Error> {
        while items.next_element_seed(Unique { twice: &mut *self.twice })?.is_some() {}
        Ok(())
    }

    fn visit_map<Map: MapAccess<'de>>(self, mut map: Map) -> Result<(), Map::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if seen.contains(&name) {
                self.twice.get_or_insert(name);
                return Err(Map::Error::custom("a name is given twice"));
            }
            seen.insert(name);
            map.next_value_seed(Unique { twice: &mut *self.twice })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_the_text_says() {
        let cell = |raw| cell_of(raw, 1, "a");
        assert_eq!(cell("null"), Ok(Value::Missing));
        assert_eq!(cell("1"), Ok(Value::Integer(1)));
        assert_eq!(cell("1.0"), Ok(Value::Float(1.0)));
        assert_eq!(cell("\"\\u4e2d\""), Ok(Value::Text("中".into())));
        assert_eq!(cell("{\"b\": 1.50, \"a\": []}"), Ok(Value::Json("{\"b\": 1.50, \"a\": []}".into())));
        for (raw, says) in [
            ("18446744073709551616", "does not fit"),
            ("1e999", "does not fit"),
            ("{\"a\": [{\"b\": 1, \"b\": 2}]}", "`b` is given twice"),
        ] {
            assert!(cell(raw).unwrap_err().to_string().contains(says), "{raw}");
        }
    }

    #[test]
    fn depth_counts_outside_strings() {
        assert_eq!(depth_of("[{\"a]\\\"[\": [1]}]"), 3);
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(cell_of(&nested(63), 1, "a").is_ok());
        assert_eq!(cell_of(&nested(64), 1, "a"), Err(TableError::TooDeep { row: 1 }));
        assert_eq!(cell_of(&nested(100_000), 1, "a"), Err(TableError::TooDeep { row: 1 }));
    }
}
