//! Reading licences out of the files of `catalogue/`: every cell with its clause, or a fault that says where.

use std::{collections::BTreeMap, str::FromStr};

use chancery_base::values::{Invalid, Localized};

use super::{
    form::Form,
    licence::{Cell, Duty, Licence, Limit, Limits, Obligation, UserThreshold},
    verdict::{Certainty, Verdict},
};
use crate::{
    documents::{Section, read},
    passport::Right,
};

/// Texts that many cells share, by their identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phrases {
    /// What conditional permissions ask.
    pub(super) conditions: BTreeMap<String, Localized>,
    /// Why readings are not certain.
    pub(super) notes: BTreeMap<String, Localized>,
}

impl Licence {
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
