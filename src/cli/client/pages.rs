//! Listings that come in pages, read to their end.

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Answer, Client};
use crate::cli::{error::CliError, message::say, output::Output};

/// How much is listed of what grows with every call.
#[derive(Debug, Args)]
pub struct Newest {
    /// How many to list, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// The newest items of a listing.
#[derive(Debug, Serialize)]
pub struct Found {
    /// As the server tells them.
    pub items: Vec<Value>,
    /// Whether older ones were left out.
    pub more: bool,
}

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
        loop {
            let Answer { view, .. } = self.get::<PageView>(&page)?;
            items.extend(view.items);
            match view.next {
                Some(cursor) => page = following(path, &cursor),
                None => return Ok(items),
            }
        }
    }
}

impl Newest {
    /// Reads as many items of the listing at `path` as are wanted; a page may be short and yet not the last.
    ///
    /// # Errors
    /// Those of [`Client::get`].
    pub fn read(&self, client: &Client, path: &str) -> Result<Found, CliError> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let (mut items, mut page) = (Vec::new(), path.to_owned());
        loop {
            let PageView { items: read, next } = client.get(&page)?.view;
            items.extend(read);
            let more = items.len() > limit || next.is_some();
            items.truncate(limit);
            match next {
                Some(cursor) if items.len() < limit => page = following(path, &cursor),
                _ => return Ok(Found { items, more }),
            }
        }
    }
}

impl Found {
    /// Tells a person that there is more, and how to see it.
    pub fn tell_of_more(&self, output: &Output) {
        if self.more {
            output.note(&say!("list-more", shown = self.items.len()));
        }
    }
}

/// The address of the page behind `cursor`, which is opaque; only its characters that mean something in a query are escaped.
fn following(path: &str, cursor: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}after={}", escaped(cursor))
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
