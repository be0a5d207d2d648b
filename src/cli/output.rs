//! Where a command's words go: results on standard output, everything else on standard error.
//!
//! With `--json` a command writes one document (a stream writes one a line) and says nothing else. Text that came from a
//! server or a file is freed of control characters, which could move the cursor or recolour the screen.

use std::io::{self, IsTerminal, Write};

use comfy_table::{Table, presets};
use serde::Serialize;
use serde_json::json;

use super::{
    error::CliError,
    message::{Message, say},
    words::Words,
};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Prose,
    /// For programs.
    Json,
}

/// Writes results, notes and errors.
pub struct Output {
    format: Format,
    colour: bool,
    words: Words,
}

impl Output {
    /// Writes in `format`; colours are for terminals, and only where the person has not said no (`NO_COLOR`).
    #[must_use]
    pub fn new(format: Format, words: Words) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { format, colour: !unwanted && io::stderr().is_terminal(), words }
    }

    /// The texts, in the person's language.
    #[must_use]
    pub const fn words(&self) -> &Words {
        &self.words
    }

    /// How results are written.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Whether a progress bar may be drawn.
    #[must_use]
    pub fn draws_progress(&self) -> bool {
        self.format == Format::Prose && io::stderr().is_terminal()
    }

    /// Writes the command's result: `document` for programs, `prose` for people.
    ///
    /// # Errors
    /// [`CliError::Output`].
    pub fn result(&self, document: &impl Serialize, prose: impl FnOnce(&Words) -> String) -> Result<(), CliError> {
        match self.format {
            Format::Json => self.line(&serde_json::to_string(document).map_err(io::Error::from)?),
            Format::Prose => self.line(prose(&self.words).trim_end()),
        }
    }

    /// Writes one line, or several, on standard output.
    ///
    /// # Errors
    /// [`CliError::Output`].
    pub fn line(&self, text: &str) -> Result<(), CliError> {
        let text = if self.format == Format::Json { text.to_owned() } else { printable(text) };
        Ok(writeln!(io::stdout().lock(), "{text}")?)
    }

    /// Tells a person something on standard error; programs are told nothing.
    pub fn note(&self, message: &Message) {
        if self.format == Format::Prose {
            // A note that cannot be written is not worth failing for.
            let _ = writeln!(io::stderr().lock(), "{}", printable(&self.words.say(message)));
        }
    }

    /// Says why the command failed: on standard error for people, as the one document for programs.
    pub fn error(&self, error: &CliError) {
        if error.is_unheard() {
            return;
        }
        let detail = error.told(&self.words);
        // The exit code tells the rest if even this cannot be written.
        let _ = match self.format {
            Format::Prose => {
                let label = self.words.say(&say!("error-label"));
                let gap = if label.is_ascii() { " " } else { "" };
                let label = if self.colour { format!("\u{1b}[1;31m{label}\u{1b}[0m") } else { label };
                writeln!(io::stderr().lock(), "{label}{gap}{}", printable(&detail))
            }
            Format::Json => {
                let body = json!({ "exit": error.exit() as u8, "detail": detail, "problem": error.problem() });
                writeln!(io::stdout().lock(), "{}", json!({ "error": body }))
            }
        };
    }
}

/// Lays out rows under `headings`, for people.
#[must_use]
pub fn table(words: &Words, headings: &[Message], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings.iter().map(|heading| words.say(heading)));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    table.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

/// Lays out what was listed, for people; where there is nothing, `empty` says so and what to do next.
#[must_use]
pub fn listing(words: &Words, headings: &[Message], rows: Vec<Vec<String>>, empty: &Message) -> String {
    if rows.is_empty() { words.say(empty) } else { table(words, headings, rows) }
}

/// Replaces what could move the cursor, recolour the screen or reorder what is read.
#[must_use]
pub fn printable(text: &str) -> String {
    let harmless = |character: char| match character {
        '\n' | '\t' => character,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ if character.is_control() => '\u{fffd}',
        _ => character,
    };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_drive_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\r\u{202e}c\n"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\n");
    }
}
