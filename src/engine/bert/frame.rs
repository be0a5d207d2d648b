//! The special tokens around each text, as the member `post_processor` of `tokenizer.json` gives them.

use std::collections::HashMap;

use serde::Deserialize;

use super::few::Few;
use super::tokenizer::unsupported;
use crate::error::LoadError;

const SUPPORTED: &str = "BertProcessing, or TemplateProcessing that puts the text once between special tokens it lists";

/// Pieces of a template: the text and what is around it. BERT has three.
const MAX_PIECES: usize = 8;
/// Tokens of which one special token may consist.
const MAX_TOKENS: usize = 4;

/// Tokens in front of a text and behind it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    before: Vec<u32>,
    after: Vec<u32>,
}

/// The member `post_processor`; the fields are those of both its kinds. What it says of pairs of texts is not needed.
#[derive(Deserialize)]
pub(super) struct FrameFile {
    #[serde(rename = "type")]
    kind: String,
    cls: Option<(String, u32)>,
    sep: Option<(String, u32)>,
    #[serde(default)]
    single: Few<Piece, MAX_PIECES>,
    #[serde(default)]
    special_tokens: HashMap<String, SpecialToken>,
}

#[derive(Deserialize)]
enum Piece {
    Sequence { id: Text },
    SpecialToken { id: String },
}

#[derive(Deserialize, PartialEq, Eq)]
enum Text {
    A,
    B,
}

#[derive(Deserialize)]
struct SpecialToken {
    ids: Few<u32, MAX_TOKENS>,
}

impl FrameFile {
    /// Takes the tokens out.
    ///
    /// # Errors
    ///
    /// [`LoadError::UnsupportedValue`] for another kind, and for a template without the text or with more than it.
    pub(super) fn build(&self) -> Result<Frame, LoadError> {
        match (self.kind.as_str(), &self.cls, &self.sep) {
            ("BertProcessing", Some((_, cls)), Some((_, sep))) => Ok(Frame { before: vec![*cls], after: vec![*sep] }),
            ("TemplateProcessing", ..) => self.of_template(),
            (other, ..) => Err(unsupported("post_processor", other, SUPPORTED)),
        }
    }

    fn of_template(&self) -> Result<Frame, LoadError> {
        let other = || unsupported("post_processor", "another template", SUPPORTED);
        let (mut frame, mut is_behind) = (Frame::default(), false);
        for piece in &self.single.0 {
            match piece {
                Piece::Sequence { id: Text::A } if !is_behind => is_behind = true,
                Piece::Sequence { .. } => return Err(other()),
                Piece::SpecialToken { id } => {
                    let token = self.special_tokens.get(id).ok_or_else(other)?;
                    let side = if is_behind { &mut frame.after } else { &mut frame.before };
                    side.extend_from_slice(&token.ids.0);
                }
            }
        }
        if is_behind { Ok(frame) } else { Err(other()) }
    }
}

impl Frame {
    /// How many tokens it adds.
    pub(super) fn length(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// A text's tokens with those around it.
    pub(super) fn around(&self, text: &[u32]) -> Vec<u32> {
        [&self.before, text, &self.after].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn frame(file: Value) -> Result<Frame, LoadError> {
        serde_json::from_value::<FrameFile>(file).unwrap().build()
    }

    fn template(single: Value) -> Result<Frame, LoadError> {
        let special_tokens = json!({ "[CLS]": { "id": "[CLS]", "ids": [101], "tokens": ["[CLS]"] },
                                     "[SEP]": { "id": "[SEP]", "ids": [102, 7], "tokens": ["[SEP]", "x"] } });
        frame(json!({ "type": "TemplateProcessing", "single": single, "pair": [], "special_tokens": special_tokens }))
    }

    fn special(id: &str) -> Value {
        json!({ "SpecialToken": { "id": id, "type_id": 0 } })
    }

    #[test]
    fn both_kinds_say_what_is_around_a_text() {
        let text = json!({ "Sequence": { "id": "A", "type_id": 0 } });
        let found = template(json!([special("[CLS]"), text, special("[SEP]")])).unwrap();
        assert_eq!((found.around(&[5]), found.length()), (vec![101, 5, 102, 7], 3));
        assert_eq!(template(json!([text])).unwrap(), Frame::default());
        let bert = frame(json!({ "type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1] })).unwrap();
        assert_eq!(bert.around(&[5, 6]), [1, 5, 6, 2]);
    }

    #[test]
    fn other_templates_and_kinds_are_refused() {
        let text = |id: &str| json!({ "Sequence": { "id": id, "type_id": 0 } });
        for single in [json!([]), json!([text("B")]), json!([text("A"), text("A")]), json!([special("[X]"), text("A")])]
        {
            assert!(matches!(template(single.clone()), Err(LoadError::UnsupportedValue { .. })), "{single}");
        }
        for kind in ["RobertaProcessing", "BertProcessing", "Sequence"] {
            let refused = frame(json!({ "type": kind, "processors": [] }));
            assert!(matches!(refused, Err(LoadError::UnsupportedValue { field: "post_processor", .. })), "{kind}");
        }
    }
}
