//! One intended use held against the terms of one grant, clause by clause.
//!
//! Pure: time and settled tokens arrive as values. A clause that is not satisfied is an answer, not an error. Clauses 5, 6,
//! 7 and 9 are duties and not conditions of a use, so they are not here.

use chancery_base::values::{Localized, Purpose, Territory, TokenCount, UnixMillis};
use serde::Serialize;

use super::{
    clauses::{ClauseNumber, joined},
    terms::Terms,
};

/// A use somebody intends to make of a model under a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntendedUse {
    /// What for.
    pub purpose: Purpose,
    /// Where.
    pub territory: Territory,
    /// When.
    pub now: UnixMillis,
    /// Tokens settled or held under the grant so far, and those of this use.
    pub tokens: TokenCount,
    /// Number of the model's version.
    pub version: u32,
}

/// What one clause says to a use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseResult {
    /// The clause's number.
    pub number: u8,
    /// Whether the use is within it.
    pub satisfied: bool,
    /// Why, in both languages; where it is not satisfied, also what to do.
    pub message: Localized,
}

/// Holds `intended` against the clauses that are conditions: 1, 2, 3, 4 and 8, in this order, all of them.
#[must_use]
pub fn check_clauses(terms: &Terms, intended: &IntendedUse) -> Vec<ClauseResult> {
    vec![
        check_purpose(terms, &intended.purpose),
        check_territory(terms, &intended.territory),
        check_term(terms, intended.now),
        check_quota(terms, intended.tokens),
        check_version(terms, intended.version),
    ]
}

fn check_purpose(terms: &Terms, purpose: &Purpose) -> ClauseResult {
    let satisfied = terms.purposes.contains(purpose);
    let (english, chinese) = (joined(&terms.purposes, ", "), joined(&terms.purposes, "、"));
    let message = if satisfied {
        Localized::new(
            format!("purpose `{purpose}` is among: {english}"),
            format!("用途“{purpose}”在许可范围内：{chinese}"),
        )
    } else {
        Localized::new(
            format!("purpose `{purpose}` is not among: {english}; ask the licensor for a grant that includes it"),
            format!("用途“{purpose}”不在许可范围内：{chinese}；请向许可人申请包含该用途的许可"),
        )
    };
    result(ClauseNumber::Purposes, satisfied, message)
}

fn check_territory(terms: &Terms, territory: &Territory) -> ClauseResult {
    let satisfied = terms.territory.contains(territory);
    let message = if satisfied {
        Localized::new(format!("territory {territory} is licensed"), format!("地域 {territory} 在许可范围内"))
    } else {
        Localized::new(
            format!("territory {territory} is not licensed; ask the licensor for a grant that covers it"),
            format!("地域 {territory} 不在许可范围内；请向许可人申请涵盖该地域的许可"),
        )
    };
    result(ClauseNumber::Territory, satisfied, message)
}

fn check_term(terms: &Terms, now: UnixMillis) -> ClauseResult {
    let (start, end) = (terms.term.start, terms.term.end);
    let satisfied = terms.term.contains(now);
    let message = match end {
        _ if satisfied => Localized::new(format!("{now} is within the term"), format!("{now} 在许可期限内")),
        Some(end) if now >= end => Localized::new(
            format!("the grant ended at {end}; ask the licensor to renew it"),
            format!("许可已于 {end} 到期；请向许可人续期"),
        ),
        _ => Localized::new(
            format!("the grant begins at {start}; wait until then or ask the licensor for an earlier one"),
            format!("许可自 {start} 起生效；请届时再用，或向许可人申请更早生效的许可"),
        ),
    };
    result(ClauseNumber::Term, satisfied, message)
}

fn check_quota(terms: &Terms, tokens: TokenCount) -> ClauseResult {
    let satisfied = terms.quota_tokens.is_none_or(|quota| tokens <= quota);
    let message = match terms.quota_tokens {
        None => Localized::new("the number of tokens is not limited", "词元数量不限"),
        Some(quota) if satisfied => Localized::new(
            format!("{tokens} of {quota} tokens, with this use"),
            format!("计入本次共 {tokens} 个词元，额度 {quota}"),
        ),
        Some(quota) => Localized::new(
            format!(
                "this use would bring the grant to {tokens} of {quota} tokens; ask the licensor for a larger quota"
            ),
            format!("计入本次将达 {tokens} 个词元，超出额度 {quota}；请向许可人申请更大额度"),
        ),
    };
    result(ClauseNumber::Quota, satisfied, message)
}

fn check_version(terms: &Terms, version: u32) -> ClauseResult {
    let satisfied = terms.versions.is_empty() || terms.versions.contains(&version);
    let message = if satisfied {
        Localized::new(format!("version {version} is covered"), format!("版本 {version} 在许可范围内"))
    } else {
        let (english, chinese) = (joined(&terms.versions, ", "), joined(&terms.versions, "、"));
        Localized::new(
            format!("version {version} is not covered, only {english}; name one of these or ask for a wider grant"),
            format!("版本 {version} 不在许可范围内，仅涵盖 {chinese}；请改用其中之一，或申请更宽的许可"),
        )
    };
    result(ClauseNumber::Versions, satisfied, message)
}

fn result(number: ClauseNumber, satisfied: bool, message: Localized) -> ClauseResult {
    ClauseResult { number: number.number(), satisfied, message }
}

#[cfg(test)]
mod tests {
    use super::{super::sample, *};

    fn within() -> IntendedUse {
        IntendedUse {
            purpose: "research".parse().unwrap(),
            territory: "DE".parse().unwrap(),
            now: "2026-12-01".parse().unwrap(),
            tokens: TokenCount(1_000_000),
            version: 2,
        }
    }

    fn refusing(intended: &IntendedUse) -> Vec<u8> {
        let results = check_clauses(&Terms::parse(sample::FULL).unwrap(), intended);
        assert_eq!(results.iter().map(|result| result.number).collect::<Vec<_>>(), [1, 2, 3, 4, 8]);
        results.iter().filter(|result| !result.satisfied).map(|result| result.number).collect()
    }

    #[test]
    fn each_clause_answers_for_itself() {
        assert_eq!(refusing(&within()), Vec::<u8>::new());
        assert_eq!(refusing(&IntendedUse { purpose: "resale".parse().unwrap(), ..within() }), [1]);
        assert_eq!(refusing(&IntendedUse { territory: "US".parse().unwrap(), ..within() }), [2]);
        assert_eq!(refusing(&IntendedUse { now: "2026-11-30".parse().unwrap(), ..within() }), [3]);
        assert_eq!(refusing(&IntendedUse { now: "2027-12-01".parse().unwrap(), ..within() }), [3]);
        assert_eq!(refusing(&IntendedUse { tokens: TokenCount(1_000_001), ..within() }), [4]);
        assert_eq!(refusing(&IntendedUse { version: 3, ..within() }), [8]);
        let outside = IntendedUse { territory: "US".parse().unwrap(), version: 9, ..within() };
        assert_eq!(refusing(&outside), [2, 8]);
    }

    #[test]
    fn what_terms_leave_open_refuses_nothing() {
        let terms = Terms::parse(sample::OPEN).unwrap();
        let intended = IntendedUse { tokens: TokenCount(u64::MAX), version: u32::MAX, ..within() };
        assert!(check_clauses(&terms, &intended).iter().all(|result| result.satisfied));
    }
}
