//! Which format a data set has, by its content; its name is a hint that must not contradict it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::TableError;

/// How the rows of a data set are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Comma-separated values with a header (RFC 4180); other delimiters are recognised.
    Csv,
    /// One JSON object per line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// One row per line, one column named `text`.
    Text,
}

impl Format {
    /// The format of this name, as recipes spell it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Csv, Self::JsonLines, Self::Parquet, Self::Text].into_iter().find(|format| format.as_str() == name)
    }

    /// The name, as recipes spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "json-lines",
            Self::Parquet => "parquet",
            Self::Text => "text",
        }
    }

    /// What the ending of a file name promises.
    fn promised_by(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "parquet" => Some(Self::Parquet),
            "txt" | "text" => Some(Self::Text),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON lines",
            Self::Parquet => "Parquet",
            Self::Text => "plain text",
        })
    }
}

/// First bytes of what is compressed or packed.
const PACKED: [(&[u8], &str); 9] = [
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"Rar!\x1a\x07", "a rar archive"),
];

/// First bytes of known formats that are not read.
const NOT_READ: [(&[u8], &str); 7] = [
    (b"PARE", "encrypted Parquet"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
];

/// How markup begins, in any case of letters.
const MARKUP: [&str; 3] = ["<?xml", "<!doctype", "<html"];
/// How a PDF begins, whose first bytes may all be text.
const PDF: &str = "%PDF-";

/// Where a tar archive says that it is one, and what it says there.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Looks at the first bytes as they stand in the file; true means Parquet, false text.
///
/// # Errors
/// [`TableError::Empty`], [`TableError::Compressed`], [`TableError::NotRead`].
pub(crate) fn is_parquet(prefix: &[u8]) -> Result<bool, TableError> {
    if prefix.is_empty() {
        return Err(TableError::Empty);
    }
    // `PARENT`, `ORCID` and `BZh` begin the headers of honest tables: letters alone prove nothing.
    if is_text(prefix) {
        return Ok(false);
    }
    if let Some((_, kind)) = PACKED.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return Err(TableError::Compressed { kind });
    }
    if prefix.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Err(TableError::Compressed { kind: "a tar archive" });
    }
    if let Some((_, kind)) = NOT_READ.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return Err(TableError::NotRead { kind });
    }
    Ok(prefix.starts_with(b"PAR1"))
}

