//! A form as it is shown again: what was typed, and what is wrong with it, at its field.

use chancery_base::problem::Problem;

use super::{fields::Fields, sentence::Sentence};

/// What stands in a form.
#[derive(Clone, Default)]
pub struct Form {
    fields: Fields,
    problem: Option<Problem>,
}

impl Form {
    /// A form with what was typed, and what is wrong with it.
    #[must_use]
    pub const fn refused(fields: Fields, problem: Problem) -> Self {
        Self { fields, problem: Some(problem) }
    }

    /// A form that starts with what an address says.
    #[must_use]
    pub const fn prefilled(fields: Fields) -> Self {
        Self { fields, problem: None }
    }

    /// What stands in the field `name`. Secrets are never shown again, so templates do not ask for them.
    pub fn value(&self, name: &str) -> &str {
        self.fields.text(name)
    }

    /// Whether `value` is chosen in the field `name`.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields.all(name).any(|chosen| chosen == value)
    }

    /// What stands in the fields `names`, to be carried on without being shown.
    pub fn under<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = &'a (String, String)> {
        self.fields.under(names)
    }

    /// What is wrong with the field `name`.
    pub fn error(&self, name: &str) -> Option<Sentence> {
        let problem = self.problem.as_ref().filter(|problem| problem.field.as_deref() == Some(name));
        problem.map(|problem| Sentence::of(&problem.detail))
    }

    /// Whether something is wrong with one of the fields `names`, with spaces between them.
    pub fn has_error(&self, names: &str) -> bool {
        self.problem.as_ref().and_then(|problem| problem.field.as_deref()).is_some_and(|field| is_among(field, names))
    }

    /// What is wrong with the form as a whole: what stands at none of the fields `names`, with spaces between them.
    pub fn error_beside(&self, names: &str) -> Option<Sentence> {
        let problem = self.problem.as_ref().filter(|_| !self.has_error(names));
        problem.map(|problem| Sentence::of(&problem.detail))
    }
}

/// Whether a field is one of `names`; `name-…` counts as `name`, where a page has one such form for each of many things.
fn is_among(field: &str, names: &str) -> bool {
    let is_it = |name: &str| field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    names.split(' ').any(is_it)
}

#[cfg(test)]
mod tests {
    use chancery_base::problem::ProblemKind;

    use super::*;

    #[test]
    fn what_is_wrong_stands_at_its_field_or_above_the_form() {
        let at = |field: &str| {
            Form::refused(Fields::default(), Problem::new(ProblemKind::Unprocessable, "no").at(field.to_owned()))
        };
        assert!(at("to").error("to").is_some() && at("to").has_error("from to") && !at("total").has_error("from to"));
        assert!(at("sure-1").has_error("sure") && at("sure-1").error("sure").is_none());
        assert!(at("sure-1").error_beside("sure").is_none() && at("other").error_beside("sure").is_some());
        assert!(Form::default().error_beside("").is_none() && !Form::default().has_error(""));
    }
}
