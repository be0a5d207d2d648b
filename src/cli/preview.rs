//! `chancery preview`: would this use be allowed? Nothing is used and nothing is recorded.

use chancery_base::values::{ModelReference, Purpose, Territory, TokenCount};
use clap::Args;
use serde_json::json;

use super::{
    context::Context,
    decision::DecisionView,
    error::{CliError, Exit},
    purpose,
};

/// Which use.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  chancery preview acme/minilm --purpose commercial-service --territory DE --tokens 100000")]
pub struct Arguments {
    /// The model, as owner/name, owner/name@v3 or owner/name@alias
    model: ModelReference,
    /// What the use is for: commercial-service, internal-analysis, research, education, evaluation, personal, or a code of your own [default: that of the API key]
    #[arg(long)]
    purpose: Option<Purpose>,
    /// Where it happens, such as DE [default: that of the API key]
    #[arg(long)]
    territory: Option<Territory>,
    /// How many tokens it would take
    #[arg(long, value_name = "COUNT")]
    tokens: Option<u64>,
}

/// Asks; a use that would be refused ends with the code of a refusal.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    purpose::note_unknown(&arguments.purpose, &context.output);
    let Arguments { model, purpose, territory, tokens } = arguments;
    let mut body = json!({ "model": model.to_string() });
    if let Some(body) = body.as_object_mut() {
        body.extend(purpose.iter().map(|purpose| ("purpose".to_owned(), json!(purpose))));
        body.extend(territory.iter().map(|territory| ("territory".to_owned(), json!(territory))));
        body.extend(tokens.iter().map(|tokens| ("tokens".to_owned(), json!(TokenCount(*tokens)))));
    }
    let answer = context.client()?.post::<DecisionView>("/api/v1/decisions/preview", &body)?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(answer.view.exit())
}
