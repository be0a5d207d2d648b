//! `chancery grant request`: asks the owner of a model for a licence.

use chancery_base::values::{AccessRequestId, ModelName, Purpose, Territory};
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    purpose,
};

/// What is asked for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery grant request acme/minilm --purpose research --message 'a thesis on sentence embeddings'
  chancery grant request acme/minilm --purpose commercial-service --territory DE --territory FR --tokens 2000000 \\
    --message 'sorting tickets of our customers'")]
pub struct Arguments {
    /// The model, as owner/name
    model: ModelName,
    /// What for: commercial-service, internal-analysis, research, education, evaluation, personal, or a code of your own; may be given several times
    #[arg(long = "purpose", value_name = "PURPOSE", required = true)]
    purposes: Vec<Purpose>,
    /// Where, by ISO 3166-1 code; may be given several times [default: everywhere]
    #[arg(long = "territory", value_name = "CODE")]
    territories: Vec<Territory>,
    /// How many tokens in all, as far as you can tell
    #[arg(long, value_name = "NUMBER")]
    tokens: Option<u64>,
    /// What you build, and for whom: the owner reads this
    #[arg(long)]
    message: String,
}

#[derive(Debug, Deserialize)]
struct RequestView {
    id: AccessRequestId,
    owner: String,
}

/// Asks.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    purpose::note_unknown(&arguments.purposes, &context.output);
    let body = json!({
        "model": arguments.model, "purposes": arguments.purposes, "territories": arguments.territories,
        "expected_tokens": arguments.tokens, "message": arguments.message,
    });
    let answer = context.client()?.post::<RequestView>("/api/v1/access-requests", &body)?;
    let RequestView { id, owner } = &answer.view;
    context.output.result(&answer.document, |words| words.say(&say!("grant-requested", id = id, owner = owner)))?;
    Ok(Exit::Success)
}
