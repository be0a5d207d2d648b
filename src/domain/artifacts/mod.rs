//! Artifacts: what exists. Models, their registered versions and files, what each came from, and uploads on their way in.
//!
//! A version and its files never change once registered; what changes is its status (with its epoch, so that whoever keeps
//! something of it in memory notices) and which aliases point to it. Nothing here opens a blob or checks a signature.

mod manifest;
mod model;
mod preparation;
mod rows;
mod showcase;
mod upload;
mod version;

pub use manifest::{MAX_FILE_BYTES, MAX_FILES, Manifest, ManifestError, ManifestFile};
pub use model::{Model, Visibility};
pub use preparation::{Preparation, PreparationState, PreparedFile};
pub use rows::{
    aliases_of, blob_names, blobs_of, change_status, delete_blob, delete_prepared_files, delete_upload,
    delete_upload_file, destroy_blob, end_preparation, expired_preparations, expired_uploads, files_of, find_blob,
    find_blob_by_digest, find_model, find_model_by_id, find_preparation, find_upload, find_version, find_version_by_id,
    find_version_head, finish_upload, forget_preparations_of, highest_number, insert_blob, insert_model,
    insert_preparation, insert_prepared_file, insert_profile, insert_upload, insert_upload_file, insert_version,
    is_blob_needed_beside, is_blob_referenced, list_models, models_named, models_without_headline, newest_in_use_but,
    parents_of, preparations_of, preparations_that_made, preparations_under_way, prepared_files, profile_of,
    raise_model_epoch, replace_envelope, set_alias, set_headline, set_visibility, show_models, signed_by,
    touch_preparation, upload_files_of, version_by_manifest, version_count, version_epoch, versions_of,
    versions_signed_by,
};
pub use showcase::{Among, Beyond, Headline, ShownModel};
pub use upload::{Blob, Upload, UploadFile};
pub use version::{Version, VersionFile, VersionParent, VersionStatus};

#[cfg(test)]
mod tests;
