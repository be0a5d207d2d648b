//! Inspection of a data set: every row of every data file is read before the version becomes visible.

use chancery_base::problem::Problem;

use super::{Archive, inspection::Inspected, session::OpenUpload};

impl Archive {
    pub(super) fn inspect_data(&self, open: &OpenUpload) -> Result<Inspected, Problem> {
        let files = open.manifest.files().iter().map(|file| self.inspect_file(open, file));
        Ok(Inspected { files: files.collect::<Result<Vec<_>, _>>()?, architecture: None, profile: None })
    }
}
