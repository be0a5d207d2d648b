//! What a data set looks like from outside: how many rows, of which columns, how full, how long.

use serde::Serialize;

use super::{ColumnKind, Columns, Value};

/// Counts over rows, in constant memory. It repeats no cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Rows seen.
    pub rows: u64,
    /// Bytes of all cells as text.
    pub bytes: u64,
    /// What is known of each column, in order.
    pub columns: Vec<ColumnProfile>,
}

/// Counts over one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// The narrowest kind that has room for all of its cells; text is of the kind that it spells.
    pub kind: ColumnKind,
    /// Cells that hold nothing.
    pub missing: u64,
    /// Characters of the shortest cell that holds something, as text.
    pub shortest: Option<u64>,
    /// Characters of the longest.
    pub longest: Option<u64>,
}

impl Profile {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(columns: &Columns) -> Self {
        let column = |name: &str| ColumnProfile {
            name: name.to_owned(),
            kind: ColumnKind::Empty,
            missing: 0,
            shortest: None,
            longest: None,
        };
        Self { rows: 0, bytes: 0, columns: columns.names().map(column).collect() }
    }

    /// Counts one row.
    pub fn see(&mut self, cells: &[Value]) {
        self.rows += 1;
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if cell.is_missing() {
                column.missing += 1;
                continue;
            }
            let text = cell.spelling();
            let length = text.chars().count() as u64;
            self.bytes += text.len() as u64;
            column.kind = column.kind.joined(ColumnKind::of(cell));
            column.shortest = Some(column.shortest.map_or(length, |shortest| shortest.min(length)));
            column.longest = Some(column.longest.map_or(length, |longest| longest.max(length)));
        }
    }
}
