//! An audit pack as one file: a ZIP archive of its files as they are, not compressed, without times, so that the same pack is the
//! same archive.
//!
//! A ZIP archive can be made to show different files to different programs. What is read here is therefore written again and
//! compared: only an archive in exactly the form that is written here counts.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::pack::{AuditPack, PACK_FILES};

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no ZIP archive, or a damaged one.
    #[error("this is not an audit pack's archive: {0}; download it again")]
    Malformed(#[from] ZipError),
    /// It holds what a pack does, but not in the form in which packs are written.
    #[error(
        "this archive was packed by another program, so other programs may see other files in it; unpack it and verify the folder"
    )]
    OtherForm,
}

impl From<std::io::Error> for ArchiveError {
    fn from(error: std::io::Error) -> Self {
        Self::Malformed(error.into())
    }
}

impl AuditPack {
    /// The pack as a ZIP archive.
    ///
    /// # Errors
    /// [`ArchiveError::Malformed`] for a pack that is too large for one.
    pub fn to_zip(&self) -> Result<Vec<u8>, ArchiveError> {
        written(self.files.iter().map(|file| (file.name.as_str(), file.text.as_bytes())))
    }
}

/// The files of an archive that [`AuditPack::to_zip`] wrote.
///
/// # Errors
/// What is not such an archive.
pub fn read_archive(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    let mut opened = ZipArchive::new(Cursor::new(archive))?;
    let mut files = BTreeMap::new();
    for name in PACK_FILES {
        let mut content = Vec::new();
        // Nothing is compressed, so no file is larger than the whole.
        opened.by_name(name)?.take(archive.len() as u64).read_to_end(&mut content)?;
        files.insert(name.to_owned(), content);
    }
    let in_order = PACK_FILES.iter().filter_map(|name| Some((*name, files.get(*name)?.as_slice())));
    if written(in_order)? == archive { Ok(files) } else { Err(ArchiveError::OtherForm) }
}

fn written<'file>(files: impl Iterator<Item = (&'file str, &'file [u8])>) -> Result<Vec<u8>, ArchiveError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    for (name, content) in files {
        writer.start_file(name, options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::{super::pack::PackFile, *};

    fn pack() -> AuditPack {
        let file = |name: &&str| PackFile { name: (*name).to_owned(), text: format!("what {name} says") };
        AuditPack { files: PACK_FILES.iter().map(file).collect(), entries: 0 }
    }

    #[test]
    fn a_pack_goes_through_an_archive_unchanged() {
        let (zip, again) = (pack().to_zip().unwrap(), pack().to_zip().unwrap());
        assert_eq!(zip, again);
        let files = read_archive(&zip).unwrap();
        assert_eq!(files["audit.csv"], b"what audit.csv says");
        assert_eq!(files.len(), PACK_FILES.len());
    }

    #[test]
    fn only_the_one_form_is_read() {
        let zip = pack().to_zip().unwrap();
        let mut trailed = zip.clone();
        trailed.push(0);
        let mut stamped = zip.clone();
        stamped[10] ^= 1;
        for changed in [trailed, [b"x".as_slice(), &zip].concat(), stamped, zip[..zip.len() - 1].to_vec(), Vec::new()] {
            assert!(read_archive(&changed).is_err());
        }
        let more = written([("audit.csv", b"x".as_slice()), ("evil.csv", b"y")].into_iter()).unwrap();
        assert!(read_archive(&more).is_err());
    }
}
