//! In which mode a rule that refuses runs, and what must be so for its mode to be changed.

use std::{fmt, str::FromStr};

use chancery_base::values::Invalid;
use serde::{Deserialize, Serialize};

/// What becomes of what a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleMode {
    /// It refuses.
    Enforced,
    /// It is recorded and refuses nobody.
    Shadow,
    /// It is not looked at; its text stays with the set, so that it can be tried again.
    Dropped,
}

impl RuleMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Enforced, Self::Shadow, Self::Dropped];

    /// The mode as programs and records name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::Shadow => "shadow",
            Self::Dropped => "dropped",
        }
    }
}

impl fmt::Display for RuleMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for RuleMode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mode = Self::ALL.into_iter().find(|mode| mode.name() == text);
        mode.ok_or_else(|| Invalid::new(text, "a mode: enforced, shadow or dropped"))
    }
}

/// Why a rule's mode is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModeError {
    /// No rule of this set that refuses has the name.
    #[error("`{rule}` is no rule that refuses; {}", meant(.nearest.as_deref()))]
    Unknown {
        /// The name given.
        rule: String,
        /// The rule that was probably meant.
        nearest: Option<String>,
    },
    /// The rule is in that mode.
    #[error("rule `{rule}` is {mode} already, so nothing was changed; see `chancery policy list`", mode = told(*.mode))]
    Already {
        /// The rule.
        rule: String,
        /// Its mode.
        mode: RuleMode,
    },
    /// A rule that refuses today, and would from one moment to the next not even be looked at.
    #[error("rule `{rule}` is enforced; put it in shadow first, look at what it would have refused, and then drop it")]
    StillEnforced {
        /// The rule.
        rule: String,
    },
}

fn meant(nearest: Option<&str>) -> String {
    match nearest {
        Some(rule) => format!("did you mean `{rule}`?"),
        None => "see `chancery policy list`".to_owned(),
    }
}

const fn told(mode: RuleMode) -> &'static str {
    match mode {
        RuleMode::Enforced => "enforced",
        RuleMode::Shadow => "in shadow",
        RuleMode::Dropped => "dropped",
    }
}
