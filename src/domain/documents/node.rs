//! The tree a document becomes before anybody asks for its fields.

use std::{collections::BTreeSet, fmt};

use chancery_base::values::Invalid;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

use super::Position;

/// One value of a document and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the value begins, if the document has lines.
    pub position: Option<Position>,
    /// The value.
    pub content: Content,
}

/// A value of a document, before it has a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// JSON's null: the same as a field left out.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number that is not whole, or too large, as it was written; no field of any document takes one.
    Number(String),
    /// True or false.
    Boolean(bool),
    /// A date or time that TOML writes without quotes.
    Moment(String),
    /// Values in order.
    List(Vec<Node>),
    /// Named values, in the order written; no name occurs twice.
    Table(Vec<Entry>),
}

/// One named value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub key: String,
    /// Where the name begins.
    pub position: Option<Position>,
    /// The value.
    pub node: Node,
}

impl Content {
    /// The value as a fault shows it.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Text(text) if text.trim().is_empty() => "an empty text".to_owned(),
            Self::Text(text) => format!("`{}`", Invalid::new(text, "").input),
            Self::Integer(number) => format!("the number {number}"),
            Self::Number(number) => format!("the number {}", Invalid::new(number, "").input),
            Self::Boolean(flag) => flag.to_string(),
            Self::Moment(moment) => format!("the time {moment}"),
            Self::List(nodes) if nodes.is_empty() => "an empty list".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Table(_) => "a section".to_owned(),
        }
    }
}

impl From<Content> for Node {
    fn from(content: Content) -> Self {
        Self { position: None, content }
    }
}

impl<'de> Deserialize<'de> for Node {
    /// Reads any JSON value; a name that occurs twice in one object is an error, because readers disagree which one counts.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of a document")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Content::Null.into())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Node, E> {
        Ok(Content::Boolean(flag).into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
        Ok(Content::Integer(number).into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        Ok(i64::try_from(number).map_or_else(|_| Content::Number(number.to_string()), Content::Integer).into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        Ok(Content::Number(number.to_string()).into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Content::Text(text.to_owned()).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = elements.next_element()? {
            nodes.push(node);
        }
        Ok(Content::List(nodes).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom(format_args!("`{}` occurs twice", Invalid::new(&key, "").input)));
            }
            entries.push(Entry { key, position: None, node: members.next_value()? });
        }
        Ok(Content::Table(entries).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_refused() {
        assert!(serde_json::from_str::<Node>(r#"{"a":1,"b":{"a":2}}"#).is_ok());
        let error = serde_json::from_str::<Node>(r#"{"a":1,"a":2}"#).unwrap_err();
        assert!(error.to_string().contains("`a` occurs twice"), "{error}");
    }
}
