//! Texts of rules: sentences with `{placeholders}` that are filled from the facts when a rule fires.
//!
//! Placeholders are checked when rules are activated, so that a sentence with a gap is found before anybody is refused by
//! it. What is filled in comes from passports and holds: characters that could forge lines or reorder text are replaced.

use std::fmt::{self, Display, Write};

use chancery_base::values::{Language, Localized};

use super::{
    about::Item,
    facts::{Facts, GrantFacts, LicenceEffect, Quota, Scope, Work, WorkKind},
};

macro_rules! placeholders {
    ($($(#[$documentation:meta])* $name:ident = $written:literal;)+) => {
        /// What a text can be filled with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Placeholder {
            $($(#[$documentation])* $name,)+
        }

        impl Placeholder {
            const NAMES: &'static [(&'static str, Self)] = &[$(($written, Self::$name)),+];

            /// The placeholder as it stands in a text.
            pub(super) fn written(self) -> String {
                let name = match self { $(Self::$name => $written,)+ };
                format!("`{{{name}}}`")
            }
        }
    };
}

placeholders! {
    /// The model's full name.
    Model = "model";
    /// Number of the model's version.
    Version = "version";
    /// The model's owner.
    Owner = "owner";
    /// The calling party.
    Caller = "caller";
    /// The purpose of the use.
    Purpose = "purpose";
    /// The territory of the use.
    Territory = "territory";
    /// The purpose the API key carries.
    KeyPurpose = "key_purpose";
    /// The territory the API key carries.
    KeyTerritory = "key_territory";
    /// The grant's identifier.
    Grant = "grant";
    /// Who granted.
    Licensor = "licensor";
    /// Purposes the grant allows.
    Purposes = "purposes";
    /// Territories the grant allows.
    Territories = "territories";
    /// Versions the grant covers.
    Versions = "versions";
    /// First moment of the grant.
    NotBefore = "not_before";
    /// End of the grant.
    NotAfter = "not_after";
    /// Tokens the request may cost.
    Estimated = "estimated";
    /// Tokens the grant has left.
    Remaining = "remaining";
    /// Passport fields that are missing.
    Missing = "missing";
    /// The data set or parent model at fault, with its kind.
    Work = "work";
    /// A licence.
    Licence = "licence";
    /// A clause of that licence.
    Clause = "clause";
    /// What the clause is about: training, serving and so on.
    Right = "right";
    /// What a conditional permission asks.
    Condition = "condition";
    /// Who gave a permission.
    Holder = "holder";
    /// What proves it, as the owner says.
    Evidence = "evidence";
    /// A hold's identifier.
    Hold = "hold";
    /// Why the hold was placed.
    HoldReason = "hold_reason";
    /// Who placed the hold.
    Authority = "authority";
}

/// A text that is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("braces do not pair; write placeholders as {{name}}")]
    Unpaired,
    /// A name that is not a placeholder.
    #[error("`{{{0}}}` is not a placeholder")]
    Unknown(String),
}

/// A sentence in one language, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    Placeholder(Placeholder),
}

/// What a text is filled from: the facts, and the one of them it is about.
pub(super) struct View<'facts> {
    /// All facts.
    pub(super) facts: &'facts Facts,
    /// The fact at fault.
    pub(super) item: &'facts Item<'facts>,
}

impl Template {
    /// Takes a text apart; errors name the brace or placeholder at fault.
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut segments = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}').ok_or(TemplateError::Unpaired)?;
            let known = Placeholder::NAMES.iter().find(|(known, _)| *known == name);
            let (_, placeholder) = known.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
            segments.push(Segment::Text(before.to_owned()));
            segments.push(Segment::Placeholder(*placeholder));
            rest = tail;
        }
        segments.push(Segment::Text(rest.to_owned()));
        let has_stray_brace = |segment: &Segment| matches!(segment, Segment::Text(text) if text.contains('}'));
        if segments.iter().any(has_stray_brace) { Err(TemplateError::Unpaired) } else { Ok(Self(segments)) }
    }

    /// The sentence with its placeholders, as a rule's author wrote it.
    pub(super) fn written(&self) -> String {
        let segments = self.0.iter().map(|segment| match segment {
            Segment::Text(text) => text.clone(),
            Segment::Placeholder(placeholder) => placeholder.written().trim_matches('`').to_owned(),
        });
        segments.collect()
    }

    /// The placeholders in it.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = Placeholder> + '_ {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Text(_) => None,
            Segment::Placeholder(placeholder) => Some(*placeholder),
        })
    }

    /// The sentence, filled in.
    pub(super) fn render(&self, view: &View<'_>, language: Language) -> String {
        let mut text = String::new();
        for segment in &self.0 {
            match segment {
                Segment::Text(plain) => text.push_str(plain),
                Segment::Placeholder(placeholder) => text.extend(view.value(*placeholder, language).chars().map(shown)),
            }
        }
        text
    }
}

