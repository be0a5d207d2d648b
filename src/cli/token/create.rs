//! `chancery token create`: a key with a role, and the purpose and territory its uses are for.

use chancery_base::values::{Purpose, Territory, UnixMillis};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// What the key may do.
#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    /// Everything the operator of the registry may.
    Operator,
    /// Push, license, make keys, export.
    Owner,
    /// Call models.
    Member,
    /// Read and export.
    Auditor,
}

/// What the key is for.
#[derive(Debug, Args, Serialize)]
#[command(after_help = "\
Example:
  chancery token create --role member --label 'search service' \\
    --purpose commercial-service --territory DE --expires 2027-01-01")]
pub struct Arguments {
    /// What the key may do
    #[arg(long)]
    role: Role,
    /// A name to recognise it by
    #[arg(long)]
    label: String,
    /// What its uses are for, such as commercial-service
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
    let answer = context.client()?.post_for_secret::<CreatedView>("/api/v1/keys", arguments)?;
    context.output.note(&say!("token-created", id = answer.view.id));
    context.output.result(&answer.document, |_| answer.view.token.clone())?;
    Ok(Exit::Success)
}
