//! A registered version as Croissant 1.1 (MLCommons, JSON-LD) with the responsible-AI vocabulary 1.0.
//!
//! Every property that the specification requires is there, every file has its digest, and every column its field. The same version
//! gives the same bytes. `contentUrl` is a file's path in the data set, relative to wherever this document lies: a registry that
//! seals data hands none out, and a document that lies beside them can be loaded.

use serde_json::{Map, Value, json};

use super::{
    media::media_type,
    registered::{DataFile, DataTable, RegisteredDataset},
};
use crate::passport::{DataPrivacy, DatasetParent, PrivacyClass};

/// The context of Croissant 1.1 (appendix 1), with what mlcroissant 1.1.1 misses in it, and PROV-O, which the specification recommends for
/// provenance. schema.org is written with `https`, as mlcroissant and MLCommons' own samples write it; the appendix has `http`.
const CONTEXT: &str = include_str!("croissant-context.json");
/// What the document conforms to.
const CONFORMS_TO: [&str; 2] = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"];
/// What SPDX writes where nothing is known of a licence (SPDX 2.3, clause 7.13).
const NOT_KNOWN: &str = "NOASSERTION";

/// Writes a version as Croissant 1.1.
#[must_use]
pub fn croissant(version: &RegisteredDataset) -> Value {
    let datasheet = &version.datasheet;
    let (about, dataset) = (&datasheet.about, &datasheet.dataset);
    let context: Value = serde_json::from_str(CONTEXT).unwrap_or_default();
    let mut document = Map::new();
    let mut set = |property: &str, value: Value| {
        document.insert(property.to_owned(), value);
    };
    set("@context", context);
    set("@type", json!("sc:Dataset"));
    set("conformsTo", json!(CONFORMS_TO));
    set("name", json!(dataset.name));
    set("alternateName", json!([version.reference(), dataset.title()]));
    set("description", json!(about.summary));
    set("license", json!(licence(dataset.licence.as_ref().map(|licence| licence.as_str()))));
    set("url", json!(about.website.clone().unwrap_or_else(|| version.page())));
    set("creator", version.creators().into_iter().map(organisation).collect());
    set("publisher", organisation(&version.publisher));
    set("datePublished", json!(version.issued()));
    set("version", json!(semantic_version(&dataset.version, version.number)));
    set("citeAs", json!(citation(version)));
    let lists = [("keywords", &about.keywords), ("inLanguage", &dataset.languages)];
    lists.into_iter().filter(|(_, list)| !list.is_empty()).for_each(|(property, list)| set(property, json!(list)));
    for (property, texts) in datasheet.documentation.properties() {
        set(property, one_or_several(&texts));
    }
    let sensitive = datasheet.documentation.sensitive.iter().cloned().chain([privacy(&dataset.privacy)]);
    set("rai:personalSensitiveInformation", sensitive.map(Value::from).collect());
    if let Some(collected) = &dataset.collected {
        set("rai:dataCollectionTimeframe", json!([collected.from, collected.until]));
    }
    if !datasheet.parents.is_empty() {
        set("prov:wasDerivedFrom", datasheet.parents.iter().map(|parent| ancestor(version, parent)).collect());
    }
    let files = version.files.iter().zip(1..);
    set("distribution", files.clone().map(|(file, place)| file_object(version, file, place)).collect());
    let tables = files.filter_map(|(file, place)| Some((version.table_of(&file.path)?, place)));
    set("recordSet", tables.map(|(table, place)| record_set(table, place)).collect());
    Value::Object(document)
}

/// A single licence of the SPDX list as its address, anything else as the expression it is.
fn licence(expression: Option<&str>) -> String {
    let is_one = |expression: &str| !expression.contains([' ', '(', '+']) && !expression.contains("LicenseRef-");
    match expression {
        Some(expression) if is_one(expression) => format!("https://spdx.org/licenses/{expression}.html"),
        Some(expression) => expression.to_owned(),
        None => NOT_KNOWN.to_owned(),
    }
}

fn organisation(name: &str) -> Value {
    json!({"@type": "sc:Organization", "name": name})
}

/// The declared version where it is a semantic one, which Croissant recommends; otherwise the number of the registered version. The
/// declared version is also part of `alternateName`.
fn semantic_version(declared: &str, number: u32) -> String {
    let parts: Vec<&str> = declared.split('.').collect();
    let is_number = |part: &&str| part.parse::<u32>().is_ok_and(|number| number.to_string() == **part);
    if parts.len() == 3 && parts.iter().all(is_number) { declared.to_owned() } else { format!("{number}.0.0") }
}

fn citation(version: &RegisteredDataset) -> String {
    let datasheet = &version.datasheet;
    let own = datasheet.about.citation.as_ref().or(datasheet.dataset.attribution.as_ref());
    own.cloned().unwrap_or_else(|| {
        let (creators, title) = (version.creators().join(", "), datasheet.dataset.title());
        format!("{creators}: {title}, {}. {} ({})", version.issued(), version.reference(), version.page())
    })
}

fn one_or_several(texts: &[&str]) -> Value {
    match texts {
        [text] => json!(text),
        texts => json!(texts),
    }
}

/// What the owner declared of personal data; Croissant has a text for it and no codes.
fn privacy(privacy: &DataPrivacy) -> String {
    let class = match privacy.class {
        PrivacyClass::None => "no personal data declared",
        PrivacyClass::Personal => "personal data (GDPR Art. 4(1))",
        PrivacyClass::SpecialCategory => "special categories of personal data (GDPR Art. 9(1))",
    };
    let subjects = (!privacy.subjects.is_empty()).then(|| format!("of {}", privacy.subjects.join(", ")));
    let minors = privacy.minors.map(|minors| if minors { "children among them" } else { "no children among them" });
    let parts = [Some(class.to_owned()), subjects, minors.map(str::to_owned)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn ancestor(version: &RegisteredDataset, parent: &DatasetParent) -> Value {
    let (kind, reference) = (parent.kind, &parent.reference);
    let page = format!("{}/{}/{}", version.registry, kind.collection(), reference.model);
    json!({"@type": "prov:Entity", "@id": format!("{page}?version={}", reference.selector), "name": reference.to_string()})
}

fn file_object(version: &RegisteredDataset, file: &DataFile, place: usize) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file_id(place),
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": format!("{} B", file.size.0),
        "encodingFormat": media_type(file, version.table_of(&file.path)),
        "sha256": file.sha256,
    })
}

/// Identifiers are counted, because names of files and columns need not be parts of an address.
fn file_id(place: usize) -> String {
    format!("file-{place}")
}

fn record_set(table: &DataTable, place: usize) -> Value {
    let id = format!("rows-{place}");
    let field = |(column, number): (&super::DataColumn, usize)| {
        // A text has one row a line and no name for its column.
        let extract = match table.format.as_str() {
            "text" => json!({"fileProperty": "lines"}),
            _ => json!({"column": column.name}),
        };
        json!({
            "@type": "cr:Field",
            "@id": format!("{id}/column-{number}"),
            "name": column.name,
            "dataType": data_type(&column.kind),
            "source": {"fileObject": {"@id": file_id(place)}, "extract": extract},
        })
    };
    let fields: Value = table.columns.iter().zip(1..).map(field).collect();
    json!({"@type": "cr:RecordSet", "@id": id, "name": table.path, "field": fields})
}

fn data_type(kind: &str) -> &'static str {
    match kind {
        "bool" => "sc:Boolean",
        "integer" => "sc:Integer",
        "float" => "sc:Float",
        "date" => "sc:Date",
        _ => "sc:Text",
    }
}
