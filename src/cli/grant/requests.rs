//! `chancery grant requests`: who asks for licences to the party's models, or what the party asks of others.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
};

/// Which ones.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  chancery grant requests\n  chancery grant requests --mine")]
pub struct Arguments {
    /// Those that your party made, instead of those for its models
    #[arg(long)]
    mine: bool,
    /// Those that have no answer yet
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Deserialize)]
struct ItemView {
    id: String,
    model: String,
    state: String,
    requester: String,
    purposes: Vec<String>,
}

/// Asks the server until there is no further page.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let side = if arguments.mine { "held" } else { "given" };
    let state = if arguments.open { "&state=open" } else { "" };
    let requests = context.client()?.every_page(&format!("/api/v1/access-requests?side={side}{state}"))?;
    context.output.result(&json!({ "items": requests }), |words| {
        let headings = [
            say!("column-id"),
            say!("column-model"),
            say!("column-status"),
            say!("column-licensee"),
            say!("column-purpose"),
        ];
        let row = |request: ItemView| {
            vec![
                request.id,
                request.model,
                words.named("state", &request.state),
                request.requester,
                request.purposes.join(", "),
            ]
        };
        let items = requests.iter().filter_map(|request| ItemView::deserialize(request).ok());
        let empty = if arguments.mine { say!("requests-none-made") } else { say!("requests-none") };
        listing(words, &headings, items.map(row).collect(), &empty)
    })?;
    Ok(Exit::Success)
}
