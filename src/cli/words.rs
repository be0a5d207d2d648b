//! The texts of `locales/`, in the language of the person at the terminal.

use chancery_base::values::Language;

use crate::words::Texts;
pub use crate::words::Words;

/// What the command line says.
pub const TEXTS: Texts = Texts { english: include_str!("locales/en.ftl"), chinese: include_str!("locales/zh.ftl") };

/// The command line's texts in `language`.
#[must_use]
pub fn in_language(language: Language) -> Words {
    Words::new(TEXTS, language)
}
