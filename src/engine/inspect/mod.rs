//! Inspection of uploaded files by content, before anything becomes visible.
//!
//! What a file is, is decided by its bytes, never by its name. Only formats that a parser of this package understands pass;
//! everything that can carry code (pickles under any name, archives, Python files, templates that reach for attributes of the
//! interpreter) is refused. Nothing here executes, unpacks or allocates according to a size found in the file.
//!
//! Not done here: names of paths (absolute, `..`, reserved); the registry checks those before it asks for the content.

mod error;
mod pickle;
mod safetensors;
mod sniff;
mod text;

pub use error::InspectError;
pub(crate) use safetensors::safetensors_tensors;
pub use safetensors::{MAX_HEADER_BYTES, SafetensorsSummary, safetensors_header};
pub use sniff::{Format, sniff};

use serde::{Deserialize, Serialize};

/// How many leading bytes of a file [`refusal`] wants to see: the longest safetensors header and its length field.
///
/// A shorter file is passed whole. A longer prefix is of no use.
pub const PREFIX_BYTES: usize = MAX_HEADER_BYTES + 8;

/// What inspection found in an accepted file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSummary {
    /// The format that the content has.
    pub format: Format,
    /// Counts from the header, for safetensors files.
    pub safetensors: Option<SafetensorsSummary>,
}

/// Decides whether a single file may enter the registry.
///
/// `prefix` holds the first [`PREFIX_BYTES`] bytes, or the whole file if it is shorter; `total_length` is the length of the
/// file in bytes.
///
/// # Errors
///
/// The first reason of [`InspectError`] that applies. A prefix shorter than promised is [`InspectError::PrefixTooShort`].
pub fn refusal(path: &str, prefix: &[u8], total_length: u64) -> Result<FileSummary, InspectError> {
    check_prefix(prefix, total_length)?;
    let extension = extension(path);
    if text::is_code_extension(&extension) {
        return Err(InspectError::Code { extension });
    }
    let format = sniff(prefix);
    refuse_format(format)?;
    check_extension(&extension, format)?;
    let safetensors = match format {
        Format::Safetensors => Some(safetensors_header(prefix, total_length)?),
        Format::Json | Format::Text => {
            text::check(path, &extension, format, prefix, total_length)?;
            None
        }
        _ => None,
    };
    Ok(FileSummary { format, safetensors })
}

fn check_prefix(prefix: &[u8], total_length: u64) -> Result<(), InspectError> {
    let expected = total_length.min(PREFIX_BYTES as u64);
    let got = prefix.len() as u64;
    if got < expected || got > total_length {
        return Err(InspectError::PrefixTooShort { expected, got });
    }
    Ok(())
}

fn refuse_format(format: Format) -> Result<(), InspectError> {
    match format {
        Format::Safetensors | Format::Json | Format::Text | Format::Image => Ok(()),
        Format::Pickle => Err(InspectError::Pickle),
        Format::Zip | Format::SevenZip | Format::Tar | Format::Compressed => Err(InspectError::Archive { format }),
        Format::Gguf | Format::Numpy | Format::Hdf5 => Err(InspectError::NotServed { format }),
        Format::Executable | Format::Unknown => Err(InspectError::Unrecognised),
    }
}

/// A name that promises one format over the content of another misleads whoever loads it by name.
fn check_extension(extension: &str, format: Format) -> Result<(), InspectError> {
    let agrees = match extension {
        "safetensors" => format == Format::Safetensors,
        "png" | "jpg" | "jpeg" | "gif" | "webp" => format == Format::Image,
        "json" => format == Format::Json,
        "gguf" | "bin" | "pt" | "pth" | "ckpt" | "pkl" | "pickle" | "joblib" | "npy" | "npz" | "h5" | "keras"
        | "onnx" | "zip" | "tar" | "gz" | "7z" => false,
        _ => matches!(format, Format::Json | Format::Text),
    };
    if agrees { Ok(()) } else { Err(InspectError::ExtensionMismatch { extension: extension.to_owned(), format }) }
}

