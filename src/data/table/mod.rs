//! Data sets as rows: CSV, JSON lines, Parquet and plain text, one row at a time.
//!
//! A [`Source`] gives the bytes, as often as asked; a [`Table`] gives the rows; a [`TableWriter`] writes them down again. Memory
//! grows with the longest row and with nothing else (for Parquet: with the largest pages). What is compressed, packed, contradicts
//! its name, or claims sizes beyond [`limits`] is refused before memory is taken for it. Blank lines of CSV and JSON lines are no
//! rows.
//!
//! ```
//! use chancery_data::table::{MemorySource, Table, TableOptions, Value};
//!
//! let source = MemorySource::named("people.csv", b"name;age\nAda;36\nGrace;\n".to_vec());
//! let mut table = Table::open(&source, &TableOptions::default())?;
//! let names: Vec<&str> = table.columns().names().collect();
//! assert_eq!(names, ["name", "age"]);
//! assert_eq!(table.columns().kind(1).unwrap().to_string(), "integer");
//!
//! let ada = table.next_row()?.unwrap();
//! assert_eq!((ada.number, &ada.cells[1]), (1, &Value::Text("36".into())));
//! let grace = table.next_row()?.unwrap();
//! assert_eq!(grace.cells[1], Value::Missing);
//! assert!(table.next_row()?.is_none());
//! # Ok::<(), chancery_data::table::TableError>(())
//! ```

pub mod limits;

mod columns;
mod csv;
mod decode;
mod error;
mod json_lines;
mod kind;
mod parquet;
mod profile;
mod reader;
mod sniff;
mod source;
mod text;
mod value;
mod writer;

#[cfg(test)]
mod tests;

pub use self::columns::{Column, ColumnKind, Columns};
pub use self::error::{Place, TableError, WriteError, shortened};
pub use self::profile::{ColumnProfile, Profile};
pub use self::reader::{Finding, Row, Table, TableOptions};
pub use self::sniff::Format;
pub use self::source::{Input, MemorySource, Source};
pub use self::text::TEXT_COLUMN;
pub use self::value::Value;
pub use self::writer::TableWriter;

/// What each format gives.
trait Rows: Send {
    /// The cells of the next row, as many as there are columns; nothing at the end. After an error that spares the rest, the next
    /// call gives the row after it.
    fn next_cells(&mut self) -> Result<Option<Vec<Value>>, TableError>;
}
