//! `chancery people list`: who works for the organisation.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    words::Words,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  chancery people list --json | jq '.items[] | select(.has_second_factor | not) | .email'"
)]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct PersonView {
    id: String,
    name: String,
    email: String,
    role: String,
    expires_at: Option<UnixMillis>,
}

impl PersonView {
    fn row(self, words: &Words) -> Vec<String> {
        let expires = self.expires_at.map(|moment| moment.to_string()).unwrap_or_default();
        vec![self.id, self.name, self.email, words.named("role", &self.role), expires]
    }
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let people = context.client()?.every_page("/api/v1/people")?;
    let headings =
        [say!("column-id"), say!("column-name"), say!("column-address"), say!("column-role"), say!("column-expires")];
    context.output.result(&json!({ "items": people }), |words| {
        let items = people.iter().filter_map(|person| PersonView::deserialize(person).ok());
        listing(words, &headings, items.map(|person| person.row(words)).collect(), &say!("people-none"))
    })?;
    Ok(Exit::Success)
}
