//! Positions to begin with: common ones, written down with their reasons, none of them in force until counsel adopts it.
//!
//! They are in `positions.toml`. One rests on a statute: Article 4 of Directive (EU) 2019/790, which permits reproductions for
//! text and data mining of lawfully accessible works unless the holder reserved it. It says nothing of what is published.

use chancery_base::values::{Localized, UnixMillis};
use serde::Serialize;

use super::{
    position::{Position, PositionScope, Stand},
    verdict::Basis,
};
use crate::documents::{Faults, Section, parse_toml, read, read_document};

const DOCUMENT: &str = "list of positions";
/// The version of the list's format.
const FORMAT: u64 = 1;

/// A position that nobody has taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StarterPosition {
    /// Its name.
    pub id: String,
    /// Why one might take it.
    pub reason: Localized,
    /// What it is about.
    pub scope: PositionScope,
    /// What it makes of silence.
    pub stand: Stand,
    /// Whether it rests on a statute.
    pub basis: Basis,
}

impl StarterPosition {
    /// All of them, in the order of the file.
    ///
    /// Errors: the data file is not as it should be, which a test rules out.
    pub fn embedded() -> Result<Vec<Self>, Faults> {
        read_document(DOCUMENT, &parse_toml(DOCUMENT, include_str!("positions.toml"))?, |root| {
            root.required("positions", |node| {
                read::count(node).ok().filter(|format| *format == FORMAT).ok_or_else(|| FORMAT.to_string().into())
            });
            Some(root.sections("position", Self::read))
        })
    }

    /// The position that `author` takes by adopting it.
    #[must_use]
    pub fn adopt(self, author: String, taken: UnixMillis, expires: UnixMillis) -> Position {
        let Self { id, reason, scope, stand, basis } = self;
        Position { id, author, reason, scope, stand, basis, taken, expires }
    }

    fn read(section: &Section<'_>) -> Option<Self> {
        let scope = PositionScope {
            licences: section.list("licences", read::text),
            nodes: Vec::new(),
            rights: section.list("rights", read::parsed),
            forms: section.list("forms", read::parsed),
            territories: section.list("territories", read::parsed),
            unless_reserved: section.optional("unless_reserved", read::flag).unwrap_or(false),
        };
        let id = section.required("id", read::text);
        let stand = section.required("stand", read::parsed);
        let basis = section.optional("basis", read::parsed).unwrap_or(Basis::Position);
        let (en, zh) = (section.required("en", read::text), section.required("zh", read::text));
        Some(Self { id: id?, reason: Localized { en: en?, zh: zh? }, scope, stand: stand?, basis })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::licensing::Catalogue;

    #[test]
    fn every_one_has_a_name_of_its_own_and_is_about_licences_that_were_read() {
        let starters = StarterPosition::embedded().unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(starters.iter().map(|starter| &starter.id).collect::<BTreeSet<_>>().len(), starters.len());
        let catalogue = Catalogue::embedded().unwrap();
        for starter in &starters {
            assert!(!starter.scope.rights.is_empty(), "{} is about everything", starter.id);
            for licence in &starter.scope.licences {
                assert!(catalogue.licence(licence).is_some(), "{}: {licence}", starter.id);
            }
        }
        let by_statute = starters.iter().filter(|starter| starter.basis == Basis::Statute);
        assert!(by_statute.clone().count() == 1 && by_statute.into_iter().all(|starter| starter.scope.unless_reserved));
    }

    #[test]
    fn one_that_is_adopted_counts_from_then_until_it_expires() {
        let starter = StarterPosition::embedded().unwrap().remove(0);
        let position = starter.adopt("counsel".to_owned(), UnixMillis::new(10), UnixMillis::new(20));
        let in_force = [9, 10, 19, 20].map(|at| position.is_in_force(UnixMillis::new(at)));
        assert_eq!(in_force, [false, true, true, false]);
    }
}
