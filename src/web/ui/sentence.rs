//! What is wrong, as people read it on a page. Details of problems are written for terminals and programs as well: they start small,
//! have what was typed in backticks, and call whoever asks a key.

use std::fmt;

use askama::filters::HtmlSafe;

/// How a problem says that something may only be hidden, and how a page says it.
const TO_A_KEY: &str = "it is not visible to this key";
const TO_A_PERSON: &str = "your organisation may not see it";

/// The detail of a problem, or what a rule says, as HTML: escaped, with a capital first letter, and with code where backticks were.
pub struct Sentence(String);

impl Sentence {
    /// Makes a detail readable.
    pub fn of(detail: &str) -> Self {
        Self::within(&capitalised(&detail.replace(TO_A_KEY, TO_A_PERSON)))
    }

    /// The same for what goes on within a sentence.
    pub fn within(detail: &str) -> Self {
        let parts: Vec<&str> = detail.split('`').collect();
        let mut html = String::with_capacity(detail.len());
        for (index, part) in parts.iter().enumerate() {
            let is_code = index % 2 == 1;
            let is_closed = index + 1 < parts.len();
            match (is_code, is_closed) {
                (true, true) => {
                    html.push_str("<code>");
                    escape(part, &mut html);
                    html.push_str("</code>");
                }
                (true, false) => {
                    html.push('`');
                    escape(part, &mut html);
                }
                (false, _) => escape(part, &mut html),
            }
        }
        Self(html)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

// INVARIANT: everything in it was escaped but the tags put there.
impl HtmlSafe for Sentence {}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&#38;"),
            '<' => html.push_str("&#60;"),
            '>' => html.push_str("&#62;"),
            '"' => html.push_str("&#34;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_become_sentences_of_a_page() {
        for (detail, html) in [
            ("", ""),
            ("this is needed; fill it in", "This is needed; fill it in"),
            ("`<a>` is no slug; give `a-z`", "<code>&#60;a&#62;</code> is no slug; give <code>a-z</code>"),
            ("a lone ` and <b>", "A lone ` and &#60;b&#62;"),
            ("no such model, or it is not visible to this key", "No such model, or your organisation may not see it"),
            ("école \"x\" & 'y'", "École &#34;x&#34; &#38; &#39;y&#39;"),
        ] {
            assert_eq!(Sentence::of(detail).to_string(), html);
        }
        assert_eq!(Sentence::within("so is `b`").to_string(), "so is <code>b</code>");
    }
}
