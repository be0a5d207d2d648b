//! Rows of the catalogue; one file per table.

mod datasets;
mod terms;

pub(super) use datasets::{
    Mention, Whose, datasets_of_models, has_other_visibility, insert_mention, mentions, set_visibility,
};
pub(super) use terms::{Kind, add_term, terms_between};
