//! The table of an audit pack: RFC 4180, UTF-8, columns in a fixed order, and no cell that a spreadsheet would run.

use chancery_base::{
    logs::OpenedLeaf,
    values::{Sha256Digest, UnixMillis},
};
use serde_json::Value;

/// What a column holds; decides its type in the data dictionary and whether it is guarded against formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, guarded.
    Text,
    /// A whole number; never guarded, so that it stays a number.
    Integer,
    /// A time in RFC 3339.
    Time,
}

/// One column.
pub(super) struct Column {
    /// Its heading.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means, with unit and source.
    pub description: &'static str,
    /// Where its value stands.
    value: Source,
}

/// Where a column's value comes from.
enum Source {
    Index,
    LeafId,
    AppendedAt,
    PayloadDigest,
    /// A member of the payload, or of what it says in detail about an act other than a decision.
    Member(&'static str),
}

const fn column(name: &'static str, kind: Kind, value: Source, description: &'static str) -> Column {
    Column { name, kind, description, value }
}

/// The columns, in order. Adding one is a new version of the pack's format.
pub(super) const COLUMNS: &[Column] = &[
    column("index", Kind::Integer, Source::Index, "place of the entry in the audit log, from 0"),
    column("leaf", Kind::Text, Source::LeafId, "identifier of the entry; receipts are asked for by it"),
    column("at", Kind::Time, Source::AppendedAt, "when the entry was appended, UTC, RFC 3339"),
    column(
        "type",
        Kind::Text,
        Source::Member("type"),
        "what happened, such as decision, grant-accepted, api-key-revoked",
    ),
    column("outcome", Kind::Text, Source::Member("outcome"), "of a decision: allowed or refused"),
    column("rule", Kind::Text, Source::Member("rule"), "the rule that decided a refusal"),
    column("clause", Kind::Text, Source::Member("clause"), "the clause of law, licence or grant that the rule follows"),
    column("caller", Kind::Text, Source::Member("caller"), "the party that asked, by name"),
    column("owner", Kind::Text, Source::Member("owner"), "the party that owns the model, by name"),
    column("by", Kind::Text, Source::Member("by"), "the party that did it, by name, for acts other than decisions"),
    column("model", Kind::Text, Source::Member("model"), "the model, owner/name"),
    column("version", Kind::Integer, Source::Member("version"), "number of the model's version"),
    column(
        "manifest_digest",
        Kind::Text,
        Source::Member("manifest_digest"),
        "SHA-256 of the signed manifest, hexadecimal",
    ),
    column("grant", Kind::Text, Source::Member("grant"), "the grant concerned"),
    column(
        "terms_digest",
        Kind::Text,
        Source::Member("terms_digest"),
        "SHA-256 of the terms, as the licensee signed it",
    ),
    column("purpose", Kind::Text, Source::Member("purpose"), "what the use was for, as declared"),
    column(
        "territory",
        Kind::Text,
        Source::Member("territory"),
        "where the use took place, ISO 3166-1 alpha-2, as declared",
    ),
    column("tokens", Kind::Integer, Source::Member("tokens"), "tokens the use was metered as"),
    column("policy_digest", Kind::Text, Source::Member("policy_digest"), "SHA-256 of the policy set that decided"),
    column("facts_digest", Kind::Text, Source::Member("facts_digest"), "SHA-256 of the facts it was decided from"),
    column("decision", Kind::Text, Source::Member("decision"), "identifier of the decision"),
    column(
        "payload_sha256",
        Kind::Text,
        Source::PayloadDigest,
        "SHA-256 of the whole opened payload, as in openings.jsonl",
    ),
];

/// Characters at the start of a cell that make a spreadsheet treat it as a formula (OWASP, CWE-1236).
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes the table.
pub(super) fn write(leaves: &[OpenedLeaf]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    for leaf in leaves {
        writer.write_record(COLUMNS.iter().map(|column| column.cell(leaf)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

impl Column {
    fn cell(&self, leaf: &OpenedLeaf) -> String {
        let text = match self.value {
            Source::Index => leaf.index.to_string(),
            Source::LeafId => leaf.id.to_string(),
            Source::AppendedAt => leaf.appended_at.to_string(),
            Source::PayloadDigest => Sha256Digest::of(leaf.opening.canonical_payload().as_bytes()).to_string(),
            Source::Member(member) => self.member(leaf.opening.payload(), member).unwrap_or_default(),
        };
        match self.kind {
            Kind::Text => guarded(text),
            Kind::Integer | Kind::Time => text,
        }
    }

    fn member(&self, payload: &Value, member: &str) -> Option<String> {
        let found = payload.get(member).or_else(|| payload.get("details")?.get(member))?;
        // What is no number must not stand unguarded in a column of numbers.
        (self.kind != Kind::Integer || found.is_number()).then(|| shown(found))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Puts an apostrophe before text that a spreadsheet would run; quoting alone does not help.
fn guarded(text: String) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text }
}

/// A time as the pack writes it.
pub(super) fn time(moment: UnixMillis) -> String {
    moment.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_cell_starts_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert!(guarded(text.to_owned()).starts_with('\''), "{text:?}");
        }
        assert_eq!(guarded("acme/minilm".to_owned()), "acme/minilm");
    }

    /// The cell of `column` in the row of an entry with this payload.
    fn cell(column: &str, payload: &Value) -> String {
        let salt = chancery_base::crypto::CommitmentKey::copy_from(&[7; 32]).unwrap();
        let opening = chancery_base::logs::Opening::new(salt, payload).unwrap();
        let id = "leaf_018bcfe568007000800000000000000a".parse().unwrap();
        let entry = opening.entry();
        let appended_at = UnixMillis::new(0);
        let leaf = OpenedLeaf { id, log: chancery_base::logs::LogName::Audit, index: 0, appended_at, entry, opening };
        COLUMNS.iter().find(|found| found.name == column).unwrap().cell(&leaf)
    }

    #[test]
    fn acts_of_every_kind_fill_their_columns() {
        let registered = json!({
            "type": "version-registered", "by": "acme", "details": {
                "model": "acme/minilm", "version": 3, "manifest_digest": "53aa", "alias": null,
            },
        });
        let decision = json!({
            "type": "decision", "model": "acme/minilm", "version": 2, "outcome": "refused", "details": {"version": 9},
        });
        for (payload, column, expected) in [
            (&registered, "model", "acme/minilm"),
            (&registered, "version", "3"),
            (&registered, "manifest_digest", "53aa"),
            (&registered, "by", "acme"),
            (&registered, "outcome", ""),
            (&decision, "version", "2"),
            (&decision, "outcome", "refused"),
            (&json!({"details": {"version": "=1+1"}}), "version", ""),
            (&json!({"details": {"model": "=1+1"}}), "model", "'=1+1"),
            (&json!({"details": "acme/minilm"}), "model", ""),
        ] {
            assert_eq!(cell(column, payload), expected, "{column} of {payload}");
        }
    }

    #[test]
    fn headings_are_unique() {
        let names: std::collections::BTreeSet<_> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
    }
}
