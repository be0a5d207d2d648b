//! Every reason for which a data set cannot be read or written, and where in it.

use std::fmt;

use super::{ColumnKind, Format, limits};

/// Why a data set cannot be read. Rows are counted from 1, without the header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The bytes cannot be had from wherever they are kept.
    #[error("the data cannot be read ({reason}); try again")]
    Read {
        /// What the reader said.
        reason: String,
    },
    /// Nothing in it.
    #[error("the file is empty; give a file with at least one row")]
    Empty,
    /// Compressed, or an archive.
    #[error("the content is {kind}; decompress it first and give the file inside it")]
    Compressed {
        /// What the first bytes say.
        kind: &'static str,
    },
    /// A known format that holds no rows this reader knows.
    #[error("the content is {kind}, which is not read; export it as CSV, JSON lines, Parquet or plain text")]
    NotRead {
        /// What the first bytes say.
        kind: &'static str,
    },
    /// Zero bytes where text should be.
    #[error("byte {offset} is zero, so the content is not text; give CSV, JSON lines, Parquet or plain text")]
    Binary {
        /// Where, from 0.
        offset: u64,
    },
    /// Name or request say one format, the content another.
    #[error("the {claimant} says {claimed} but the content is {found}; rename the file or replace its content")]
    Contradiction {
        /// What makes the claim: `name` or `recipe`.
        claimant: &'static str,
        /// The format claimed.
        claimed: Format,
        /// What was found.
        found: &'static str,
    },
    /// UTF-16, as its byte order mark says.
    #[error("the text is UTF-16; convert it to UTF-8, or give `encoding = \"{label}\"`")]
    Utf16 {
        /// The label to give.
        label: &'static str,
    },
    /// An encoding nobody knows.
    #[error("`{label}` is no known encoding; use a label of the Encoding Standard such as `gb18030` or `windows-1252`")]
    UnknownEncoding {
        /// As given.
        label: String,
    },
    /// A delimiter that CSV cannot have.
    #[error("`{delimiter}` cannot separate cells; use `,`, `;` or a tab")]
    Delimiter {
        /// As given.
        delimiter: String,
    },
    /// Bytes that are no text in the expected encoding.
    #[error("{place}: the bytes are not {encoding}{at}; convert the file, or give its `encoding`", at = at_byte(*offset))]
    Undecodable {
        /// Row and column.
        place: Place,
        /// The encoding expected.
        encoding: &'static str,
        /// The byte of the file, from 0, at or after which they stand, where it is known.
        offset: Option<u64>,
    },
    /// A row with too few or too many cells.
    #[error(
        "row {row} has {found} cells where the header names {expected} columns; correct the row or quote its cells"
    )]
    Ragged {
        /// The row.
        row: u64,
        /// Columns of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// More columns than a table may have.
    #[error("{place}: more than {limit} columns; check the delimiter, or split the table", limit = limits::MAXIMUM_COLUMNS)]
    TooManyColumns {
        /// Header or row.
        place: Place,
    },
    /// A row longer than allowed.
    #[error("{place}: longer than {limit} bytes; check for a missing quote or line break", limit = limits::MAXIMUM_ROW_BYTES)]
    RowTooLong {
        /// Header or row.
        place: Place,
    },
    /// A quote that is opened and never closed.
    #[error("{place}: a quote is opened and never closed; close it, or double the quotes inside the cell")]
    OpenQuote {
        /// The row in which it is opened.
        place: Place,
    },
    /// Text between the quote that closes a cell and the next delimiter.
    #[error("{place}: text follows the quote that closes a cell; double the quotes inside the cell")]
    StrayQuote {
        /// Header or row.
        place: Place,
    },
    /// No header line.
    #[error("the file has no header; name the columns in its first line")]
    NoHeader,
    /// A column without a name.
    #[error("column {number} has no name; name every column in the header")]
    UnnamedColumn {
        /// From 1.
        number: usize,
    },
    /// Two columns with one name.
    #[error("columns {first} and {second} are both named `{name}`; give each column its own name")]
    DuplicateColumn {
        /// The name, shortened.
        name: String,
        /// From 1.
        first: usize,
        /// From 1.
        second: usize,
    },
    /// A line that is not a JSON object.
    #[error("row {row}: {reason}; write one JSON object per line")]
    NotAnObject {
        /// The row.
        row: u64,
        /// What is wrong.
        reason: String,
    },
    /// One name twice in an object.
    #[error("row {row}: `{name}` is given twice in one object; keep one of them")]
    DuplicateMember {
        /// The row.
        row: u64,
        /// The name, shortened.
        name: String,
    },
    /// Nested too deeply.
    #[error("row {row}: nested more than {limit} deep; flatten the value", limit = limits::MAXIMUM_DEPTH)]
    TooDeep {
        /// The row.
        row: u64,
    },
    /// A number that would be rounded.
    #[error("{place}: `{number}` does not fit a 64-bit number; write it as text")]
    NumberTooLarge {
        /// Row and column.
        place: Place,
        /// The number, shortened.
        number: String,
    },
    /// A name that the columns do not have.
    #[error(
        "row {row}: `{name}` is not among the columns, which come from the first rows; list the columns in the recipe's `input.columns`"
    )]
    UnknownMember {
        /// The row.
        row: u64,
        /// The name, shortened.
        name: String,
    },
    /// A cell of another kind than its column, where that is refused.
    #[error("{place}: {found} in a column of kind {expected}; correct the cell, or read without `strict`")]
    KindChanged {
        /// Row and column.
        place: Place,
        /// The column's kind.
        expected: ColumnKind,
        /// The cell's kind.
        found: ColumnKind,
    },
    /// A Parquet file that is cut short or damaged.
    #[error("the Parquet file is damaged ({detail}); write it again")]
    ParquetDamaged {
        /// What was found.
        detail: String,
    },
    /// A Parquet file that would unfold to more than is allowed.
    #[error(
        "the Parquet file claims {claimed} bytes of {what} where {limit} are allowed; write it with smaller pages or row groups"
    )]
    ParquetTooLarge {
        /// What is too large.
        what: &'static str,
        /// Claimed or counted.
        claimed: u64,
        /// Allowed.
        limit: u64,
    },
    /// A Parquet column of a type that is not read.
    #[error("column `{column}` is {kind}, which is not read; leave it out or write it as text")]
    ParquetKind {
        /// The column.
        column: String,
        /// Its type.
        kind: &'static str,
    },
}

