//! `chancery hold place`: nobody may use the model until the hold is released.

use chancery_base::values::ModelName;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which model, and on whose demand.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  chancery hold place acme/minilm --authority 'Regional Court' \\
    --reason 'order 3 O 12/26, see file' --legal-demand")]
pub struct Arguments {
    /// The model, as owner/name
    model: ModelName,
    /// Who demands it
    #[arg(long)]
    authority: String,
    /// Why, for the record
    #[arg(long)]
    reason: String,
    /// It is a demand by law, which callers are told by status 451
    #[arg(long)]
    legal_demand: bool,
}

#[derive(Debug, Deserialize)]
struct HoldView {
    id: String,
}

/// Places the hold.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, authority, reason, legal_demand } = arguments;
    let body = json!({ "authority": authority, "reason": reason, "legal_demand": legal_demand });
    let answer = context.client()?.post::<HoldView>(&format!("/api/v1/models/{model}/holds"), &body)?;
    context
        .output
        .result(&answer.document, |words| words.say(&say!("hold-placed", model = model, id = answer.view.id)))?;
    Ok(Exit::Success)
}
