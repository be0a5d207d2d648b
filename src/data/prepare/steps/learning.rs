//! From which rows a step learns: all, or after a split only those of one split, so that nothing of the others leaks into it.

use crate::prepare::RecipeError;
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::Flow;

/// The split from which is learnt unless the recipe names another.
const TRAIN: &str = "train";

/// The rows to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LearnFrom(Option<usize>);

impl LearnFrom {
    /// Reads `learn_from`.
    ///
    /// # Errors
    /// Without a split there is nothing to choose from; with one, a split of that name must exist.
    pub(super) fn parse(fields: &mut Fields, before: &Before) -> Result<Self, RecipeError> {
        let Some((_, splits)) = &before.split else {
            if fields.has("learn_from") {
                return Err(
                    fields.invalid("learn_from", "needs a `split` step before this one; move it, or remove the field")
                );
            }
            return Ok(Self(None));
        };
        let name = fields.text_or("learn_from", TRAIN)?;
        let place = splits.iter().position(|split| *split == name);
        let names = splits.join(", ");
        place.map(|place| Self(Some(place))).ok_or_else(|| fields.wrong("learn_from", &format!("one of {names}")))
    }

    /// Whether the row counts.
    pub(super) fn admits(self, flow: &Flow) -> bool {
        self.0.is_none() || self.0 == flow.split
    }
}
