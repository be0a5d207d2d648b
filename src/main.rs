//! The roof: reads the command line and hands to a door.

use std::process::ExitCode;

use chancery::cli::{Cli, Command, Exit};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Serve(_) | Command::Demo(_) => Exit::Failure.into(),
        Command::Client(command) => chancery::cli::run(cli.globals, &command).into(),
    }
}
