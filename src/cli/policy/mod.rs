//! `chancery policy …`: the rules that decide, shown, tried, changed and explained.

mod activate;
mod diff;
mod draft;
mod explain;
mod history;
mod list;
mod mode;
mod shadow_report;
mod test;
mod words;

use chancery_domain::policy::RuleMode;
use clap::Subcommand;
use ureq::http::Method;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// The request that puts other rules in force.
const CHANGE: (Method, &str) = (Method::POST, "/api/v1/policies");
/// Where a person does the same in a browser.
const PAGE: &str = "/policies";

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// List the rules in the order in which they decide, with the mode of each, since when and by whom
    List(list::Arguments),
    /// Run the worked examples that come with the rules, without a server
    Test(test::Arguments),
    /// Explain a recorded decision and say whether it can be replayed
    Explain(explain::Arguments),
    /// Run a rule in shadow: what it would refuse is recorded, not refused (operator)
    #[command(after_help = "Example:\n  chancery policy shadow provenance-missing")]
    Shadow(mode::Arguments),
    /// Say what rules in shadow would have refused, by model and licensee (operator: everywhere; owner: on its models)
    ShadowReport(shadow_report::Arguments),
    /// Enforce a rule that runs in shadow or was dropped (operator)
    #[command(
        after_help = "Examples:\n  chancery policy promote provenance-missing\n  chancery policy promote provenance-missing --as ada@operator.example --organisation operator < password"
    )]
    Promote(mode::Arguments),
    /// Look at a rule no longer; it must run in shadow first (operator)
    #[command(after_help = "Example:\n  chancery policy drop provenance-missing")]
    Drop(mode::Arguments),
    /// Say what other rules would have made of the decisions on record (operator)
    Diff(diff::Arguments),
    /// Put other rules in force, on every server of the registry (operator)
    Activate(activate::Arguments),
    /// Show what came into force, when, by whom, and what it changed (operator)
    History(history::Arguments),
}

/// Does it.
pub fn run(command: &PolicyCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::List(arguments) => list::run(arguments, context),
        PolicyCommand::Test(arguments) => test::run(arguments, context),
        PolicyCommand::Explain(arguments) => explain::run(arguments, context),
        PolicyCommand::Shadow(arguments) => mode::run(arguments, RuleMode::Shadow, context),
        PolicyCommand::ShadowReport(arguments) => shadow_report::run(arguments, context),
        PolicyCommand::Promote(arguments) => mode::run(arguments, RuleMode::Enforced, context),
        PolicyCommand::Drop(arguments) => mode::run(arguments, RuleMode::Dropped, context),
        PolicyCommand::Diff(arguments) => diff::run(arguments, context),
        PolicyCommand::Activate(arguments) => activate::run(arguments, context),
        PolicyCommand::History(arguments) => history::run(arguments, context),
    }
}
