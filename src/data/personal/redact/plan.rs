//! What is put in the place of each class.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Class;

/// What is put in the place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Redaction {
    /// The class in brackets: `[EMAIL]`.
    Mask,
    /// The class and 64 bits that the key makes of the value: `email_7f3a91c25be0d468`. The same value gives the same token.
    Token,
    /// A made-up value of the same form from a range that is nobody's, with check digits that hold. Ranges are small in some classes
    /// (700 telephone numbers), so that two values may share one; tokens are for telling them apart.
    Surrogate,
    /// Nothing.
    Drop,
}

/// What is done with each class; a class without an entry is left as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan(BTreeMap<Class, Redaction>);

impl Plan {
    /// The same for every class.
    pub fn all(redaction: Redaction) -> Self {
        Self(Class::ALL.into_iter().map(|class| (class, redaction)).collect())
    }

    /// This plan with another way for one class.
    #[must_use]
    pub fn with(mut self, class: Class, redaction: Redaction) -> Self {
        self.0.insert(class, redaction);
        self
    }

    /// This plan, leaving one class as it is.
    #[must_use]
    pub fn without(mut self, class: Class) -> Self {
        self.0.remove(&class);
        self
    }

    /// What is done with a class.
    pub fn of(&self, class: Class) -> Option<Redaction> {
        self.0.get(&class).copied()
    }
}
