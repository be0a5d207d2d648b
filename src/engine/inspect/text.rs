//! Text files: JSON is parsed, templates and configurations are searched for what would make a loader run code.
//!
//! The search of templates is a heuristic: nothing here runs them, a loader elsewhere might, and a language with string
//! operations can spell a name in more ways than a search finds. JSON that is longer than the inspected prefix and steers no
//! loader is not parsed here; what the engine itself reads of it, its own parser reads at registration.

use serde_json::Value;

use super::{Format, InspectError, PREFIX_BYTES};

/// The longest chat template accepted; published ones stay below 16 KiB.
const MAX_TEMPLATE_BYTES: usize = 64 << 10;

/// Extensions of files that exist to be executed.
const CODE_EXTENSIONS: &[&str] = &[
    "py", "pyc", "pyd", "pyx", "ipynb", "so", "dll", "dylib", "exe", "sh", "bat", "cmd", "ps1", "js", "lua", "jar",
    "class",
];

/// Files that steer a loader and must therefore be read whole.
const STEERING_FILES: &[&str] = &[
    "config.json",
    "tokenizer_config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "chat_template.json",
    "modules.json",
    "sentence_bert_config.json",
    "adapter_config.json",
];

/// By what a template leaves its sandbox: attributes of the interpreter. Searched for in lower case, with escapes decoded.
const INTERPRETER_ATTRIBUTE: &str = "__";
/// Ways to reach an attribute by a name that is put together; searched for without blanks as well.
const INDIRECT_ATTRIBUTES: &[&str] = &[
    "attr(", "|attr", "'attr'", "\"attr\"", "_'~'_", "_\"~\"_", "_'~\"_", "_\"~'_", "_'+'_", "_\"+\"_", "_'+\"_",
    "_\"+'_",
];

pub(super) fn is_code_extension(extension: &str) -> bool {
    CODE_EXTENSIONS.contains(&extension)
}

/// Checks a text or JSON file.
pub(super) fn check(
    path: &str,
    extension: &str,
    format: Format,
    prefix: &[u8],
    total_length: u64,
) -> Result<(), InspectError> {
    let complete = prefix.len() as u64 == total_length;
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    if matches!(extension, "jinja" | "jinja2") {
        return check_template(&String::from_utf8_lossy(prefix), total_length);
    }
    if extension != "json" || format != Format::Json {
        return Ok(());
    }
    if complete {
        let bytes = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix);
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| InspectError::JsonMalformed { detail: error.to_string() })?;
        check_configuration(&value)
    } else if STEERING_FILES.contains(&name.as_str()) {
        Err(InspectError::TooLong { found: total_length, limit: PREFIX_BYTES as u64 })
    } else {
        Ok(())
    }
}

fn check_configuration(value: &Value) -> Result<(), InspectError> {
    let Some(fields) = value.as_object() else {
        return Ok(());
    };
    if fields.get("auto_map").is_some_and(|map| !map.is_null()) {
        return Err(InspectError::RemoteCode);
    }
    match fields.get("chat_template") {
        Some(Value::String(template)) => check_template(template, template.len() as u64),
        Some(Value::Array(named)) => named
            .iter()
            .filter_map(|entry| entry.get("template").and_then(Value::as_str))
            .try_for_each(|template| check_template(template, template.len() as u64)),
        _ => Ok(()),
    }
}

fn check_template(template: &str, length: u64) -> Result<(), InspectError> {
    if length > MAX_TEMPLATE_BYTES as u64 {
        return Err(InspectError::TooLong { found: length, limit: MAX_TEMPLATE_BYTES as u64 });
    }
    let plain = decode_escapes(template).to_lowercase();
    let dense: String = plain.chars().filter(|character| !character.is_whitespace()).collect();
    let direct = plain.contains(INTERPRETER_ATTRIBUTE).then_some(INTERPRETER_ATTRIBUTE);
    let found = direct.or_else(|| INDIRECT_ATTRIBUTES.iter().copied().find(|pattern| dense.contains(pattern)));
    found.map_or(Ok(()), |pattern| Err(InspectError::UnsafeTemplate { pattern }))
}

