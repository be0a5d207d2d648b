//! What the doors say to people, in both languages (Project Fluent). Each door has its own texts.

mod message;

use chancery_base::values::Language;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

pub use message::Message;
pub(crate) use message::say;

/// The texts of a door, one file for each language.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// The English file.
    pub english: &'static str,
    /// The Chinese file.
    pub chinese: &'static str,
}

/// Says messages in one language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The texts of a door in `language`.
    #[must_use]
    pub fn new(texts: Texts, language: Language) -> Self {
        let source = match language {
            Language::English => texts.english,
            Language::Chinese => texts.chinese,
        };
        let identifier: LanguageIdentifier = language.to_string().parse().unwrap_or_default();
        // INVARIANT: both files parse without errors and name nothing twice; a test holds it.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
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
        self.text(message.id, &message.facts).unwrap_or_else(|| message.id.to_owned())
    }

    /// The text whose name is put together from a beginning and a code; the code itself where there is none.
    #[must_use]
    pub fn named(&self, beginning: &str, code: &str) -> String {
        self.text(&format!("{beginning}-{code}"), &[]).unwrap_or_else(|| code.to_owned())
    }

    /// The text of this name with its facts, if there is one.
    #[must_use]
    pub fn text(&self, id: &str, facts: &[(&'static str, String)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut arguments = FluentArgs::new();
        for (name, fact) in facts {
            arguments.set(*name, fact.as_str());
        }
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
    }
}
