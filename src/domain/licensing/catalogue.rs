//! What licence texts say, as data: one cell per licence and use, each with the clause it was read in.
//!
//! The cells are in `catalogue.toml`. Public tables of licences are not imported: they disagree with each other and some
//! take "no licence" for permission.

use std::{collections::BTreeMap, str::FromStr};

use chancery_base::values::{Invalid, Localized, Purpose, Territory};
use serde::Serialize;

use crate::{
    documents::{Faults, Section, codes, parse_toml, read, read_document},
    passport::Right,
};

const DOCUMENT: &str = "licence catalogue";
/// The version of the catalogue's format.
const FORMAT: u64 = 1;

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
    }
}

codes! {
    /// What is known about a use, from best to worst: the verdict on several things is the worst of theirs.
    Verdict {
        /// The text permits it.
        Permitted = "permitted",
        /// The text permits it if something is done or kept to.
        Conditional = "conditional",
        /// The text does not address it.
        Silent = "silent",
        /// Nobody has read the text: it is not in the catalogue.
        Unread = "unread",
        /// The text leaves it to its holder, who must have permitted it.
        Reserved = "reserved",
        /// There is no licence to read.
        Missing = "missing",
        /// The text forbids it.
        Forbidden = "forbidden",
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
    /// Where the text stands.
    pub source: String,
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Purposes.
    pub purposes: Vec<Limit<Purpose>>,
    /// Places.
    pub territories: Vec<Limit<Territory>>,
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
    names: Vec<String>,
    rights: BTreeMap<Right, Cell>,
    duties: BTreeMap<Duty, String>,
}

impl Licence {
    /// What the licence says about `right`; [`Verdict::Silent`] where nobody read anything about it.
    #[must_use]
    pub fn right(&self, right: Right) -> Cell {
        let silent = || Cell { verdict: Verdict::Silent, clause: None, condition: None, source: self.source.clone() };
        self.rights.get(&right).cloned().unwrap_or_else(silent)
    }

    /// The clause that imposes `duty`, if one does.
    #[must_use]
    pub fn duty(&self, duty: Duty) -> Option<&str> {
        self.duties.get(&duty).map(String::as_str)
    }

    fn read(section: &Section<'_>, conditions: &BTreeMap<String, Localized>) -> Option<Self> {
        let id = section.required("id", read::text);
        let name = section.required("name", read::text);
        let also = section.list("also", read::text);
        let source = section.required("source", read::web_address)?;
        let rights = section.optional_section("rights", |rights| {
            let cell = |right: &Right| {
                rights
                    .optional_section(right.code(), |cell| read_cell(cell, &source, conditions))
                    .map(|cell| (*right, cell))
            };
            Some(Right::ALL.iter().filter_map(cell).collect())
        });
        let duties = section.optional_section("duties", |duties| {
            let clause = |duty: &Duty| {
                duties
                    .optional_section(duty.code(), |cell| cell.required("clause", read::text))
                    .map(|clause| (*duty, clause))
            };
            Some(Duty::ALL.iter().filter_map(clause).collect())
        });
        let limits = Limits {
            purposes: read_limits(section, "excluded_purposes", "purposes"),
            territories: read_limits(section, "excluded_territories", "territories"),
        };
        let id = id?;
        let names = std::iter::once(id.clone()).chain(also).collect();
        let (rights, duties) = (rights.unwrap_or_default(), duties.unwrap_or_default());
        Some(Self { id, name: name?, source, limits, names, rights, duties })
    }
}

/// All licences whose texts were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    licences: Vec<Licence>,
}

impl Catalogue {
    /// The catalogue that is compiled in.
    ///
    /// Errors: the data file is not as it should be, which a test rules out.
    pub fn embedded() -> Result<Self, Faults> {
        Self::parse(include_str!("catalogue.toml"))
    }

    /// Reads a catalogue.
    pub fn parse(source: &str) -> Result<Self, Faults> {
        read_document(DOCUMENT, &parse_toml(DOCUMENT, source)?, |root| {
            root.required("catalogue", |node| {
                read::count(node).ok().filter(|format| *format == FORMAT).ok_or_else(|| FORMAT.to_string().into())
            });
            let conditions = root.sections("condition", read_condition).into_iter().collect();
            Some(Self { licences: root.sections("licence", |section| Licence::read(section, &conditions)) })
        })
    }

    /// The licence with this identifier, which may be one of its other names.
    #[must_use]
    pub fn licence(&self, id: &str) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.names.iter().any(|name| name == id))
    }

    /// All licences, in the order of the file.
    #[must_use]
    pub fn licences(&self) -> &[Licence] {
        &self.licences
    }
}

