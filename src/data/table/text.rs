//! Plain text: every line is a row of one cell. Lines end with `\n` or `\r\n`.

use std::io::{BufRead, Read};

use super::{Place, Rows, TableError, Value, decode::TextInput, limits::MAXIMUM_ROW_BYTES};

/// The name of the only column of plain text.
pub const TEXT_COLUMN: &str = "text";

/// Lines of bounded length.
pub(crate) struct Lines {
    input: TextInput,
    line: Vec<u8>,
    start: u64,
    read: u64,
}

impl Lines {
    pub(crate) fn new(input: TextInput) -> Self {
        Self { input, line: Vec::new(), start: 0, read: 0 }
    }

    /// Goes to the next line; false at the end of the file.
    ///
    /// # Errors
    /// [`TableError::RowTooLong`] without having read the rest of the line, [`TableError::Read`].
    pub(crate) fn advance(&mut self, row: u64) -> Result<bool, TableError> {
        self.start = self.read;
        self.line.clear();
        let limit = MAXIMUM_ROW_BYTES as u64 + 2;
        let read = (&mut self.input).take(limit).read_until(b'\n', &mut self.line)?;
        self.read += read as u64;
        if self.line.pop_if(|byte| *byte == b'\n').is_some() {
            self.line.pop_if(|byte| *byte == b'\r');
        }
        if self.line.len() > MAXIMUM_ROW_BYTES {
            return Err(TableError::RowTooLong { place: Place::row(row) });
        }
        Ok(read > 0)
    }

    /// Whether the line has nothing but white space.
    pub(crate) fn is_blank(&self) -> bool {
        self.line.iter().all(u8::is_ascii_whitespace)
    }

    /// The line without its end.
    ///
    /// # Errors
    /// [`TableError::Undecodable`].
    pub(crate) fn text(&self, place: impl FnOnce() -> Place) -> Result<&str, TableError> {
        let start = self.input.skipped.map(|skipped| skipped + self.start);
        std::str::from_utf8(&self.line).map_err(|error| TableError::Undecodable {
            place: place(),
            encoding: self.input.encoding,
            offset: start.map(|start| start + error.valid_up_to() as u64),
        })
    }
}

/// Plain text as rows.
pub(crate) struct TextRows {
    lines: Lines,
    row: u64,
}

impl TextRows {
    pub(crate) fn new(input: TextInput) -> Self {
        Self { lines: Lines::new(input), row: 0 }
    }
}

impl Rows for TextRows {
    fn next_cells(&mut self) -> Result<Option<Vec<Value>>, TableError> {
        self.row += 1;
        let row = self.row;
        if !self.lines.advance(row)? {
            return Ok(None);
        }
        let text = self.lines.text(|| Place::cell(row, TEXT_COLUMN))?;
        Ok(Some(vec![Value::from_text(text)]))
    }
}
