//! A list in a stranger's file that holds no more than so many entries: what is beyond is refused before memory is taken for it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// At most `LIMIT` entries.
pub(super) struct Few<T, const LIMIT: usize>(pub(super) Vec<T>);

impl<T, const LIMIT: usize> Default for Few<T, LIMIT> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const LIMIT: usize> Deserialize<'de> for Few<T, LIMIT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Entries(PhantomData))
    }
}

struct Entries<T, const LIMIT: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const LIMIT: usize> Visitor<'de> for Entries<T, LIMIT> {
    type Value = Few<T, LIMIT>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {LIMIT} entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            if entries.len() == LIMIT {
                return Err(A::Error::invalid_length(LIMIT + 1, &self));
            }
            entries.push(entry);
        }
        Ok(Few(entries))
    }
}

/// How many entries a list or an object has; none of them is kept.
#[derive(Default)]
pub(super) struct Count(pub(super) usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Counting)
    }
}

struct Counting;

impl<'de> Visitor<'de> for Counting {
    type Value = Count;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Count, A::Error> {
        let mut count = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Count(count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Count, A::Error> {
        let mut count = 0;
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Count(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_too_many_is_refused() {
        let read =
            |text: &str| serde_json::from_str::<Few<u32, 2>>(text).map(|few| few.0).map_err(|error| error.to_string());
        assert_eq!(read("[1,2]").unwrap(), [1, 2]);
        assert!(read("[1,2,3]").unwrap_err().contains("a list of at most 2 entries"));
    }

    #[test]
    fn entries_are_counted() {
        let count = |text: &str| serde_json::from_str::<Count>(text).map(|count| count.0).ok();
        assert_eq!([count("[[],1]"), count(r#"{"a":{},"b":1,"c":2}"#), count("1")], [Some(2), Some(3), None]);
    }
}
