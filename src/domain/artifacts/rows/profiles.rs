//! Rows of what was found in data sets.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::VersionId,
};
use diesel::prelude::*;

diesel::table! {
    dataset_profiles (version_id) {
        version_id -> Text,
        profile -> Text,
    }
}

/// Writes what was found in the rows of a data set's version, as JSON.
pub fn insert_profile(tx: &mut Tx<'_>, version: VersionId, profile: &str) -> Result<(), Error> {
    let row = (dataset_profiles::version_id.eq(version.to_string()), dataset_profiles::profile.eq(profile));
    diesel::insert_into(dataset_profiles::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// What was found in the rows of a data set's version, as JSON; nothing for a model.
pub fn profile_of(connection: &mut AnyConnection, version: VersionId) -> Result<Option<String>, Error> {
    let row = dataset_profiles::table.find(version.to_string()).select(dataset_profiles::profile);
    Ok(row.first(connection).optional()?)
}
