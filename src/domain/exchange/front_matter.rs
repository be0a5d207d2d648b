//! The front matter of a dataset card: the flat part of YAML 1.2 that cards are written in, and nothing beyond.
//!
//! Read are `key: value`, lists of `- item` below a key, and lists in brackets in one line; values are plain or quoted. What is nested
//! or runs over several lines is told apart but not read, so that whoever does not need it can pass it over. Anchors, tags and
//! everything else that YAML has is refused with its line.

use std::collections::BTreeSet;

use super::imported::Unreadable;

const FENCE: &str = "---";
const KEY: &str = "`key: value`, `key:` with `- item` lines below, or `---`";
const SCALAR: &str = "a plain or quoted value in one line, without anchors, tags or braces";
const LIST: &str = "a list such as [a, b], closed in its line";

/// One key with what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key.
    pub key: String,
    /// Its line in the card, counted from one.
    pub line: usize,
    /// Its value.
    pub value: Written,
}

/// A value of the front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// One or several texts.
    Texts(Vec<String>),
    /// Something that is nested, or a text of several lines; it is not read.
    Nested,
}

/// The entries of a card's front matter, and the text below it.
///
/// Errors: there is none, it does not end, a key occurs twice, or a line is none of those above.
pub(super) fn read_front_matter(card: &str) -> Result<(Vec<Entry>, String), Unreadable> {
    let mut lines = card.trim_start_matches('\u{feff}').lines().zip(1..).peekable();
    if lines.next().is_none_or(|(line, _)| line.trim_end() != FENCE) {
        return Err(refused(1, "`---`, which the front matter of a card begins with"));
    }
    let (mut entries, mut keys): (Vec<Entry>, _) = (Vec::new(), BTreeSet::new());
    let mut last = 1;
    while let Some((line, number)) = lines.next() {
        last = number;
        if line.trim_end() == FENCE {
            let body = lines.map(|(line, _)| line).collect::<Vec<_>>().join("\n");
            return Ok((entries, body));
        }
        if is_blank(line) {
            continue;
        }
        let (key, rest) = line.split_once(':').ok_or_else(|| refused(number, KEY))?;
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if !is_key || !(rest.is_empty() || rest.starts_with(' ')) {
            return Err(refused(number, KEY));
        }
        if !keys.insert(key.to_owned()) {
            return Err(refused(number, "a key that did not occur before"));
        }
        let mut below = Vec::new();
        while let Some(next) = lines.next_if(|(line, _)| is_below(line)) {
            below.push(next);
        }
        let value = value(rest.trim(), number, &below)?;
        entries.push(Entry { key: key.to_owned(), line: number, value });
    }
    Err(refused(last, "`---`, which the front matter ends with"))
}

fn refused(line: usize, expected: &'static str) -> Unreadable {
    Unreadable::Card { line, expected }
}

fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// Whether a line belongs to the key above it.
fn is_below(line: &str) -> bool {
    line.trim_end() != FENCE && (line.starts_with([' ', '\t', '-']) || is_blank(line))
}

fn value(rest: &str, line: usize, below: &[(&str, usize)]) -> Result<Written, Unreadable> {
    let rest = without_comment(rest);
    let mut below = below.iter().filter(|(line, _)| !is_blank(line)).peekable();
    if rest.starts_with(['|', '>']) || (rest.is_empty() && below.peek().is_some_and(|(line, _)| item(line).is_none())) {
        return Ok(Written::Nested);
    }
    if !rest.is_empty() {
        return match below.peek() {
            Some((_, line)) => Err(refused(*line, KEY)),
            None if rest.starts_with('[') => list(rest).map(Written::Texts).ok_or_else(|| refused(line, LIST)),
            None => Ok(Written::Texts(scalar(rest).ok_or_else(|| refused(line, SCALAR))?.into_iter().collect())),
        };
    }
    let mut texts = Vec::new();
    for (line, number) in below {
        match item(line).map(without_comment) {
            Some(found) if !is_nested(found) => {
                texts.extend(scalar(found).ok_or_else(|| refused(*number, SCALAR))?);
            }
            _ => return Ok(Written::Nested),
        }
    }
    Ok(Written::Texts(texts))
}

/// What stands behind the dash of a line.
fn item(line: &str) -> Option<&str> {
    let line = line.trim();
    if line == "-" { Some("") } else { line.strip_prefix("- ").map(str::trim) }
}

/// Whether an item is itself a mapping or a list.
fn is_nested(found: &str) -> bool {
    let is_quoted = found.starts_with(['"', '\'']);
    found.starts_with(['[', '-', '|', '>']) || (!is_quoted && (found.contains(": ") || found.ends_with(':')))
}

