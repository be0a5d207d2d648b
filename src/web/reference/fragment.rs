//! The pieces of the OpenAPI document as they are written in `openapi/*.json`, one file per subject.
//!
//! They say only what is particular to a route; `document.rs` adds what holds for all, and `schema.rs` reads the short forms of
//! schemas. Unknown members are refused, so that a slip of the pen cannot pass for a description.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

const TEXTS: &[&str] = &[
    include_str!("openapi/parties.json"),
    include_str!("openapi/people.json"),
    include_str!("openapi/models.json"),
    include_str!("openapi/datasets.json"),
    include_str!("openapi/grants.json"),
    include_str!("openapi/requests.json"),
    include_str!("openapi/uses.json"),
    include_str!("openapi/logs.json"),
    include_str!("openapi/policies.json"),
    include_str!("openapi/webhooks.json"),
    include_str!("openapi/server.json"),
    include_str!("openapi/problems.json"),
    include_str!("openapi/facts.json"),
    include_str!("openapi/values.json"),
];

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fragment {
    /// What its operations have in common; a file without operations has none.
    pub tag: Option<Tag>,
    /// Operations by path and lower-case method.
    #[serde(default)]
    pub paths: BTreeMap<String, BTreeMap<String, Operation>>,
    /// Schemas by name, in their short form.
    #[serde(default)]
    pub schemas: BTreeMap<String, Value>,
}

/// A subject.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    pub name: String,
    pub description: String,
}

/// What one method of one path does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    pub operation_id: String,
    pub summary: String,
    pub description: Option<String>,
    /// Names in the path, with the schema of each.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// What the query must hold, with the schema of each.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// What the query may hold besides, with the schema of each.
    #[serde(default)]
    pub optional: BTreeMap<String, String>,
    /// Whether it answers a page of a listing.
    #[serde(default)]
    pub paged: bool,
    /// Whether `Accept-Language` picks the language of texts.
    #[serde(default)]
    pub localized: bool,
    /// Whether it answers a page for people, whose language `lang` picks.
    #[serde(default)]
    pub page: bool,
    /// Whether the gate decides on it, so that it may be refused by policy.
    #[serde(default)]
    pub judged: bool,
    /// What becomes of an `Idempotency-Key`.
    #[serde(default)]
    pub idempotency: Idempotency,
    /// The schema of the body, or `bytes`.
    pub body: Option<String>,
    #[serde(default)]
    pub body_optional: bool,
    /// Statuses of problems beyond those that any request may end in.
    #[serde(default)]
    pub problems: BTreeSet<u16>,
    pub responses: BTreeMap<u16, Success>,
}

/// What becomes of an `Idempotency-Key` at a request that is not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Idempotency {
    /// The same request gives the same outcome once.
    #[default]
    Honoured,
    /// The answer holds a secret that is kept nowhere, so it cannot be given twice.
    Refused,
    /// Nothing is changed, or nothing more by asking again.
    Unneeded,
}

/// An answer of a request that went well: JSON of a schema, text of a type, or nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    pub description: String,
    pub schema: Option<String>,
    pub text: Option<String>,
}

/// Every file, in the order in which subjects are shown.
///
/// Errors: a file that is not as described here, which the tests exclude.
pub fn fragments() -> Result<Vec<Fragment>, serde_json::Error> {
    TEXTS.iter().map(|text| serde_json::from_str(text)).collect()
}
