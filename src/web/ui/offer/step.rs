//! The steps of an offer: which fields are filled in at each, and which clauses are settled by it.

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Parties,
    Use,
    Term,
    Duties,
    Read,
}

impl Step {
    pub(super) const ALL: [Self; 5] = [Self::Parties, Self::Use, Self::Term, Self::Duties, Self::Read];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Parties => "parties",
            Self::Use => "use",
            Self::Term => "term",
            Self::Duties => "duties",
            Self::Read => "read",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    pub(super) fn before(self) -> Self {
        Self::ALL.into_iter().rev().find(|step| *step < self).unwrap_or(self)
    }

    pub(super) fn after(self) -> Self {
        Self::ALL.into_iter().find(|step| *step > self).unwrap_or(self)
    }

    /// The fields that are filled in at this step.
    pub(super) const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Parties => &["model", "versions", "licensee"],
            Self::Use => &["purposes", "other_purposes", "where", "included", "excluded"],
            Self::Term => &["start", "end", "quota_tokens", "price", "amount"],
            Self::Duties => &["attribution", "liability_cap", "governing_law", "legal_text_digest"],
            Self::Read => &["despite"],
        }
    }

    /// The clauses that are settled once this step is done.
    pub(super) const fn clauses(self) -> &'static [u8] {
        match self {
            Self::Parties => &[8],
            Self::Use => &[1, 2],
            Self::Term => &[3, 4, 5],
            Self::Duties => &[6, 7, 9],
            Self::Read => &[],
        }
    }

    /// Where something is wrong with `field`.
    pub(super) fn with(field: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|step| field.is_some_and(|field| step.fields().contains(&field)))
    }
}