/// Replaces the escapes of Python strings that name a character by number: `\x5f`, `\u005f`, `\U0000005f`, `\137`.
fn decode_escapes(template: &str) -> String {
    let mut decoded = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, escape)) = rest.split_once('\\') {
        decoded.push_str(before);
        rest = escape;
        let (skipped, digits, radix) = match escape.chars().next() {
            Some('x') => (1, 2, 16),
            Some('u') => (1, 4, 16),
            Some('U') => (1, 8, 16),
            Some('0'..='7') => (0, escape.chars().take(3).take_while(|digit| digit.is_digit(8)).count(), 8),
            _ => {
                decoded.push('\\');
                continue;
            }
        };
        let number = escape.get(skipped..skipped + digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        match number.and_then(char::from_u32) {
            Some(character) => {
                decoded.push(character);
                rest = escape.get(skipped + digits..).unwrap_or_default();
            }
            None => decoded.push('\\'),
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::super::{InspectError, refusal};
    use super::*;

    fn whole(path: &str, text: &str) -> Result<(), InspectError> {
        refusal(path, text.as_bytes(), text.len() as u64).map(|_| ())
    }

    #[test]
    fn configurations_that_ask_for_code_are_refused() {
        let text = r#"{"auto_map":{"AutoModel":"modeling.Model"}}"#;
        assert_eq!(whole("config.json", text), Err(InspectError::RemoteCode));
        assert_eq!(whole("sub/tokenizer_config.json", text), Err(InspectError::RemoteCode));
        assert_eq!(whole("config.json", r#"{"auto_map":null}"#), Ok(()));
    }

    #[test]
    fn templates_that_reach_the_interpreter_are_refused() {
        let escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}";
        let in_config = serde_json::json!({ "chat_template": escape }).to_string();
        let in_list = serde_json::json!({ "chat_template": [{ "name": "default", "template": escape }] }).to_string();
        for (path, text) in [
            ("chat_template.jinja", escape),
            ("tokenizer_config.json", in_config.as_str()),
            ("chat_template.json", in_list.as_str()),
            ("t.jinja2", "{{ x|attr('a') }}"),
            ("t.jinja", "{{ x['\\x5f\\x5fclass'] }}"),
            ("t.jinja", "{{ x['\\X5F_class', '\\x5F\\137class'] }}"),
            ("t.jinja", "{{ x['\\u005F\\U0000005fclass'] }}"),
            ("t.jinja", "{{ x |\n  attr('a') }}"),
            ("t.jinja", "{{ x | map(\"attr\", 'a') }}"),
            ("t.jinja", "{{ x['_' ~ '_class_' + '_'] }}"),
        ] {
            assert!(matches!(whole(path, text), Err(InspectError::UnsafeTemplate { .. })), "{path}");
        }
        assert!(matches!(whole("t.jinja", &"a".repeat(MAX_TEMPLATE_BYTES + 1)), Err(InspectError::TooLong { .. })));
    }

    #[test]
    fn ordinary_templates_pass() {
        for text in [
            "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m.content | trim }}{% endfor %}",
            "{{ bos_token ~ 'a_b' ~ \"\\x0a\" }} a _ _ b \\",
            "{%- if attributes is defined %}é\\u00e9\\x{% endif %}",
        ] {
            assert_eq!(whole("t.jinja", text), Ok(()), "{text}");
        }
    }

    #[test]
    fn broken_and_bottomless_json_is_refused() {
        for text in ["{\"a\":", "{} trailing", &"[".repeat(100_000)] {
            assert!(matches!(whole("a.json", text), Err(InspectError::JsonMalformed { .. })));
        }
    }

    #[test]
    fn a_steering_file_must_be_readable_whole() {
        let text = format!("{{\"a\":\"{}\"}}", "x".repeat(PREFIX_BYTES));
        let prefix = &text.as_bytes()[..PREFIX_BYTES];
        let refused = refusal("config.json", prefix, text.len() as u64);
        assert!(matches!(refused, Err(InspectError::TooLong { .. })));
        assert!(refusal("tokenizer.json", prefix, text.len() as u64).is_ok());
    }
}
