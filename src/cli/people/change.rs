//! `chancery people change`: another role, another sight or another end for somebody.

use chancery_base::values::{PersonId, UnixMillis};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::Method;

use super::Scope;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    role::Role,
    signer::Signer,
};

/// Whom, into what. What is left out stays.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery people change person_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --role auditor --with globex
  chancery people change person_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --role approver --as ada@acme.example --organisation acme")]
pub struct Arguments {
    /// The person's identifier, as `people list` shows it
    id: PersonId,
    /// What they may do
    #[arg(long)]
    role: Option<Role>,
    #[command(flatten)]
    scope: Scope,
    /// When their membership ends: a date, or a time such as 2027-01-01T12:00:00Z
    #[arg(long = "until", value_name = "TIME", conflicts_with = "for_good")]
    expires_at: Option<UnixMillis>,
    /// Let their membership have no end
    #[arg(long)]
    for_good: bool,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Debug, Deserialize)]
struct PersonView {
    name: String,
    role: String,
}

impl Arguments {
    fn body(&self) -> Value {
        let mut body = json!({});
        let mut set =
            |name: &str, value: Value| body.as_object_mut().map(|members| members.insert(name.to_owned(), value));
        if let Some(role) = self.role {
            set("role", json!(role));
        }
        if self.scope.is_given() {
            set("scope", json!(self.scope));
        }
        if self.for_good || self.expires_at.is_some() {
            set("expires_at", json!(self.expires_at));
        }
        body
    }
}

/// Changes them, or proposes to where that takes two people.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let path = format!("/api/v1/people/{}", arguments.id);
    let client = arguments.signer.client(context)?;
    let answer = client.propose::<PersonView>((Method::PATCH, &path), &arguments.body(), "/members")?;
    context.output.result(&answer.document, |words| {
        let role = |person: &PersonView| words.named("role", &person.role);
        let changed = |person: &PersonView| say!("person-changed", name = person.name, role = role(person));
        answer.view.prose(words, |person| words.say(&changed(person)))
    })?;
    Ok(Exit::Success)
}
