//! Arguments of `chancery demo`; its language is the `--lang` every command has.

use std::net::SocketAddr;

use clap::Args;

use super::{error::CliError, message::say, serve::listening_address};

/// How the story is told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery demo
  chancery demo --once --lang zh")]
pub struct Arguments {
    /// Stop after the story, with an error if any step failed, instead of serving on
    #[arg(long)]
    pub once: bool,
    /// Address to serve on [default: 127.0.0.1:8700, or any port where that is taken]
    #[arg(long, value_name = "HOST:PORT", value_parser = listening_address)]
    pub listen: Option<SocketAddr>,
}

/// Why the story is not told to programs: it is prose, and the commands in it are there to be run with `--json` themselves.
#[must_use]
pub fn no_json() -> CliError {
    CliError::usage(say!("demo-no-json"))
}
