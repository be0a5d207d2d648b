//! What a field of a Parquet record is as a cell.

use parquet::record::Field;

use super::calendar::{date, time, timestamp};

use crate::table::Value;

/// Why a field is no cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoCell {
    /// Bytes that are not text.
    Binary,
    /// An integer that 64 signed bits do not hold.
    TooLarge,
}

/// The cell for a field. Times are written as ISO 8601, decimals as they are spelt, lists, maps and groups as JSON.
///
/// # Errors
/// [`NoCell`] for what a cell cannot hold without loss.
pub(crate) fn cell_of(field: &Field) -> Result<Value, NoCell> {
    Ok(match field {
        Field::Null => Value::Missing,
        Field::Bool(truth) => Value::Bool(*truth),
        Field::Byte(number) => Value::Integer(i64::from(*number)),
        Field::Short(number) => Value::Integer(i64::from(*number)),
        Field::Int(number) => Value::Integer(i64::from(*number)),
        Field::Long(number) => Value::Integer(*number),
        Field::UByte(number) => Value::Integer(i64::from(*number)),
        Field::UShort(number) => Value::Integer(i64::from(*number)),
        Field::UInt(number) => Value::Integer(i64::from(*number)),
        Field::ULong(number) => Value::Integer(i64::try_from(*number).map_err(|_| NoCell::TooLarge)?),
        Field::Float16(number) => float(f64::from(number.to_f32())),
        Field::Float(number) => float(f64::from(*number)),
        Field::Double(number) => float(*number),
        Field::Decimal(_) => Value::Text(field.to_string()),
        Field::Str(text) => Value::Text(text.clone()),
        Field::Bytes(bytes) => Value::Text(std::str::from_utf8(bytes.data()).map_err(|_| NoCell::Binary)?.to_owned()),
        Field::Date(days) => Value::Text(date(i64::from(*days))),
        Field::TimeMillis(millis) => Value::Text(time(i64::from(*millis), 3)),
        Field::TimeMicros(micros) => Value::Text(time(*micros, 6)),
        Field::TimestampMillis(millis) => Value::Text(timestamp(*millis, 3)),
        Field::TimestampMicros(micros) => Value::Text(timestamp(*micros, 6)),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            let mut json = String::new();
            write_json(field, &mut json)?;
            Value::Json(json)
        }
    })
}

/// Not a number is how table libraries write that there is none.
fn float(number: f64) -> Value {
    if number.is_nan() { Value::Missing } else { Value::Float(number) }
}

/// Writes the JSON of a field. The schema's depth was checked, so that recursion is bounded.
fn write_json(field: &Field, json: &mut String) -> Result<(), NoCell> {
    match field {
        Field::Group(row) => {
            json.push('{');
            for (number, (name, field)) in row.get_column_iter().enumerate() {
                separate(number, json);
                write_text(name, json);
                json.push(':');
                write_json(field, json)?;
            }
            json.push('}');
        }
        Field::ListInternal(list) => {
            json.push('[');
            for (number, field) in list.elements().iter().enumerate() {
                separate(number, json);
                write_json(field, json)?;
            }
            json.push(']');
        }
        // Keys of maps need not be text, those of JSON objects do, so that a map is a list of pairs.
        Field::MapInternal(map) => {
            json.push('[');
            for (number, (key, value)) in map.entries().iter().enumerate() {
                separate(number, json);
                json.push('[');
                write_json(key, json)?;
                json.push(',');
                write_json(value, json)?;
                json.push(']');
            }
            json.push(']');
        }
        plain => match cell_of(plain)? {
            Value::Missing => json.push_str("null"),
            Value::Text(text) => write_text(&text, json),
            // JSON has no infinity; the word is at least not another number.
            Value::Float(number) if number.is_infinite() => write_text(&number.to_string(), json),
            cell => json.push_str(&cell.spelling()),
        },
    }
    Ok(())
}

fn separate(number: usize, json: &mut String) {
    if number > 0 {
        json.push(',');
    }
}

fn write_text(text: &str, json: &mut String) {
    json.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use parquet::data_type::Decimal;
    use parquet::record::Field;

    use super::*;

    #[test]
    fn plain_fields_are_cells() {
        assert_eq!(cell_of(&Field::Double(f64::NAN)), Ok(Value::Missing));
        assert_eq!(cell_of(&Field::ULong(u64::MAX)), Err(NoCell::TooLarge));
        assert_eq!(cell_of(&Field::Bytes(vec![0xff].into())), Err(NoCell::Binary));
        assert_eq!(cell_of(&Field::Date(20_784)), Ok(Value::Text("2026-11-27".into())));
        assert_eq!(cell_of(&Field::Decimal(Decimal::from_i32(1250, 6, 2))), Ok(Value::Text("12.50".into())));
    }
}
