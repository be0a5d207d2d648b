//! TOML into a tree whose nodes know their line and column.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

use super::{Content, Entry, Fault, Faults, MAXIMUM_DOCUMENT_BYTES, Node, Position};

/// Reads a document from TOML; `document` says in faults what it was meant to be.
///
/// Errors: larger than [`MAXIMUM_DOCUMENT_BYTES`], or not TOML 1.0 (every syntax fault is listed).
pub fn parse_toml(document: &'static str, source: &str) -> Result<Node, Faults> {
    if source.len() > MAXIMUM_DOCUMENT_BYTES {
        return Err(Faults::too_large(document, source.len()));
    }
    let lines = Lines::new(source);
    let (table, errors) = DeTable::parse_recoverable(source);
    if errors.is_empty() {
        Ok(Node { position: Some(Position { line: 1, column: 1 }), content: lines.table(table.get_ref()) })
    } else {
        Err(Faults::new(document, errors.iter().map(|error| lines.syntax_fault(error)).collect()))
    }
}

/// A text and where its lines begin.
struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s str) -> Self {
        let after_breaks = source.match_indices('\n').map(|(offset, _)| offset + 1);
        Self { source, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.source.get(start..offset).map_or(0, |text| text.chars().count());
        Position { line, column: before + 1 }
    }

    fn syntax_fault(&self, error: &Error) -> Fault {
        let span = error.span().unwrap_or(0..0);
        let found = self.source.get(span.clone()).unwrap_or_default().to_owned();
        Fault {
            field: String::new(),
            position: Some(self.position(span.start)),
            expected: format!("TOML ({})", error.message()),
            found: if found.is_empty() { "something else".to_owned() } else { Content::Text(found).describe() },
        }
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let Range { start, .. } = value.span();
        Node { position: Some(self.position(start)), content: self.content(value.get_ref()) }
    }

    fn content(&self, value: &DeValue<'_>) -> Content {
        match value {
            DeValue::String(text) => Content::Text(text.clone().into_owned()),
            DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
                Ok(number) => Content::Integer(number),
                Err(_) => Content::Number(digits.as_str().to_owned()),
            },
            DeValue::Float(digits) => Content::Number(digits.as_str().to_owned()),
            DeValue::Boolean(flag) => Content::Boolean(*flag),
            DeValue::Datetime(moment) => Content::Moment(moment.to_string()),
            DeValue::Array(values) => Content::List(values.iter().map(|value| self.node(value)).collect()),
            DeValue::Table(table) => self.table(table),
        }
    }

    fn table(&self, table: &DeTable<'_>) -> Content {
        let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| Entry {
            key: key.get_ref().clone().into_owned(),
            position: Some(self.position(key.span().start)),
            node: self.node(value),
        };
        Content::Table(table.iter().map(entry).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let source = "a = 1\n# 注\n\"名\" = { b = 2 }\n";
        let Content::Table(entries) = parse_toml("test", source).unwrap().content else { panic!("a table") };
        let second = &entries[1];
        assert_eq!(second.position, Some(Position { line: 3, column: 1 }));
        assert_eq!(second.node.position, Some(Position { line: 3, column: 7 }));
    }

    #[test]
    fn every_syntax_fault_is_listed_with_its_line() {
        let faults = parse_toml("test", "a = \nb = 1\nc = [1,\n").unwrap_err();
        let lines: Vec<_> = faults.list().iter().filter_map(|fault| fault.position).map(|at| at.line).collect();
        assert!(lines.contains(&1) && lines.len() >= 2, "{faults}");
    }

    #[test]
    fn refuses_what_is_too_large_or_too_deep() {
        assert!(parse_toml("test", &" ".repeat(MAXIMUM_DOCUMENT_BYTES + 1)).is_err());
        assert!(parse_toml("test", &format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
