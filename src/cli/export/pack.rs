//! The folder an export is: one line of JSON for each leaf, in the order of the log, as the server gave it.
//!
//! A line is a receipt with its opening, so each can be checked by itself and against pinned keys.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use chancery_base::logs::Trust;

use crate::cli::{
    error::CliError,
    message::say,
    receipt::{self, ReceiptDocument},
    verdict::{Findings, Verdict},
};

/// The file of leaves.
const LEAVES: &str = "leaves.ndjson";
/// Longest line that is read, in bytes: an entry, its opening and its proof.
const LONGEST_LINE: u64 = 4 << 20;
/// The word for this check in documents.
const CHECK: &str = "entries";

/// Writes the leaves to `folder` as they come, and answers how many there were.
///
/// # Errors
/// [`CliError::Local`] if the folder cannot be written, or the leaves break off.
pub fn write(folder: &Path, leaves: impl Read) -> Result<u64, CliError> {
    fs::create_dir_all(folder).map_err(|error| CliError::unwritable(folder, &error))?;
    let path = folder.join(LEAVES);
    let unwritable = |error| CliError::unwritable(&path, &error);
    let mut file = BufWriter::new(File::create(&path).map_err(unwritable)?);
    let mut leaves = BufReader::new(leaves);
    let mut count = 0;
    while let Some(line) = next_line(&mut leaves, &path)? {
        file.write_all(&line).map_err(unwritable)?;
        count += 1;
    }
    file.flush().and_then(|()| file.get_ref().sync_all()).map_err(unwritable)?;
    Ok(count)
}

/// Checks every line of the export in `folder`: what it says opens its entry, and its entry is in the log.
///
/// # Errors
/// [`CliError::Local`] if it cannot be read.
pub fn check(folder: &Path, trust: &Trust, findings: &mut Findings) -> Result<(), CliError> {
    let path = folder.join(LEAVES);
    let file = File::open(&path).map_err(|error| CliError::unreadable(&path, &error).while_verifying())?;
    let mut lines = BufReader::new(file);
    let (mut count, mut unproved) = (0_u64, 0_u64);
    while let Some(line) = next_line(&mut lines, &path).map_err(CliError::while_verifying)? {
        count += 1;
        match judge(&line, trust) {
            Verdict::Valid => {}
            Verdict::Unchecked => unproved += 1,
            Verdict::Invalid => findings.invalid(CHECK, say!("export-line-wrong", line = count)),
        }
    }
    if unproved > 0 {
        findings.unchecked(CHECK, say!("export-unproved", unproved = unproved, entries = count));
    } else {
        findings.valid(CHECK, say!("export-checked", entries = count));
    }
    Ok(())
}

fn judge(line: &[u8], trust: &Trust) -> Verdict {
    let Ok(leaf) = serde_json::from_slice::<ReceiptDocument>(line) else { return Verdict::Invalid };
    let mut findings = Findings::default();
    receipt::check(&leaf, trust, &mut findings);
    findings.verdict()
}

/// The next line with its end, which every line must have: without it the export broke off.
fn next_line(source: &mut impl BufRead, path: &Path) -> Result<Option<Vec<u8>>, CliError> {
    let mut line = Vec::new();
    source
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)
        .map_err(|error| CliError::failure(say!("export-broke-off", file = path.display(), cause = error)))?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => {
            let cause = "the last line has no end";
            Err(CliError::failure(say!("export-broke-off", file = path.display(), cause = cause)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Exit;

    #[test]
    fn an_export_that_broke_off_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path(), "{}\n{}\n".as_bytes()).unwrap(), 2);
        assert_eq!(fs::read_to_string(folder.path().join(LEAVES)).unwrap(), "{}\n{}\n");
        let error = write(folder.path(), "{}\n{\"leaf".as_bytes()).unwrap_err();
        assert_eq!(error.exit(), Exit::Failure);
    }

    #[test]
    fn lines_that_are_not_leaves_are_named() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "{}\nnot a leaf\n".as_bytes()).unwrap();
        let mut findings = Findings::default();
        check(folder.path(), &Trust::default(), &mut findings).unwrap();
        assert_eq!(findings.verdict(), Verdict::Invalid);
        assert_eq!(findings.list()[0].detail, say!("export-line-wrong", line = 2));
    }
}