/// The lower-case extension of the last path segment, or an empty string.
fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(path: &str, bytes: &[u8]) -> Result<FileSummary, InspectError> {
        refusal(path, bytes, bytes.len() as u64)
    }

    fn one_tensor() -> Vec<u8> {
        let header = br#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        bytes.extend_from_slice(&[0; 8]);
        bytes
    }

    #[test]
    fn ordinary_files_pass() {
        for (path, bytes) in [
            ("README.md", "# A model\n".as_bytes()),
            ("LICENSE", b"CC0-1.0\n"),
            ("config.json", br#"{"model_type":"bert"}"#),
            ("vocab.txt", "[PAD]\n[UNK]\n你好\n".as_bytes()),
            ("examples.csv", b"label,text\npositive,good\n"),
            ("chat_template.jinja", b"{% for message in messages %}{{ message['content'] }}{% endfor %}"),
            ("empty.txt", b""),
            ("logo.png", b"\x89PNG\r\n\x1a\nrest"),
        ] {
            whole(path, bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let summary = whole("model.safetensors", &one_tensor()).unwrap();
        assert_eq!(summary.safetensors.unwrap().parameter_count, 2);
    }

    #[test]
    fn a_pickle_is_refused_under_any_name() {
        let pickle = b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.";
        for path in ["model.safetensors", "pytorch_model.bin", "README.md", "config.json", "weights", "logo.png"] {
            assert_eq!(whole(path, pickle), Err(InspectError::Pickle), "{path}");
            assert_eq!(whole(path, b"cos\nsystem\n(S'id'\ntR."), Err(InspectError::Pickle), "{path}");
        }
    }

    /// Taken for a pickle, `U` is a string of as many bytes as the length's second byte says, here 28, and so leads over the
    /// brace into the header.
    #[test]
    fn a_safetensors_file_that_calls_as_a_pickle_is_refused() {
        const HEADER_BYTES: usize = 0x1c55;
        let tensor = r#""w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let header = format!("{:<HEADER_BYTES$}", format!("{{{:21}{tensor}", ""));
        let mut bytes = [&(HEADER_BYTES as u64).to_le_bytes()[..], header.as_bytes(), &[0; 8]].concat();
        assert_eq!(bytes[..9], *b"\x55\x1c\0\0\0\0\0\0{");
        assert!(whole("model.safetensors", &bytes).is_ok());
        let pickle = b"cos\nsystem\n(S'id'\ntR.";
        bytes[30..30 + pickle.len()].copy_from_slice(pickle);
        assert_eq!(whole("model.safetensors", &bytes), Err(InspectError::Pickle));
    }

    #[test]
    fn archives_and_formats_without_a_loader_are_refused() {
        let mut zip = b"PK\x03\x04".to_vec();
        zip.extend_from_slice(b"\x00\x00archive/data.pkl");
        assert!(matches!(whole("model.safetensors", &zip), Err(InspectError::Archive { format: Format::Zip })));
        assert!(matches!(whole("a.txt", b"7z\xbc\xaf\x27\x1c\0\0"), Err(InspectError::Archive { .. })));
        assert!(matches!(whole("a.npy", b"\x93NUMPY\x01\0"), Err(InspectError::NotServed { format: Format::Numpy })));
        assert!(matches!(whole("a.gguf", b"GGUF\x03\0\0\0"), Err(InspectError::NotServed { format: Format::Gguf })));
        assert!(matches!(whole("spiece.model", b"\x00\x01\x02\x03"), Err(InspectError::Unrecognised)));
    }

    #[test]
    fn code_is_refused_by_name() {
        for path in ["modeling.py", "a/B.PY", "native.so", "run.sh"] {
            assert!(matches!(whole(path, b"x = 1\n"), Err(InspectError::Code { .. })), "{path}");
        }
    }

    #[test]
    fn name_and_content_must_agree() {
        for (path, bytes) in [
            ("model.safetensors", b"{}".to_vec()),
            ("weights.bin", one_tensor()),
            ("logo.png", b"text".to_vec()),
            ("config.json", b"not json".to_vec()),
            ("model.safetensors", Vec::new()),
        ] {
            assert!(matches!(whole(path, &bytes), Err(InspectError::ExtensionMismatch { .. })), "{path}");
        }
    }

    #[test]
    fn a_prefix_that_is_not_the_promised_one_is_refused() {
        assert!(matches!(refusal("a.txt", b"abc", 10), Err(InspectError::PrefixTooShort { expected: 10, got: 3 })));
        assert!(matches!(refusal("a.txt", b"abc", 2), Err(InspectError::PrefixTooShort { .. })));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), path in "\\PC{0,24}") {
            let _ = whole(&path, &bytes);
        }

        #[test]
        fn damaged_safetensors_never_panic(index in 0_usize..70, byte in any::<u8>(), cut in 0_usize..71) {
            let mut bytes = one_tensor();
            let index = index % bytes.len();
            bytes[index] = byte;
            let _ = whole("model.safetensors", &bytes);
            bytes.truncate(cut);
            let _ = whole("model.safetensors", &bytes);
        }

        #[test]
        fn arbitrary_headers_never_panic(header in "\\{[\"a-z:\\[\\],0-9{}_ ]{0,80}", tail in 0_usize..32) {
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend_from_slice(header.as_bytes());
            bytes.resize(bytes.len() + tail, 0);
            let _ = whole("model.safetensors", &bytes);
        }

        #[test]
        fn arbitrary_opcodes_never_panic(bytes in proptest::collection::vec(
            prop::sample::select(b"(.0N12RabdeloSIVcips\n'\x80\x93\x85\x8cX".to_vec()), 0..200)) {
            let _ = whole("a", &bytes);
        }
    }
}
