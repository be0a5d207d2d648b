//! `chancery whoami`: whom the API key belongs to.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;

use super::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  CHANCERY_TOKEN=chy_… chancery whoami")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct WhoamiView {
    party: PartyView,
    key: KeyView,
}

#[derive(Debug, Deserialize)]
struct PartyView {
    slug: String,
    title: String,
}

#[derive(Debug, Deserialize)]
struct KeyView {
    id: String,
    role: String,
    label: Option<String>,
    purpose: Option<String>,
    territory: Option<String>,
    expires_at: Option<UnixMillis>,
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<WhoamiView>("/api/v1/whoami")?;
    context.output.result(&answer.document, |words| {
        let (party, key) = (&answer.view.party, &answer.view.key);
        let or_dash = |text: Option<&str>| text.unwrap_or("–").to_owned();
        words.say(&say!(
            "whoami",
            party = party.slug,
            title = party.title,
            key = key.id,
            role = words.named("role", &key.role),
            label = or_dash(key.label.as_deref()),
            purpose = or_dash(key.purpose.as_deref()),
            territory = or_dash(key.territory.as_deref()),
            expires = or_dash(key.expires_at.map(|moment| moment.to_string()).as_deref()),
        ))
    })?;
    Ok(Exit::Success)
}
