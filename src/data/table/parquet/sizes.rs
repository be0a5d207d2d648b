//! What a Parquet file says about its own sizes, checked before anything is allocated in its name.
//!
//! The library takes memory for a page as the page's header claims, and walks the schema by recursion. So the footer's schema and the
//! headers of all pages are looked at first. The structures are those of `parquet.thrift`: `FileMetaData`, `SchemaElement`, `PageHeader`.

use std::io::Read;

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::chunks::Chunks;
use super::thrift::{Kind, Malformed, Thrift};
use crate::table::{Place, TableError, limits};

/// The magic bytes at both ends, and the footer's length before the last of them.
const MAGIC: &[u8; 4] = b"PAR1";
const TAIL_BYTES: u64 = 8;

/// Schema elements beyond the columns: the groups of nested ones.
const ELEMENTS_PER_COLUMN: u64 = 4;
/// What the library keeps of each value of a dictionary besides its bytes.
const DICTIONARY_ENTRY_BYTES: u64 = 32;
/// Values of a column of lists in one row group that are always allowed, …
const LIST_VALUES_FREE: u64 = 4 << 20;
/// … and beyond that, per compressed byte. A whole row is in memory at once, and few bytes can claim a very long list.
const LIST_VALUES_PER_BYTE: u64 = 2;

pub(crate) fn damaged(detail: &str) -> TableError {
    TableError::ParquetDamaged { detail: detail.to_owned() }
}

impl From<Malformed> for TableError {
    fn from(_: Malformed) -> Self {
        damaged("a header cannot be read")
    }
}

fn at_most(what: &'static str, claimed: u64, limit: u64) -> Result<(), TableError> {
    if claimed > limit { Err(TableError::ParquetTooLarge { what, claimed, limit }) } else { Ok(()) }
}

