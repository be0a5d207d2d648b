//! `chancery approval list`: what was proposed to a second person, newest first.

use chancery_domain::approvals::ProposalStanding;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::view::ApprovalView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
};

/// Which ones.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery approval list --state open")]
pub struct Arguments {
    /// Only those that stand so: open, lapsed, approved, declined or withdrawn
    #[arg(long)]
    state: Option<ProposalStanding>,
}

/// Asks the server until there is no further page.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let asked = arguments.state.map(|state| format!("?state={state}")).unwrap_or_default();
    let approvals = context.client()?.every_page(&format!("/api/v1/approvals{asked}"))?;
    let headings = [
        say!("column-id"),
        say!("column-kind"),
        say!("column-status"),
        say!("column-proposed-by"),
        say!("column-expires"),
        say!("column-decided-by"),
    ];
    context.output.result(&json!({ "items": approvals }), |words| {
        let items = approvals.iter().filter_map(|approval| ApprovalView::deserialize(approval).ok());
        let empty = if arguments.state.is_some() { say!("list-nothing-fits") } else { say!("approvals-none") };
        listing(words, &headings, items.map(|approval| approval.row(words)).collect(), &empty)
    })?;
    Ok(Exit::Success)
}
