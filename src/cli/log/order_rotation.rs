//! `chancery log order-rotation`: decide that the logs go on under another name; carrying it out is `chancery log rotate`.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use ureq::http::Method;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    signer::Signer,
};

/// Why, and who decides.
#[derive(Debug, Args)]
#[command(after_help = "\
Where your organisation wants two people for this, a person proposes it with --as and another approves it.

Examples:
  chancery log order-rotation --reason 'the checkpoint key may have leaked'
  CHANCERY_PASSWORD=… chancery log order-rotation --reason 'yearly' --as ada@operator.example --organisation operator")]
pub struct Arguments {
    /// Why; everybody who may open the log reads it
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Debug, Deserialize)]
struct RotationView {
    id: String,
    expires_at: UnixMillis,
}

/// Asks the server.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let body = json!({ "reason": arguments.reason });
    let client = arguments.signer.client(context)?;
    let answer = client.propose::<RotationView>((Method::POST, "/api/v1/log-rotations"), &body, "/records")?;
    context.output.result(&answer.document, |words| {
        let ordered = |rotation: &RotationView| say!("rotation-ordered", id = rotation.id, until = rotation.expires_at);
        answer.view.prose(words, |rotation| words.say(&ordered(rotation)))
    })?;
    Ok(Exit::Success)
}
