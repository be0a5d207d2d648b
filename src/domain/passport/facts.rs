//! A passport as a list of facts, each with who stands behind it.

use chancery_base::values::Standing;
use serde::Serialize;
use serde_json::Value;

use super::Passport;

/// One leaf of a passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Path of the field, such as `dataset[0].origin.name`; the same as in the faults of a document.
    pub field: String,
    /// The value as text; absent when nothing was said.
    pub value: Option<String>,
    /// Declared by the owner, or missing.
    pub standing: Standing,
}

impl Passport {
    /// Every field of the passport, those left out as missing; in canonical order.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        facts_of(self)
    }
}

/// Every field of a document, those left out as missing; in canonical order.
pub(super) fn facts_of(document: &impl Serialize) -> Vec<Fact> {
    let mut facts = Vec::new();
    // INVARIANT: a document holds only texts, integers, flags, lists and sections, which always become JSON.
    if let Ok(value) = serde_json::to_value(document) {
        collect(String::new(), &value, &mut facts);
    }
    facts.sort_by(|one, other| one.field.cmp(&other.field));
    facts
}

fn collect(field: String, value: &Value, facts: &mut Vec<Fact>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                collect(if field.is_empty() { key.clone() } else { format!("{field}.{key}") }, member, facts);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (index, element) in elements.iter().enumerate() {
                collect(format!("{field}[{index}]"), element, facts);
            }
        }
        Value::Null | Value::Array(_) => facts.push(Fact { field, value: None, standing: Standing::Missing }),
        Value::String(text) => facts.push(Fact { field, value: Some(text.clone()), standing: Standing::Declared }),
        Value::Bool(_) | Value::Number(_) => {
            facts.push(Fact { field, value: Some(value.to_string()), standing: Standing::Declared });
        }
    }
}
