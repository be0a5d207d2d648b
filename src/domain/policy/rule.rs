//! One rule as its annotations describe it: what it does, when it is looked at, and how it explains itself.
//!
//! A `forbid` is a restriction. A `permit` with `@obligation` or `@notice` is a condition of an allowed use; the one permit
//! with neither admits. Annotations mean nothing to Cedar, so everything about them is checked here.

use cedar_policy::{Effect, Policy};
use chancery_base::values::Language;
use serde::Serialize;

use super::{
    about::{About, Item},
    decision::{Notice, Obligation, ObligationKind, Reason, RefusalCode, Stage},
    error::PolicyError,
    facts::{Facts, LicenceEffect},
    mode::RuleMode,
    template::{LocalizedTemplate, Template, View},
};

/// Annotations of a restriction.
const OF_RESTRICTIONS: &[&str] =
    &["id", "stage", "code", "status", "subject", "clause", "source", "reason", "reason_zh", "next", "next_zh", "mode"];
/// Annotations of a condition.
const OF_CONDITIONS: &[&str] = &["id", "obligation", "notice", "subject", "clause", "source", "reason", "reason_zh"];
/// Annotations of the base permit.
const OF_BASE: &[&str] = &["id"];

/// A rule, by what it does.
#[derive(Debug)]
pub(super) enum Rule {
    /// Admits.
    Base,
    /// Refuses.
    Restriction(Box<Restriction>),
    /// Binds what is allowed.
    Condition(Box<Condition>),
}

/// A rule that refuses.
#[derive(Debug)]
pub(super) struct Restriction {
    /// The rule's name.
    pub(super) id: String,
    /// When it is looked at.
    pub(super) stage: Stage,
    /// What programs recognise it by.
    pub(super) code: RefusalCode,
    /// The mode its text asks for.
    pub(super) own_mode: RuleMode,
    /// The mode it runs in.
    pub(super) mode: RuleMode,
    texts: Texts,
    next: LocalizedTemplate,
}

/// A rule that binds an allowed use.
#[derive(Debug)]
pub(super) struct Condition {
    id: String,
    /// What it imposes; `None` for a notice.
    obligation: Option<ObligationKind>,
    texts: Texts,
}

/// A restriction as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedRule {
    /// Its name.
    pub id: String,
    /// When it is looked at.
    pub stage: Stage,
    /// What becomes of what it finds.
    pub mode: RuleMode,
    /// The clause it follows, with placeholders.
    pub clause: String,
    /// The law, licence or setting of that clause.
    pub source: String,
}

/// What every rule but the base says about itself.
#[derive(Debug)]
struct Texts {
    about: About,
    clause: Template,
    source: Template,
    message: LocalizedTemplate,
}

impl Rule {
    /// Reads the annotations of `policy`, which stands in `file` and is named `id`.
    pub(super) fn read(file: &str, id: &str, policy: &Policy) -> Result<Self, PolicyError> {
        let annotations = Annotations { file, rule: id, policy };
        if policy.effect() == Effect::Forbid {
            return annotations.restriction().map(|restriction| Self::Restriction(Box::new(restriction)));
        }
        let is_condition = policy.annotation("obligation").is_some() || policy.annotation("notice").is_some();
        if is_condition {
            return annotations.condition().map(|condition| Self::Condition(Box::new(condition)));
        }
        annotations.only(OF_BASE)?;
        if policy.has_non_scope_constraint() {
            return Err(PolicyError::ConditionalBase { rule: id.to_owned() });
        }
        Ok(Self::Base)
    }
}

impl Restriction {
    /// The rule as it is listed; its texts keep their placeholders.
    pub(super) fn listed(&self) -> ListedRule {
        ListedRule {
            id: self.id.clone(),
            stage: self.stage,
            mode: self.mode,
            clause: self.texts.clause.written(),
            source: self.texts.source.written(),
        }
    }

    /// One reason for each fact the rule is about.
    pub(super) fn reasons(&self, facts: &Facts) -> Vec<Reason> {
        self.texts.about.items(facts).iter().map(|item| self.reason(&View { facts, item })).collect()
    }

    fn reason(&self, view: &View<'_>) -> Reason {
        Reason {
            rule: self.id.clone(),
            stage: self.stage,
            clause: self.texts.clause.render(view, Language::English),
            source: self.texts.source.render(view, Language::English),
            status: self.code.status(),
            code: self.code,
            message: self.texts.message.render(view),
            next_step: self.next.render(view),
            subject: view.item.subject(),
        }
    }
}

impl Condition {
    /// The obligations it imposes, one for each fact it is about; none for a notice.
    pub(super) fn obligations(&self, facts: &Facts) -> Vec<Obligation> {
        let Some(kind) = self.obligation else { return Vec::new() };
        self.texts.about.items(facts).iter().map(|item| self.impose(kind, &View { facts, item })).collect()
    }

    /// The notices it records, one for each fact it is about; none for an obligation.
    pub(super) fn notices(&self, facts: &Facts) -> Vec<Notice> {
        if self.obligation.is_some() {
            return Vec::new();
        }
        self.texts.about.items(facts).iter().map(|item| self.notice(&View { facts, item })).collect()
    }

    fn impose(&self, kind: ObligationKind, view: &View<'_>) -> Obligation {
        let Notice { rule, clause, source, message, subject } = self.notice(view);
        let text = accompanying_text(view.item).unwrap_or_else(|| message.en.clone());
        Obligation { rule, kind, clause, source, message, subject, text }
    }

    fn notice(&self, view: &View<'_>) -> Notice {
        Notice {
            rule: self.id.clone(),
            clause: self.texts.clause.render(view, Language::English),
            source: self.texts.source.render(view, Language::English),
            message: self.texts.message.render(view),
            subject: view.item.subject(),
        }
    }
}

