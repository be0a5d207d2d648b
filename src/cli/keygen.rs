//! `chancery keygen`: an Ed25519 key in a file only its owner can read (PKCS#8 PEM, RFC 8410).

use std::{fs::OpenOptions, io::Write, path::PathBuf};

use chancery_base::crypto::SigningKey;
use clap::Args;
use serde_json::json;

use super::{
    context::Context,
    directories::make_private_parent,
    error::{CliError, Exit},
    message::say,
};

/// Where the key goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery keygen
  chancery keygen --out ./acme.pem")]
pub struct Arguments {
    /// File to write; an existing file is never overwritten [default: signing-key.pem in the configuration folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Makes the key and prints its public half.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let file = arguments.out.clone().unwrap_or_else(|| context.directories.signing_key());
    let key = SigningKey::generate(&context.entropy);
    write_new(&file, key.to_pem().as_bytes())?;
    let public = key.verifying_key();
    let fingerprint = public.fingerprint();
    let document = json!({ "file": file, "fingerprint": fingerprint, "public_key": public });
    context.output.result(&document, |words| {
        words.say(&say!("keygen", file = file.display(), fingerprint = fingerprint, public = public))
    })?;
    Ok(Exit::Success)
}

/// Writes a file that did not exist, readable by its owner alone from its first moment on.
fn write_new(file: &PathBuf, contents: &[u8]) -> Result<(), CliError> {
    let unwritable = |error| CliError::unwritable(file, &error);
    make_private_parent(file).map_err(unwritable)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => CliError::failure(say!("keygen-exists", file = file.display())),
        _ => unwritable(error),
    })?;
    opened.write_all(contents).and_then(|()| opened.sync_all()).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("key.pem");
        write_new(&file, b"first").unwrap();
        assert_eq!(write_new(&file, b"second").unwrap_err().exit(), Exit::Failure);
        assert_eq!(std::fs::read(&file).unwrap(), b"first");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        }
    }
}
