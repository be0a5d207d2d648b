//! Numbers as columns hold them. What does not fit was not written by this program.

use chancery_base::{db::Error, values::ByteCount};

/// A count of bytes as a column.
pub(super) fn from_bytes(count: ByteCount) -> Result<i64, Error> {
    i64::try_from(count.0).map_err(|_| Error::Other("more bytes than a column holds".to_owned()))
}

/// A column as a count of bytes.
pub(super) fn to_bytes(column: i64) -> Result<ByteCount, Error> {
    u64::try_from(column).map(ByteCount).map_err(|_| Error::Corrupt("a negative count of bytes".to_owned()))
}

/// A version's number as a column.
pub(super) fn from_number(number: u32) -> Result<i32, Error> {
    i32::try_from(number).map_err(|_| Error::Other("more versions than a column counts".to_owned()))
}

/// A column as a version's number.
pub(super) fn to_number(column: i32) -> Result<u32, Error> {
    u32::try_from(column).map_err(|_| Error::Corrupt("a negative version number".to_owned()))
}
