//! Rows written down again: the same rows give the same bytes.
//!
//! CSV follows RFC 4180 with `\n` line ends and quotes only where they are needed. Cells that a spreadsheet would take for a formula are
//! written as they are: this is data for machines, and changing it would be a change of the data.

use std::io::Write;

use super::{Format, Value, WriteError};

/// Writes rows of one set of columns.
pub struct TableWriter<Output> {
    output: Output,
    format: Format,
    columns: Vec<String>,
    rows: u64,
    line: Vec<u8>,
}

impl<Output: Write> TableWriter<Output> {
    /// Begins a table; CSV gets its header.
    ///
    /// # Errors
    /// [`WriteError::Parquet`], [`WriteError::OneColumn`] for plain text of several columns, [`WriteError::Write`].
    pub fn new<'name>(
        output: Output,
        format: Format,
        columns: impl IntoIterator<Item = &'name str>,
    ) -> Result<Self, WriteError> {
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        let mut writer = Self { output, format, columns, rows: 0, line: Vec::new() };
        match format {
            Format::Parquet => return Err(WriteError::Parquet),
            Format::Text if writer.columns.len() != 1 => {
                return Err(WriteError::OneColumn { columns: writer.columns.len() });
            }
            Format::Csv => {
                write_csv(writer.columns.iter().map(String::as_str), &mut writer.line);
                writer.output.write_all(&writer.line)?;
            }
            Format::Text | Format::JsonLines => {}
        }
        Ok(writer)
    }

    /// Writes one row; gives its number among those written, from 1.
    ///
    /// # Errors
    /// [`WriteError::Cells`], [`WriteError::NotFinite`], [`WriteError::LineBreak`], [`WriteError::Write`]; what cannot be written leaves
    /// nothing behind.
    pub fn write(&mut self, cells: &[Value]) -> Result<u64, WriteError> {
        let row = self.rows + 1;
        if cells.len() != self.columns.len() {
            return Err(WriteError::Cells { row, expected: self.columns.len(), found: cells.len() });
        }
        self.line.clear();
        match self.format {
            Format::Csv => write_csv(cells.iter().map(Value::spelling), &mut self.line),
            Format::JsonLines => self.line_of_json(cells, row)?,
            Format::Text => {
                for cell in cells {
                    self.line.extend(cell.spelling().as_bytes());
                }
                if self.line.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
                    return Err(WriteError::LineBreak { row });
                }
                self.line.push(b'\n');
            }
            Format::Parquet => return Err(WriteError::Parquet),
        }
        self.output.write_all(&self.line)?;
        self.rows = row;
        Ok(row)
    }

    /// Rows written so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What is written to, so that pieces can be taken out of a buffer on the way.
    pub(crate) fn output_mut(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Flushes, and gives the output back.
    ///
    /// # Errors
    /// [`WriteError::Write`].
    pub fn finish(mut self) -> Result<Output, WriteError> {
        self.output.flush()?;
        Ok(self.output)
    }

    fn line_of_json(&mut self, cells: &[Value], row: u64) -> Result<(), WriteError> {
        self.line.push(b'{');
        for (number, (name, cell)) in self.columns.iter().zip(cells).enumerate() {
            if number > 0 {
                self.line.push(b',');
            }
            write_json_text(name, &mut self.line);
            self.line.push(b':');
            match cell {
                Value::Missing => self.line.extend(b"null"),
                Value::Text(text) => write_json_text(text, &mut self.line),
                Value::Float(number) if !number.is_finite() => {
                    return Err(WriteError::NotFinite { row, column: name.clone() });
                }
                other => self.line.extend(other.spelling().as_bytes()),
            }
        }
        self.line.extend(b"}\n");
        Ok(())
    }
}

fn write_json_text(text: &str, line: &mut Vec<u8>) {
    line.extend(serde_json::Value::from(text).to_string().as_bytes());
}

fn write_csv<Cell: AsRef<str>>(cells: impl ExactSizeIterator<Item = Cell>, line: &mut Vec<u8>) {
    let alone = cells.len() == 1;
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            line.push(b',');
        }
        let cell = cell.as_ref();
        // A lone empty cell would be a blank line, and a first byte order mark would be taken for the file's own.
        let quoted = cell.contains(['"', ',', '\n', '\r']) || cell.starts_with('\u{feff}') || alone && cell.is_empty();
        if quoted {
            line.push(b'"');
            line.extend(cell.replace('"', "\"\"").as_bytes());
            line.push(b'"');
        } else {
            line.extend(cell.as_bytes());
        }
    }
    line.push(b'\n');
}
