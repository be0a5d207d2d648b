//! `chancery policy …`: the rules that decide, shown, tried and explained.

mod explain;
mod list;
mod shadow;
mod test;

use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// List the rules in force, in the order in which they decide
    List(list::Arguments),
    /// Run the worked examples that come with the rules, without a server
    Test(test::Arguments),
    /// Explain a recorded decision and say whether it can be replayed
    Explain(explain::Arguments),
    /// Run rules in shadow: what they would refuse is recorded, not refused (operator)
    Shadow(shadow::Arguments),
}

/// Does it.
pub fn run(command: &PolicyCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::List(arguments) => list::run(arguments, context),
        PolicyCommand::Test(arguments) => test::run(arguments, context),
        PolicyCommand::Explain(arguments) => explain::run(arguments, context),
        PolicyCommand::Shadow(arguments) => shadow::run(arguments, context),
    }
}
