//! CSV as RFC 4180 describes it, with a header; the delimiter may be another, lines may end in `\n` alone, blank lines are passed over.
//!
//! The state machine is `csv-core`, which writes into buffers of ours, so that no row makes us take more memory than a row may.

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{Columns, Place, Rows, TableError, Value, decode::TextInput, limits};

/// CSV as rows.
pub(crate) struct CsvRows {
    records: Records,
    columns: Columns,
    row: u64,
}

impl CsvRows {
    /// Reads the header.
    ///
    /// # Errors
    /// Those of the header's names, and of reading.
    pub(crate) fn open(input: TextInput, delimiter: u8) -> Result<Self, TableError> {
        let mut records = Records::new(input, delimiter);
        if !records.next(&Place::Header)? {
            return Err(TableError::NoHeader);
        }
        let names = (0..records.count)
            .map(|number| records.field(number, || Place::Header).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { columns: Columns::named(names)?, records, row: 0 })
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Rows for CsvRows {
    fn next_cells(&mut self) -> Result<Option<Vec<Value>>, TableError> {
        self.row += 1;
        let row = self.row;
        if !self.records.next(&Place::row(row))? {
            return Ok(None);
        }
        let (expected, found) = (self.columns.count(), self.records.count);
        if expected != found {
            return Err(TableError::Ragged { row, expected, found });
        }
        let place = |number| Place::cell(row, self.columns.name(number).unwrap_or_default());
        (0..found)
            .map(|number| self.records.field(number, || place(number)).map(Value::from_text))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

/// Records of bounded length, one at a time in the same buffers.
struct Records {
    input: TextInput,
    core: Reader,
    content: Vec<u8>,
    ends: Vec<usize>,
    /// Fields of the record at hand.
    count: usize,
    /// Bytes of the file before the record at hand.
    start: u64,
    /// Bytes of the record at hand, as they stand in the file.
    length: u64,
    /// Whether the end of the file was already made the end of a line.
    closed: bool,
    quotes: Quotes,
}

impl Records {
    fn new(input: TextInput, delimiter: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(delimiter).build();
        let (content, ends) = (vec![0; 4 << 10], vec![0; 64]);
        Self {
            input,
            core,
            content,
            ends,
            count: 0,
            start: 0,
            length: 0,
            closed: false,
            quotes: Quotes::new(delimiter),
        }
    }

    /// Reads the next record; false at the end.
    fn next(&mut self, place: &Place) -> Result<bool, TableError> {
        self.start += self.length;
        self.length = 0;
        self.count = 0;
        let mut written = 0;
        let mut begun = false;
        loop {
            let block = self.input.fill_buf()?;
            let at_end = block.is_empty();
            if at_end && self.closed {
                // A record that the end of a line does not end is inside quotes.
                return if begun { Err(TableError::OpenQuote { place: place.clone() }) } else { Ok(false) };
            }
            let bytes = if at_end { b"\n" } else { block };
            self.closed |= at_end;
            let content = self.content.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(self.count..).unwrap_or_default();
            let (result, read, wrote, ended) = self.core.read_record(bytes, content, ends);
            bytes.iter().take(read).for_each(|byte| self.quotes.see(*byte));
            begun |= bytes.iter().take(read).any(|byte| !matches!(byte, b'\r' | b'\n'));
            written += wrote;
            self.count += ended;
            if !at_end {
                self.input.consume(read);
                self.length += read as u64;
            }
            if self.count > limits::MAXIMUM_COLUMNS {
                return Err(TableError::TooManyColumns { place: place.clone() });
            }
            if begun && self.length > limits::MAXIMUM_ROW_BYTES as u64 {
                return Err(TableError::RowTooLong { place: place.clone() });
            }
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.content.resize(self.content.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record if std::mem::take(&mut self.quotes.stray) => {
                    return Err(TableError::StrayQuote { place: place.clone() });
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// One field of the record at hand.
    fn field(&self, number: usize, place: impl FnOnce() -> Place) -> Result<&str, TableError> {
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(number).copied().unwrap_or_default();
        let bytes = self.content.get(start..end).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| TableError::Undecodable {
            place: place(),
            encoding: self.input.encoding,
            // Quotes are gone from the field, so that only the beginning of its row is known.
            offset: self.input.skipped.map(|skipped| skipped + self.start),
        })
    }
}

/// Watches for what `csv-core` lets pass by gluing it together: text after the quote that closes a cell.
struct Quotes {
    delimiter: u8,
    at: Position,
    stray: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: it closes the cell, or another one follows.
    AfterQuote,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, at: Position::Start, stray: false }
    }

    fn see(&mut self, byte: u8) {
        let ends = byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        self.at = match (self.at, byte) {
            (Position::Quoted, b'"') => Position::AfterQuote,
            (Position::Quoted, _) | (Position::Start | Position::AfterQuote, b'"') => Position::Quoted,
            _ if ends => Position::Start,
            (Position::AfterQuote, _) => {
                self.stray = true;
                Position::Plain
            }
            _ => Position::Plain,
        };
    }
}
