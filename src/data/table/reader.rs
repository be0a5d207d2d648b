//! A data set of any format, opened and read row by row.

use std::io::{Read, SeekFrom};

use serde::Serialize;

use super::{
    ColumnKind, Columns, Format, Input, Place, Rows, Source, TEXT_COLUMN, TableError, Value,
    csv::CsvRows,
    decode::TextInput,
    error::shortened,
    json_lines::JsonRows,
    limits::{INFERENCE_ROWS, SNIFFED_BYTES},
    parquet::ParquetRows,
    sniff,
    text::TextRows,
};

/// How a data set is to be read; the default finds out by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The format, if the content shall not decide alone. It must fit the content all the same.
    pub format: Option<Format>,
    /// A label of the Encoding Standard; UTF-8 without one.
    pub encoding: Option<String>,
    /// The CSV delimiter: comma, semicolon or tab.
    pub delimiter: Option<char>,
    /// The columns of JSON lines; without them those of the first rows.
    pub columns: Option<Vec<String>>,
    /// Refuse cells of another kind than their column instead of noting them.
    pub strict: bool,
}

impl TableOptions {
    /// The format that is asked for, by name or by what only one format has.
    fn asked(&self) -> Option<Format> {
        let delimited = self.delimiter.map(|_| Format::Csv);
        self.format.or(delimited).or_else(|| self.columns.as_ref().map(|_| Format::JsonLines))
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// From 1, not counting the header. Rows that could not be read have numbers too.
    pub number: u64,
    /// As many as there are columns.
    pub cells: Vec<Value>,
}

/// The first cell of a column that is of another kind than the column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The row.
    pub row: u64,
    /// The column.
    pub column: String,
    /// The column's kind.
    pub expected: ColumnKind,
    /// The cell's kind.
    pub found: ColumnKind,
}

/// An open data set.
pub struct Table {
    format: Format,
    columns: Columns,
    rows: Box<dyn Rows>,
    number: u64,
    strict: bool,
    findings: Vec<Finding>,
    changed: Vec<bool>,
}

impl Table {
    /// Finds out the format, the columns and, from the first rows, their kinds.
    ///
    /// # Errors
    /// [`TableError`] for what is no data set, contradicts what was asked, or exceeds a limit.
    pub fn open(source: &dyn Source, options: &TableOptions) -> Result<Self, TableError> {
        let mut input = source.open()?;
        let prefix = prefix_of(&mut *input)?;
        if options.encoding.is_none() && (prefix.starts_with(b"\xff\xfe") || prefix.starts_with(b"\xfe\xff")) {
            // Refused as text below, with the label to give; it has zero bytes and would otherwise be called binary.
            TextInput::open(input, None)?;
            return Err(TableError::Empty);
        }
        if sniff::is_parquet(&prefix)? {
            sniff::agree_on_parquet(options.asked(), source.name())?;
            let rows = ParquetRows::open(input)?;
            let columns = rows.columns().clone();
            return Ok(Self::new(Format::Parquet, columns, Box::new(rows), options));
        }
        Self::open_text(source, options)
    }

