//! Looking through data sets. They are known by what passports say of them: two passports may say different things about data of
//! one name and version, and each is shown with who says it.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{Invalid, ModelId, ModelReference, PartyId, Selector, Sha256Digest, VersionId},
};

use super::{
    Found, PAGE,
    entering::EVERYBODY,
    rows::{self, Kind, Mention, Whose},
    words::{plain, terms},
};
use crate::{
    licensing::Grant,
    passport::{Acquisition, LicenceExpression, PrivacyClass},
};

/// What a data set is known by: the digest of its name and version.
pub type DatasetId = Sha256Digest;

/// What the data set of this name and version is known by.
#[must_use]
pub fn dataset_id(name: &str, version: &str) -> DatasetId {
    Sha256Digest::of_parts([name.as_bytes(), version.as_bytes()])
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct DatasetQuery {
    /// Beginnings of words of name and version; all where it says nothing.
    pub words: String,
    /// What the page before ended with ([`Found::next`]).
    pub after: Option<String>,
}

/// A data set with what the newest passport that names it says.
#[derive(Debug, Clone)]
pub struct ShownDataset {
    /// Its identity.
    pub id: DatasetId,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What is said of it.
    pub declared: DeclaredDataset,
}

impl ShownDataset {
    fn of(id: DatasetId, newest: Mention) -> Self {
        Self { id, name: newest.name.clone(), version: newest.dataset_version.clone(), declared: newest.into() }
    }

    /// What people call it: name and version.
    #[must_use]
    pub fn title(&self) -> String {
        title(&self.name, &self.version)
    }
}

/// What one version's passport says of a data set.
#[derive(Debug, Clone)]
pub struct DeclaredDataset {
    /// The version that was trained on it.
    pub by: ModelReference,
    /// Its licence, if one is named.
    pub licence: Option<LicenceExpression>,
    /// How it was obtained.
    pub acquisition: Acquisition,
    /// What personal data it holds.
    pub privacy: PrivacyClass,
    version_id: VersionId,
}

impl From<Mention> for DeclaredDataset {
    fn from(mention: Mention) -> Self {
        Self {
            by: ModelReference { model: mention.model_name, selector: Selector::Number(mention.version_number) },
            licence: mention.licence,
            acquisition: mention.acquisition,
            privacy: mention.privacy,
            version_id: mention.version,
        }
    }
}

/// A data set's name as it is searched for and listed by.
pub(super) fn title(name: &str, version: &str) -> String {
    format!("{name} {version}")
}

/// Where a data set stands in a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Place {
    term: String,
    subject: String,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.subject, self.term)
    }
}

impl Place {
    fn parse(cursor: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new(cursor, "a cursor of this listing");
        let (subject, term) = cursor.split_once(' ').ok_or_else(refused)?;
        Ok(Self { term: term.to_owned(), subject: subject.to_owned() })
    }
}

/// A page of the data sets that models were trained on which `viewer` may know of, by name.
///
/// Errors: a cursor that was not given out here; the database.
pub fn find_datasets(
    connection: &mut AnyConnection,
    viewer: PartyId,
    query: &DatasetQuery,
) -> Result<Found<ShownDataset>, Problem> {
    let after = query.after.as_deref().map(Place::parse).transpose();
    let after = after.map_err(|invalid| Problem::from(invalid).at("after"))?.unwrap_or_default();
    let sought = plain(&query.words);
    if sought.is_empty() && !query.words.trim().is_empty() {
        // No name holds what was said.
        return Ok(Found { items: Vec::new(), next: None, is_cut_short: false });
    }
    let offered = Grant::models_of_licensee(connection, viewer)?;
    let mut places = places(connection, viewer, &sought, &after)?;
    for (id, name, version) in rows::datasets_of_models(connection, &offered)? {
        let term = first_term(&title(&name, &version), &sought);
        places.extend(term.map(|term| Place { term, subject: id.to_string() }));
    }
    places.retain(|place| *place > after);
    places.sort();
    places.dedup();
    let page = Found::cut(places, false, ToString::to_string);
    let mut items = Vec::new();
    for place in page.items {
        let id: DatasetId = place.subject.parse()?;
        // A term may outlast the last passport that the viewer may see, and several may lead to one data set.
        let newest = declarations(connection, viewer, &offered, id, None, 1)?.into_iter().next();
        let newest = newest.map(|mention| ShownDataset::of(id, mention));
        items.extend(newest.filter(|shown| first_term(&shown.title(), &sought).as_ref() == Some(&place.term)));
    }
    Ok(Found { items, next: page.next, is_cut_short: false })
}

/// What a data set is found at: the first of its terms that begin with `sought`, or its title where nothing is sought.
fn first_term(title: &str, sought: &str) -> Option<String> {
    if sought.is_empty() {
        return Some(plain(title));
    }
    terms(title).into_iter().find(|term| term.starts_with(sought))
}

/// The places behind `after` that everybody and the viewer's party find by `sought`, one more than a page holds of each.
fn places(connection: &mut AnyConnection, viewer: PartyId, sought: &str, after: &Place) -> Result<Vec<Place>, Problem> {
    let kind = if sought.is_empty() { Kind::Title } else { Kind::Dataset };
    let (after, mut places) = ((after.term.as_str(), after.subject.as_str()), Vec::new());
    for audience in [EVERYBODY, &viewer.to_string()] {
        let rows = rows::terms_between(connection, kind, audience, sought, after, PAGE + 1)?;
        places.extend(rows.into_iter().map(|(term, subject)| Place { term, subject }));
    }
    Ok(places)
}

/// A data set, and a page of what passports that `viewer` may see say of it, the newest first.
///
/// Errors: no passport that the viewer may see names it; a cursor that was not given out here; the database.
pub fn show_dataset(
    connection: &mut AnyConnection,
    viewer: PartyId,
    id: DatasetId,
    after: Option<&str>,
) -> Result<(ShownDataset, Found<DeclaredDataset>), Problem> {
    let before: Option<VersionId> =
        after.map(str::parse).transpose().map_err(|invalid| Problem::from(invalid).at("after"))?;
    let offered = Grant::models_of_licensee(connection, viewer)?;
    let newest = declarations(connection, viewer, &offered, id, None, 1)?.into_iter().next();
    let newest = newest.ok_or_else(|| Problem::not_found("data set"))?;
    let mentions = declarations(connection, viewer, &offered, id, before, PAGE + 1)?;
    let declared: Vec<DeclaredDataset> = mentions.into_iter().map(DeclaredDataset::from).collect();
    let shown = ShownDataset::of(id, newest);
    Ok((shown, Found::cut(declared, false, |declared| declared.version_id.to_string())))
}

/// At most `limit` passports that `viewer` may see and that name `dataset`, the newest first, older than `before`.
fn declarations(
    connection: &mut AnyConnection,
    viewer: PartyId,
    offered: &[ModelId],
    dataset: DatasetId,
    before: Option<VersionId>,
    limit: u32,
) -> Result<Vec<Mention>, Problem> {
    let mut found = BTreeMap::new();
    for whose in [Whose::Everybodys, Whose::Of(viewer), Whose::These(offered)] {
        let mentions = rows::mentions(connection, dataset, whose, before, limit)?;
        found.extend(mentions.into_iter().map(|mention| (Reverse((mention.version, mention.position)), mention)));
    }
    Ok(found.into_values().take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
}
