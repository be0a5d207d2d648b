//! What a door says to people: the name of a text in its `locales/` and the facts that go into it.
//!
//! A message knows no language; [`super::Words`] says it in one.

/// One text, by its name in `locales/*.ftl`, with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Name of the text.
    pub id: &'static str,
    /// What goes into it, by name.
    pub facts: Vec<(&'static str, String)>,
}

/// Makes a [`Message`]: `say!("hold-released", id = hold)`. Names and facts are checked against the texts by a test.
macro_rules! say {
    ($id:literal $(, $name:ident = $fact:expr)* $(,)?) => {
        $crate::words::Message { id: $id, facts: vec![$((stringify!($name), $fact.to_string())),*] }
    };
}

pub(crate) use say;