/// Checks that the file ends as it should, and that its schema is neither too wide nor too deep.
pub(crate) fn check_footer(chunks: &Chunks) -> Result<(), TableError> {
    let too_short = || damaged("it is cut short");
    let footer_end = chunks.length().checked_sub(TAIL_BYTES).filter(|end| *end >= 4).ok_or_else(too_short)?;
    let mut tail = [0; TAIL_BYTES as usize];
    chunks.from(footer_end).read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    if &magic != MAGIC {
        return Err(too_short());
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    at_most("footer", length, limits::MAXIMUM_FOOTER_BYTES)?;
    let start = footer_end.checked_sub(length).filter(|start| *start >= 4).ok_or_else(too_short)?;
    Thrift::within(chunks.from(start), length).structure(|thrift, number, kind| match (number, kind) {
        (2, Kind::List) => check_schema(thrift),
        _ => thrift.skip(kind),
    })?;
    Ok(())
}

/// The schema is a tree in depth-first order, each element saying how many children follow.
fn check_schema<R: Read>(thrift: &mut Thrift<R>) -> Result<(), Malformed> {
    let (count, kind) = thrift.list()?;
    if kind != Kind::Structure || count > limits::MAXIMUM_COLUMNS as u64 * ELEMENTS_PER_COLUMN {
        return Err(Malformed);
    }
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..count {
        let mut children = 0;
        thrift.structure(|thrift, number, kind| match (number, kind) {
            (5, Kind::Integer) => thrift.integer().map(|integer| children = integer),
            _ => thrift.skip(kind),
        })?;
        if let Some(siblings) = open.last_mut() {
            *siblings -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > limits::MAXIMUM_DEPTH {
            return Err(Malformed);
        }
        while open.pop_if(|siblings| *siblings <= 0).is_some() {}
    }
    Ok(())
}

/// Checks rows, row groups and every page against the limits.
pub(crate) fn check_pages(chunks: &Chunks, metadata: &ParquetMetaData) -> Result<(), TableError> {
    let file = metadata.file_metadata();
    let columns = file.schema().get_fields().len();
    if columns > limits::MAXIMUM_COLUMNS {
        return Err(TableError::TooManyColumns { place: Place::Header });
    }
    let rows = metadata
        .row_groups()
        .iter()
        .try_fold(0_u64, |sum, group| sum.checked_add(u64::try_from(group.num_rows()).ok()?));
    let rows = rows.ok_or_else(|| damaged("it claims a negative number of rows"))?;
    at_most("rows and columns", rows.saturating_mul(columns as u64), unfolded_limit(chunks.length()))?;
    for group in metadata.row_groups() {
        let mut held = 0_u64;
        for column in group.columns() {
            held = held.saturating_add(check_column(chunks, column)?);
        }
        at_most("pages open at once", held, limits::MAXIMUM_OPEN_BYTES)?;
    }
    Ok(())
}

/// How many bytes of cells a file of this length may unfold to.
pub(crate) fn unfolded_limit(length: u64) -> u64 {
    limits::UNFOLDED_BYTES_FREE.saturating_add(length.saturating_mul(limits::UNFOLDED_BYTES_PER_BYTE))
}

/// Walks the pages of one column in one row group; what reading them holds at once.
fn check_column(chunks: &Chunks, column: &ColumnChunkMetaData) -> Result<u64, TableError> {
    let first = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let (Ok(start), Ok(length)) = (u64::try_from(first), u64::try_from(column.compressed_size())) else {
        return Err(damaged("a column has a negative place"));
    };
    let end = start.checked_add(length).filter(|end| *end <= chunks.length());
    let end = end.ok_or_else(|| damaged("a column lies beyond the end of the file"))?;
    let (mut at, mut dictionary, mut largest, mut values) = (start, 0_u64, 0_u64, 0_u64);
    while at < end {
        let page = PageHeader::read(chunks.from(at))?;
        at_most("one page", page.unfolded, limits::MAXIMUM_PAGE_BYTES)?;
        at_most("one page", page.stored, limits::MAXIMUM_PAGE_BYTES)?;
        if page.is_dictionary {
            if page.values > page.unfolded {
                return Err(damaged("a dictionary claims more values than it has bytes"));
            }
            dictionary = dictionary.max(page.unfolded + page.values.saturating_mul(DICTIONARY_ENTRY_BYTES));
        } else {
            values = values.saturating_add(page.values);
        }
        largest = largest.max(page.unfolded + page.stored);
        let next = at.checked_add(page.header + page.stored).filter(|next| *next <= end);
        at = next.ok_or_else(|| damaged("a page lies beyond the end of its column"))?;
    }
    if column.column_descr().max_rep_level() > 0 {
        let limit = LIST_VALUES_FREE.saturating_add(length.saturating_mul(LIST_VALUES_PER_BYTE));
        at_most("list items in a row group", values, limit)?;
    }
    Ok(dictionary.saturating_add(largest))
}

/// The sizes that the header of a page claims.
struct PageHeader {
    header: u64,
    stored: u64,
    unfolded: u64,
    values: u64,
    is_dictionary: bool,
}

impl PageHeader {
    fn read(input: impl Read) -> Result<Self, Malformed> {
        let mut thrift = Thrift::small(input);
        // Of a field given twice the largest counts: which of them the library believes is its own affair.
        let (mut unfolded, mut stored, mut values, mut is_dictionary) = (0, 0, 0, false);
        thrift.structure(|thrift, number, kind| match (number, kind) {
            (2, Kind::Integer) => raise(&mut unfolded, thrift),
            (3, Kind::Integer) => raise(&mut stored, thrift),
            (5 | 7 | 8, Kind::Structure) => {
                is_dictionary |= number == 7;
                thrift.structure(|thrift, number, kind| match (number, kind) {
                    (1, Kind::Integer) => raise(&mut values, thrift),
                    _ => thrift.skip(kind),
                })
            }
            _ => thrift.skip(kind),
        })?;
        Ok(Self { header: thrift.read(), stored, unfolded, values, is_dictionary })
    }
}

fn raise<R: Read>(size: &mut u64, thrift: &mut Thrift<R>) -> Result<(), Malformed> {
    let claimed = u64::try_from(thrift.integer()?).map_err(|_| Malformed)?;
    *size = (*size).max(claimed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_claim_of_a_page_counts() {
        // Type 0; uncompressed 2^31 - 1; compressed 2; data page header with 4 values; uncompressed again, as 1; end.
        let header = [
            0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x04, 0x2c, 0x15, 0x08, 0x00, 0x05, 0x04, 0x02, 0x00,
        ];
        let page = PageHeader::read(&header[..]).unwrap();
        assert_eq!((page.header, page.stored, page.values), (header.len() as u64, 2, 4));
        assert_eq!(page.unfolded, (1 << 31) - 1);
        assert!(!page.is_dictionary);
        assert!(at_most("one page", page.unfolded, limits::MAXIMUM_PAGE_BYTES).is_err());
    }

    #[test]
    fn negative_sizes_are_malformed() {
        assert!(PageHeader::read(&[0x25, 0x01, 0x00][..]).is_err());
    }
}
