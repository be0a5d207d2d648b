//! The commented `passport.toml` and `datasheet.toml` that `chancery passport init` and `chancery dataset init` write.

use chancery_base::values::{ArtifactKind, Language};

/// The papers of an artifact of this kind with every field explained and the required ones left blank; it is refused, naming them, until they are
/// filled in. Lines that begin with `#` and a field name are optional fields.
#[must_use]
pub const fn template(kind: ArtifactKind, language: Language) -> &'static str {
    match (kind, language) {
        (ArtifactKind::Model, Language::English) => include_str!("template.en.toml"),
        (ArtifactKind::Model, Language::Chinese) => include_str!("template.zh.toml"),
        (ArtifactKind::Dataset, Language::English) => include_str!("datasheet/template.en.toml"),
        (ArtifactKind::Dataset, Language::Chinese) => include_str!("datasheet/template.zh.toml"),
    }
}
