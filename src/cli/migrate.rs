//! `chancery migrate`: which tables are not up to date, and bringing them there.

use chancery_base::db;
use clap::Args;
use serde_json::json;

use super::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    place::Place,
};
use crate::app::{OpenError, migrate};

/// Which registry, and whether to look only.
#[derive(Debug, Args)]
#[command(after_help = "\
`serve` does the same when it starts, unless it is given --no-migrate. Make a backup first: there is no way back. Tables of a newer
version than this are refused.

Examples:
  chancery migrate --check --data ./registry
  chancery migrate --database postgres://chancery@db/chancery")]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Change nothing; end with 1 if something is missing
    #[arg(long)]
    check: bool,
}

/// Looks, and brings up to date.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let config = arguments.place.config().map_err(|invalid| CliError::because(Exit::Failure, &invalid))?;
    let failed = |error: OpenError| CliError::because(Exit::Failure, &error);
    let pending = db::pending_migrations(&config.database).map_err(|error| failed(error.into()))?;
    let applied = if arguments.check { Vec::new() } else { migrate(&config).map_err(failed)? };
    let document = json!({ "pending": pending, "applied": applied });
    context.output.result(&document, |words| {
        if pending.is_empty() {
            return words.say(&say!("migrate-nothing"));
        }
        let names = pending.join(", ");
        words.say(&if arguments.check {
            say!("migrate-pending", names = names)
        } else {
            say!("migrate-done", names = names)
        })
    })?;
    Ok(if arguments.check && !pending.is_empty() { Exit::Failure } else { Exit::Success })
}
