//! Terms in plain language: the nine clauses, in English and Chinese.

use std::collections::BTreeSet;
use std::fmt::Display;

use chancery_base::values::{Language, UnixMillis};
use serde::Serialize;

use super::terms::{Price, Term, Terms, TerritoryScope};

/// One of the nine clauses; its number is what refusals and receipts refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[repr(u8)]
pub enum ClauseNumber {
    /// What the model may be used for.
    Purposes = 1,
    /// Where.
    Territory = 2,
    /// When.
    Term = 3,
    /// How many tokens.
    Quota = 4,
    /// For how much.
    Price = 5,
    /// Naming the licensor.
    Attribution = 6,
    /// The most either side pays.
    LiabilityCap = 7,
    /// Which versions of the model.
    Versions = 8,
    /// Which law decides.
    GoverningLaw = 9,
}

impl ClauseNumber {
    /// Every clause, in order.
    pub const ALL: [Self; 9] = [
        Self::Purposes,
        Self::Territory,
        Self::Term,
        Self::Quota,
        Self::Price,
        Self::Attribution,
        Self::LiabilityCap,
        Self::Versions,
        Self::GoverningLaw,
    ];

    /// The number, from 1 to 9.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The clause's heading.
    #[must_use]
    pub const fn title(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Purposes => ("Purposes", "用途"),
            Self::Territory => ("Territory", "地域"),
            Self::Term => ("Term", "期限"),
            Self::Quota => ("Quota", "额度"),
            Self::Price => ("Price", "价格"),
            Self::Attribution => ("Attribution", "署名"),
            Self::LiabilityCap => ("Liability cap", "责任上限"),
            Self::Versions => ("Versions", "版本范围"),
            Self::GoverningLaw => ("Governing law", "适用法律"),
        };
        match language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// A clause as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// From 1 to 9.
    pub number: u8,
    /// Its heading.
    pub title: &'static str,
    /// What it says, as whole sentences.
    pub text: String,
}

impl Terms {
    /// The nine clauses in plain language; the legal text whose digest clause 9 names prevails.
    #[must_use]
    pub fn render(&self, language: Language) -> Vec<Clause> {
        let clause = |number: ClauseNumber| Clause {
            number: number.number(),
            title: number.title(language),
            text: match language {
                Language::English => self.english(number),
                Language::Chinese => self.chinese(number),
            },
        };
        ClauseNumber::ALL.map(clause).into()
    }

    fn english(&self, number: ClauseNumber) -> String {
        match number {
            ClauseNumber::Purposes => format!("The model may be used only for: {}.", joined(&self.purposes, ", ")),
            ClauseNumber::Territory => english_territory(&self.territory),
            ClauseNumber::Term => english_term(&self.term),
            ClauseNumber::Quota => match self.quota_tokens {
                Some(tokens) => format!("At most {tokens} tokens may be used over the whole term."),
                None => "The number of tokens is not limited.".to_owned(),
            },
            ClauseNumber::Price => match self.price {
                Price::Free => "Nothing is paid.".to_owned(),
                Price::Flat(amount) => format!("{amount} is paid once for the whole term."),
                Price::PerThousandTokens(amount) => format!("{amount} is paid for every 1000 tokens used."),
            },
            ClauseNumber::Attribution => match &self.attribution {
                Some(text) => format!("Wherever output of the model is shown, this is named: {text}"),
                None => "Nobody need be named.".to_owned(),
            },
            ClauseNumber::LiabilityCap => match self.liability_cap {
                Some(amount) => {
                    format!("Neither side pays the other more than {amount} in all, unless statute says otherwise.")
                }
                None => "These terms do not address how much either side pays at most.".to_owned(),
            },
            ClauseNumber::Versions if self.versions.is_empty() => {
                "The grant covers every version of the model.".to_owned()
            }
            ClauseNumber::Versions => format!("The grant covers only version {}.", joined(&self.versions, ", ")),
            ClauseNumber::GoverningLaw => match self.legal_text_digest {
                Some(digest) => {
                    format!("{} decides. The legal text with SHA-256 {digest} prevails.", self.governing_law)
                }
                None => format!("{} decides. There is no further legal text.", self.governing_law),
            },
        }
    }

