//! `chancery decision list`: what was decided about the party's uses, or about uses of its models, newest first.

use chancery_base::values::{ModelName, UnixMillis};
use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::cli::{
    client::{Newest, escaped},
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    period::Period,
    words::Words,
};

/// Which ones.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery decision list --outcome refused
  chancery decision list --of-my-models --model acme/minilm --from 2026-11-01 --json | jq -r '.items[].id'
  chancery policy explain decision_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// Those about uses of your party's models, instead of those it asked for
    #[arg(long)]
    of_my_models: bool,
    /// Only those that came out so
    #[arg(long)]
    outcome: Option<Outcome>,
    /// Only refusals that this rule decided (`chancery policy list`)
    #[arg(long)]
    rule: Option<String>,
    /// Only those about this model, as owner/name
    #[arg(long, value_name = "OWNER/NAME")]
    model: Option<ModelName>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    newest: Newest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Outcome {
    /// The use was let through
    Allowed,
    /// It was not
    Refused,
}

#[derive(Debug, Deserialize)]
struct ItemView {
    id: String,
    decided_at: UnixMillis,
    outcome: String,
    caller: String,
    model: String,
    rule: Option<String>,
}

impl Arguments {
    fn path(&self) -> Result<String, CliError> {
        let side = if self.of_my_models { "owner" } else { "caller" };
        let outcome = self.outcome.map(|outcome| match outcome {
            Outcome::Allowed => "&outcome=allowed".to_owned(),
            Outcome::Refused => "&outcome=refused".to_owned(),
        });
        let rule = self.rule.as_ref().map(|rule| format!("&rule={}", escaped(rule)));
        let model = self.model.as_ref().map(|model| format!("&model={}", escaped(&model.to_string())));
        let narrowed: String = [outcome, rule, model].into_iter().flatten().collect();
        Ok(format!("/api/v1/decisions?{}side={side}{narrowed}", self.period.query()?))
    }

    const fn is_narrowed(&self) -> bool {
        self.outcome.is_some() || self.rule.is_some() || self.model.is_some() || self.period.is_given()
    }
}

impl ItemView {
    fn row(self, words: &Words) -> Vec<String> {
        let (at, outcome) = (self.decided_at.to_string(), words.named("state", &self.outcome));
        vec![self.id, at, outcome, self.caller, self.model, self.rule.unwrap_or_default()]
    }
}

/// Asks the server for as many pages as are wanted.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let found = arguments.newest.read(&context.client()?, &arguments.path()?)?;
    context.output.result(&found, |words| {
        let headings = [
            say!("column-id"),
            say!("column-time"),
            say!("column-outcome"),
            say!("column-caller"),
            say!("column-model"),
            say!("column-rule"),
        ];
        let items = found.items.iter().filter_map(|item| ItemView::deserialize(item).ok());
        let empty = match (arguments.is_narrowed(), arguments.of_my_models) {
            (true, _) => say!("list-nothing-fits"),
            (false, true) => say!("decisions-none-of-models"),
            (false, false) => say!("decisions-none"),
        };
        listing(words, &headings, items.map(|item| item.row(words)).collect(), &empty)
    })?;
    found.tell_of_more(&context.output);
    Ok(Exit::Success)
}
