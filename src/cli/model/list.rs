//! `chancery model list`: every model this API key may see, page after page.

use chancery_base::values::ArtifactKind;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    output::listing,
    words::Words,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery model list")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct ModelView {
    #[serde(alias = "dataset")]
    model: String,
    versions: Value,
    visibility: Option<String>,
}

impl ModelView {
    fn row(&self, words: &Words) -> Vec<String> {
        let versions = match &self.versions {
            Value::Array(versions) => versions.len().to_string(),
            other => other.to_string(),
        };
        let visibility = self.visibility.as_ref().map(|visibility| words.named("state", visibility));
        vec![self.model.clone(), versions, visibility.unwrap_or_default()]
    }
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    of_kind(ArtifactKind::Model, &say!("column-model"), &say!("models-none"), context)
}

/// Every model or data set, under this heading, or what to do where there is none.
///
/// # Errors
/// Those of the client.
pub fn of_kind(kind: ArtifactKind, heading: &Message, none: &Message, context: &Context) -> Result<Exit, CliError> {
    let models = context.client()?.every_page(&format!("/api/v1/{}", kind.collection()))?;
    context.output.result(&json!({ "items": models }), |words| {
        let headings = [heading.clone(), say!("column-versions"), say!("column-visibility")];
        let rows = models.iter().filter_map(|model| ModelView::deserialize(model).ok());
        listing(words, &headings, rows.map(|model| model.row(words)).collect(), none)
    })?;
    Ok(Exit::Success)
}