    fn chinese(&self, number: ClauseNumber) -> String {
        match number {
            ClauseNumber::Purposes => format!("模型仅可用于：{}。", joined(&self.purposes, "、")),
            ClauseNumber::Territory => chinese_territory(&self.territory),
            ClauseNumber::Term => chinese_term(&self.term),
            ClauseNumber::Quota => match self.quota_tokens {
                Some(tokens) => format!("整个期限内最多使用 {tokens} 个词元。"),
                None => "词元数量不限。".to_owned(),
            },
            ClauseNumber::Price => match self.price {
                Price::Free => "无需付费。".to_owned(),
                Price::Flat(amount) => format!("整个期限一次性支付 {amount}。"),
                Price::PerThousandTokens(amount) => format!("每使用 1000 个词元支付 {amount}。"),
            },
            ClauseNumber::Attribution => match &self.attribution {
                Some(text) => format!("展示模型输出时须注明：{text}"),
                None => "无需署名。".to_owned(),
            },
            ClauseNumber::LiabilityCap => match self.liability_cap {
                Some(amount) => format!("除法律另有规定外，任何一方向另一方支付的总额不超过 {amount}。"),
                None => "本条款未约定责任上限。".to_owned(),
            },
            ClauseNumber::Versions if self.versions.is_empty() => "许可涵盖模型的所有版本。".to_owned(),
            ClauseNumber::Versions => format!("许可仅涵盖版本 {}。", joined(&self.versions, "、")),
            ClauseNumber::GoverningLaw => match self.legal_text_digest {
                Some(digest) => format!("适用：{}。以 SHA-256 为 {digest} 的法律文本为准。", self.governing_law),
                None => format!("适用：{}。别无其他法律文本。", self.governing_law),
            },
        }
    }
}

fn english_territory(scope: &TerritoryScope) -> String {
    match (scope.included.is_empty(), scope.excluded.is_empty()) {
        (true, true) => "The model may be used everywhere.".to_owned(),
        (true, false) => format!("The model may be used everywhere except in {}.", joined(&scope.excluded, ", ")),
        (false, _) => format!("The model may be used only in {}.", joined(&scope.included, ", ")),
    }
}

fn chinese_territory(scope: &TerritoryScope) -> String {
    match (scope.included.is_empty(), scope.excluded.is_empty()) {
        (true, true) => "使用地域不限。".to_owned(),
        (true, false) => format!("除 {} 外，使用地域不限。", joined(&scope.excluded, "、")),
        (false, _) => format!("仅可在 {} 使用。", joined(&scope.included, "、")),
    }
}

fn english_term(term: &Term) -> String {
    match term.end {
        Some(end) => format!(
            "The grant begins at {} and ends at {}; it does not cover that moment.",
            moment(term.start),
            moment(end)
        ),
        None => format!("The grant begins at {} and runs until it is revoked.", moment(term.start)),
    }
}

fn chinese_term(term: &Term) -> String {
    match term.end {
        Some(end) => format!("许可自 {} 起，至 {} 止（不含该时刻）。", moment(term.start), moment(end)),
        None => format!("许可自 {} 起，至被撤销为止。", moment(term.start)),
    }
}

/// A moment as people read it, to the millisecond where that matters.
fn moment(time: UnixMillis) -> String {
    let text = time.to_string().replace('T', " ").replace('Z', "");
    format!("{} UTC", text.strip_suffix(":00.000").unwrap_or(&text))
}

/// The members of a set, in its order.
pub(super) fn joined(members: &BTreeSet<impl Display>, separator: &str) -> String {
    members.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::{super::sample, *};

    #[test]
    fn nine_clauses_in_order_and_nothing_left_unsaid() {
        for (source, language) in [
            (sample::FULL, Language::English),
            (sample::FULL, Language::Chinese),
            (sample::OPEN, Language::English),
            (sample::OPEN, Language::Chinese),
        ] {
            let clauses = Terms::parse(source).unwrap().render(language);
            assert_eq!(clauses.iter().map(|clause| clause.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
            assert!(clauses.iter().all(|clause| !clause.title.is_empty() && !clause.text.is_empty()));
        }
    }

    #[test]
    fn every_value_of_the_terms_is_in_the_text() {
        let terms = Terms::parse(sample::FULL).unwrap();
        for language in [Language::English, Language::Chinese] {
            let text: String = terms.render(language).into_iter().map(|clause| clause.text).collect();
            for value in [
                "research",
                "commercial-service",
                "DE",
                "FR",
                "2026-12-01 00:00 UTC",
                "2027-12-01 00:00 UTC",
                "1000000",
                "0.02 EUR",
                "Acme MiniLM",
                "10000.00 EUR",
                "1",
                "2",
                "Germany; courts of Berlin",
                "e3b0c442",
            ] {
                assert!(text.contains(value), "{language}: {value} in {text}");
            }
        }
    }
}
