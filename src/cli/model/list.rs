//! `chancery model list`: every model this API key may see, page after page.

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{
    client::{Answer, Client},
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
struct PageView {
    items: Vec<Value>,
    next: Option<String>,
}

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
    let models = every_page(&context.client()?)?;
    context.output.result(&json!({ "items": models }), |words| {
        let headings = [say!("column-model"), say!("column-versions"), say!("column-visibility")];
        let rows = models.iter().filter_map(|model| ModelView::deserialize(model).ok());
        table(words, &headings, rows.map(|model| model.row()).collect())
    })?;
    Ok(Exit::Success)
}

fn every_page(client: &Client) -> Result<Vec<Value>, CliError> {
    let mut models = Vec::new();
    let mut path = "/api/v1/models".to_owned();
    loop {
        let Answer { view, .. } = client.get::<PageView>(&path)?;
        models.extend(view.items);
        match view.next {
            // A cursor is opaque; only its characters that mean something in a query are escaped.
            Some(cursor) => path = format!("/api/v1/models?after={}", escaped(&cursor)),
            None => return Ok(models),
        }
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn cursors_survive_a_query() {
        assert_eq!(escaped("acme/a+b&c=é"), "acme%2Fa%2Bb%26c%3D%C3%A9");
    }
}
