//! The columns of a data set: their names, and of what kind their cells are.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use super::{TableError, Value, error::shortened, kind::kind_of_text, limits};

/// Of what kind the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// No cell held anything so far.
    Empty,
    /// True or false.
    Bool,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Dates, with or without a time, as ISO 8601 writes them.
    Date,
    /// Arrays or objects.
    Json,
    /// Anything else.
    Text,
}

impl ColumnKind {
    /// The kind of one cell; text is of the kind that it spells.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Missing => Self::Empty,
            Value::Bool(_) => Self::Bool,
            Value::Integer(_) => Self::Integer,
            Value::Float(_) => Self::Float,
            Value::Text(text) => kind_of_text(text),
            Value::Json(_) => Self::Json,
        }
    }

    /// The kind of one cell of a format that tells text from numbers, so that text stays text whatever it spells; dates are text
    /// everywhere.
    #[must_use]
    pub fn of_typed(value: &Value) -> Self {
        match (value, Self::of(value)) {
            (Value::Text(_), Self::Bool | Self::Integer | Self::Float) => Self::Text,
            (_, kind) => kind,
        }
    }

    /// The narrowest kind that has room for both.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        match (self, other) {
            (kind, same) if kind == same => kind,
            (Self::Empty, kind) | (kind, Self::Empty) => kind,
            (Self::Integer, Self::Float) | (Self::Float, Self::Integer) => Self::Float,
            _ => Self::Text,
        }
    }
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "empty",
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Date => "date",
            Self::Json => "json",
            Self::Text => "text",
        })
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name, which no other column has.
    pub name: String,
    /// Of what kind its cells are, from the first rows or as the file declares.
    pub kind: ColumnKind,
}

/// The columns of a data set, in their order.
// INVARIANT: at least one and at most MAXIMUM_COLUMNS, none without a name, no name twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    columns: Vec<Column>,
    places: HashMap<String, usize>,
}

impl Columns {
    /// Columns of these names, nothing known of their kinds.
    ///
    /// # Errors
    /// [`TableError::NoHeader`] without names, [`TableError::TooManyColumns`], [`TableError::UnnamedColumn`] and
    /// [`TableError::DuplicateColumn`].
    pub fn named<Name: Into<String>>(names: impl IntoIterator<Item = Name>) -> Result<Self, TableError> {
        Self::new(names.into_iter().map(|name| Column { name: name.into(), kind: ColumnKind::Empty }))
    }

    /// These columns.
    ///
    /// # Errors
    /// As [`Columns::named`].
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Result<Self, TableError> {
        let mut checked = Self { columns: Vec::new(), places: HashMap::new() };
        for column in columns {
            let place = checked.columns.len();
            if place == limits::MAXIMUM_COLUMNS {
                return Err(TableError::TooManyColumns { place: super::Place::Header });
            }
            if column.name.trim().is_empty() {
                return Err(TableError::UnnamedColumn { number: place + 1 });
            }
            if let Some(first) = checked.places.insert(column.name.clone(), place) {
                let name = shortened(&column.name);
                return Err(TableError::DuplicateColumn { name, first: first + 1, second: place + 1 });
            }
            checked.columns.push(column);
        }
        if checked.columns.is_empty() { Err(TableError::NoHeader) } else { Ok(checked) }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.columns.len()
    }

    /// Each column in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Column> {
        self.columns.iter()
    }

    /// The names in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Which cell of a row belongs to the column of this name, from 0.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The name of the column at this place, from 0.
    #[must_use]
    pub fn name(&self, place: usize) -> Option<&str> {
        self.columns.get(place).map(|column| column.name.as_str())
    }

    /// The kind of the column at this place.
    #[must_use]
    pub fn kind(&self, place: usize) -> Option<ColumnKind> {
        self.columns.get(place).map(|column| column.kind)
    }

    /// Widens the kinds so that they have room for these cells.
    pub(crate) fn learn(&mut self, cells: &[Value], kind_of: fn(&Value) -> ColumnKind) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.kind = column.kind.joined(kind_of(cell));
        }
    }

    /// Sets the kind of one column.
    pub(crate) fn set_kind(&mut self, place: usize, kind: ColumnKind) {
        if let Some(column) = self.columns.get_mut(place) {
            column.kind = kind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert_eq!(Columns::named(Vec::<String>::new()), Err(TableError::NoHeader));
        assert_eq!(Columns::named(["a", " "]), Err(TableError::UnnamedColumn { number: 2 }));
        let twice = TableError::DuplicateColumn { name: "a".into(), first: 1, second: 3 };
        assert_eq!(twice.to_string(), "columns 1 and 3 are both named `a`; give each column its own name");
        assert_eq!(Columns::named(["a", "b", "a"]), Err(twice));
        assert!(Columns::named((0..10_000).map(|number| number.to_string())).is_ok());
        assert!(Columns::named((0..10_001).map(|number| number.to_string())).is_err());
    }

    #[test]
    fn kinds_join_to_the_narrowest_that_fits() {
        use ColumnKind::{Date, Empty, Float, Integer, Text};
        for (first, second, joined) in [
            (Empty, Integer, Integer),
            (Integer, Float, Float),
            (Integer, Date, Text),
            (Text, Empty, Text),
            (Date, Date, Date),
        ] {
            assert_eq!(first.joined(second), joined);
            assert_eq!(second.joined(first), joined);
        }
    }
}
