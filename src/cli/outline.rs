//! A document of any shape, laid out for people: indented names and values instead of JSON.

use chancery_base::values::UnixMillis;
use serde_json::Value;

const INDENT: &str = "  ";
/// What stands for a value that is not there.
const NOTHING: &str = "–";

/// Lays `document` out, one member or item a line, members in the order they came.
#[must_use]
pub fn outline(document: &Value) -> String {
    let mut lines = Vec::new();
    add(document, 1, &mut lines);
    lines.concat()
}

fn add(value: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = INDENT.repeat(depth);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match moment(name, member).or_else(|| word(member)) {
                    Some(word) => lines.push(format!("{indent}{name}: {word}\n")),
                    None => {
                        lines.push(format!("{indent}{name}:\n"));
                        add(member, depth + 1, lines);
                    }
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match word(item) {
                    Some(word) => lines.push(format!("{indent}- {word}\n")),
                    None => {
                        let first = lines.len();
                        add(item, depth + 1, lines);
                        if let Some(line) = lines.get_mut(first) {
                            *line = format!("{indent}- {}", line.trim_start());
                        }
                    }
                }
            }
        }
        _ => lines.push(format!("{indent}{}\n", word(value).unwrap_or_default())),
    }
}

/// A moment, which documents give in milliseconds since 1970 under the names that are used for one.
fn moment(name: &str, value: &Value) -> Option<String> {
    let is_moment = name.ends_with("_at") || matches!(name, "now" | "not_before" | "not_after");
    let millis = value.as_i64().filter(|_| is_moment)?;
    Some(UnixMillis::new(millis).to_string())
}

/// A value that fits on the line of its name.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(NOTHING.to_owned()),
        // Where a text could be taken for something else, or pass for lines of ours, it is quoted and escaped.
        Value::String(text) if is_mistakable(text) => Some(value.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => Some(value.to_string()),
        Value::Object(members) if members.is_empty() => Some(value.to_string()),
        Value::Array(items) if items.iter().all(is_plain) => {
            Some(items.iter().filter_map(word).collect::<Vec<_>>().join(", "))
        }
        Value::Array(_) | Value::Object(_) => None,
        plain => Some(plain.to_string()),
    }
}

fn is_mistakable(text: &str) -> bool {
    text.is_empty() || text == NOTHING || text.contains(", ") || text.contains(char::is_control)
}

const fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tree_is_laid_out_with_what_is_missing_said() {
        let document = json!({
            "causes": [{"effect": {"result": "forbidden"}, "work": "reviews-nc"}, {"work": "b"}],
            "empty": [], "forged": "a\n  tokens: 9", "none": null, "now": 1_782_864_000_000_i64, "purposes": ["research", "evaluation"], "tokens": 3,
        });
        let expected = "  causes:\n    - effect:\n        result: forbidden\n      work: reviews-nc\n    - work: b\n  \
                        empty: []\n  forged: \"a\\n  tokens: 9\"\n  none: –\n  now: 2026-07-01T00:00:00.000Z\n  purposes: research, evaluation\n  tokens: 3\n";
        assert_eq!(outline(&document), expected);
    }
}
