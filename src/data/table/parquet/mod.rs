//! Parquet, read with arrow-rs's `parquet` without Arrow: one record at a time through its record interface.
//!
//! The library believes what files say about their sizes and panics at some that are damaged. So [`sizes`] looks at all of them
//! first, and a panic is caught and becomes an error. Parquet is not written.

mod calendar;
mod cells;
mod chunks;
mod sizes;
mod thrift;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, reader::RowIter};
use parquet::schema::types::Type;

use self::{calendar::timestamp, cells::NoCell, chunks::Chunks, sizes::damaged};
use super::{Column, ColumnKind, Columns, Input, Place, Rows, TableError, Value, limits, shortened};

/// A Parquet file as rows.
pub(crate) struct ParquetRows {
    records: RowIter<'static>,
    columns: Columns,
    nanoseconds: Vec<bool>,
    row: u64,
    unfolded: u64,
    limit: u64,
}

impl ParquetRows {
    /// Checks the file's claims and reads its schema.
    ///
    /// # Errors
    /// [`TableError::ParquetDamaged`], [`TableError::ParquetTooLarge`], [`TableError::ParquetKind`], and those of the columns' names.
    pub(crate) fn open(input: Box<dyn Input>) -> Result<Self, TableError> {
        let chunks = Chunks::new(input)?;
        sizes::check_footer(&chunks)?;
        let reader = guarded("its footer cannot be read", || SerializedFileReader::new(chunks.clone()))?;
        sizes::check_pages(&chunks, reader.metadata())?;
        let file = reader.metadata().file_metadata();
        let unread = file.schema_descr().columns().iter().find(|leaf| leaf.converted_type() == ConvertedType::INTERVAL);
        if let Some(leaf) = unread {
            // The library would panic at one, and print it.
            return Err(TableError::ParquetKind { column: shortened(&leaf.path().string()), kind: "an interval" });
        }
        let fields = file.schema().get_fields();
        let columns = fields.iter().map(|field| column_of(field)).collect::<Result<Vec<_>, _>>()?;
        let nanoseconds = fields.iter().map(|field| is_nanoseconds(field)).collect();
        let records = guarded("its schema cannot be read", || RowIter::from_file(None, &reader).map(drop))
            .map(|()| RowIter::from_file_into(Box::new(reader)))?;
        let limit = sizes::unfolded_limit(chunks.length());
        Ok(Self { records, columns: Columns::new(columns)?, nanoseconds, row: 0, unfolded: 0, limit })
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    fn cell(&self, place: usize, field: &Field) -> Result<Value, TableError> {
        let name = self.columns.name(place).unwrap_or_default();
        match (field, self.nanoseconds.get(place)) {
            (Field::Long(nanoseconds), Some(true)) => Ok(Value::Text(timestamp(*nanoseconds, 9))),
            _ => cells::cell_of(field).map_err(|refusal| match refusal {
                NoCell::Binary => TableError::ParquetKind { column: shortened(name), kind: "binary" },
                NoCell::TooLarge => {
                    TableError::NumberTooLarge { place: Place::cell(self.row, name), number: field.to_string() }
                }
            }),
        }
    }
}

impl Rows for ParquetRows {
    fn next_cells(&mut self) -> Result<Option<Vec<Value>>, TableError> {
        let records = &mut self.records;
        let Some(record) = guarded("a page cannot be read", || records.next().transpose())? else { return Ok(None) };
        self.row += 1;
        let fields = record.into_columns();
        let cells = fields
            .iter()
            .enumerate()
            .map(|(place, (_, field))| self.cell(place, field))
            .collect::<Result<Vec<_>, _>>()?;
        let length: u64 = cells.iter().map(|cell| cell.spelling().len() as u64 + 1).sum();
        if length > limits::MAXIMUM_ROW_BYTES as u64 {
            return Err(TableError::RowTooLong { place: Place::row(self.row) });
        }
        self.unfolded += length;
        if self.unfolded > self.limit {
            return Err(TableError::ParquetTooLarge { what: "cells", claimed: self.unfolded, limit: self.limit });
        }
        Ok(Some(cells))
    }
}

/// Calls the library. What it says about errors can repeat the data, so that our own words are given.
fn guarded<Output>(
    detail: &'static str,
    call: impl FnOnce() -> parquet::errors::Result<Output>,
) -> Result<Output, TableError> {
    // INVARIANT: no profile of the workspace aborts on panic.
    // After a panic nothing of the library is used again: every error of ours ends the reading.
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(_)) | Err(_) => Err(damaged(detail)),
    }
}

fn column_of(field: &Type) -> Result<Column, TableError> {
    let kind = if field.is_group() || is_repeated(field) {
        ColumnKind::Json
    } else {
        plain_kind(field).map_err(|kind| TableError::ParquetKind { column: shortened(field.name()), kind })?
    };
    Ok(Column { name: field.name().to_owned(), kind })
}

fn is_repeated(field: &Type) -> bool {
    let basic = field.get_basic_info();
    basic.has_repetition() && basic.repetition() == parquet::basic::Repetition::REPEATED
}

fn plain_kind(field: &Type) -> Result<ColumnKind, &'static str> {
    if is_nanoseconds(field) {
        return Ok(ColumnKind::Date);
    }
    match (field.get_basic_info().converted_type(), field.get_physical_type()) {
        (ConvertedType::BSON, _) => Err("BSON"),
        (ConvertedType::DATE | ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS, _) => {
            Ok(ColumnKind::Date)
        }
        (ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS, _) => Ok(ColumnKind::Text),
        (ConvertedType::DECIMAL, _) => Ok(ColumnKind::Text),
        (_, Physical::BOOLEAN) => Ok(ColumnKind::Bool),
        (_, Physical::INT32 | Physical::INT64) => Ok(ColumnKind::Integer),
        (_, Physical::INT96) => Ok(ColumnKind::Date),
        (_, Physical::FLOAT | Physical::DOUBLE) => Ok(ColumnKind::Float),
        (_, Physical::FIXED_LEN_BYTE_ARRAY)
            if field.get_basic_info().logical_type_ref() == Some(&LogicalType::Float16) =>
        {
            Ok(ColumnKind::Float)
        }
        (_, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY) => Ok(ColumnKind::Text),
    }
}

/// The library gives these as plain integers.
fn is_nanoseconds(field: &Type) -> bool {
    matches!(field.get_basic_info().logical_type_ref(), Some(LogicalType::Timestamp(stamp)) if stamp.unit == TimeUnit::NANOS)
}
