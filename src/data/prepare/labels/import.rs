//! Labels as they come: a table of item, label, annotator and version of the guideline.

use std::collections::{BTreeMap, HashMap};

use super::LabelError;
use crate::table::{Source, Table, TableOptions, Value, shortened};

/// Labels of one import; they are kept in memory.
pub const MAXIMUM_LABELS: usize = 10_000_000;

/// How the labels are written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// The labels that may be given, in their order where they have one.
    pub declared: Vec<String>,
    /// The column of what is labelled, such as a row's key.
    pub item: String,
    /// The column of the label. An empty cell means that the annotator gave none.
    pub label: String,
    /// The column of who labelled.
    pub annotator: String,
    /// The column of the guideline's version.
    pub guideline: String,
    /// How the table is to be read.
    pub table: TableOptions,
}

impl ImportOptions {
    /// These labels in the columns `item`, `label`, `annotator` and `guideline`.
    #[must_use]
    pub fn of<Name: Into<String>>(declared: impl IntoIterator<Item = Name>) -> Self {
        Self {
            declared: declared.into_iter().map(Into::into).collect(),
            item: "item".to_owned(),
            label: "label".to_owned(),
            annotator: "annotator".to_owned(),
            guideline: "guideline".to_owned(),
            table: TableOptions::default(),
        }
    }
}

/// What was said about one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its key.
    pub key: String,
    /// Places of labels by places of annotators.
    pub(crate) given: BTreeMap<usize, usize>,
}

/// All labels of an import.
// INVARIANT: places in `items` are within `declared` and `annotators`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    pub(crate) declared: Vec<String>,
    annotators: Vec<String>,
    items: Vec<Item>,
    guidelines: BTreeMap<String, u64>,
    without: u64,
}

impl Labels {
    /// The labels that may be given.
    #[must_use]
    pub fn declared(&self) -> &[String] {
        &self.declared
    }

    /// Who labelled, in the order of appearance.
    #[must_use]
    pub fn annotators(&self) -> &[String] {
        &self.annotators
    }

    /// What was labelled, in the order of appearance.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// How many labels were given by which version of the guideline. Agreement across versions says little about annotators.
    #[must_use]
    pub fn guidelines(&self) -> &BTreeMap<String, u64> {
        &self.guidelines
    }

    /// Rows in which an annotator gave no label.
    #[must_use]
    pub fn without_label(&self) -> u64 {
        self.without
    }

    /// The place of an annotator.
    pub(crate) fn annotator(&self, name: &str) -> Result<usize, LabelError> {
        let place = self.annotators.iter().position(|annotator| annotator == name);
        place.ok_or_else(|| LabelError::UnknownAnnotator { annotator: shortened(name) })
    }
}

/// Reads labels.
///
/// # Errors
/// [`LabelError`], naming row and column of a label that was not declared, of an empty cell, and of a label given again.
pub fn import(source: &dyn Source, options: &ImportOptions) -> Result<Labels, LabelError> {
    let declared = places_by_name(&options.declared)?;
    let mut table = Table::open(source, &options.table)?;
    let place = |column: &String| {
        table.columns().place(column).ok_or_else(|| LabelError::NoColumn { column: shortened(column) })
    };
    let (item, label) = (place(&options.item)?, place(&options.label)?);
    let (annotator, guideline) = (place(&options.annotator)?, place(&options.guideline)?);
    let mut labels = Labels {
        declared: options.declared.clone(),
        annotators: Vec::new(),
        items: Vec::new(),
        guidelines: BTreeMap::new(),
        without: 0,
    };
    let (mut annotators, mut items) = (HashMap::new(), HashMap::new());
    let mut count = 0;
    while let Some(row) = table.next_row()? {
        let cell = |place: usize, column: &String| {
            let cell = row.cells.get(place).filter(|cell| !cell.is_missing()).map(Value::spelling);
            cell.ok_or_else(|| LabelError::EmptyCell { row: row.number, column: shortened(column) })
        };
        let (key, name) = (cell(item, &options.item)?, cell(annotator, &options.annotator)?);
        let version = cell(guideline, &options.guideline)?;
        let Ok(given) = cell(label, &options.label) else {
            labels.without += 1;
            continue;
        };
        let chosen = *declared.get(given.as_ref()).ok_or_else(|| LabelError::Undeclared {
            row: row.number,
            column: shortened(&options.label),
            label: shortened(&given),
        })?;
        count += 1;
        if count > MAXIMUM_LABELS {
            return Err(LabelError::TooMany);
        }
        let who = place_in(&mut annotators, &name, || labels.annotators.push(name.clone().into_owned()));
        let new = || labels.items.push(Item { key: key.clone().into_owned(), given: BTreeMap::new() });
        let what = place_in(&mut items, &key, new);
        let before = labels.items.get_mut(what).and_then(|item| item.given.insert(who, chosen));
        if before.is_some() {
            return Err(LabelError::Twice {
                row: row.number,
                column: shortened(&options.annotator),
                annotator: shortened(&name),
                item: shortened(&key),
            });
        }
        *labels.guidelines.entry(version.into_owned()).or_default() += 1;
    }
    Ok(labels)
}

