//! What would be decided under terms that are about to be offered, in words.

use chancery_base::values::Language;
use chancery_domain::{
    policy::{Outcome, Reason},
    serving::Foreseen,
};

use crate::web::ui::sentence::Sentence;

/// What would be decided under the terms.
#[derive(Default)]
pub(super) struct Outlook {
    /// Purpose and place of each use that would be allowed.
    pub allowed: Vec<(String, Option<String>)>,
    pub refused: Vec<Refusal>,
    /// What comes with every answer, and what no licence addresses.
    pub beside: Vec<String>,
}

/// A use that would be refused.
pub(super) struct Refusal {
    pub purpose: String,
    pub place: Option<String>,
    /// What is said, under which clause of what, and what would help.
    pub reasons: Vec<(Sentence, String, Sentence)>,
}

impl Outlook {
    pub(super) fn of(foreseen: &[Foreseen], language: Language) -> Self {
        let mut outlook = Self::default();
        for Foreseen { purpose, territory, decision } in foreseen {
            let (purpose, place) = (purpose.to_string(), territory.as_ref().map(ToString::to_string));
            let mut beside = Vec::new();
            match &decision.outcome {
                Outcome::Allowed { obligations, notices } => {
                    outlook.allowed.push((purpose, place));
                    let obliged = obligations.iter().map(|obligation| &obligation.message);
                    let said = obliged.chain(notices.iter().map(|notice| &notice.message));
                    beside.extend(said.map(|message| message.in_language(language).to_owned()));
                }
                Outcome::Refused => {
                    let reason = |reason: &Reason| {
                        let under = format!("{}, {}", reason.source, reason.clause);
                        let [message, next] = [&reason.message, &reason.next_step];
                        (Sentence::of(message.in_language(language)), under, Sentence::of(next.in_language(language)))
                    };
                    outlook.refused.push(Refusal {
                        purpose,
                        place,
                        reasons: decision.reasons.iter().map(reason).collect(),
                    });
                }
            }
            for said in beside {
                if !outlook.beside.contains(&said) {
                    outlook.beside.push(said);
                }
            }
        }
        outlook
    }
}
