//! `chancery receipt get`: fetching a receipt, to be kept where the server's operator cannot change it.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use chancery_base::values::Invalid;
use clap::Args;
use serde_json::{Value, json};

use super::wait_for_proof;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which receipt.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery receipt get leaf_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --out receipt.json
  chancery receipt get leaf_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 | jq .opening.payload")]
pub struct Arguments {
    /// The receipt's identifier, as the answer or `receipt list` named it
    id: LeafName,
    /// New file to write it to; it holds the opening, so keep it as confidential as the event [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// An identifier that is safe in a path, whatever its prefix.
#[derive(Debug, Clone)]
struct LeafName(String);

impl FromStr for LeafName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let in_form = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if in_form { Ok(Self(text.to_owned())) } else { Err(Invalid::new(text, "a receipt's identifier")) }
    }
}

/// Nobody else on this machine reads what only those concerned may know.
const RECEIPT_MODE: u32 = 0o600;

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(RECEIPT_MODE).open(file)?;
    opened.write_all(text.as_bytes())
}

/// Fetches it once its proof is there.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let receipt = wait_for_proof(&Value::String(arguments.id.0.clone()), &context.client()?, &context.output)?;
    match &arguments.out {
        Some(file) => {
            write_private(file, &format!("{receipt:#}\n")).map_err(|error| CliError::unwritable(file, &error))?;
            let document = json!({ "file": file, "leaf": arguments.id.0 });
            context.output.result(&document, |words| words.say(&say!("receipt-written", file = file.display())))?;
        }
        None => context.output.result(&receipt, |_| format!("{receipt:#}"))?,
    }
    Ok(Exit::Success)
}
