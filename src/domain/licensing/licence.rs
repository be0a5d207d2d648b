//! One licence as it was read: cells by right and form, duties, and what it takes out. How cells are
//! meant is said in the first lines of `catalogue/permissive.toml`; `cells.rs` reads them.

use std::collections::BTreeMap;

use chancery_base::values::{Localized, Purpose, Territory};
use serde::Serialize;

use super::{
    form::Form,
    verdict::{Certainty, Verdict},
};
use crate::{
    documents::codes,
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
    pub(super) names: Vec<String>,
    pub(super) cells: BTreeMap<(Right, Form), Cell>,
    pub(super) results: BTreeMap<Right, Cell>,
    pub(super) duties: BTreeMap<Duty, Obligation>,
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
}
