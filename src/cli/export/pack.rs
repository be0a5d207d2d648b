//! An audit pack on this machine: written as the server sends it, file by file, and read back to be checked.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

use chancery_base::{logs::Trust, values::Slug};
use chancery_domain::reports::{PACK_FILES, PackFile, read_archive, verify_audit_pack};

use crate::cli::{error::CliError, message::say, verdict::Findings};

/// Longest line that is read, in bytes: one file of a pack as JSON.
const LONGEST_LINE: u64 = 1 << 30;
/// Largest archive that is read, in bytes.
const LARGEST_ARCHIVE: u64 = 4 << 30;
/// The file with one line for each entry.
const OPENINGS: &str = "openings.jsonl";
/// The word for this check in documents.
const CHECK: &str = "pack";

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The names of the files.
    pub files: Vec<String>,
    /// How many entries are in them.
    pub entries: usize,
}

/// Writes the files to `folder` as they come, one a line.
///
/// # Errors
/// [`CliError::Local`] if a file is none of a pack's, cannot be written, or does not come.
pub fn write(folder: &Path, pack: impl Read) -> Result<Written, CliError> {
    fs::create_dir_all(folder).map_err(|error| CliError::unwritable(folder, &error))?;
    let mut lines = BufReader::new(pack);
    let mut written = Written::default();
    while let Some(file) = next_file(&mut lines)? {
        let path = folder.join(&file.name);
        let unwritable = |error| CliError::unwritable(&path, &error);
        let mut opened = File::create_new(&path).map_err(unwritable)?;
        opened.write_all(file.text.as_bytes()).and_then(|()| opened.sync_all()).map_err(unwritable)?;
        if file.name == OPENINGS {
            written.entries = file.text.lines().count();
        }
        written.files.push(file.name);
    }
    if PACK_FILES.iter().all(|name| written.files.iter().any(|written| written == name)) {
        Ok(written)
    } else {
        Err(broken_off(&"files are missing"))
    }
}

/// Checks the pack in a folder, or in the archive that the pages give, against pinned keys.
///
/// # Errors
/// [`CliError::Local`] if it cannot be read.
pub fn check(place: &Path, trust: &Trust, findings: &mut Findings) -> Result<(), CliError> {
    let files = if place.is_file() { archived(place)? } else { in_folder(place, findings)? };
    match verify_audit_pack(&files, trust) {
        Ok(pack) => {
            if !pack.parties.is_empty() {
                let parties: Vec<&str> = pack.parties.iter().map(Slug::as_str).collect();
                findings.valid(CHECK, say!("export-confined", parties = parties.join(", ")));
            }
            let sound =
                say!("export-sound", party = pack.party, from = pack.from, to = pack.to, entries = pack.entries);
            findings.valid(CHECK, sound);
        }
        Err(error) if error.is_inconclusive() => findings.unchecked(CHECK, say!("value", cause = error)),
        Err(error) => findings.invalid(CHECK, say!("value", cause = error)),
    }
    Ok(())
}

fn in_folder(folder: &Path, findings: &mut Findings) -> Result<BTreeMap<String, Vec<u8>>, CliError> {
    let mut files = BTreeMap::new();
    for name in PACK_FILES {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(|error| CliError::unreadable(&path, &error).while_verifying())?;
        files.insert(name.to_owned(), bytes);
    }
    for stray in strays(folder)? {
        findings.invalid(CHECK, say!("export-stray", file = stray));
    }
    Ok(files)
}

fn archived(archive: &Path) -> Result<BTreeMap<String, Vec<u8>>, CliError> {
    let unreadable = |error: io::Error| CliError::unreadable(archive, &error).while_verifying();
    let mut bytes = Vec::new();
    File::open(archive).map_err(unreadable)?.take(LARGEST_ARCHIVE).read_to_end(&mut bytes).map_err(unreadable)?;
    read_archive(&bytes).map_err(|error| CliError::unverifiable(say!("value", cause = error)))
}

/// What else lies in the folder: nobody signed it, and whoever reads the pack would take it for part of it.
fn strays(folder: &Path) -> Result<Vec<String>, CliError> {
    let unreadable = |error: std::io::Error| CliError::unreadable(folder, &error).while_verifying();
    let mut strays = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if !PACK_FILES.contains(&name.as_str()) {
            strays.push(name);
        }
    }
    strays.sort();
    Ok(strays)
}

/// The next file. A name that is none of a pack's is refused: it could lead out of the folder.
fn next_file(lines: &mut impl BufRead) -> Result<Option<PackFile>, CliError> {
    let mut line = Vec::new();
    lines.take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(|error| broken_off(&error))?;
    if line.is_empty() {
        return Ok(None);
    }
    let file: PackFile = serde_json::from_slice(&line).map_err(|error| broken_off(&error))?;
    if PACK_FILES.contains(&file.name.as_str()) { Ok(Some(file)) } else { Err(broken_off(&"an unknown file")) }
}

fn broken_off(cause: &dyn std::fmt::Display) -> CliError {
    CliError::failure(say!("export-broke-off", cause = cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{error::Exit, verdict::Verdict};

    fn line(name: &str) -> String {
        serde_json::json!({ "name": name, "text": "x" }).to_string() + "\n"
    }

    #[test]
    fn a_pack_is_written_whole_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let whole: String = PACK_FILES.iter().map(|name| line(name)).collect();
        assert_eq!(write(folder.path(), whole.as_bytes()).unwrap().files, PACK_FILES);
        assert!(write(folder.path(), whole.as_bytes()).is_err(), "nothing is overwritten");
        let other = tempfile::tempdir().unwrap();
        for refused in [line("audit.csv"), line("../audit.csv"), "{".to_owned(), String::new()] {
            assert_eq!(write(other.path(), refused.as_bytes()).unwrap_err().exit(), Exit::Failure, "{refused}");
        }
        assert!(!other.path().join("../audit.csv").exists());
    }

    #[test]
    fn what_nobody_signed_is_never_valid() {
        let folder = tempfile::tempdir().unwrap();
        let mut findings = Findings::default();
        let absent = check(folder.path(), &Trust::default(), &mut findings).unwrap_err();
        assert_eq!(absent.exit(), Exit::Unverifiable);
        PACK_FILES.iter().for_each(|name| fs::write(folder.path().join(name), "x").unwrap());
        check(folder.path(), &Trust::default(), &mut findings).unwrap();
        assert_ne!(findings.verdict(), Verdict::Valid);
    }
}
