//! `chancery grant template`: the fields of a licence, each explained, to be filled in.

use std::path::PathBuf;

use chancery_base::values::Language;
use clap::Args;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    text_file::write_template,
};

/// Where it goes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery grant template --out terms.toml")]
pub struct Arguments {
    /// File to write; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "terms.toml")]
    out: PathBuf,
}

/// Writes it, in the language of the command.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    write_template(&context.output, &arguments.out, template(context.language()))?;
    Ok(Exit::Success)
}

/// Terms with every clause explained and what must be filled in left blank.
const fn template(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("terms.en.toml"),
        Language::Chinese => include_str!("terms.zh.toml"),
    }
}

#[cfg(test)]
mod tests {
    use chancery_domain::licensing::Terms;

    use super::*;

    /// The template with every optional field taken up and the blanks filled in.
    fn filled_in(template: &str) -> String {
        let uncommented = |line: &str| match line.strip_prefix("# ") {
            Some(field) if field.starts_with('[') && field.ends_with(']') => field.to_owned(),
            Some(field) if field.split_once(" = ").is_some_and(|(name, _)| name.bytes().all(is_name)) => {
                field.to_owned()
            }
            _ => line.to_owned(),
        };
        let digest = format!("legal_text_digest = \"{}\"", "0".repeat(64));
        let filled: String = template.lines().map(|line| uncommented(line) + "\n").collect();
        filled
            .replace("legal_text_digest = \"\"", &digest)
            .replace("governing_law = \"\"", "governing_law = \"Germany; Berlin\"")
            .replace("start = \"\"", "start = \"2026-12-01\"")
            .replace("model = \"free\"", "model = \"per-1000-tokens\"")
    }

    fn is_name(byte: u8) -> bool {
        byte.is_ascii_lowercase() || byte == b'_'
    }

    #[test]
    fn the_template_knows_every_field_and_is_refused_until_filled_in() {
        let prices = [Language::English, Language::Chinese].map(|language| {
            assert!(Terms::parse(template(language)).is_err());
            let terms = Terms::parse(&filled_in(template(language))).unwrap();
            let unsaid = serde_json::to_value(&terms).unwrap();
            assert!(unsaid.as_object().unwrap().values().all(|value| !value.is_null()), "{unsaid}");
            terms.price
        });
        assert_eq!(prices[0], prices[1]);
    }
}
