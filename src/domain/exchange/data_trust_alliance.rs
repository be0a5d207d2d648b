//! A registered version as metadata of the Data & Trust Alliance's data provenance standard 1.0.0: Source, Provenance and Use.
//!
//! The schema that was published with it is not well-formed JSON, requires a property that it does not define, and refers to a
//! definition that cannot be found. `data-trust-alliance.schema.json` is ours: the same groups and names, with those three mended
//! and everything else refused. Of several parents only the first is named, because `source` takes one; Croissant has them all.

use chancery_base::values::Territory;
use serde_json::{Map, Value, json};

use super::{media::media_type, registered::RegisteredDataset};
use crate::passport::{Datasheet, PrivacyClass};

/// The version of the standard.
const VERSION: &str = "1.0.0";
/// Where the codes come from that the standard leaves to whoever writes it.
const OWN_CODES: &str = "chancery";

/// Writes a version as Data & Trust Alliance metadata 1.0.0.
#[must_use]
pub fn data_trust_alliance(version: &RegisteredDataset) -> Value {
    json!({"source": source(version), "provenance": provenance(version), "use": terms(&version.datasheet)})
}

fn source(version: &RegisteredDataset) -> Value {
    let datasheet = &version.datasheet;
    json!({
        "version": VERSION,
        "title": datasheet.dataset.title(),
        "id": version.id,
        "location": format!("{}/api/v1/datasets/{}/versions/v{}/data-trust-alliance", version.registry, version.name, version.number),
        "issuer": [{"name": version.publisher, "address": [datasheet.about.contact]}],
        "description": datasheet.about.summary,
    })
}

fn provenance(version: &RegisteredDataset) -> Value {
    let (dataset, terms) = (&version.datasheet.dataset, &version.datasheet.terms_of_use);
    let method = terms.generation_method.as_deref();
    let mut method = object([("description", method.map(Value::from)), ("system", Some(json!(OWN_CODES)))]);
    method.insert("code".to_owned(), json!(dataset.acquisition.code()));
    let parent = version.datasheet.parents.iter().find(|parent| parent.is_dataset());
    let parent = parent.map(|parent| json!(version.page_of(&parent.reference.model)));
    let period = terms.generated.as_ref().or(dataset.collected.as_ref());
    let formats = version.tables.iter().filter_map(|table| {
        let file = version.files.iter().find(|file| file.path == table.path)?;
        Some(media_type(file, Some(table)))
    });
    let formats: std::collections::BTreeSet<&str> = formats.collect();
    Value::Object(object([
        ("source", parent),
        ("origin", Some(json!([{"name": dataset.origin.name}]))),
        ("origin-geography", Some(places(&dataset.origin.geography))),
        ("date", Some(json!(version.issued()))),
        ("previous-date", terms.previously_issued.map(|day| json!(day))),
        ("generation-period", period.map(|period| json!({"start": period.from, "end": period.until}))),
        ("generation-method", Some(json!([method]))),
        ("format", (!formats.is_empty()).then(|| json!(formats))),
    ]))
}

fn terms(datasheet: &Datasheet) -> Value {
    let (terms, evidence) = (&datasheet.terms_of_use, &datasheet.evidence);
    let purposes = datasheet.about.intended_use.iter();
    let purposes: Value =
        purposes.map(|purpose| json!({"code": "intended-use", "description": purpose, "system": OWN_CODES})).collect();
    let enhancing = terms.privacy_enhancing.iter();
    let enhancing = enhancing.map(|technique| json!({"tool-category": {"code": technique}})).collect::<Vec<_>>();
    let texts = |text: Option<&str>| text.map(|text| json!([text]));
    Value::Object(object([
        ("classification", Some(classification(datasheet))),
        ("consents", texts(evidence.consent.as_deref())),
        ("privacy-enhancing", (!enhancing.is_empty()).then(|| json!(enhancing))),
        ("processing-included", some_places(&terms.processing_allowed)),
        ("processing-excluded", some_places(&terms.processing_forbidden)),
        ("storage-allowed", some_places(&terms.storage_allowed)),
        ("storage-forbidden", some_places(&terms.storage_forbidden)),
        ("license", texts(datasheet.dataset.licence.as_ref().map(|licence| licence.as_str()))),
        ("intended-purpose", Some(purposes)),
        ("copyright", texts(terms.copyright.as_deref())),
        ("patent", texts(terms.patent.as_deref())),
        ("trademark", texts(terms.trademark.as_deref())),
    ]))
}

/// What the owner says of personal data, and of confidentiality in classes of the owner's own.
fn classification(datasheet: &Datasheet) -> Value {
    let privacy = &datasheet.dataset.privacy;
    let said = match privacy.class {
        PrivacyClass::None => "no personal data",
        PrivacyClass::Personal => "personal data, Art. 4(1)",
        PrivacyClass::SpecialCategory => "special categories, Art. 9(1)",
    };
    let tool = privacy.scan_report_digest.map(|digest| json!(format!("scan with report sha256:{digest}")));
    let mut data = object([("tool", tool)]);
    data.insert("regulation".to_owned(), json!({"code": "GDPR", "description": said}));
    data.insert("evaluated".to_owned(), json!(true));
    let confidentiality = datasheet.terms_of_use.confidentiality.as_ref().map(|class| {
        let regulation = json!({"code": "confidentiality", "description": class, "system": OWN_CODES});
        json!({"regulation": regulation, "evaluated": true})
    });
    std::iter::once(Value::Object(data)).chain(confidentiality).collect()
}

fn places(territories: &[Territory]) -> Value {
    territories.iter().map(|territory| json!({"country": territory})).collect()
}

fn some_places(territories: &[Territory]) -> Option<Value> {
    (!territories.is_empty()).then(|| places(territories))
}

/// The members that there is something to say for.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    members.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value?))).collect()
}
