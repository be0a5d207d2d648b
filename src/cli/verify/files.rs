//! The files of a folder against the manifest that was signed: each file by digest, and no file besides.

use std::{collections::BTreeSet, fs::File, path::Path};

use chancery_base::values::Sha256Digest;
use chancery_domain::artifacts::{Manifest, ManifestFile};

use crate::cli::{
    local::{self, LocalFile},
    message::say,
    output::Output,
    progress::Progress,
    verdict::Findings,
};

/// The word for this check in documents.
const CHECK: &str = "files";

/// Hashes every file in `folder` and names each that is missing, changed or not signed.
pub fn check(folder: &Path, manifest: &Manifest, output: &Output, findings: &mut Findings) {
    let Ok(found) = local::files(folder) else {
        return findings.unchecked(CHECK, say!("verify-folder", folder = folder.display()));
    };
    let progress = Progress::start(output, &say!("push-hashing"), found.iter().map(|file| file.size.0).sum());
    let faults = findings.list().len();
    for signed in manifest.files() {
        match found.iter().find(|file| file.path == signed.path) {
            Some(file) => check_file(file, signed, &progress, findings),
            None => findings.invalid(CHECK, say!("verify-file-missing", file = signed.path)),
        }
    }
    progress.finish();
    let signed: BTreeSet<_> = manifest.files().iter().map(|file| &file.path).collect();
    for extra in found.iter().filter(|file| !signed.contains(&file.path)) {
        findings.invalid(CHECK, say!("verify-file-unsigned", file = extra.path));
    }
    if findings.list().len() == faults {
        findings.valid(CHECK, say!("verify-files", count = manifest.files().len(), folder = folder.display()));
    }
}

fn check_file(file: &LocalFile, signed: &ManifestFile, progress: &Progress, findings: &mut Findings) {
    let opened = File::open(&file.location);
    match opened.and_then(|opened| Sha256Digest::of_stream(progress.reading(opened))) {
        Ok((sha256, size)) if sha256 == signed.sha256 && size == signed.size => {}
        Ok((sha256, _)) => {
            let changed = say!("verify-file-changed", file = file.path, expected = signed.sha256, found = sha256);
            findings.invalid(CHECK, changed);
        }
        Err(error) => findings.unchecked(CHECK, say!("file-unreadable", file = file.location.display(), cause = error)),
    }
}
