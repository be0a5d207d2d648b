//! What the server names in a word, told to people.

use chancery_base::values::UnixMillis;

use crate::cli::{message::say, words::Words};

/// A rule's mode.
#[must_use]
pub fn mode(words: &Words, mode: &str) -> String {
    match mode {
        "enforced" => words.say(&say!("mode-enforced")),
        "shadow" => words.say(&say!("mode-shadow")),
        "dropped" => words.say(&say!("mode-dropped")),
        "absent" => words.say(&say!("mode-absent")),
        other => other.to_owned(),
    }
}

/// Whose texts a policy set is made of.
#[must_use]
pub fn origin(words: &Words, origin: &str) -> String {
    match origin {
        "server" => words.say(&say!("origin-server")),
        "operator" => words.say(&say!("origin-operator")),
        other => other.to_owned(),
    }
}

/// What would become of a decision.
#[must_use]
pub fn change(words: &Words, change: &str) -> String {
    match change {
        "newly-refused" => words.say(&say!("change-newly-refused")),
        "newly-allowed" => words.say(&say!("change-newly-allowed")),
        "refused-otherwise" => words.say(&say!("change-refused-otherwise")),
        "allowed-otherwise" => words.say(&say!("change-allowed-otherwise")),
        "not-replayable" => words.say(&say!("change-not-replayable")),
        other => other.to_owned(),
    }
}

/// Who did something; without a name the server itself, as it started.
#[must_use]
pub fn actor(words: &Words, by: Option<&str>) -> String {
    by.map_or_else(|| words.say(&say!("policy-by-server")), str::to_owned)
}

/// A moment, if there is one.
#[must_use]
pub fn moment(moment: Option<UnixMillis>) -> String {
    moment.map(|moment| moment.to_string()).unwrap_or_default()
}
