//! `chancery embed`: texts in, vectors out, through the address that OpenAI's clients use.

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

/// Which model, and what it is given.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery embed acme/minilm 'the licence permits research'
  chancery embed acme/minilm@production 'one' 'two' --json")]
pub struct Arguments {
    /// The model, as owner/name, owner/name@v3 or owner/name@alias
    model: ModelReference,
    /// Texts to turn into vectors
    #[arg(required = true)]
    text: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct EmbeddingsView {
    data: Vec<EmbeddingView>,
    chancery: PapersView,
}

#[derive(Debug, Deserialize)]
struct EmbeddingView {
    embedding: Vec<f64>,
}

/// Asks the model; people are told each vector's length in both senses, programs get the vectors.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, text } = arguments;
    let body = json!({ "model": model.to_string(), "input": text, "encoding_format": "float" });
    let answer = context.client()?.post::<EmbeddingsView>("/v1/embeddings", &body)?;
    context.output.result(&answer.document, |words| {
        let headings = [say!("column-dimensions"), say!("column-norm"), say!("column-text")];
        let row = |(vector, text): (&EmbeddingView, &String)| {
            vec![vector.embedding.len().to_string(), format!("{:.4}", norm(&vector.embedding)), text.clone()]
        };
        table(words, &headings, answer.view.data.iter().zip(text).map(row).collect())
    })?;
    answer.view.chancery.tell(&context.output);
    Ok(Exit::Success)
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|number| number * number).sum::<f64>().sqrt()
}
