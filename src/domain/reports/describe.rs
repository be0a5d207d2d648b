//! The data dictionary: a Frictionless Data Package, so that other people's tools can check table and types.

use serde_json::{Value, json};

use super::table::{COLUMNS, Kind};

/// Describes the table of a pack.
pub(super) fn data_package(rows: usize) -> Value {
    let fields: Vec<Value> = COLUMNS
        .iter()
        .map(|column| {
            let (kind, format) = match column.kind {
                Kind::Text => ("string", "default"),
                Kind::Integer => ("integer", "default"),
                Kind::Time => ("datetime", "any"),
            };
            json!({"name": column.name, "type": kind, "format": format, "description": column.description})
        })
        .collect();
    json!({
        "name": "chancery-audit-pack",
        "title": "Audit log of a Chancery registry, as far as one party may open it",
        "version": "1",
        "resources": [{
            "name": "audit",
            "path": "audit.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true},
            "schema": {"fields": fields, "missingValues": [""], "primaryKey": "index"},
            "rows": rows,
        }],
    })
}