impl TableError {
    /// Whether only one row is lost, so that reading can go on after it.
    #[must_use]
    pub fn spares_the_rest(&self) -> bool {
        self.reason().is_some()
    }

    /// A short word for why a single row is lost, which repeats nothing of the row.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Undecodable { place: Place::Row { .. }, .. } => Some("undecodable"),
            Self::Ragged { .. } => Some("ragged"),
            Self::StrayQuote { place: Place::Row { .. } } => Some("stray quote"),
            Self::NotAnObject { .. } => Some("not an object"),
            Self::DuplicateMember { .. } => Some("duplicate member"),
            Self::TooDeep { .. } => Some("too deep"),
            Self::NumberTooLarge { .. } => Some("number too large"),
            _ => None,
        }
    }
}

impl From<std::io::Error> for TableError {
    fn from(error: std::io::Error) -> Self {
        Self::Read { reason: error.to_string() }
    }
}

/// Where in a data set something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the line that names the columns.
    Header,
    /// In a row, and if known in a column of it.
    Row {
        /// From 1.
        row: u64,
        /// The column's name.
        column: Option<String>,
    },
}

impl Place {
    /// A whole row.
    #[must_use]
    pub fn row(row: u64) -> Self {
        Self::Row { row, column: None }
    }

    /// One cell.
    #[must_use]
    pub fn cell(row: u64, column: &str) -> Self {
        Self::Row { row, column: Some(shortened(column)) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => formatter.write_str("header"),
            Self::Row { row, column: None } => write!(formatter, "row {row}"),
            Self::Row { row, column: Some(column) } => write!(formatter, "row {row}, column `{column}`"),
        }
    }
}

fn at_byte(offset: Option<u64>) -> String {
    offset.map(|offset| format!(" at or after byte {offset}")).unwrap_or_default()
}

/// Somebody's input as an error message may repeat it: on one line and not for long.
#[must_use]
pub fn shortened(text: &str) -> String {
    let mut kept: String = text
        .chars()
        .take(limits::QUOTED_CHARACTERS)
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .collect();
    if text.chars().nth(limits::QUOTED_CHARACTERS).is_some() {
        kept.push('…');
    }
    kept
}

/// Why a row cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The bytes cannot be put where they belong.
    #[error("the output cannot be written ({reason}); try again")]
    Write {
        /// What the writer said.
        reason: String,
    },
    /// The row does not have the writer's columns.
    #[error("row {row} has {found} cells where {expected} columns are written; give every row the same columns")]
    Cells {
        /// The row.
        row: u64,
        /// Columns.
        expected: usize,
        /// Cells.
        found: usize,
    },
    /// JSON has no such number.
    #[error(
        "row {row}, column `{column}`: JSON has no number that is infinite or undefined; write CSV, or drop the cell"
    )]
    NotFinite {
        /// The row.
        row: u64,
        /// The column.
        column: String,
    },
    /// A line of text cannot hold a line break.
    #[error("row {row}: plain text cannot hold a cell with a line break; write JSON lines")]
    LineBreak {
        /// The row.
        row: u64,
    },
    /// Plain text has one column.
    #[error("plain text has one column and {columns} were given; select one, or write JSON lines")]
    OneColumn {
        /// Columns given.
        columns: usize,
    },
    /// Parquet is read only.
    #[error("Parquet is not written; write CSV or JSON lines")]
    Parquet,
}

impl From<std::io::Error> for WriteError {
    fn from(error: std::io::Error) -> Self {
        Self::Write { reason: error.to_string() }
    }
}