fn places_by_name(declared: &[String]) -> Result<HashMap<&str, usize>, LabelError> {
    if declared.len() < 2 {
        return Err(LabelError::Declaration { problem: "are fewer than two; declare every label that may be given" });
    }
    let places: HashMap<&str, usize> =
        declared.iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect();
    if places.len() < declared.len() || places.contains_key("") {
        return Err(LabelError::Declaration { problem: "are empty or repeated; declare each once" });
    }
    Ok(places)
}

/// The place of a name, a new one the first time.
fn place_in(places: &mut HashMap<String, usize>, name: &str, first_time: impl FnOnce()) -> usize {
    if let Some(place) = places.get(name) {
        return *place;
    }
    let place = places.len();
    places.insert(name.to_owned(), place);
    first_time();
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::MemorySource;

    fn read(rows: &str) -> Result<Labels, LabelError> {
        let table = format!("item,label,annotator,guideline\n{rows}");
        import(&MemorySource::named("labels.csv", table.into_bytes()), &ImportOptions::of(["good", "bad"]))
    }

    #[test]
    fn labels_are_counted_by_guideline() {
        let labels = read("1,good,ada,v1\n1,bad,bob,v2\n2,,ada,v1\n3,bad,ada,v1\n").unwrap();
        assert_eq!(labels.annotators(), ["ada", "bob"]);
        assert_eq!(labels.items().iter().map(|item| item.key.as_str()).collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(labels.guidelines(), &BTreeMap::from([("v1".to_owned(), 2), ("v2".to_owned(), 1)]));
        assert_eq!(labels.without_label(), 1);
    }

    #[test]
    fn refusals_name_row_and_column() {
        for (rows, says) in [
            (
                "1,good,ada,v1\n1,fine,bob,v1\n",
                "row 2, column `label`: `fine` is not among the declared labels; correct it, or declare it",
            ),
            (
                "1,good,ada,v1\n1,bad,ada,v1\n",
                "row 2, column `annotator`: `ada` labels `1` again; keep one of the labels",
            ),
            ("1,good,,v1\n", "row 1, column `annotator`: the cell is empty; fill it in"),
            ("1,good,ada,\n", "row 1, column `guideline`: the cell is empty; fill it in"),
        ] {
            assert_eq!(read(rows).unwrap_err().to_string(), says);
        }
        let source = MemorySource::named("labels.csv", b"item,label\n1,good\n".to_vec());
        let refused = import(&source, &ImportOptions::of(["good", "bad"])).unwrap_err();
        assert_eq!(refused, LabelError::NoColumn { column: "annotator".into() });
        assert!(import(&source, &ImportOptions::of(["good"])).is_err());
        assert!(import(&source, &ImportOptions::of(["good", "good"])).is_err());
    }
}
