//! What somebody writes to somebody else in their own words: why a grant is revoked, what a licence is asked for.

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::is_deceptive,
};

/// Longest remark, in characters.
const REMARK_CHARACTERS: usize = 2_000;

/// Refuses what is blank, too long, or holds characters that hide or reorder what is read; lines may end.
///
/// Errors: [`ProblemKind::Unprocessable`], at `field`.
pub fn require_remark(field: &str, text: &str) -> Result<(), Problem> {
    let is_text = !text.trim().is_empty() && text.chars().count() <= REMARK_CHARACTERS;
    let is_ending_line = |character| matches!(character, '\n' | '\r');
    if is_text && !text.chars().any(|character| is_deceptive(character) && !is_ending_line(character)) {
        return Ok(());
    }
    let detail =
        format!("give 1 to {REMARK_CHARACTERS} characters of text, without such as hide or reorder what is read");
    Err(Problem::new(ProblemKind::Unprocessable, detail).at(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_say_something_that_can_be_read() {
        for good in ["invoice unpaid", "第一行\n第二行", "a\r\nb"] {
            assert!(require_remark("reason", good).is_ok(), "{good}");
        }
        for bad in ["", " \n", "a\u{202e}b", "a\tb", &"x".repeat(REMARK_CHARACTERS + 1)] {
            assert_eq!(require_remark("reason", bad).unwrap_err().field.as_deref(), Some("reason"));
        }
    }
}
