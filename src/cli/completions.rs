//! `chancery completions`: what a shell needs to complete this command line.

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{
    Cli,
    error::{CliError, Exit},
};

/// For which shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery completions bash > /etc/bash_completion.d/chancery
  chancery completions zsh > ~/.zfunc/_chancery
  chancery completions fish > ~/.config/fish/completions/chancery.fish")]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Writes the script to standard output.
pub fn run(arguments: &Arguments) -> Result<Exit, CliError> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, name, &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script)?;
    Ok(Exit::Success)
}
