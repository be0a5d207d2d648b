//! Every reason for which inspection refuses a file.

use super::Format;

/// Why a file may not enter the registry; carries the facts, the caller knows the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// Pickles run code when they are loaded.
    #[error("the content is a Python pickle, which can run code when loaded; convert the weights to safetensors")]
    Pickle,
    /// An archive hides its content from inspection.
    #[error("the content is a {format} archive, which cannot be inspected; upload the files inside it one by one")]
    Archive {
        /// The kind of archive found.
        format: Format,
    },
    /// A known format that no loader of this server reads.
    #[error("{format} files are not served yet; convert the weights to safetensors")]
    NotServed {
        /// The format found.
        format: Format,
    },
    /// Binary content of a format nobody here can parse.
    #[error(
        "the content has no format this server can inspect; leave the file out or convert it to safetensors, JSON or text"
    )]
    Unrecognised,
    /// Source or machine code.
    #[error("`.{extension}` files hold code, and code is never run here; leave the file out")]
    Code {
        /// The extension, in lower case.
        extension: String,
    },
    /// The configuration asks the loader to run code from the repository.
    #[error("`auto_map` asks loaders to run code from the repository; remove it from the file")]
    RemoteCode,
    /// The name promises another format than the content has.
    #[error("the name ends in `.{extension}` but the content is {format}; rename the file or replace its content")]
    ExtensionMismatch {
        /// The extension, in lower case.
        extension: String,
        /// The format found.
        format: Format,
    },
    /// The caller passed fewer bytes than it promised.
    #[error("inspection needs the first {expected} bytes of the file and got {got}; upload the file again")]
    PrefixTooShort {
        /// Bytes that inspection needs.
        expected: u64,
        /// Bytes that it got.
        got: u64,
    },
    /// The header of a safetensors file is longer than allowed.
    #[error(
        "the safetensors header has {found} bytes, more than the {limit} allowed; split the file or shorten its metadata"
    )]
    HeaderTooLong {
        /// Bytes announced.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The file ends before its header does.
    #[error("the safetensors header announces {announced} bytes but the file has {available}; upload the file again")]
    HeaderTruncated {
        /// Bytes announced, with the length field.
        announced: u64,
        /// Bytes of the file.
        available: u64,
    },
    /// The header is not the JSON that safetensors prescribes.
    #[error("the safetensors header is malformed ({detail}); write the file again with a current safetensors library")]
    HeaderMalformed {
        /// What the parser said.
        detail: String,
    },
    /// Two tensors, or two metadata blocks, share a name.
    #[error("the safetensors header names `{name}` twice; give each tensor its own name")]
    DuplicateName {
        /// The name found twice.
        name: String,
    },
    /// Tensors overlap, leave gaps or disagree with their shapes.
    #[error(
        "the safetensors offsets are inconsistent ({detail}); write the file again with a current safetensors library"
    )]
    Offsets {
        /// What does not fit.
        detail: String,
    },
    /// The tensors do not cover the file exactly.
    #[error("the safetensors header describes {described} bytes but the file has {actual}; upload the file again")]
    LengthMismatch {
        /// Bytes that length field, header and tensors add up to.
        described: u64,
        /// Bytes of the file.
        actual: u64,
    },
    /// JSON that does not parse.
    #[error("the file is not valid JSON ({detail}); correct it and upload again")]
    JsonMalformed {
        /// What the parser said, with line and column.
        detail: String,
    },
    /// A file that must be read whole is too long for that.
    #[error("the file has {found} bytes, more than the {limit} allowed for its kind; shorten it")]
    TooLong {
        /// Bytes found.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A chat template that could leave its sandbox.
    #[error("the chat template uses `{pattern}`, which can reach the interpreter; remove it from the template")]
    UnsafeTemplate {
        /// The construct found.
        pattern: &'static str,
    },
}
