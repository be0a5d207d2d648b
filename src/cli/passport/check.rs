//! `chancery passport check`: what a server would say about a passport, without a server.

use std::path::{Path, PathBuf};

use chancery_base::values::ArtifactKind;
use chancery_domain::{
    documents::{Faults, MAXIMUM_DOCUMENT_BYTES},
    passport::{Datasheet, Document, Passport},
    provenance::{MissingFact, Need, missing_provenance},
};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    text_file::read_text,
    words::Words,
};

/// Which passport.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery passport check ./model/passport.toml")]
pub struct Arguments {
    /// The passport, as TOML
    #[arg(default_value = "passport.toml")]
    file: PathBuf,
}

/// Reads it and prints the verdict.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    check(ArtifactKind::Model, &arguments.file, context)
}

/// Reads the papers of an artifact of this kind and prints the verdict.
///
/// # Errors
/// [`CliError::Local`] for a file that cannot be read.
pub fn check(kind: ArtifactKind, file: &Path, context: &Context) -> Result<Exit, CliError> {
    match parse(kind, &source(file)?) {
        Ok(papers) => {
            let missing = missing_provenance(&papers);
            let document = json!({ "file": file, "valid": true, "faults": [], "missing": missing });
            context.output.result(&document, |words| {
                let complete = words.say(&found(&papers, file, missing.is_empty()));
                missing.iter().fold(complete, |told, fact| format!("{told}\n  {}", words.say(&gap(fact, words))))
            })?;
            Ok(Exit::Success)
        }
        Err(faults) => {
            context.output.result(&verdict(file, &faults), |_| format!("{}: {faults}", file.display()))?;
            Ok(Exit::Failure)
        }
    }
}

fn found(papers: &Document, file: &Path, is_complete: bool) -> Message {
    let file = file.display();
    let (datasets, parents) = match papers {
        Document::Passport(passport) => {
            (passport.datasets.len() + passport.registered_data.len(), passport.parents.len())
        }
        Document::Datasheet(datasheet) if is_complete => {
            return say!("datasheet-complete", file = file, parents = datasheet.parents.len());
        }
        Document::Datasheet(datasheet) => {
            return say!("datasheet-valid", file = file, parents = datasheet.parents.len());
        }
    };
    if is_complete {
        say!("passport-complete", file = file, datasets = datasets, parents = parents)
    } else {
        say!("passport-valid", file = file, datasets = datasets, parents = parents)
    }
}

fn parse(kind: ArtifactKind, source: &str) -> Result<Document, Faults> {
    match kind {
        ArtifactKind::Model => Passport::parse(source).map(Document::from),
        ArtifactKind::Dataset => Datasheet::parse(source).map(Document::from),
    }
}

/// What papers leave out, told to a person.
fn gap(fact: &MissingFact, words: &Words) -> Message {
    let reason = fact.reason.in_language(words.language());
    let (field, subject, source) = (&fact.field, &fact.subject, fact.source);
    match fact.need {
        Need::Essential => {
            say!("passport-gap-essential", field = field, subject = subject, reason = reason, source = source)
        }
        Need::Expected => {
            say!("passport-gap-expected", field = field, subject = subject, reason = reason, source = source)
        }
    }
}

/// Reads papers that have to be complete.
///
/// # Errors
/// [`CliError::Local`] naming every fault.
pub fn read(kind: ArtifactKind, file: &Path) -> Result<Document, CliError> {
    let shown = file.display();
    if !file.exists() {
        return Err(CliError::failure(match kind {
            ArtifactKind::Model => say!("passport-missing", file = shown),
            ArtifactKind::Dataset => say!("datasheet-missing", file = shown),
        }));
    }
    parse(kind, &source(file)?)
        .map_err(|faults| CliError::failure(say!("passport-faults", file = shown, faults = faults)))
}

fn source(file: &Path) -> Result<String, CliError> {
    // One byte more than the reader allows is let through, so that it can say what the limit is.
    read_text(file, u64::try_from(MAXIMUM_DOCUMENT_BYTES).unwrap_or(u64::MAX).saturating_add(1))
}

fn verdict(file: &Path, faults: &Faults) -> Value {
    json!({ "file": file, "valid": false, "faults": faults.list() })
}

#[cfg(test)]
mod tests {
    use chancery_base::values::Language;
    use chancery_domain::passport::template;

    use super::*;

    #[test]
    fn every_fault_is_named_with_its_line() {
        let broken = "passport = 1\n[model]\nname = \"\"\nnmae = \"x\"\n";
        let faults = Passport::parse(broken).unwrap_err();
        let verdict = verdict(Path::new("passport.toml"), &faults);
        let list = verdict["faults"].as_array().unwrap();
        assert!(list.len() > 5, "{verdict}");
        let lines = |line: u64| list.iter().any(|fault| fault["position"]["line"] == line);
        assert!(lines(4), "the unknown field on line 4: {verdict}");
        assert!(list.iter().all(|fault| fault["expected"].as_str().is_some_and(|expected| !expected.is_empty())));
    }

    #[test]
    fn a_fresh_template_is_refused_until_it_is_filled_in() {
        for language in [Language::English, Language::Chinese] {
            assert!(
                [ArtifactKind::Model, ArtifactKind::Dataset].into_iter().all(|kind| parse(
                    kind,
                    template(kind, language)
                )
                .is_err())
            );
        }
    }
}
