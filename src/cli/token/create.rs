//! `chancery token create`: a key with a role, and the purpose and territory its uses are for.

use chancery_base::values::{Purpose, Territory, UnixMillis};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    purpose,
    role::Role,
};

/// What the key is for.
#[derive(Debug, Args, Serialize)]
#[command(after_help = "\
Example:
  chancery token create --role member --label 'search service' \\
    --purpose commercial-service --territory DE --expires 2027-01-01")]
pub struct Arguments {
    /// What the key may do
    #[arg(long, value_parser = Role::of_keys())]
    role: Role,
    /// A name to recognise it by
    #[arg(long)]
    label: String,
    /// What its uses are for: commercial-service, internal-analysis, research, education, evaluation, personal, or a code of your own
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    /// Where its uses happen, such as DE
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    territory: Option<Territory>,
    /// When it ends: a date, or a time such as 2027-01-01T12:00:00Z
    #[arg(long = "expires", value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<UnixMillis>,
}

#[derive(Debug, Deserialize)]
struct CreatedView {
    id: String,
    token: String,
}

/// Makes the key; its token is shown this once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    purpose::note_unknown(&arguments.purpose, &context.output);
    let answer = context.client()?.post_for_secret::<CreatedView>("/api/v1/keys", arguments)?;
    context.output.note(&say!("token-created", id = answer.view.id));
    context.output.result(&answer.document, |_| answer.view.token.clone())?;
    Ok(Exit::Success)
}
