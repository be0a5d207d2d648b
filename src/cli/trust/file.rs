//! Reading trust files.

use std::path::Path;

use chancery_base::logs::{Trust, TrustError};

use crate::cli::{context::Context, error::CliError, message::say, text_file::read_text};

/// Largest trust file that is read, in bytes.
pub const LARGEST_TRUST: u64 = 1 << 20;

/// Reads the keys pinned in `file`, or in the trust file of the configuration folder; there, no file pins no keys.
///
/// # Errors
/// [`CliError::Local`] for a file that was named but is not there, and for one that is no trust file; a verdict is not
/// possible then.
pub fn load(file: Option<&Path>, context: &Context) -> Result<Trust, CliError> {
    let default = context.directories.trust();
    match file {
        None if !default.exists() => Ok(Trust::default()),
        _ => parse(file.unwrap_or(&default)),
    }
}

fn parse(file: &Path) -> Result<Trust, CliError> {
    let text = read_text(file, LARGEST_TRUST).map_err(CliError::while_verifying)?;
    text.parse().map_err(|error: TrustError| {
        CliError::unverifiable(say!("trust-unreadable", file = file.display(), cause = error))
    })
}
