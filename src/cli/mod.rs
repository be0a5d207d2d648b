//! The terminal's door (floor 8): the `chancery` command line.
//!
//! Each command has a file named after it, with its arguments and one `run`; a command with parts has a folder. Commands
//! speak to a server through [`client`] or work on files alone; `doctor` looks a registry over. `serve` and `demo` open the
//! whole house and are carried out by the roof, so only their arguments are here.

mod approval;
mod backup;
pub mod client;
mod command;
mod completions;
mod confirm;
mod context;
mod dataset;
mod decision;
pub mod demo;
mod directories;
mod doctor;
mod embed;
mod error;
mod export;
mod grant;
mod hold;
mod key;
mod keygen;
mod local;
mod log;
mod man;
pub(crate) mod message;
mod migrate;
mod model;
mod outline;
mod output;
mod papers;
mod party;
mod passport;
mod people;
mod period;
mod place;
mod policy;
mod predict;
mod preview;
mod problem;
mod progress;
mod purpose;
mod push;
mod reason;
mod receipt;
mod restore;
mod role;
pub mod serve;
mod signer;
mod succession;
mod text_file;
mod token;
mod trust;
mod verdict;
mod verify;
mod webhook;
mod whoami;
pub(crate) mod words;

use chancery_base::values::Language;
use message::say;

pub use words::TEXTS;

pub use command::{Cli, ClientCommand, Command, Globals};
pub use error::{CliError, Exit};

use context::Context;
use output::{Format, Output};

/// Carries out `command` and tells the person how it went.
#[must_use]
pub fn run(globals: Globals, command: &ClientCommand) -> Exit {
    let output = output(globals.json, globals.language);
    let context = Context::new(globals, output);
    dispatch(command, &context).unwrap_or_else(|error| {
        context.output.error(&error);
        error.exit()
    })
}

/// Says why `error` is the end of it: to a program that asked for JSON as for any other error, to a person as clap does. Help and
/// version, which come as errors too, are shown as they are.
#[must_use]
pub fn misunderstood(error: &clap::Error) -> Exit {
    let mut arguments = std::env::args_os().take_while(|argument| argument != "--");
    if error.use_stderr() && arguments.any(|argument| argument == "--json") {
        let told = error.to_string();
        let told = told.strip_prefix("error: ").unwrap_or(&told);
        return fail(true, None, &CliError::usage(say!("value", cause = told.trim_end())));
    }
    // The terminal may be gone; then there is nobody left to tell.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

/// Says why something that is no command of a client was not done.
#[must_use]
pub fn fail(json: bool, asked: Option<Language>, error: &CliError) -> Exit {
    output(json, asked).error(error);
    error.exit()
}

fn output(json: bool, asked: Option<Language>) -> Output {
    let format = if json { Format::Json } else { Format::Prose };
    Output::new(format, words::in_language(language(asked)))
}

/// The language asked for, or that of the locale (POSIX: `LC_ALL` before `LC_MESSAGES` before `LANG`).
#[must_use]
pub fn language(asked: Option<Language>) -> Language {
    let set = |variable| std::env::var(variable).ok().filter(|value| !value.is_empty());
    let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    asked.or_else(|| locale().map(|locale| Language::negotiate(&locale))).unwrap_or_default()
}

fn dispatch(command: &ClientCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        ClientCommand::Backup(arguments) => backup::run(arguments, context),
        ClientCommand::Restore(arguments) => restore::run(arguments, context),
        ClientCommand::Migrate(arguments) => migrate::run(arguments, context),
        ClientCommand::Doctor(arguments) => doctor::run(arguments, context),
        ClientCommand::Keygen(arguments) => keygen::run(arguments, context),
        ClientCommand::Key(command) => key::run(command, context),
        ClientCommand::Party(command) => party::run(command, context),
        ClientCommand::Token(command) => token::run(command, context),
        ClientCommand::Whoami(arguments) => whoami::run(arguments, context),
        ClientCommand::People(command) => people::run(command, context),
        ClientCommand::Approval(command) => approval::run(command, context),
        ClientCommand::Passport(command) => passport::run(command, context),
        ClientCommand::Push(arguments) => push::run(arguments, context),
        ClientCommand::Verify(arguments) => verify::run(arguments, context),
        ClientCommand::Trust(command) => trust::run(command, context),
        ClientCommand::Grant(command) => grant::run(command, context),
        ClientCommand::Predict(arguments) => predict::run(arguments, context),
        ClientCommand::Embed(arguments) => embed::run(arguments, context),
        ClientCommand::Preview(arguments) => preview::run(arguments, context),
        ClientCommand::Log(command) => log::run(command, context),
        ClientCommand::Receipt(command) => receipt::run(command, context),
        ClientCommand::Export(command) => export::run(command, context),
        ClientCommand::Decision(command) => decision::run(command, context),
        ClientCommand::Policy(command) => policy::run(command, context),
        ClientCommand::Model(command) => model::run(command, context),
        ClientCommand::Dataset(command) => dataset::run(command, context),
        ClientCommand::Hold(command) => hold::run(command, context),
        ClientCommand::Webhook(command) => webhook::run(command, context),
        ClientCommand::Completions(arguments) => completions::run(arguments),
        ClientCommand::Man(arguments) => man::run(arguments, context),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_is_documented_with_an_example() {
        fn visit(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path} has no description");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{path}: {} is not described", argument.get_id());
            }
            let is_leaf = command.get_subcommands().next().is_none();
            let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(!is_leaf || example.contains("chancery "), "{path} has no example");
            for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
                visit(part, &format!("{path} {}", part.get_name()));
            }
        }
        visit(&Cli::command(), "chancery");
    }
}
