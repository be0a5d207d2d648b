//! Rows of what is found by the beginning of a word.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::ArtifactKind,
};
use diesel::{dsl::exists, prelude::*};

use crate::documents::codes;

diesel::table! {
    catalogue_terms (kind, audience, term, subject) {
        kind -> Text,
        audience -> Text,
        term -> Text,
        subject -> Text,
    }
}

codes! {
    /// What a term leads to.
    Kind {
        /// From a word of a model's name, to the model.
        Model = "model",
        /// From a word of a registered data set's name, to it.
        RegisteredDataset = "registered-dataset",
        /// From a word of the title of a data set that passports name, to that data set.
        Dataset = "dataset",
        /// From the whole title of such a data set: what listings are in order of.
        Title = "title",
    }
}

impl Kind {
    /// From a word of the name of a registered artifact, to it.
    #[must_use]
    pub const fn of(kind: ArtifactKind) -> Self {
        match kind {
            ArtifactKind::Model => Self::Model,
            ArtifactKind::Dataset => Self::RegisteredDataset,
        }
    }
}

/// Writes a term, unless it is there. The caller keeps others from writing the same one meanwhile.
pub fn add_term(tx: &mut Tx<'_>, kind: Kind, audience: &str, term: &str, subject: &str) -> Result<(), Error> {
    let row = catalogue_terms::table.find((kind.code(), audience, term, subject));
    if diesel::select(exists(row)).get_result(&mut **tx)? {
        return Ok(());
    }
    diesel::insert_into(catalogue_terms::table)
        .values((
            catalogue_terms::kind.eq(kind.code()),
            catalogue_terms::audience.eq(audience),
            catalogue_terms::term.eq(term),
            catalogue_terms::subject.eq(subject),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// At most `limit` terms that begin with `beginning`, after the one given, in order: each with what it leads to.
pub fn terms_between(
    connection: &mut AnyConnection,
    kind: Kind,
    audience: &str,
    beginning: &str,
    (after, subject): (&str, &str),
    limit: u32,
) -> Result<Vec<(String, String)>, Error> {
    let last = format!("{beginning}{}", char::MAX);
    // Two conditions, so that the index is entered where the page begins.
    let beyond = catalogue_terms::term.gt(after).or(catalogue_terms::subject.gt(subject));
    let rows = catalogue_terms::table
        .filter(catalogue_terms::kind.eq(kind.code()))
        .filter(catalogue_terms::audience.eq(audience))
        .filter(catalogue_terms::term.ge(beginning.max(after)))
        .filter(catalogue_terms::term.le(last))
        .filter(beyond)
        .order((catalogue_terms::term, catalogue_terms::subject))
        .limit(limit.into())
        .select((catalogue_terms::term, catalogue_terms::subject));
    Ok(rows.load(connection)?)
}
