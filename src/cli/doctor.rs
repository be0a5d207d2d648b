//! `chancery doctor`: is this registry well, and what to do where it is not.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    place::Place,
    words::Words,
};
use crate::app::doctor::{Finding, Health, examine, worst};

/// Which registry.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is changed, and a server may run meanwhile. Every row and log entry is read, which takes a while on a large
registry. It ends with 1 if something is bad.

Examples:
  chancery doctor --data ./registry
  chancery doctor --data /var/lib/chancery --sign-in providers.toml --database postgres://chancery@db/chancery --json")]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The file of identity providers that `serve` is given; each is asked what it offers
    #[arg(long, value_name = "FILE")]
    sign_in: Option<PathBuf>,
}

/// Looks and tells.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let mut config = arguments.place.config().map_err(|invalid| CliError::because(Exit::Failure, &invalid))?;
    config.sign_in.clone_from(&arguments.sign_in);
    let findings = examine(&config);
    let worst = worst(&findings);
    let document = json!({ "health": worst, "findings": findings });
    context.output.result(&document, |words| findings.iter().map(|finding| told(finding, words)).collect())?;
    Ok(if worst == Health::Bad { Exit::Failure } else { Exit::Success })
}

/// A finding in the words of the person, with what to do.
pub(super) fn told(finding: &Finding, words: &Words) -> String {
    let label = words.say(&match finding.health {
        Health::Good => say!("health-good"),
        Health::Notice => say!("health-notice"),
        Health::Bad => say!("health-bad"),
    });
    let language = words.language();
    let detail = finding.detail.in_language(language);
    let fix = finding.fix.as_ref().map(|fix| format!("\n    → {}", fix.in_language(language)));
    format!("{label}  {}: {detail}{}\n", finding.check, fix.unwrap_or_default())
}
