//! Personal data over time: sections `[[processing]]`, `[[transfer]]` and `[[retention]]`.

use chancery_base::values::Territory;
use serde::Serialize;

use crate::{
    documents::{Day, Section, codes, read},
    passport::{LawfulBasis, Phase, SpecialCategoryCondition},
};

/// One purpose that personal data are processed for (GDPR Art. 5(1)(b), 6 and 9; EDPB Opinion 28/2024: phases are separate).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Processing {
    /// What for, in the owner's words.
    pub purpose: String,
    /// In which phase of a model's life.
    pub phase: Phase,
    /// What makes it lawful (Art. 6(1)).
    pub basis: LawfulBasis,
    /// What lifts the ban on special categories (Art. 9(2)).
    pub special_category_condition: Option<SpecialCategoryCondition>,
    /// Where that is recorded: consent record, three-step test, law.
    pub evidence: String,
}

impl Processing {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let purpose = section.required("purpose", read::text);
        let phase = section.required("phase", read::parsed);
        let basis = section.required("basis", read::parsed);
        let special_category_condition = section.optional("special_category_condition", read::parsed);
        let evidence = section.required("evidence", read::text);
        Some(Self { purpose: purpose?, phase: phase?, basis: basis?, special_category_condition, evidence: evidence? })
    }
}

codes! {
    /// What makes a transfer of personal data to another country lawful.
    TransferMechanism {
        /// The country is recognised (GDPR Art. 45).
        Adequacy = "adequacy",
        /// Standard contractual clauses (GDPR Art. 46(2)(c)).
        StandardClauses = "standard-clauses",
        /// Binding corporate rules (GDPR Art. 47).
        BindingRules = "binding-rules",
        /// A derogation for specific situations (GDPR Art. 49).
        Derogation = "derogation",
        /// Security assessment by the authority (PIPL Art. 38(1)).
        SecurityAssessment = "security-assessment",
        /// Certification (PIPL Art. 38(2)).
        Certification = "certification",
        /// The standard contract of the authority (PIPL Art. 38(3)).
        StandardContract = "standard-contract",
    }
}

/// A flow of personal data to other countries (GDPR Art. 30(1)(e), 44 to 49; PIPL Art. 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// Where to.
    pub to: Vec<Territory>,
    /// What makes it lawful.
    pub mechanism: TransferMechanism,
    /// Where that is recorded.
    pub evidence: String,
}

impl Transfer {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let to = section.required_list("to", read::parsed);
        let mechanism = section.required("mechanism", read::parsed);
        let evidence = section.required("evidence", read::text);
        Some(Self { to: to?, mechanism: mechanism?, evidence: evidence? })
    }
}

codes! {
    /// What a rule on retention asks.
    RetentionRule {
        /// Not to be destroyed before.
        KeepAtLeast = "keep-at-least",
        /// Not to be kept longer.
        DeleteAfter = "delete-after",
    }
}

/// A rule on how long data are kept (GDPR Art. 5(1)(e) and 30(1)(f); PIPL Art. 47; AI Act Art. 18, 19 and 26(6)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// What it asks.
    pub rule: RetentionRule,
    /// How many days, counted from the day below.
    pub days: u64,
    /// The day it counts from.
    pub from: Day,
    /// The law, contract or promise that says so.
    pub source: String,
}

impl Retention {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let rule = section.required("rule", read::parsed);
        let days = section.required("days", read::count);
        let from = section.required("from", read::day);
        let source = section.required("source", read::text);
        Some(Self { rule: rule?, days: days?, from: from?, source: source? })
    }
}
