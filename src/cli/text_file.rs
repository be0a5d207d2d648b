//! The text files a command reads and begins: bounded when read, never overwritten when begun.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use serde_json::json;

use super::{error::CliError, message::say, output::Output};

/// Reads a text file of at most `limit` bytes.
///
/// # Errors
/// [`CliError::Local`] if it cannot be read, is larger, or is not UTF-8.
pub fn read_text(file: &Path, limit: u64) -> Result<String, CliError> {
    let mut text = String::new();
    let opened = File::open(file).map_err(|error| CliError::unreadable(file, &error))?;
    opened.take(limit + 1).read_to_string(&mut text).map_err(|error| CliError::unreadable(file, &error))?;
    if u64::try_from(text.len()).is_ok_and(|length| length <= limit) {
        Ok(text)
    } else {
        Err(CliError::failure(say!("file-too-large", file = file.display(), limit = limit)))
    }
}

/// Writes a document to fill in, never over an existing one, and says what to do with it.
///
/// # Errors
/// [`CliError::Local`] if the file exists or cannot be written.
pub fn write_template(output: &Output, file: &Path, template: &str) -> Result<(), CliError> {
    write_new(file, template)?;
    output.result(&json!({ "file": file }), |words| words.say(&say!("template-written", file = file.display())))
}

/// Writes a text file, never over an existing one.
///
/// # Errors
/// [`CliError::Local`] if the file exists or cannot be written.
pub fn write_new(file: &Path, text: &str) -> Result<(), CliError> {
    let opened = OpenOptions::new().write(true).create_new(true).open(file);
    let written = opened.and_then(|mut opened| opened.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::failure(say!("template-exists", file = file.display())),
        _ => CliError::unwritable(file, &error),
    })
}