/// Whether the bytes are UTF-8, but for a last character that is cut off, without control characters.
fn is_text(prefix: &[u8]) -> bool {
    let whole = match std::str::from_utf8(prefix) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    whole && !prefix.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// Which format of the text formats this is, from its first characters.
///
/// # Errors
/// [`TableError::Contradiction`] if the name or the recipe promises what the content is not.
pub(crate) fn text_format(start: &str, asked: Option<Format>, name: Option<&str>) -> Result<Format, TableError> {
    let claim = asked
        .map(|format| ("recipe", format))
        .or_else(|| name.and_then(Format::promised_by).map(|format| ("name", format)));
    let first_line = start.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let object = first_line.starts_with('{');
    let whole_object = object && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(first_line).is_ok();
    if start.starts_with(PDF) {
        return Err(TableError::NotRead { kind: "PDF" });
    }
    let refuse = |claimant, claimed, found| Err(TableError::Contradiction { claimant, claimed, found });
    match claim {
        Some((claimant, Format::Parquet)) => refuse(claimant, Format::Parquet, "text"),
        Some((claimant, Format::JsonLines)) if !object => {
            refuse(claimant, Format::JsonLines, "no JSON object per line")
        }
        Some((claimant, Format::Csv)) if whole_object => refuse(claimant, Format::Csv, "JSON lines"),
        Some((_, format)) => Ok(format),
        None if whole_object => Ok(Format::JsonLines),
        None if object || first_line.starts_with('[') => {
            Err(TableError::NotRead { kind: "JSON that is not one object per line" })
        }
        None if MARKUP.iter().any(|start| begins_with(first_line, start)) => {
            Err(TableError::NotRead { kind: "XML or HTML" })
        }
        None if first_line.contains([',', ';', '\t']) => Ok(Format::Csv),
        None => Ok(Format::Text),
    }
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}

/// Refuses Parquet content where something else was promised.
///
/// # Errors
/// [`TableError::Contradiction`].
pub(crate) fn agree_on_parquet(asked: Option<Format>, name: Option<&str>) -> Result<(), TableError> {
    let named = name.and_then(Format::promised_by);
    let claims = [("recipe", asked), ("name", named)];
    match claims.into_iter().find_map(|(claimant, format)| Some((claimant, format?))) {
        Some((_, Format::Parquet)) | None => Ok(()),
        Some((claimant, claimed)) => Err(TableError::Contradiction { claimant, claimed, found: "Parquet" }),
    }
}

/// The delimiter that the header line uses most outside quotes; a comma if it uses none.
pub(crate) fn delimiter_of(header: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let (false, Some((_, count))) = (quoted, counts.iter_mut().find(|(delimiter, _)| *delimiter == byte)) {
            *count += 1;
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.into_iter().find(|(_, count)| *count == most).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_content_is_named() {
        let mut tar = vec![b'a'; 257];
        tar.extend(b"ustar\x0000");
        for (bytes, says) in [
            (&b"\x1f\x8b\x08"[..], "gzip"),
            (b"PK\x03\x04", "zip"),
            (b"BZh91AY&SY\x8a", "bzip2"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (&tar, "tar"),
            (b"PARE\x15\x04", "encrypted"),
            (b"", "empty"),
        ] {
            assert!(is_parquet(bytes).unwrap_err().to_string().contains(says), "{says}");
        }
        assert_eq!(is_parquet(b"PAR1\x15\x00"), Ok(true));
        for honest in ["PARENT,x\n1,2", "ORCID,x", "BZh", "PAR1,PAR2\n", "Rar!", "FEA1"] {
            assert_eq!(is_parquet(honest.as_bytes()), Ok(false), "{honest}");
        }
        assert_eq!(is_parquet("PARE中".as_bytes().get(..5).unwrap()), Ok(false));
        assert!(text_format("%PDF-1.7\n", None, None).is_err());
        assert_eq!(is_parquet(b"a,b\n"), Ok(false));
    }

    #[test]
    fn content_decides_and_names_may_not_contradict() {
        assert_eq!(text_format("{\"a\": 1}\n", None, None), Ok(Format::JsonLines));
        assert_eq!(text_format("a,b\n1,2\n", None, Some("data")), Ok(Format::Csv));
        assert_eq!(text_format("hello\n", None, None), Ok(Format::Text));
        assert_eq!(text_format("hello, world\n", None, Some("a.txt")), Ok(Format::Text));
        assert_eq!(text_format("name\n", None, Some("a.CSV")), Ok(Format::Csv));
        for (start, name) in
            [("{\"a\": 1}\n", "a.csv"), ("a,b\n", "a.jsonl"), ("[1]\n", "a.jsonl"), ("a,b\n", "a.parquet")]
        {
            assert!(matches!(text_format(start, None, Some(name)), Err(TableError::Contradiction { .. })), "{name}");
        }
        for start in ["[{\"a\": 1}]\n", "{\n\"a\": 1\n}", "<?XML version='1.0'?>", "<!DOCTYPE html>"] {
            assert!(matches!(text_format(start, None, Some("a.json")), Err(TableError::NotRead { .. })), "{start}");
        }
        assert_eq!(text_format("[INFO] started\n", None, Some("a.txt")), Ok(Format::Text));
        assert!(agree_on_parquet(None, Some("a.csv")).is_err());
        assert!(agree_on_parquet(Some(Format::Parquet), Some("a.csv")).is_ok());
    }

    #[test]
    fn delimiters_inside_quotes_do_not_count() {
        assert_eq!(delimiter_of("\"a,b,c\";d"), b';');
        assert_eq!(delimiter_of("a\tb\tc,d"), b'\t');
        assert_eq!(delimiter_of("alone"), b',');
    }
}
