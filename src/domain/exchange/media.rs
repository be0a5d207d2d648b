//! Media types of files (RFC 6838), as both formats that are written here name them.

use super::registered::{DataFile, DataTable};

/// The media type of a file: by what was found in its rows, or else by the ending of its name.
pub(super) fn media_type(file: &DataFile, table: Option<&DataTable>) -> &'static str {
    match table.map(|table| table.format.as_str()) {
        Some("csv") => "text/csv",
        // The name that mlcroissant reads JSON lines by.
        Some("json-lines") => "application/jsonlines",
        Some("parquet") => "application/x-parquet",
        Some("text") => "text/plain",
        _ => by_ending(file.path.as_str()),
    }
}

fn by_ending(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("md") => "text/markdown",
        Some("json") => "application/json",
        Some("txt") => "text/plain",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