fn read_condition(section: &Section<'_>) -> Option<(String, Localized)> {
    let id = section.required("id", read::text);
    let (en, zh) = (section.required("en", read::text), section.required("zh", read::text));
    Some((id?, Localized { en: en?, zh: zh? }))
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

fn read_cell(section: &Section<'_>, source: &str, conditions: &BTreeMap<String, Localized>) -> Option<Cell> {
    let verdict = section.required("verdict", read::parsed)?;
    let clause = section.required("clause", read::text)?;
    let name = section.optional("condition", read::text);
    let condition = name.and_then(|name| conditions.get(&name).cloned());
    match verdict {
        Verdict::Conditional if condition.is_none() => section.refuse("condition", "the id of a [[condition]]"),
        Verdict::Silent | Verdict::Unread | Verdict::Missing => {
            section.refuse("verdict", "no cell at all where the text is silent or was not read");
        }
        _ => return Some(Cell { verdict, clause: Some(clause), condition, source: source.to_owned() }),
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_embedded_catalogue_is_whole() {
        let catalogue = Catalogue::embedded().unwrap_or_else(|faults| panic!("{faults}"));
        assert!(catalogue.licences().len() >= 25);
        let names: Vec<_> = catalogue.licences().iter().flat_map(|licence| &licence.names).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert!(spdx::Expression::parse(name).is_ok(), "{name} is no SPDX expression");
        }
    }

    #[test]
    fn what_is_known_of_common_licences() {
        let catalogue = Catalogue::embedded().unwrap();
        for (id, right, verdict) in [
            ("CC-BY-NC-4.0", Right::Commercial, Verdict::Forbidden),
            ("CC-BY-NC-4.0", Right::Train, Verdict::Silent),
            ("CC-BY-4.0", Right::Commercial, Verdict::Permitted),
            ("Apache-2.0", Right::Train, Verdict::Silent),
            ("CDLA-Permissive-2.0", Right::Train, Verdict::Permitted),
            ("C-UDA-1.0", Right::Commercial, Verdict::Silent),
            ("AGPL-3.0-or-later", Right::Serve, Verdict::Conditional),
            ("LicenseRef-Llama-2", Right::Distil, Verdict::Forbidden),
            ("LicenseRef-Llama-3.1", Right::Distil, Verdict::Conditional),
            ("LicenseRef-Proprietary", Right::Train, Verdict::Reserved),
            ("CC-BY-NC-SA-3.0-IGO", Right::Commercial, Verdict::Forbidden),
            ("PolyForm-Noncommercial-1.0.0", Right::Commercial, Verdict::Forbidden),
        ] {
            assert_eq!(catalogue.licence(id).unwrap().right(right).verdict, verdict, "{id} {right}");
        }
        assert!(catalogue.licence("CC-BY-ND-4.0").unwrap().duty(Duty::NoDerivatives).is_some());
        assert!(catalogue.licence("MIT ").is_none());
    }

    /// Every identifier that says "NC" is known, so that a refusal can name the clause.
    #[test]
    fn every_creative_commons_licence_of_the_spdx_list_is_known() {
        let catalogue = Catalogue::embedded().unwrap();
        let ids = spdx::identifiers::LICENSES.iter().map(|licence| licence.name);
        for id in ids.filter(|id| id.starts_with("CC-BY") || id.starts_with("CC-SA")) {
            let licence = catalogue.licence(id).unwrap_or_else(|| panic!("{id} is not in the catalogue"));
            let is_non_commercial = licence.right(Right::Commercial).verdict == Verdict::Forbidden;
            assert_eq!(is_non_commercial, id.contains("-NC"), "{id}");
            assert_eq!(licence.duty(Duty::NoDerivatives).is_some(), id.contains("-ND"), "{id}");
            assert_eq!(licence.duty(Duty::ShareAlike).is_some(), id.contains("-SA"), "{id}");
        }
    }

    #[test]
    fn what_licences_take_out_is_read_with_its_clause() {
        let catalogue = Catalogue::embedded().unwrap();
        let rail = &catalogue.licence("LicenseRef-BigScience-OpenRAIL-M").unwrap().limits;
        let medical = rail.purposes.iter().find(|limit| limit.excluded.as_str() == "medical-advice").unwrap();
        assert_eq!(medical.clause, "attachment A(l)");
        let hunyuan = &catalogue.licence("LicenseRef-Tencent-Hunyuan").unwrap().limits;
        assert!(
            hunyuan.territories.iter().any(|limit| limit.excluded.as_str() == "DE" && limit.clause == "1.l and 5.c")
        );
    }

    #[test]
    fn a_cell_needs_a_clause_and_silence_no_cell() {
        let licence =
            "catalogue = 1\n[[licence]]\nid = 'MIT'\nname = 'x'\nsource = 'https://example.org'\n[licence.rights]\n";
        for (cell, field) in [
            ("train = { verdict = 'permitted' }", "licence[0].rights.train.clause"),
            ("train = { verdict = 'silent', clause = '1' }", "licence[0].rights.train.verdict"),
            ("train = { verdict = 'conditional', clause = '1' }", "licence[0].rights.train.condition"),
            ("trian = { verdict = 'permitted', clause = '1' }", "licence[0].rights.trian"),
        ] {
            let faults = Catalogue::parse(&format!("{licence}{cell}")).unwrap_err();
            assert_eq!(faults.list().first().unwrap().field, field);
        }
    }
}
