//! One licence as it was read: cells by right and form, duties, and what it takes out. The data are read by
//! [`Licence::read`] from the files of `catalogue/`, whose first lines say how cells are meant.

use std::{collections::BTreeMap, str::FromStr};

use chancery_base::values::{Invalid, Localized, Purpose, Territory};
use serde::Serialize;

use super::{
    form::Form,
    verdict::{Certainty, Verdict},
};
use crate::{
    documents::{Section, codes, read},
    passport::{Activity, Right},
};

codes! {
    /// What a licence asks in return, or holds back.
    Duty {
        /// Naming those who made it.
        Attribution = "attribution",
        /// Passing on what was made from it under the same licence.
        ShareAlike = "share_alike",
        /// Not sharing what was made from it.
        NoDerivatives = "no_derivatives",
        /// Keeping to the uses the licence lists.
        FieldOfUse = "field_of_use",
        /// Putting a text file with a notice beside every copy.
        Notice = "notice",
        /// Beginning the name of what was made with it as the licence says.
        Naming = "naming",
        /// Showing a text where people meet what was made with it.
        Display = "display",
    }
}

/// What one licence says about one use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The verdict.
    pub verdict: Verdict,
    /// The clause it was read in; absent when the text is silent.
    pub clause: Option<String>,
    /// What a conditional permission asks.
    pub condition: Option<Localized>,
    /// Why the reading is not certain; absent when it is.
    pub doubt: Option<Localized>,
    /// Where the text stands.
    pub source: String,
}

impl Cell {
    /// How sure the reading is.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        if self.doubt.is_some() { Certainty::Uncertain } else { Certainty::Settled }
    }
}

/// What a duty consists in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Obligation {
    /// The clause that imposes it.
    pub clause: String,
    /// What has to be written: the beginning of a name, the text to show, the name of a file.
    pub text: Option<String>,
    /// Activities whose results are free of it, and the clause that frees them.
    pub spares: Vec<Activity>,
    /// That clause.
    pub spared_by: Option<String>,
    /// Activities of which it is not settled whether the duty reaches their results.
    pub doubtful: Vec<Activity>,
    /// Other licences that what was made from it may pass on under.
    pub compatible: Vec<String>,
    /// The clause that lets them.
    pub compatible_by: Option<String>,
    /// The clause that extends the duty to use over a network.
    pub network: Option<String>,
}

/// Something a licence takes out of what it permits, and the clause that does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Limit<T> {
    /// What is taken out.
    pub excluded: T,
    /// The clause.
    pub clause: String,
}

/// Purposes and places that a licence takes out of everything it permits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Purposes.
    pub purposes: Vec<Limit<Purpose>>,
    /// Places.
    pub territories: Vec<Limit<Territory>>,
}

/// Above how many users a licence ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserThreshold {
    /// The most monthly users it still covers.
    pub most: u64,
    /// The clause.
    pub clause: String,
}

/// A licence and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// SPDX identifier or `LicenseRef-…`.
    pub id: String,
    /// Its full name.
    pub name: String,
    /// Where its text stands.
    pub source: String,
    /// What it permits for no purpose listed here and in no place listed here.
    pub limits: Limits,
    /// Above how many users it ends, where it does.
    pub user_threshold: Option<UserThreshold>,
    names: Vec<String>,
    cells: BTreeMap<(Right, Form), Cell>,
    results: BTreeMap<Right, Cell>,
    duties: BTreeMap<Duty, Obligation>,
}

/// Texts that many cells share, by their identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phrases {
    /// What conditional permissions ask.
    pub(super) conditions: BTreeMap<String, Localized>,
    /// Why readings are not certain.
    pub(super) notes: BTreeMap<String, Localized>,
}

impl Licence {
    /// What the licence says about `right` in `form`, by its name or by that of a wider right; [`Verdict::Silent`] where the
    /// text does not address it.
    #[must_use]
    pub fn cell(&self, right: Right, form: Form) -> Cell {
        let by_name = |right: Right| self.cells.get(&(right, form));
        let found = by_name(right).or_else(|| right.wider().and_then(by_name));
        found.cloned().unwrap_or_else(|| Cell {
            verdict: Verdict::Silent,
            clause: None,
            condition: None,
            doubt: None,
            source: self.source.clone(),
        })
    }

    /// What the licence of data says about doing so with a model that was made with them; absent where it says nothing of
    /// such models.
    #[must_use]
    pub fn of_results(&self, right: Right) -> Option<&Cell> {
        self.results.get(&right)
    }

    /// The duty it imposes, if it does.
    #[must_use]
    pub fn duty(&self, duty: Duty) -> Option<&Obligation> {
        self.duties.get(&duty)
    }

