//! `chancery predict`: texts in, labels out, each use decided, settled and recorded by the server.

use chancery_base::values::ModelReference;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::table,
    papers::PapersView,
};

/// Which model, and what it is asked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery predict acme/reviews 'the soup was cold'
  chancery predict acme/reviews@production 'good' 'bad' --json")]
pub struct Arguments {
    /// The model, as owner/name, owner/name@v3 or owner/name@alias
    model: ModelReference,
    /// Texts to classify
    #[arg(required = true)]
    text: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct PredictionView {
    outputs: Vec<OutputView>,
    chancery: PapersView,
}

#[derive(Debug, Deserialize)]
struct OutputView {
    label: String,
    score: f64,
}

/// Asks the model.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, text } = arguments;
    let body = json!({ "inputs": text, "version": model.selector.to_string() });
    let path = format!("/api/v1/models/{}/predict", model.model);
    let answer = context.client()?.post::<PredictionView>(&path, &body)?;
    let view = &answer.view;
    context.output.result(&answer.document, |words| {
        let headings = [say!("column-label"), say!("column-score"), say!("column-text")];
        let row = |(output, text): (&OutputView, &String)| {
            vec![output.label.clone(), format!("{:.4}", output.score), text.clone()]
        };
        table(words, &headings, view.outputs.iter().zip(text).map(row).collect())
    })?;
    view.chancery.tell(&context.output);
    Ok(Exit::Success)
}
