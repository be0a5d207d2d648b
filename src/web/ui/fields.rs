//! What a form or an address says: names with texts. Each text becomes a value at the name it stands under, or a problem there.

use std::str::FromStr;

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Invalid, Sha256Digest, UnixMillis},
};

/// The fields of a form or the parameters of an address.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// Errors: it is not.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let read = serde_urlencoded::from_bytes(bytes);
        read.map(Self).map_err(|_| Problem::new(ProblemKind::BadRequest, "the form cannot be read; send it again"))
    }

    /// What a form starts with, put together here.
    #[must_use]
    pub fn of(pairs: Vec<(&str, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, text)| (name.to_owned(), text)).collect())
    }

    /// The same with one text under `name`.
    #[must_use]
    pub fn with(&self, name: &str, text: &str) -> Self {
        let others = self.0.iter().filter(|(key, _)| key != name).cloned();
        Self(others.chain([(name.to_owned(), text.to_owned())]).collect())
    }

    /// Everything under `names`, to be carried in fields that are not shown.
    pub fn under<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = &'a (String, String)> {
        self.0.iter().filter(move |(name, _)| names.contains(&name.as_str()))
    }

    /// Digest of all of it.
    #[must_use]
    pub fn digest(&self) -> Sha256Digest {
        let texts = self.0.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        Sha256Digest::of_parts(texts)
    }

    /// The text under `name`, without space around it; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The text under `name` as it was typed.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every text under `name` that says something.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, value)| key == name && !value.trim().is_empty()).map(|(_, value)| value.trim())
    }

    /// Whether the box `name` is ticked.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// The value under `name`.
    ///
    /// Errors: nothing is there, or it is no `T`.
    pub fn value<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<T, Problem> {
        self.optional(name)?.ok_or_else(|| missing(name))
    }

    /// The value that is chosen under `name`, among those that the form shows.
    ///
    /// Errors: nothing is chosen, or it is no `T`.
    pub fn choice<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<T, Problem> {
        let none = || Problem::new(ProblemKind::BadRequest, "choose one of these").at(name);
        self.optional(name)?.ok_or_else(none)
    }

    /// The value under `name`, if something is there.
    ///
    /// Errors: it is no `T`.
    pub fn optional<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<Option<T>, Problem> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|invalid: Invalid| Problem::from(invalid).at(name)),
        }
    }

    /// The number under `name`, if something is there; spaces between digits do not matter.
    ///
    /// Errors: it is no such number.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let digits: String = self.text(name).chars().filter(|c| !c.is_whitespace()).collect();
        if digits.is_empty() {
            return Ok(None);
        }
        let refused = || Problem::from(Invalid::new(self.text(name), "a whole number")).at(name);
        digits.parse().map(Some).map_err(|_| refused())
    }

    /// The address of `path` with what these fields say under `names`, and one more.
    #[must_use]
    pub fn address(&self, path: &str, names: &[&str], (name, value): (&str, &dyn ToString)) -> String {
        let kept = names.iter().map(|name| ((*name).to_owned(), self.text(name).to_owned()));
        let kept = kept.filter(|(_, text)| !text.is_empty());
        let pairs: Vec<(String, String)> = kept.chain([(name.to_owned(), value.to_string())]).collect();
        format!("{path}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// The end of the day under `name`, if one is there: a term to the 5th includes the 5th.
    ///
    /// Errors: it is no day.
    pub fn end_of_day(&self, name: &str) -> Result<Option<UnixMillis>, Problem> {
        Ok(self.optional::<UnixMillis>(name)?.map(|day| day.plus_days(1)))
    }
}

fn missing(name: &str) -> Problem {
    Problem::new(ProblemKind::BadRequest, "this is needed; fill it in").at(name)
}

#[cfg(test)]
mod tests {
    use chancery_base::values::Slug;

    use super::*;

    #[test]
    fn texts_become_values_at_their_names() {
        let fields =
            Fields::parse(b"slug=acme&day=2026-01-02&odd=A+b&count=1+000&tick=on&many=a&many=+b&empty=").unwrap();
        assert_eq!(fields.value::<Slug>("slug").unwrap().as_str(), "acme");
        assert_eq!(fields.optional::<Slug>("empty").unwrap(), None);
        assert_eq!(fields.number::<u64>("count").unwrap(), Some(1_000));
        assert_eq!(fields.end_of_day("day").unwrap().unwrap().to_string(), "2026-01-03T00:00:00.000Z");
        assert!(fields.is_ticked("tick") && !fields.is_ticked("other"));
        assert_eq!(fields.all("many").collect::<Vec<_>>(), ["a", "b"]);
        for (name, at) in [("empty", "empty"), ("odd", "odd")] {
            assert_eq!(fields.value::<Slug>(name).unwrap_err().field.as_deref(), Some(at));
        }
        assert!(fields.number::<u64>("slug").is_err());
        let address = fields.address("/x", &["slug", "many", "empty"], ("after", &"a b&c"));
        assert_eq!(address, "/x?slug=acme&many=a&after=a+b%26c");
    }
}