/// Replaces characters that end a line, move the cursor or change the direction of what follows.
fn shown(character: char) -> char {
    let reorders = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if character.is_control() || reorders { '\u{fffd}' } else { character }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalizedTemplate {
    /// The English sentence.
    pub(super) en: Template,
    /// The Chinese sentence.
    pub(super) zh: Template,
}

impl LocalizedTemplate {
    /// Both sentences, filled in.
    pub(super) fn render(&self, view: &View<'_>) -> Localized {
        Localized::new(self.en.render(view, Language::English), self.zh.render(view, Language::Chinese))
    }
}

impl View<'_> {
    fn value(&self, placeholder: Placeholder, language: Language) -> String {
        let facts = self.facts;
        let value = match placeholder {
            Placeholder::Model => Some(facts.model.name.to_string()),
            Placeholder::Version => Some(facts.model.version.to_string()),
            Placeholder::Owner => Some(facts.model.name.owner.to_string()),
            Placeholder::Caller => Some(facts.caller.party.to_string()),
            Placeholder::Purpose => text(facts.purpose()),
            Placeholder::Territory => text(facts.territory()),
            Placeholder::KeyPurpose => text(facts.key.purpose.as_ref().map(|stated| &stated.value)),
            Placeholder::KeyTerritory => text(facts.key.territory.as_ref().map(|stated| &stated.value)),
            Placeholder::Estimated => Some(facts.request.estimated_tokens.to_string()),
            Placeholder::Missing => self.missing(),
            Placeholder::Work => Some(work(self.item.work(), language)),
            Placeholder::Licence | Placeholder::Clause => return self.of_clause(placeholder, language),
            Placeholder::Right | Placeholder::Condition | Placeholder::Holder | Placeholder::Evidence => {
                self.of_effect(placeholder, language)
            }
            Placeholder::Hold | Placeholder::HoldReason | Placeholder::Authority => self.of_hold(placeholder),
            _ => facts.grant.as_ref().and_then(|grant| of_grant(grant, placeholder, language)),
        };
        value.unwrap_or_else(|| pick(language, "not stated", "未说明").to_owned())
    }

    fn missing(&self) -> Option<String> {
        let Item::Gap(gap) = self.item else { return None };
        Some(gap.missing.join(", "))
    }

    fn of_hold(&self, placeholder: Placeholder) -> Option<String> {
        let Item::Hold(hold) = self.item else { return None };
        match placeholder {
            Placeholder::Hold => Some(hold.id.to_string()),
            Placeholder::HoldReason => Some(hold.reason.clone()),
            _ => Some(hold.authority.clone()),
        }
    }

    fn of_clause(&self, placeholder: Placeholder, language: Language) -> String {
        match (placeholder, self.item) {
            (Placeholder::Licence, Item::Cause(cause)) => cause.licence.clone(),
            (_, Item::Cause(cause)) => cause.clause.clone(),
            (Placeholder::Licence, _) => pick(language, "an unnamed licence", "未注明的许可").to_owned(),
            _ => pick(language, "text", "文本").to_owned(),
        }
    }

    fn of_effect(&self, placeholder: Placeholder, language: Language) -> Option<String> {
        let Item::Cause(cause) = self.item else { return None };
        match (placeholder, &cause.effect) {
            (Placeholder::Right, effect) => effect.right().map(|right| right.noun(language).to_owned()),
            (Placeholder::Condition, LicenceEffect::Conditional { condition, .. }) => {
                Some(condition.in_language(language).to_owned())
            }
            (Placeholder::Holder, LicenceEffect::Permission { holder, .. }) => Some(holder.clone()),
            (Placeholder::Evidence, LicenceEffect::Permission { evidence, .. }) => Some(evidence.clone()),
            _ => None,
        }
    }
}

fn work(work: Option<&Work>, language: Language) -> String {
    let Some(Work { kind, name }) = work else {
        return pick(language, "a part of the lineage", "谱系中的一部分").to_owned();
    };
    let kind = match kind {
        WorkKind::Dataset => pick(language, "data set", "数据集"),
        WorkKind::Model => pick(language, "model", "模型"),
    };
    format!("{kind} `{name}`")
}

fn of_grant(grant: &GrantFacts, placeholder: Placeholder, language: Language) -> Option<String> {
    match placeholder {
        Placeholder::Grant => Some(grant.id.to_string()),
        Placeholder::Licensor => Some(grant.licensor.to_string()),
        Placeholder::Purposes => Some(list(&grant.purposes, language)),
        Placeholder::Territories => Some(list(&grant.territories, language)),
        Placeholder::Versions => Some(list(&grant.versions, language)),
        Placeholder::NotBefore => Some(grant.not_before.to_string()),
        Placeholder::NotAfter => text(grant.not_after.as_ref()),
        Placeholder::Remaining => match grant.quota {
            Quota::Remaining(tokens) => Some(tokens.to_string()),
            Quota::Unlimited => Some(pick(language, "any number of", "不限数量的").to_owned()),
        },
        _ => None,
    }
}

fn list<T: Display>(scope: &Scope<T>, language: Language) -> String {
    match scope {
        Scope::Any => pick(language, "any", "任意").to_owned(),
        Scope::Only(values) if values.is_empty() => pick(language, "none", "无").to_owned(),
        Scope::Only(values) => joined(values).unwrap_or_default(),
    }
}

fn joined<T: Display>(values: &[T]) -> Result<String, fmt::Error> {
    let mut text = String::new();
    for (position, value) in values.iter().enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        write!(text, "{separator}{value}")?;
    }
    Ok(text)
}

fn text<T: Display>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

const fn pick(language: Language, en: &'static str, zh: &'static str) -> &'static str {
    match language {
        Language::English => en,
        Language::Chinese => zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_sentences_apart() {
        let template = Template::parse("ask {owner} about `{model}`").unwrap();
        assert_eq!(template.placeholders().collect::<Vec<_>>(), [Placeholder::Owner, Placeholder::Model]);
    }

    #[test]
    fn refuses_gaps() {
        assert_eq!(Template::parse("ask {nobody}"), Err(TemplateError::Unknown("nobody".to_owned())));
        for unpaired in ["ask {owner", "ask owner}", "{owner}}"] {
            assert_eq!(Template::parse(unpaired), Err(TemplateError::Unpaired), "{unpaired}");
        }
        assert!(Template::parse("ask {{owner}}").is_err());
    }

    #[test]
    fn what_is_filled_in_cannot_forge_a_line() {
        assert_eq!("a\nb\u{202e}c".chars().map(shown).collect::<String>(), "a\u{fffd}b\u{fffd}c");
    }
}
