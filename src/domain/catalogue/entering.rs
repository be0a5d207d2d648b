//! Writing the catalogue: in the act that registers a version or changes its status, and at the start for what came before.

use chancery_base::{
    db::{Database, Error, Tx},
    problem::Problem,
    values::{ModelId, Selector, Sha256Digest},
};

use super::{
    datasets::{dataset_id, title},
    rows::{self, Kind, Mention},
    words::{plain, terms},
};
use crate::{
    artifacts::{self, Headline, Model, Version, Visibility},
    passport::Document,
};

/// Who finds what everybody may know of.
pub(super) const EVERYBODY: &str = "*";
/// Held while something is entered, so that no term is written twice. The number is ours and arbitrary.
const ENTERING_LOCK: i64 = 0x4348_414e_0401;
/// Models that are entered in one act at the start.
const AT_ONCE: u32 = 50;

/// Brings what listings show of a model up to date: its versions, their status or who may know of it changed.
///
/// Errors: the database; there is no such model or it has no version.
pub fn enter_model(tx: &mut Tx<'_>, id: ModelId) -> Result<(), Problem> {
    tx.lock_exclusively(ENTERING_LOCK)?;
    let model = artifacts::find_model_by_id(tx, id)?.ok_or(Error::NotFound)?;
    let (newest, _) = artifacts::find_version_head(tx, id, &Selector::Latest)?.ok_or(Error::NotFound)?;
    let version = artifacts::find_version_by_id(tx, newest)?.ok_or(Error::NotFound)?;
    let document = read(&model, &version);
    let headline = Headline {
        status: version.status,
        number: version.number,
        summary: document.as_ref().map(|document| document.summary().to_owned()).unwrap_or_default(),
        licence: document.as_ref().and_then(Document::licence).map(ToString::to_string).unwrap_or_default(),
    };
    artifacts::set_headline(tx, &model, &headline)?;
    for audience in audiences(&model) {
        add_terms(tx, Kind::of(model.kind), &audience, &model.name.to_string(), &id.to_string())?;
    }
    if rows::has_other_visibility(tx, id, model.visibility)? {
        rows::set_visibility(tx, id, model.visibility)?;
        for (dataset, name, version) in rows::datasets_of_models(tx, &[id])? {
            add_dataset(tx, &model, dataset, &title(&name, &version))?;
        }
    }
    Ok(())
}

/// Enters the data sets that a new version of `model` was trained on.
///
/// Errors: the database.
pub fn enter_version(tx: &mut Tx<'_>, model: &Model, version: &Version) -> Result<(), Problem> {
    tx.lock_exclusively(ENTERING_LOCK)?;
    let document = read(model, version);
    let datasets = document.as_ref().and_then(Document::passport).map(|passport| passport.datasets.clone());
    for (position, dataset) in (0..).zip(datasets.unwrap_or_default()) {
        let digest = dataset_id(&dataset.name, &dataset.version);
        add_dataset(tx, model, digest, &dataset.title())?;
        let mention = Mention {
            version: version.id,
            position,
            model: model.id,
            model_name: model.name.clone(),
            version_number: version.number,
            owner: model.owner,
            visibility: model.visibility,
            dataset: digest,
            name: dataset.name,
            dataset_version: dataset.version,
            licence: dataset.licence,
            acquisition: dataset.acquisition,
            privacy: dataset.privacy.class,
        };
        rows::insert_mention(tx, &mention)?;
    }
    Ok(())
}

/// Enters the models that were registered before there was a catalogue.
///
/// Errors: the database.
pub fn catch_up(database: &Database) -> Result<(), Problem> {
    while database.act(enter_some)? {}
    Ok(())
}

/// Enters some of the models that are not there yet; whether there were any.
fn enter_some(tx: &mut Tx<'_>) -> Result<bool, Problem> {
    tx.lock_exclusively(ENTERING_LOCK)?;
    let missing = artifacts::models_without_headline(tx, AT_ONCE)?;
    for id in &missing {
        let model = artifacts::find_model_by_id(tx, *id)?.ok_or(Error::NotFound)?;
        let mut after = 0;
        while let [version] = artifacts::versions_of(tx, *id, after, 1)?.as_slice() {
            enter_version(tx, &model, version)?;
            after = version.number;
        }
        enter_model(tx, *id)?;
    }
    Ok(!missing.is_empty())
}

/// The papers as they are stored. What cannot be read shows as nothing; whoever looks at the version is told.
fn read(model: &Model, version: &Version) -> Option<Document> {
    Document::parse_json(model.kind, version.passport.as_bytes()).ok()
}

fn audiences(model: &Model) -> Vec<String> {
    let everybody = (model.visibility == Visibility::Listed).then(|| EVERYBODY.to_owned());
    everybody.into_iter().chain([model.owner.to_string()]).collect()
}

fn add_dataset(tx: &mut Tx<'_>, model: &Model, dataset: Sha256Digest, title: &str) -> Result<(), Problem> {
    for audience in audiences(model) {
        add_terms(tx, Kind::Dataset, &audience, title, &dataset.to_string())?;
        rows::add_term(tx, Kind::Title, &audience, &plain(title), &dataset.to_string())?;
    }
    Ok(())
}

fn add_terms(tx: &mut Tx<'_>, kind: Kind, audience: &str, name: &str, subject: &str) -> Result<(), Problem> {
    terms(name).iter().try_for_each(|term| Ok(rows::add_term(tx, kind, audience, term, subject)?))
}
