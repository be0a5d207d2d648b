//! The texts of `locales/`, in the language of the person at the terminal (Project Fluent).

use chancery_base::values::Language;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::message::Message;

const ENGLISH: &str = include_str!("locales/en.ftl");
const CHINESE: &str = include_str!("locales/zh.ftl");

/// Says messages in one language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The texts in `language`.
    #[must_use]
    pub fn in_language(language: Language) -> Self {
        let source = source(language);
        let identifier: LanguageIdentifier = language.to_string().parse().unwrap_or_default();
        // INVARIANT: both files parse without errors and name nothing twice; a test holds it.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new(vec![identifier]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// The language spoken.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Says `message`; one that has no text is said by its name, so that nothing is ever lost silently.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        let Some(pattern) = self.bundle.get_message(message.id).and_then(|text| text.value()) else {
            return message.id.to_owned();
        };
        let mut facts = FluentArgs::new();
        for (name, fact) in &message.facts {
            facts.set(*name, fact.as_str());
        }
        self.bundle.format_pattern(pattern, Some(&facts), &mut Vec::new()).into_owned()
    }
}

const fn source(language: Language) -> &'static str {
    match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