    fn open_text(source: &dyn Source, options: &TableOptions) -> Result<Self, TableError> {
        let encoding = options.encoding.as_deref();
        let text = || -> Result<TextInput, TableError> { TextInput::open(source.open()?, encoding) };
        let mut start = Vec::new();
        text()?.take(SNIFFED_BYTES as u64).read_to_end(&mut start)?;
        if start.is_empty() {
            return Err(TableError::Empty);
        }
        if let Some(offset) = start.iter().position(|byte| *byte == 0) {
            return Err(TableError::Binary { offset: offset as u64 });
        }
        let start = String::from_utf8_lossy(&start);
        let format = sniff::text_format(&start, options.asked(), source.name())?;
        let delimiter = match options.delimiter {
            None => sniff::delimiter_of(start.lines().find(|line| !line.is_empty()).unwrap_or_default()),
            Some(',') => b',',
            Some(';') => b';',
            Some('\t') => b'\t',
            Some(other) => return Err(TableError::Delimiter { delimiter: shortened(&other.to_string()) }),
        };
        let known = match (format, &options.columns) {
            (Format::JsonLines, Some(names)) => Columns::named(names.iter().cloned())?,
            (Format::JsonLines, None) => JsonRows::learn_columns(text()?)?,
            _ => Columns::named([TEXT_COLUMN])?,
        };
        let open = || -> Result<(Columns, Box<dyn Rows>), TableError> {
            Ok(match format {
                Format::Csv => {
                    let rows = CsvRows::open(text()?, delimiter)?;
                    (rows.columns().clone(), Box::new(rows))
                }
                Format::JsonLines => (known.clone(), Box::new(JsonRows::new(text()?, known.clone()))),
                Format::Text | Format::Parquet => (known.clone(), Box::new(TextRows::new(text()?))),
            })
        };
        let (mut columns, mut sample) = open()?;
        if format == Format::Text {
            columns.set_kind(0, ColumnKind::Text);
        } else {
            learn_kinds(&mut columns, &mut *sample, kind_in(format));
        }
        let (_, rows) = open()?;
        Ok(Self::new(format, columns, rows, options))
    }

    fn new(format: Format, columns: Columns, rows: Box<dyn Rows>, options: &TableOptions) -> Self {
        let changed = vec![false; columns.count()];
        Self { format, columns, rows, number: 0, strict: options.strict, findings: Vec::new(), changed }
    }

    /// The format found.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The columns, with their kinds.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Of each column the first cell so far that is of another kind.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The number of the row read last, whether it could be read or not.
    #[must_use]
    pub fn row_number(&self) -> u64 {
        self.number
    }

    /// The next row; nothing at the end.
    ///
    /// # Errors
    /// [`TableError`]; if it [spares the rest](TableError::spares_the_rest), the next call gives the row after it.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        let cells = match self.rows.next_cells() {
            Ok(Some(cells)) => cells,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.number += 1;
                return Err(error);
            }
        };
        self.number += 1;
        self.check_kinds(&cells)?;
        Ok(Some(Row { number: self.number, cells }))
    }

    fn check_kinds(&mut self, cells: &[Value]) -> Result<(), TableError> {
        for (place, cell) in cells.iter().enumerate() {
            let expected = self.columns.kind(place).unwrap_or(ColumnKind::Text);
            let found = kind_in(self.format)(cell);
            if expected.joined(found) == expected {
                continue;
            }
            if expected == ColumnKind::Empty {
                self.columns.set_kind(place, found);
                continue;
            }
            let column = self.columns.name(place).unwrap_or_default();
            if self.strict {
                return Err(TableError::KindChanged { place: Place::cell(self.number, column), expected, found });
            }
            if let Some(changed @ false) = self.changed.get_mut(place) {
                *changed = true;
                self.findings.push(Finding { row: self.number, column: column.to_owned(), expected, found });
            }
        }
        Ok(())
    }
}

/// CSV has nothing but text, in which everything else is spelt.
fn kind_in(format: Format) -> fn(&Value) -> ColumnKind {
    if format == Format::Csv { ColumnKind::of } else { ColumnKind::of_typed }
}

/// Widens the kinds by the first rows. Rows that cannot be read are reported when it is their turn.
fn learn_kinds(columns: &mut Columns, rows: &mut dyn Rows, kind_of: fn(&Value) -> ColumnKind) {
    for _ in 0..INFERENCE_ROWS {
        match rows.next_cells() {
            Ok(Some(cells)) => columns.learn(&cells, kind_of),
            Err(error) if error.spares_the_rest() => {}
            Ok(None) | Err(_) => return,
        }
    }
}

/// The first bytes, as they stand in the file.
fn prefix_of(input: &mut dyn Input) -> Result<Vec<u8>, TableError> {
    let mut prefix = Vec::new();
    input.take(512).read_to_end(&mut prefix)?;
    input.seek(SeekFrom::Start(0))?;
    Ok(prefix)
}
