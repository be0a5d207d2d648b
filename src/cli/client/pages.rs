//! Listings that come in pages, read to their end.

use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Client};
use crate::cli::error::CliError;

#[derive(Debug, Deserialize)]
struct PageView {
    items: Vec<Value>,
    next: Option<String>,
}

impl Client {
    /// Every item of the listing at `path`.
    ///
    /// # Errors
    /// Those of [`Client::get`].
    pub fn every_page(&self, path: &str) -> Result<Vec<Value>, CliError> {
        let mut items = Vec::new();
        let mut page = path.to_owned();
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let Answer { view, .. } = self.get::<PageView>(&page)?;
            items.extend(view.items);
            match view.next {
                // A cursor is opaque; only its characters that mean something in a query are escaped.
                Some(cursor) => page = format!("{path}{joint}after={}", escaped(&cursor)),
                None => return Ok(items),
            }
        }
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986, section 2.3).
#[must_use]
pub fn escaped(text: &str) -> String {
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