    /// The identifier and all other names it is known by.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many cells were read, one per right and form, and how many of them are uncertain.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let cells = || self.cells.values().chain(self.results.values());
        (cells().count(), cells().filter(|cell| cell.certainty() == Certainty::Uncertain).count())
    }

    /// What of the reading is uncertain: right, form (none for results), and why.
    pub fn doubts(&self) -> impl Iterator<Item = (Right, Option<Form>, &Localized)> {
        let cells = self.cells.iter().map(|((right, form), cell)| (*right, Some(*form), cell));
        let results = self.results.iter().map(|(right, cell)| (*right, None, cell));
        cells.chain(results).filter_map(|(right, form, cell)| Some((right, form, cell.doubt.as_ref()?)))
    }

    pub(super) fn read(section: &Section<'_>, phrases: &Phrases) -> Option<Self> {
        let id = section.required("id", read::text);
        let name = section.required("name", read::text);
        let also = section.list("also", read::text);
        let source = section.required("source", read::web_address)?;
        let cells = read_cells(section, &source, phrases);
        let results = section.optional_section("results", |results| {
            let cell = |right: &Right| {
                let read = |cell: &Section<'_>| read_cell(cell, &source, phrases);
                results.optional_section(right.code(), read).map(|cell| (*right, cell))
            };
            Some(Right::ALL.iter().filter_map(cell).collect())
        });
        let duties = section.optional_section("duties", |duties| {
            let obligation = |duty: &Duty| Some((*duty, duties.optional_section(duty.code(), Obligation::read)?));
            Some(Duty::ALL.iter().filter_map(obligation).collect())
        });
        let limits = Limits {
            purposes: read_limits(section, "excluded_purposes", "purposes"),
            territories: read_limits(section, "excluded_territories", "territories"),
        };
        let user_threshold = section.optional_section("users", |users| {
            let (most, clause) = (users.required("most", read::count), users.required("clause", read::text));
            Some(UserThreshold { most: most?, clause: clause? })
        });
        let id = id?;
        let names = std::iter::once(id.clone()).chain(also).collect();
        let (results, duties) = (results.unwrap_or_default(), duties.unwrap_or_default());
        Some(Self { id, name: name?, source, limits, user_threshold, names, cells, results, duties })
    }
}

impl Obligation {
    fn read(section: &Section<'_>) -> Option<Self> {
        let clause = section.required("clause", read::text);
        Some(Self {
            text: section.optional("text", read::text),
            spares: section.list("spares", read::parsed),
            spared_by: section.optional("spared_by", read::text),
            doubtful: section.list("doubtful", read::parsed),
            compatible: section.list("compatible", read::text),
            compatible_by: section.optional("compatible_by", read::text),
            network: section.optional("network", read::text),
            clause: clause?,
        })
    }
}

/// `[licence.rights]`, one cell per right for all forms or those it lists, and `[[licence.in_form]]` for what differs.
fn read_cells(section: &Section<'_>, source: &str, phrases: &Phrases) -> BTreeMap<(Right, Form), Cell> {
    let mut cells = BTreeMap::new();
    section.optional_section("rights", |rights| {
        for right in Right::ALL {
            let read = |cell: &Section<'_>| Some((read_forms(cell), read_cell(cell, source, phrases)?));
            if let Some((forms, cell)) = rights.optional_section(right.code(), read) {
                cells.extend(forms.into_iter().map(|form| ((*right, form), cell.clone())));
            }
        }
        Some(())
    });
    let in_form = section.sections("in_form", |cell| {
        let rights = cell.required_list("rights", read::parsed::<Right>);
        let forms = cell.required_list("forms", read::parsed::<Form>);
        Some((rights?, forms?, read_cell(cell, source, phrases)?))
    });
    for (rights, forms, cell) in in_form {
        for right in rights {
            cells.extend(forms.iter().map(|form| ((right, *form), cell.clone())));
        }
    }
    cells
}

fn read_forms(cell: &Section<'_>) -> Vec<Form> {
    let forms = cell.list("forms", read::parsed);
    if forms.is_empty() { Form::ALL.to_vec() } else { forms }
}

fn read_cell(section: &Section<'_>, source: &str, phrases: &Phrases) -> Option<Cell> {
    let verdict = section.required("verdict", read::parsed)?;
    let clause = section.required("clause", read::text)?;
    let condition = named(section, "condition", "the id of a [[condition]]", &phrases.conditions);
    let certainty = section.optional("certainty", read::parsed).unwrap_or(Certainty::Settled);
    let doubt = named(section, "note", "the id of a [[note]]", &phrases.notes);
    match (certainty, &doubt) {
        (Certainty::Uncertain, None) => section.refuse("note", "the id of a [[note]] that says why"),
        (Certainty::Settled, Some(_)) => section.refuse("certainty", "\"uncertain\" where there is a note"),
        _ => {}
    }
    match verdict {
        Verdict::Conditional if condition.is_none() => section.refuse("condition", "the id of a [[condition]]"),
        Verdict::Silent | Verdict::Unread => {
            section.refuse("verdict", "no cell at all where the text is silent or was not read");
        }
        _ => return Some(Cell { verdict, clause: Some(clause), condition, doubt, source: source.to_owned() }),
    }
    None
}

fn named(
    section: &Section<'_>,
    key: &'static str,
    expected: &'static str,
    phrases: &BTreeMap<String, Localized>,
) -> Option<Localized> {
    let name = section.optional(key, read::text)?;
    let phrase = phrases.get(&name).cloned();
    if phrase.is_none() {
        section.refuse(key, expected);
    }
    phrase
}

/// Sections such as `[[licence.excluded_purposes]]`: one clause, and everything it takes out.
fn read_limits<T>(section: &Section<'_>, clauses: &'static str, list: &'static str) -> Vec<Limit<T>>
where
    T: FromStr<Err = Invalid>,
{
    let clauses = section.sections(clauses, |clause| {
        let (codes, clause) = (clause.list(list, read::parsed), clause.required("clause", read::text)?);
        let limit = move |excluded| Limit { excluded, clause: clause.clone() };
        Some(codes.into_iter().map(limit).collect::<Vec<_>>())
    });
    clauses.into_iter().flatten().collect()
}
