//! Short forms of JSON Schema, so that a description cannot forget to be strict.
//!
//! `{"ref": "X"}` stands for a reference to the schema of that name, `{"ref?": "X"}` for that or null, and `"extends": "X"` takes over
//! the properties of another. An object takes no properties but those named, and needs all of them, unless it says
//! `additionalProperties` or `required` itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The schemas in their long form.
pub fn expand(short: &BTreeMap<String, Value>) -> Map<String, Value> {
    short.iter().map(|(name, schema)| (name.clone(), long(&extended(schema, short)))).collect()
}

/// A reference to the schema called `name`.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The schema with the properties of those that it extends.
fn extended(schema: &Value, all: &BTreeMap<String, Value>) -> Value {
    let Some(base) = schema.get("extends").and_then(Value::as_str).and_then(|name| all.get(name)) else {
        return schema.clone();
    };
    let mut merged = extended(base, all);
    let (Some(target), Some(own)) = (merged.as_object_mut(), schema.as_object()) else { return merged };
    for (member, value) in own.iter().filter(|(member, _)| *member != "extends") {
        match (target.get_mut(member).and_then(Value::as_object_mut), value.as_object()) {
            (Some(before), Some(more)) if member == "properties" => before.extend(more.clone()),
            _ => drop(target.insert(member.clone(), value.clone())),
        }
    }
    let more = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    if let Some(required) = target.get_mut("required").and_then(Value::as_array_mut) {
        required.extend(more.map(|name| json!(name)));
    }
    merged
}

fn long(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => long_object(members),
        Value::Array(items) => items.iter().map(long).collect(),
        other => other.clone(),
    }
}

fn long_object(members: &Map<String, Value>) -> Value {
    if let Some(name) = members.get("ref").and_then(Value::as_str) {
        return reference(name);
    }
    if let Some(name) = members.get("ref?").and_then(Value::as_str) {
        return json!({"anyOf": [reference(name), {"type": "null"}]});
    }
    // What stands in examples and constants is data.
    let is_data = |member: &str| matches!(member, "examples" | "const" | "enum" | "default");
    let mut object: Map<String, Value> = members
        .iter()
        .map(|(name, value)| (name.clone(), if is_data(name) { value.clone() } else { long(value) }))
        .collect();
    if let Some(properties) = members.get("properties").and_then(Value::as_object) {
        object.entry("additionalProperties").or_insert(Value::Bool(false));
        object.entry("required").or_insert_with(|| properties.keys().cloned().collect());
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_closed_and_extended_ones_too() {
        let short = BTreeMap::from([
            ("A".to_owned(), json!({"type": "object", "properties": {"a": {"ref": "B"}}})),
            ("B".to_owned(), json!({"extends": "A", "properties": {"b": {"ref?": "A"}}})),
        ]);
        let long = expand(&short);
        assert_eq!(long["A"]["properties"]["a"], reference("B"));
        assert_eq!((&long["A"]["additionalProperties"], &long["A"]["required"]), (&json!(false), &json!(["a"])));
        assert_eq!(long["B"]["required"], json!(["a", "b"]));
        assert_eq!(long["B"]["properties"]["b"]["anyOf"][1], json!({"type": "null"}));
    }
}