/// The text a clause asks to be passed on.
fn accompanying_text(item: &Item<'_>) -> Option<String> {
    let Item::Cause(cause) = item else { return None };
    match &cause.effect {
        LicenceEffect::AttributionRequired(text) => Some(text.clone()),
        _ => None,
    }
}

/// The annotations of one rule, and where it stands.
struct Annotations<'policy> {
    file: &'policy str,
    rule: &'policy str,
    policy: &'policy Policy,
}

impl Annotations<'_> {
    fn restriction(&self) -> Result<Restriction, PolicyError> {
        self.only(OF_RESTRICTIONS)?;
        let (texts, mode) = (self.texts()?, self.mode()?);
        Ok(Restriction {
            id: self.rule.to_owned(),
            stage: self.stage()?,
            code: self.code()?,
            own_mode: mode,
            mode,
            next: self.localized("next", "next_zh", texts.about)?,
            texts,
        })
    }

    fn condition(&self) -> Result<Condition, PolicyError> {
        self.only(OF_CONDITIONS)?;
        let obligation = self.policy.annotation("obligation").map(|name| self.obligation(name)).transpose()?;
        if obligation.is_some() && self.policy.annotation("notice").is_some() {
            return Err(self.unknown("notice"));
        }
        Ok(Condition { id: self.rule.to_owned(), obligation, texts: self.texts()? })
    }

    fn texts(&self) -> Result<Texts, PolicyError> {
        let name = self.required("subject")?;
        let about = About::from_name(name).ok_or_else(|| self.bad("subject", name, &About::expected()))?;
        Ok(Texts {
            about,
            clause: self.template("clause", about)?,
            source: self.template("source", about)?,
            message: self.localized("reason", "reason_zh", about)?,
        })
    }

    fn stage(&self) -> Result<Stage, PolicyError> {
        let number = self.required("stage")?;
        let stage = number.parse::<u8>().ok().and_then(|number| Stage::try_from(number).ok());
        stage.ok_or_else(|| self.bad("stage", number, "a stage between 0 and 5"))
    }

    /// The refusal code, whose status must be the one stated: 451 cannot be claimed by an ordinary rule.
    fn code(&self) -> Result<RefusalCode, PolicyError> {
        let slug = self.required("code")?;
        let code = RefusalCode::ALL.iter().find(|code| code.slug() == slug);
        let code = *code.ok_or_else(|| self.bad("code", slug, "a refusal code such as use_not_permitted"))?;
        let status = self.required("status")?;
        if status == code.status().to_string() {
            Ok(code)
        } else {
            Err(self.bad("status", status, &format!("{}, which goes with {code}", code.status())))
        }
    }

    fn mode(&self) -> Result<RuleMode, PolicyError> {
        match self.policy.annotation("mode") {
            None | Some("enforce") => Ok(RuleMode::Enforced),
            Some("shadow") => Ok(RuleMode::Shadow),
            Some(other) => Err(self.bad("mode", other, "enforce or shadow")),
        }
    }

    fn obligation(&self, name: &str) -> Result<ObligationKind, PolicyError> {
        let implemented = ObligationKind::ALL.iter().find(|kind| kind.name() == name);
        implemented.copied().ok_or_else(|| PolicyError::UnknownObligation {
            file: self.file.to_owned(),
            rule: self.rule.to_owned(),
            obligation: name.to_owned(),
            implemented: ObligationKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
        })
    }

    fn localized(&self, en: &'static str, zh: &'static str, about: About) -> Result<LocalizedTemplate, PolicyError> {
        Ok(LocalizedTemplate { en: self.template(en, about)?, zh: self.template(zh, about)? })
    }

    fn template(&self, annotation: &'static str, about: About) -> Result<Template, PolicyError> {
        let (file, rule) = (self.file.to_owned(), self.rule.to_owned());
        let template = match Template::parse(self.required(annotation)?) {
            Ok(template) => template,
            Err(cause) => return Err(PolicyError::Text { file, rule, annotation, cause }),
        };
        let misplaced = template.placeholders().find(|placeholder| !about.offers(*placeholder));
        match misplaced {
            Some(placeholder) => {
                Err(PolicyError::Misplaced { file, rule, annotation, placeholder: placeholder.written() })
            }
            None => Ok(template),
        }
    }

    fn required(&self, annotation: &'static str) -> Result<&str, PolicyError> {
        let value = self.policy.annotation(annotation).filter(|value| !value.trim().is_empty());
        value.ok_or_else(|| PolicyError::MissingAnnotation {
            file: self.file.to_owned(),
            rule: self.rule.to_owned(),
            annotation,
        })
    }

    fn only(&self, known: &[&str]) -> Result<(), PolicyError> {
        let mut unknown: Vec<_> =
            self.policy.annotations().map(|(name, _)| name).filter(|n| !known.contains(n)).collect();
        unknown.sort_unstable();
        unknown.first().map_or(Ok(()), |name| Err(self.unknown(name)))
    }

    fn unknown(&self, annotation: &str) -> PolicyError {
        PolicyError::UnknownAnnotation {
            file: self.file.to_owned(),
            rule: self.rule.to_owned(),
            annotation: annotation.to_owned(),
        }
    }

    fn bad(&self, annotation: &'static str, value: &str, expected: &str) -> PolicyError {
        PolicyError::BadAnnotation {
            file: self.file.to_owned(),
            rule: self.rule.to_owned(),
            annotation,
            value: value.to_owned(),
            expected: expected.to_owned(),
        }
    }
}
