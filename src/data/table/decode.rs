//! Text of any encoding as UTF-8, a block at a time.
//!
//! A sequence that the encoding does not have becomes the byte `0xff`, which no UTF-8 text holds: whoever cuts the text into rows checks
//! each cell anyway, and so can say in which row and column it stands.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use super::{Input, TableError, error::shortened};

/// Bytes decoded at once.
const BLOCK: usize = 16 << 10;
/// What stands for a sequence that cannot be decoded.
const BROKEN: u8 = 0xff;

/// Text that still has to be checked to be UTF-8.
pub(crate) struct TextInput {
    reader: BufReader<Box<dyn Read + Send>>,
    /// What the text was encoded in.
    pub(crate) encoding: &'static str,
    /// Whether byte offsets of the text are those of the file, and what to add to them.
    pub(crate) skipped: Option<u64>,
}

impl TextInput {
    /// The text of `input` in the encoding of this label, in UTF-8 without one.
    ///
    /// # Errors
    /// [`TableError::UnknownEncoding`], [`TableError::Utf16`] if the mark says so and no label was given, [`TableError::Read`].
    pub(crate) fn open(mut input: Box<dyn Input>, label: Option<&str>) -> Result<Self, TableError> {
        let encoding = match label {
            Some(label) => Encoding::for_label_no_replacement(label.as_bytes())
                .ok_or_else(|| TableError::UnknownEncoding { label: shortened(label) })?,
            None => UTF_8,
        };
        let mut mark = Vec::new();
        (&mut input).take(3).read_to_end(&mut mark)?;
        let skipped = if mark == b"\xef\xbb\xbf" { 3 } else { 0 };
        if encoding == UTF_8 {
            refuse_utf16(&mark)?;
            input.seek(SeekFrom::Start(skipped))?;
            let reader: Box<dyn Read + Send> = Box::new(input);
            return Ok(Self { reader: BufReader::new(reader), encoding: "UTF-8", skipped: Some(skipped) });
        }
        input.seek(SeekFrom::Start(0))?;
        let decoding = Decoding {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: Vec::new(),
            used: 0,
            text: Vec::new(),
            given: 0,
            finished: false,
        };
        let reader: Box<dyn Read + Send> = Box::new(decoding);
        Ok(Self { reader: BufReader::new(reader), encoding: encoding.name(), skipped: None })
    }
}

impl Read for TextInput {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.reader.read(into)
    }
}

impl BufRead for TextInput {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.reader.consume(amount);
    }
}

fn refuse_utf16(start: &[u8]) -> Result<(), TableError> {
    if start.starts_with(b"\xff\xfe") {
        return Err(TableError::Utf16 { label: "utf-16le" });
    }
    if start.starts_with(b"\xfe\xff") {
        return Err(TableError::Utf16 { label: "utf-16be" });
    }
    Ok(())
}

/// Reads blocks of another encoding and gives UTF-8.
struct Decoding {
    input: Box<dyn Input>,
    decoder: Decoder,
    raw: Vec<u8>,
    used: usize,
    text: Vec<u8>,
    given: usize,
    finished: bool,
}

impl Decoding {
    /// Decodes the next piece into `text`; leaves it empty at the end.
    fn decode(&mut self) -> io::Result<()> {
        self.given = 0;
        self.text.clear();
        while self.text.is_empty() && !self.finished {
            if self.used == self.raw.len() {
                self.raw.clear();
                self.used = 0;
                (&mut self.input).take(BLOCK as u64).read_to_end(&mut self.raw)?;
            }
            let last = self.raw.is_empty();
            let rest = self.raw.get(self.used..).unwrap_or_default();
            self.text.resize(BLOCK, 0);
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(rest, &mut self.text, last);
            self.used += read;
            self.text.truncate(written);
            match result {
                DecoderResult::InputEmpty => self.finished = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.text.push(BROKEN),
            }
        }
        Ok(())
    }
}

impl Read for Decoding {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.decode()?;
        }
        let mut rest = self.text.get(self.given..).unwrap_or_default();
        let read = rest.read(into)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn decoded(bytes: &[u8], label: Option<&str>) -> Result<Vec<u8>, TableError> {
        let mut text = Vec::new();
        TextInput::open(Box::new(Cursor::new(bytes.to_vec())), label)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn marks_are_skipped_and_encodings_decoded() {
        assert_eq!(decoded(b"\xef\xbb\xbfa", None).unwrap(), b"a");
        assert_eq!(decoded(b"\xd6\xd0\xce\xc4", Some("gb18030")).unwrap(), "中文".as_bytes());
        assert_eq!(decoded(b"caf\xe9", Some("windows-1252")).unwrap(), "café".as_bytes());
        assert_eq!(decoded(b"\xff\xfea\0", Some("utf-16le")).unwrap(), b"a");
        assert_eq!(decoded(b"a\x81", Some("gb18030")).unwrap(), b"a\xff");
        let long = "中文".repeat(20_000);
        let (encoded, _, _) = encoding_rs::GB18030.encode(&long);
        assert_eq!(decoded(&encoded, Some("gbk")).unwrap(), long.as_bytes());
    }

    #[test]
    fn other_encodings_are_asked_for() {
        assert_eq!(decoded(b"\xff\xfea\0", None), Err(TableError::Utf16 { label: "utf-16le" }));
        assert_eq!(decoded(b"a", Some("klingon")), Err(TableError::UnknownEncoding { label: "klingon".into() }));
    }
}
