//! Rows of models, versions, blobs and uploads; one file per thing.

mod blobs;
mod columns;
mod contents;
mod models;
mod preparations;
mod profiles;
mod showcase;
mod uploads;
mod versions;

pub use blobs::{
    blob_names, blobs_of, delete_blob, destroy_blob, find_blob, find_blob_by_digest, insert_blob,
    is_blob_needed_beside, is_blob_referenced, replace_envelope,
};
pub use contents::{files_of, parents_of};
pub use models::{
    find_model, find_model_by_id, insert_model, list_models, models_named, raise_model_epoch, set_visibility,
};
pub use preparations::{
    delete_prepared_files, end_preparation, expired_preparations, find_preparation, forget_preparations_of,
    insert_preparation, insert_prepared_file, preparations_of, preparations_that_made, preparations_under_way,
    prepared_files, touch_preparation,
};
pub use profiles::{insert_profile, profile_of};
pub use showcase::{models_without_headline, set_headline, show_models};
pub use uploads::{
    delete_upload, delete_upload_file, expired_uploads, find_upload, finish_upload, insert_upload, insert_upload_file,
    upload_files_of,
};
pub use versions::{
    aliases_of, change_status, find_version, find_version_by_id, find_version_head, highest_number, insert_version,
    newest_in_use_but, set_alias, signed_by, version_by_manifest, version_count, version_epoch, versions_of,
    versions_signed_by,
};
