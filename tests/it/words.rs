//! Both languages of each door say the same things, and its code says nothing that they do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use chancery::{
    cli, web,
    words::{Message, Texts, Words},
};
use chancery_base::values::Language;
use fluent_bundle::FluentResource;

type Names = BTreeMap<String, BTreeSet<String>>;

/// A door's texts, where its code is, and which of its folders hold templates.
struct Door {
    texts: Texts,
    code: &'static [&'static str],
    templates: &'static [&'static str],
    /// How names begin that an address puts together.
    addressed: &'static [&'static str],
}

const DOORS: [Door; 2] = [
    Door { texts: cli::TEXTS, code: &["src/cli", "src/demo"], templates: &[], addressed: &[] },
    Door { texts: web::TEXTS, code: &["src/web"], templates: &["templates"], addressed: &["said-"] },
];

/// The names of the texts in `source`, each with the facts it uses.
fn names(source: &str) -> Names {
    let mut names = Names::new();
    let mut current = None;
    for line in source.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if !line.starts_with(' ') {
            let (name, _) = line.split_once(" =").unwrap();
            assert!(names.insert(name.to_owned(), BTreeSet::new()).is_none(), "{name} is named twice");
            current = Some(name.to_owned());
        }
        let facts = line.split("{ $").skip(1).filter_map(|rest| rest.split(" }").next());
        names.get_mut(current.as_ref().unwrap()).unwrap().extend(facts.map(str::to_owned));
    }
    names
}

/// What a door says: texts by their name with the facts given, and the beginnings of names that are put together.
#[derive(Default)]
struct Said {
    whole: Vec<(String, BTreeSet<String>)>,
    beginnings: BTreeSet<String>,
}

impl Said {
    fn in_folder(&mut self, folder: &Path, extension: &str) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                self.in_folder(&entry.path(), extension);
            } else if entry.path().extension().is_some_and(|found| found == extension) {
                self.in_source(&fs::read_to_string(entry.path()).unwrap());
            }
        }
    }

    fn in_source(&mut self, source: &str) {
        self.whole.extend(source.split("say!(").skip(1).filter_map(invocation));
        for call in [".t(", ".t1(", ".t2("] {
            for rest in source.split(call).skip(1).filter(|rest| rest.trim_start().starts_with('"')) {
                let arguments = arguments(rest);
                let names = arguments.iter().skip(1).step_by(2).map(|name| name.trim_matches('"').to_owned());
                self.whole.push((arguments[0].trim_matches('"').to_owned(), names.collect()));
            }
        }
        for rest in source.split(".named(").skip(1) {
            let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
            self.beginnings.insert(format!("{}-", rest.split('"').next().unwrap()));
        }
    }
}

/// Reads what follows `say!(`: a literal, then `name = fact`.
fn invocation(rest: &str) -> Option<(String, BTreeSet<String>)> {
    let arguments = arguments(rest);
    let id = arguments.first()?.strip_prefix('"')?.strip_suffix('"')?;
    let facts = arguments.iter().skip(1).filter_map(|argument| argument.split_once(" = "));
    Some((id.to_owned(), facts.map(|(name, _)| name.trim().to_owned()).collect()))
}

/// The arguments of a call, from behind its opening bracket to its closing one.
fn arguments(rest: &str) -> Vec<String> {
    let (mut depth, mut in_text, mut argument, mut arguments) = (1, false, String::new(), Vec::new());
    for character in rest.chars() {
        match character {
            '"' => in_text = !in_text,
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if character == ',' && depth == 1 && !in_text {
            arguments.push(std::mem::take(&mut argument));
        } else {
            argument.push(character);
        }
    }
    arguments.push(argument);
    arguments.iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

#[test]
fn both_files_parse_and_name_the_same_texts_with_the_same_facts() {
    for Door { texts, .. } in DOORS {
        for file in [texts.english, texts.chinese] {
            let parsed = FluentResource::try_new(file.to_owned());
            assert!(parsed.is_ok(), "{:?}", parsed.err().map(|(_, errors)| errors));
        }
        let (english, chinese) = (names(texts.english), names(texts.chinese));
        assert!(english.len() > 20);
        assert_eq!(english, chinese);
    }
}

#[test]
fn the_code_says_every_text_and_only_with_its_facts() {
    for Door { texts, code, templates, addressed } in DOORS {
        let texts = names(texts.english);
        let (mut said, root) = (Said::default(), Path::new(env!("CARGO_MANIFEST_DIR")));
        said.beginnings.extend(addressed.iter().map(|beginning| (*beginning).to_owned()));
        code.iter().for_each(|folder| said.in_folder(&root.join(folder), "rs"));
        templates.iter().for_each(|folder| said.in_folder(&root.join(folder), "html"));
        let mut unsaid: BTreeSet<_> = texts.keys().collect();
        for (id, facts) in &said.whole {
            assert_eq!(texts.get(id), Some(facts), "{id}");
            unsaid.remove(id);
        }
        unsaid.retain(|id| !said.beginnings.iter().any(|beginning| id.starts_with(beginning)));
        assert!(unsaid.is_empty(), "nothing says {unsaid:?}");
    }
}

#[test]
fn errors_start_small_and_do_not_end_with_a_stop() {
    for language in [Language::English, Language::Chinese] {
        let words = Words::new(cli::TEXTS, language);
        let said = words.say(&Message { id: "key-missing", facts: vec![("file", "key.pem".to_owned())] });
        assert!(said.contains("key.pem") && !said.ends_with(['.', '。']), "{said}");
        assert!(!said.contains('\u{2068}'), "facts are not wrapped in isolation marks");
    }
    assert_eq!(
        Words::new(cli::TEXTS, Language::Chinese).say(&Message { id: "verdict-invalid", facts: Vec::new() }),
        "无效"
    );
}
