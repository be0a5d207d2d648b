//! Both languages say the same things, and the code says nothing that they do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::*;
use crate::cli::message::say;

type Texts = BTreeMap<String, BTreeSet<String>>;

/// The names of the texts in `source`, each with the facts it uses.
fn texts(source: &str) -> Texts {
    let mut texts = Texts::new();
    let mut current = None;
    for line in source.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if !line.starts_with(' ') {
            let (name, _) = line.split_once(" =").unwrap();
            assert!(texts.insert(name.to_owned(), BTreeSet::new()).is_none(), "{name} is named twice");
            current = Some(name.to_owned());
        }
        let facts = line.split("{ $").skip(1).filter_map(|rest| rest.split(" }").next());
        texts.get_mut(current.as_ref().unwrap()).unwrap().extend(facts.map(str::to_owned));
    }
    texts
}

/// Every `say!` of the command line's code: name of the text, facts given.
fn said(folder: &Path, found: &mut Vec<(String, BTreeSet<String>)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            said(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(entry.path()).unwrap();
            found.extend(source.split("say!(").skip(1).filter_map(invocation));
        }
    }
}

/// Reads what follows `say!(`: a literal, then `name = fact` at the same depth.
fn invocation(rest: &str) -> Option<(String, BTreeSet<String>)> {
    let rest = rest.trim_start().strip_prefix('"')?;
    let (id, rest) = rest.split_once('"')?;
    let (mut depth, mut in_text, mut part, mut parts) = (1, false, String::new(), Vec::new());
    for character in rest.chars() {
        match character {
            '"' => in_text = !in_text,
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            ',' if depth == 1 && !in_text => parts.push(std::mem::take(&mut part)),
            _ if depth == 1 => part.push(character),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    parts.push(part);
    let facts = parts.iter().filter_map(|part| part.split_once(" = ")).map(|(name, _)| name.trim().to_owned());
    Some((id.to_owned(), facts.collect()))
}

#[test]
fn both_files_parse_and_name_the_same_texts_with_the_same_facts() {
    for file in [ENGLISH, CHINESE] {
        assert!(FluentResource::try_new(file.to_owned()).is_ok());
    }
    let (english, chinese) = (texts(ENGLISH), texts(CHINESE));
    assert!(english.len() > 100);
    assert_eq!(english, chinese);
}

#[test]
fn the_code_says_every_text_and_only_with_its_facts() {
    let texts = texts(ENGLISH);
    let mut found = Vec::new();
    for folder in ["src/cli", "src/demo"] {
        said(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    let mut unsaid: BTreeSet<_> = texts.keys().collect();
    for (id, facts) in &found {
        assert_eq!(texts.get(id), Some(facts), "{id}");
        unsaid.remove(id);
    }
    assert!(unsaid.is_empty(), "nothing says {unsaid:?}");
}

#[test]
fn errors_start_small_and_do_not_end_with_a_stop() {
    for language in [Language::English, Language::Chinese] {
        let words = Words::in_language(language);
        let said = words.say(&say!("key-missing", file = "key.pem"));
        assert!(said.contains("key.pem") && !said.ends_with(['.', '。']), "{said}");
        assert!(!said.contains('\u{2068}'), "facts are not wrapped in isolation marks");
    }
    assert_eq!(Words::in_language(Language::Chinese).say(&say!("verdict-invalid")), "无效");
}
