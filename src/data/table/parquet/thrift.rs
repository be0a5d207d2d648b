//! As much of Thrift's compact protocol as is needed to look at sizes before a library believes them.
//!
//! Follows the Thrift compact protocol specification: field headers, zigzag variable-length integers, nested structures that are skipped.

use std::io::Read;

/// Bytes of one structure that are looked at; a page header has statistics of two values at most.
const MAXIMUM_STRUCTURE_BYTES: u64 = 1 << 20;
/// Nesting of structures; Parquet's own have six levels.
const MAXIMUM_NESTING: usize = 32;

/// Why a structure cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl From<std::io::Error> for Malformed {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// The kind of a field or of the items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    True,
    False,
    Byte,
    Integer,
    Double,
    Binary,
    List,
    Map,
    Structure,
}

impl Kind {
    fn of(nibble: u8) -> Result<Self, Malformed> {
        Ok(match nibble {
            1 => Self::True,
            2 => Self::False,
            3 => Self::Byte,
            4..=6 => Self::Integer,
            7 => Self::Double,
            8 => Self::Binary,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Structure,
            _ => return Err(Malformed),
        })
    }
}

/// Reads structures field by field and counts the bytes.
pub(crate) struct Thrift<R> {
    input: R,
    read: u64,
    limit: u64,
}

impl<R: Read> Thrift<R> {
    /// A page header or another small structure.
    pub(crate) fn small(input: R) -> Self {
        Self { input, read: 0, limit: MAXIMUM_STRUCTURE_BYTES }
    }

    /// A structure of at most this many bytes.
    pub(crate) fn within(input: R, limit: u64) -> Self {
        Self { input, read: 0, limit }
    }

    /// Bytes read so far.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// Calls `each` with every field's number and kind; it must read or skip the field.
    pub(crate) fn structure(
        &mut self,
        mut each: impl FnMut(&mut Self, i64, Kind) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let mut number = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            let step = i64::from(head >> 4);
            number = if step == 0 { self.integer()? } else { number.checked_add(step).ok_or(Malformed)? };
            each(self, number, Kind::of(head & 0x0f)?)?;
        }
    }

    /// How many items a list has, and of which kind.
    pub(crate) fn list(&mut self) -> Result<(u64, Kind), Malformed> {
        let head = self.byte()?;
        let short = u64::from(head >> 4);
        let count = if short == 15 { self.variable()? } else { short };
        Ok((count, Kind::of(head & 0x0f)?))
    }

    /// A signed integer of any width.
    pub(crate) fn integer(&mut self) -> Result<i64, Malformed> {
        let zigzag = self.variable()?;
        let (half, sign) = (i64::try_from(zigzag >> 1).map_err(|_| Malformed)?, zigzag & 1 == 1);
        Ok(if sign { !half } else { half })
    }

    /// Passes over a value.
    pub(crate) fn skip(&mut self, kind: Kind) -> Result<(), Malformed> {
        self.skip_nested(kind, 0)
    }

    fn skip_nested(&mut self, kind: Kind, nesting: usize) -> Result<(), Malformed> {
        if nesting > MAXIMUM_NESTING {
            return Err(Malformed);
        }
        match kind {
            Kind::True | Kind::False => Ok(()),
            Kind::Byte => self.byte().map(drop),
            Kind::Integer => self.variable().map(drop),
            Kind::Double => self.pass(8),
            Kind::Binary => {
                let length = self.variable()?;
                self.pass(length)
            }
            Kind::List => {
                let (count, items) = self.list()?;
                (0..count).try_for_each(|_| self.skip_item(items, nesting + 1))
            }
            Kind::Map => {
                let count = self.variable()?;
                if count == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                let (key, value) = (Kind::of(kinds >> 4)?, Kind::of(kinds & 0x0f)?);
                (0..count).try_for_each(|_| {
                    self.skip_item(key, nesting + 1)?;
                    self.skip_item(value, nesting + 1)
                })
            }
            Kind::Structure => self.structure(|thrift, _, kind| thrift.skip_nested(kind, nesting + 1)),
        }
    }

    /// Truth values take a byte inside lists and maps, and none as fields.
    fn skip_item(&mut self, kind: Kind, nesting: usize) -> Result<(), Malformed> {
        match kind {
            Kind::True | Kind::False => self.byte().map(drop),
            other => self.skip_nested(other, nesting),
        }
    }

    fn variable(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        let mut byte = [0];
        self.count(1)?;
        self.input.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn pass(&mut self, length: u64) -> Result<(), Malformed> {
        self.count(length)?;
        let passed = std::io::copy(&mut (&mut self.input).take(length), &mut std::io::sink())?;
        if passed == length { Ok(()) } else { Err(Malformed) }
    }

    fn count(&mut self, bytes: u64) -> Result<(), Malformed> {
        self.read = self.read.checked_add(bytes).filter(|read| *read <= self.limit).ok_or(Malformed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_lists_and_structures_are_read() {
        // Field 1: integer -3; field 2: list of two integers; field 20 in long form: binary of 2 bytes; end.
        let bytes = [0x15, 0x05, 0x19, 0x25, 0x02, 0x04, 0x08, 0x28, 0x02, b'a', b'b', 0x00];
        let mut seen = Vec::new();
        let mut thrift = Thrift::small(&bytes[..]);
        thrift
            .structure(|thrift, number, kind| {
                seen.push((number, kind));
                if number == 1 { thrift.integer().map(|integer| assert_eq!(integer, -3)) } else { thrift.skip(kind) }
            })
            .unwrap();
        assert_eq!(seen, [(1, Kind::Integer), (2, Kind::List), (20, Kind::Binary)]);
        assert_eq!(thrift.read(), bytes.len() as u64);
    }

    #[test]
    fn lengths_are_not_believed() {
        let long = [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        let read = |bytes: &[u8]| Thrift::small(bytes).structure(|thrift, _, kind| thrift.skip(kind));
        assert_eq!(read(&long), Err(Malformed));
        assert_eq!(read(&[0x1c; 100_000]), Err(Malformed));
        assert_eq!(read(&[]), Err(Malformed));
    }
}
