//! `/problems`: a page for every type of problem, at the address that its documents name as `type`.

use actix_web::web;
use askama::Template;
use chancery_base::problem::{Problem, ProblemKind};
use chancery_domain::policy::RefusalCode;
use serde_json::json;

use super::texts::{Explanation, of_kind, of_refusal};
use crate::web::{
    call::Answer,
    problem, refusal,
    ui::{Frame, Guest},
};

/// A type of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Kind(ProblemKind),
    Refusal(RefusalCode),
}

impl Type {
    /// Every type; where a refusal and a kind share a page, once.
    fn all() -> impl Iterator<Item = Self> {
        let kinds = ProblemKind::ALL.iter().map(|kind| Self::Kind(*kind));
        let refusals = RefusalCode::ALL.iter().map(|code| Self::Refusal(*code));
        kinds.chain(
            refusals.filter(|refusal| ProblemKind::ALL.iter().all(|kind| Self::Kind(*kind).page() != refusal.page())),
        )
    }

    fn page(self) -> String {
        match self {
            Self::Kind(kind) => problem::page(kind),
            Self::Refusal(code) => refusal::page(code),
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::Kind(kind) => kind.status(),
            Self::Refusal(code) => code.status(),
        }
    }

    const fn explanation(self) -> Explanation {
        match self {
            Self::Kind(kind) => of_kind(kind),
            Self::Refusal(code) => of_refusal(code),
        }
    }

    /// The title its documents carry.
    const fn document_title(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.title(),
            Self::Refusal(_) => refusal::TITLE,
        }
    }
}

#[derive(Template)]
#[template(path = "reference/problems.html")]
struct ProblemsPage {
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    status: u16,
    page: String,
    title: &'static str,
    meaning: &'static str,
}

#[derive(Template)]
#[template(path = "reference/problem.html")]
struct ProblemPage {
    frame: Frame,
    title: &'static str,
    page: String,
    status: u16,
    meaning: &'static str,
    mending: &'static str,
    example: String,
}

/// `GET /problems`
pub async fn list(guest: Guest) -> Answer {
    let frame = guest.recognised().await?;
    let language = frame.language();
    let row = |kind: Type| {
        let Explanation { title, meaning, .. } = kind.explanation();
        let (title, meaning) = (title.in_language(language), meaning.in_language(language));
        Row { status: kind.status(), page: kind.page(), title, meaning }
    };
    Guest::show(&ProblemsPage { frame, rows: Type::all().map(row).collect() })
}

/// `GET /problems/{slug}`
pub async fn show(guest: Guest, slug: web::Path<String>) -> Answer {
    let address = format!("/problems/{slug}");
    let kind = Type::all().find(|kind| kind.page() == address).ok_or_else(|| Problem::not_found("type of problem"))?;
    let frame = guest.recognised().await?;
    let (explanation, language) = (kind.explanation(), frame.language());
    let example = json!({
        "type": kind.page(),
        "title": kind.document_title(),
        "status": kind.status(),
        "detail": explanation.example.in_language(language),
    });
    let example = serde_json::to_string_pretty(&example).map_err(Problem::internal)?;
    Guest::show(&ProblemPage {
        frame,
        title: explanation.title.in_language(language),
        page: kind.page(),
        status: kind.status(),
        meaning: explanation.meaning.in_language(language),
        mending: explanation.mending.in_language(language),
        example,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chancery_base::values::Language;

    use super::*;

    #[test]
    fn every_type_is_explained_in_both_languages() {
        let pages: BTreeSet<_> = Type::all().map(Type::page).collect();
        assert_eq!(pages.len(), Type::all().count());
        for kind in Type::all() {
            let Explanation { title, meaning, mending, example } = kind.explanation();
            for text in [title, meaning, mending] {
                let (english, chinese) = (text.in_language(Language::English), text.in_language(Language::Chinese));
                assert!(english.is_ascii() || english.contains('…'), "{english}");
                assert!(chinese.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)), "{chinese}");
            }
            assert!(!example.in_language(Language::English).ends_with('.'), "{kind:?}");
        }
    }
}
