//! `chancery model list`: every model this API key may see, page after page.

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery model list")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct ModelView {
    model: String,
    versions: Value,
    visibility: Option<String>,
}

impl ModelView {
    fn row(&self) -> Vec<String> {
        let versions = match &self.versions {
            Value::Array(versions) => versions.len().to_string(),
            other => other.to_string(),
        };
        vec![self.model.clone(), versions, self.visibility.clone().unwrap_or_default()]
    }
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let models = context.client()?.every_page("/api/v1/models")?;
    context.output.result(&json!({ "items": models }), |words| {
        let headings = [say!("column-model"), say!("column-versions"), say!("column-visibility")];
        let rows = models.iter().filter_map(|model| ModelView::deserialize(model).ok());
        table(words, &headings, rows.map(|model| model.row()).collect())
    })?;
    Ok(Exit::Success)
}