/// A value without the comment behind it.
fn without_comment(value: &str) -> &str {
    if value.starts_with(['"', '\'']) {
        return value;
    }
    if value.starts_with('#') { "" } else { value.split(" #").next().unwrap_or(value).trim_end() }
}

/// One value; nothing where YAML writes null. `None` where it is something else.
fn scalar(written: &str) -> Option<Option<String>> {
    if let Some(quote) = written.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        return quoted(written, quote).filter(|(_, rest)| is_blank(rest)).map(|(text, _)| Some(text));
    }
    if written.starts_with(['&', '*', '!', '{', '}', '[', ']', '|', '>', '%', '@', '`', '?', ',']) {
        return None;
    }
    let is_null = ["", "~", "null"].contains(&written);
    // Behind a colon YAML would read a mapping.
    (!written.contains(": ")).then(|| (!is_null).then(|| written.to_owned()))
}

/// A quoted text and what stands behind it.
fn quoted(written: &str, quote: char) -> Option<(String, &str)> {
    let mut characters = written.char_indices().skip(1).peekable();
    let mut text = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' if quote == '\'' && characters.next_if(|(_, next)| *next == '\'').is_some() => text.push('\''),
            '\\' if quote == '"' => text.push(match characters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                escaped @ ('"' | '\\' | '/') => escaped,
                _ => return None,
            }),
            _ if character == quote => return Some((text, written.get(at + 1..)?)),
            _ => text.push(character),
        }
    }
    None
}

/// A list in brackets.
fn list(written: &str) -> Option<Vec<String>> {
    let mut rest = written.strip_prefix('[')?.trim_start();
    let mut texts = Vec::new();
    loop {
        if let Some(behind) = rest.strip_prefix(']') {
            return is_blank(behind).then_some(texts);
        }
        let behind = if let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            let (text, behind) = quoted(rest, quote)?;
            texts.push(text);
            behind.trim_start()
        } else {
            let end = rest.find([',', ']'])?;
            let (plain, behind) = rest.split_at(end);
            texts.extend(scalar(plain.trim())?);
            behind
        };
        rest = match behind.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None => behind.starts_with(']').then_some(behind)?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(card: &str) -> Vec<String> {
        let (entries, _) = read_front_matter(&format!("---\n{card}\n---\n")).unwrap();
        match &entries[0].value {
            Written::Texts(texts) => texts.clone(),
            Written::Nested => vec!["nested".to_owned()],
        }
    }

    #[test]
    fn every_way_a_card_writes_a_value() {
        for (card, found) in [
            ("a: b", vec!["b"]),
            ("a: 'it''s'  # said", vec!["it's"]),
            ("a: \"x: \\\"y\\\"\"", vec!["x: \"y\""]),
            ("a: b # c", vec!["b"]),
            ("a: n<1K", vec!["n<1K"]),
            ("a: https://example.org/x", vec!["https://example.org/x"]),
            ("a:\n- b\n- 'c'", vec!["b", "c"]),
            ("a:\n  - b\n\n  # no\n  - extended|squad", vec!["b", "extended|squad"]),
            ("a: [b, \"c, d\", 'e']", vec!["b", "c, d", "e"]),
            ("a: []", vec![]),
            ("a:", vec![]),
            ("a: null", vec![]),
            ("a:\n- b:\n  - c", vec!["nested"]),
            ("a:\n  b: c\n  d: e", vec!["nested"]),
            ("a: |\n  some\n  text", vec!["nested"]),
        ] {
            assert_eq!(texts(card), found, "{card}");
        }
        let (entries, body) = read_front_matter("---\na: b\nc:\n- d\n---\n# Title\ntext").unwrap();
        assert_eq!((entries[1].line, body.as_str()), (3, "# Title\ntext"));
    }

    #[test]
    fn everything_else_is_refused_with_its_line() {
        for (card, line) in [
            ("# no front matter", 1),
            ("---\na: b\n", 2),
            ("---\na: b\na: c\n---", 3),
            ("---\nnot a key\n---", 2),
            ("---\na: &anchor b\n---", 2),
            ("---\na: b\nc: *anchor\n---", 3),
            ("---\na: !tag b\n---", 2),
            ("---\na: {b: c}\n---", 2),
            ("---\na: [b, c\n---", 2),
            ("---\na: [b, [c]]\n---", 2),
            ("---\na: \"open\n---", 2),
            ("---\na: b\n  c\n---", 3),
            ("---\na:\n- b\n- *c\n---", 4),
            ("---\na:b\n---", 2),
        ] {
            let refused = read_front_matter(card);
            assert!(
                matches!(refused, Err(Unreadable::Card { line: found, .. }) if found == line),
                "{card}: {refused:?}"
            );
        }
    }
}
