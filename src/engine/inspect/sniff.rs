//! Tells the format of a file from its first bytes.
//!
//! The order matters: a safetensors file whose header length happens to be 0x0280 begins like a pickle of protocol 2, and a
//! pickle of protocol 0 is readable text. A file can be both: a length whose first byte is an opcode can lead a walk over the
//! brace into the header. What would then call something counts as a pickle.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::pickle;

/// What the content of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A safetensors header length followed by a JSON object.
    Safetensors,
    /// A GGUF model.
    Gguf,
    /// A Python pickle of any protocol.
    Pickle,
    /// A zip archive: also PyTorch checkpoints, Keras models and NumPy bundles.
    Zip,
    /// A 7z archive.
    SevenZip,
    /// A tar archive.
    Tar,
    /// A gzip, bzip2, xz, zstd, LZ4 or zlib stream.
    Compressed,
    /// A NumPy array, which can hold pickled objects.
    Numpy,
    /// An HDF5 file: older Keras models.
    Hdf5,
    /// A PNG, JPEG, GIF or WebP image.
    Image,
    /// A program for some operating system.
    Executable,
    /// UTF-8 text that begins like a JSON object or array.
    Json,
    /// Other UTF-8 text without control characters; an empty file too.
    Text,
    /// Anything else.
    Unknown,
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Safetensors => "safetensors",
            Self::Gguf => "GGUF",
            Self::Pickle => "pickle",
            Self::Zip => "zip",
            Self::SevenZip => "7z",
            Self::Tar => "tar",
            Self::Compressed => "compressed",
            Self::Numpy => "NumPy",
            Self::Hdf5 => "HDF5",
            Self::Image => "an image",
            Self::Executable => "a program",
            Self::Json => "JSON",
            Self::Text => "text",
            Self::Unknown => "unknown",
        })
    }
}

/// Leading bytes that name their format.
const SIGNATURES: &[(&[u8], Format)] = &[
    (b"GGUF", Format::Gguf),
    (b"PK\x03\x04", Format::Zip),
    (b"PK\x05\x06", Format::Zip),
    (b"PK\x07\x08", Format::Zip),
    (b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
    (b"\x1f\x8b", Format::Compressed),
    (b"BZh", Format::Compressed),
    (b"\xfd7zXZ\x00", Format::Compressed),
    (b"\x28\xb5\x2f\xfd", Format::Compressed),
    (b"\x04\x22\x4d\x18", Format::Compressed),
    (b"\x78\x01", Format::Compressed),
    (b"\x78\x9c", Format::Compressed),
    (b"\x78\xda", Format::Compressed),
    (b"\x93NUMPY", Format::Numpy),
    (b"\x89HDF\r\n\x1a\n", Format::Hdf5),
    (b"\x89PNG\r\n\x1a\n", Format::Image),
    (b"\xff\xd8\xff", Format::Image),
    (b"GIF87a", Format::Image),
    (b"GIF89a", Format::Image),
    (b"\x7fELF", Format::Executable),
    (b"MZ\x90\x00", Format::Executable),
    (b"\xcf\xfa\xed\xfe", Format::Executable),
];

/// A tar header carries this word at this offset (POSIX 1003.1, `ustar` interchange format).
const TAR_MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Tells the format from the first bytes of a file; never fails and never looks further than `prefix`.
#[must_use]
pub fn sniff(prefix: &[u8]) -> Format {
    if begins_safetensors(prefix) {
        return if pickle::calls_as_pickle(prefix) { Format::Pickle } else { Format::Safetensors };
    }
    if let Some((_, format)) = SIGNATURES.iter().find(|(signature, _)| prefix.starts_with(signature)) {
        return *format;
    }
    if prefix.starts_with(b"RIFF") && prefix.get(8..12) == Some(b"WEBP") {
        return Format::Image;
    }
    if prefix.get(TAR_MAGIC.0..).is_some_and(|rest| rest.starts_with(TAR_MAGIC.1)) {
        return Format::Tar;
    }
    if pickle::is_pickle(prefix) {
        return Format::Pickle;
    }
    text_format(prefix)
}

/// A plausible length (four zero bytes on top: no header reaches 4 GiB) followed by the brace the format requires.
fn begins_safetensors(prefix: &[u8]) -> bool {
    prefix.get(4..9) == Some(b"\0\0\0\0{")
}

fn text_format(prefix: &[u8]) -> Format {
    let text = match std::str::from_utf8(prefix) {
        Ok(text) => text,
        // The prefix may end inside a character; any other error means that this is no UTF-8.
        Err(error) if error.error_len().is_none() => {
            prefix.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default()
        }
        Err(_) => return Format::Unknown,
    };
    if text.is_empty() && !prefix.is_empty() {
        return Format::Unknown;
    }
    if text.chars().any(|character| character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{c}')) {
        return Format::Unknown;
    }
    match text.trim_start_matches('\u{feff}').trim_start().chars().next() {
        Some('{' | '[') if begins_json(text) => Format::Json,
        _ => Format::Text,
    }
}

/// Whether what follows the first bracket can (RFC 8259): a list of words such as `[PAD]` only looks like an array.
fn begins_json(text: &str) -> bool {
    let mut characters = text.trim_start_matches('\u{feff}').chars().filter(|character| !character.is_whitespace());
    let (first, second) = (characters.next(), characters.next());
    match (first, second) {
        (_, None) => true,
        (Some('{'), Some(second)) => matches!(second, '"' | '}'),
        (_, Some(second)) => matches!(second, '"' | '{' | '[' | ']' | '-' | '0'..='9' | 't' | 'f' | 'n'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let mut tar = vec![b'a'; 257];
        tar.extend_from_slice(b"ustar\0");
        let cases: &[(&[u8], Format)] = &[
            (b"", Format::Text),
            (b"plain words", Format::Text),
            ("\u{feff}{\"a\":1}".as_bytes(), Format::Json),
            (b"  [1, 2]", Format::Json),
            (b"[PAD]\n[unused0]\n", Format::Text),
            (b"{{ a template }}", Format::Text),
            (b"GGUF\x03\0\0\0", Format::Gguf),
            (b"PK\x03\x04....", Format::Zip),
            (b"\x1f\x8b\x08", Format::Compressed),
            (b"\x93NUMPY\x01\x00", Format::Numpy),
            (b"\x10\0\0\0\0\0\0\0{", Format::Safetensors),
            (b"\x80\x02\0\0\0\0\0\0{", Format::Safetensors),
            (b"\x80\x02}q\0.", Format::Pickle),
            (b"\x00\x01\x02", Format::Unknown),
            (b"\xff\xfe", Format::Unknown),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::Image),
            (&tar, Format::Tar),
        ];
        for (bytes, format) in cases {
            assert_eq!(sniff(bytes), *format, "{bytes:?}");
        }
    }

    #[test]
    fn a_prefix_may_end_inside_a_character() {
        let text = "模型".as_bytes();
        assert_eq!(sniff(&text[..text.len() - 1]), Format::Text);
    }

    #[test]
    fn every_format_has_its_own_name() {
        assert_eq!(Format::Gguf.to_string(), "GGUF");
        assert_eq!(Format::SevenZip.to_string(), "7z");
    }
}
