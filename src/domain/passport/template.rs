//! The commented `passport.toml` that `chancery passport init` writes.

use chancery_base::values::Language;

/// A passport with every field explained and the required ones left blank; it is refused, naming them, until they are
/// filled in. Lines that begin with `#` and a field name are optional fields.
#[must_use]
pub const fn template(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("template.en.toml"),
        Language::Chinese => include_str!("template.zh.toml"),
    }
}
