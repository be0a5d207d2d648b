//! A form as it is shown again: what was typed, and what is wrong with it, at its field.

use chancery_base::problem::Problem;

use super::fields::Fields;

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
    pub fn error(&self, name: &str) -> Option<&str> {
        self.problem
            .as_ref()
            .filter(|problem| problem.field.as_deref() == Some(name))
            .map(|problem| problem.detail.as_str())
    }

    /// What is wrong with the form as a whole: what stands at none of `fields`, named with spaces between them.
    pub fn error_beside(&self, fields: &str) -> Option<&str> {
        let is_known = |field: &str| fields.split(' ').any(|known| known == field);
        let is_beside = |problem: &&Problem| problem.field.as_deref().is_none_or(|field| !is_known(field));
        self.problem.as_ref().filter(is_beside).map(|problem| problem.detail.as_str())
    }
}
