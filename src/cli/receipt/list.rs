//! `chancery receipt list`: the entries of the logs that the API key may open, newest first.

use chancery_base::{logs::LogName, values::UnixMillis};
use clap::Args;
use serde::Deserialize;

use crate::cli::{
    client::{Newest, escaped},
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    period::Period,
};

/// Which ones.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery receipt list --event use-decided
  chancery receipt list --log liability --from 2026-11-01 --limit 1000 --json | jq -r '.items[].leaf'")]
pub struct Arguments {
    /// Only those of this log: audit or liability
    #[arg(long)]
    log: Option<LogName>,
    /// Only events of this type, as the list shows them
    #[arg(long, value_name = "TYPE")]
    event: Option<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    newest: Newest,
}

#[derive(Debug, Deserialize)]
struct ItemView {
    leaf: String,
    log: String,
    index: Option<u64>,
    appended_at: UnixMillis,
    event: Option<String>,
    actor: Option<String>,
    subject: Option<String>,
}

impl Arguments {
    fn path(&self) -> Result<String, CliError> {
        let log = self.log.map(|log| format!("log={log}&"));
        let event = self.event.as_ref().map(|event| format!("event={}&", escaped(event)));
        let narrowed: String = [log, event].into_iter().flatten().collect();
        Ok(format!("/api/v1/receipts?{narrowed}{}", self.period.query()?))
    }

    const fn is_narrowed(&self) -> bool {
        self.log.is_some() || self.event.is_some() || self.period.is_given()
    }
}

impl ItemView {
    fn row(self) -> Vec<String> {
        let index = self.index.map(|index| index.to_string());
        vec![
            self.leaf,
            self.appended_at.to_string(),
            self.log,
            index.unwrap_or_default(),
            self.event.unwrap_or_default(),
            self.actor.unwrap_or_default(),
            self.subject.unwrap_or_default(),
        ]
    }
}

/// Asks the server for as many pages as are wanted.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let found = arguments.newest.read(&context.client()?, &arguments.path()?)?;
    context.output.result(&found, |words| {
        let headings = [
            say!("column-id"),
            say!("column-time"),
            say!("column-log"),
            say!("column-number"),
            say!("column-event"),
            say!("column-by"),
            say!("column-subject"),
        ];
        let items = found.items.iter().filter_map(|item| ItemView::deserialize(item).ok());
        let empty = if arguments.is_narrowed() { say!("list-nothing-fits") } else { say!("receipts-none") };
        listing(words, &headings, items.map(ItemView::row).collect(), &empty)
    })?;
    found.tell_of_more(&context.output);
    Ok(Exit::Success)
}
