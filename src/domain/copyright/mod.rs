//! Who holds rights in a model and its data, and which reservations of rights were met on the way.
//!
//! It lists and compares what is declared (GPAI Code of Practice, copyright chapter, measures 1.1 to 1.5). Whether a use
//! without licence is excused, as fair use or as text and data mining, is not decided here.

use serde::Serialize;

use crate::passport::{Passport, RightsReservation};

/// Rights in one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RightsIn {
    /// The field of the passport that says so.
    pub field: String,
    /// The thing, by name.
    pub title: String,
    /// Who holds rights in it; empty when nobody was named.
    pub holders: Vec<String>,
    /// How they want to be named, where it was said.
    pub attribution: Option<String>,
}

/// Reservations of rights met when one data set was obtained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReservationMet {
    /// The data set, by name.
    pub dataset: String,
    /// What was found.
    pub found: Vec<RightsReservation>,
    /// What was found although the owner does not declare to respect that kind.
    pub not_respected: Vec<RightsReservation>,
    /// Whether what was found is pinned by a digest.
    pub recorded: bool,
}

/// Rights and reservations of one passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyrightSummary {
    /// The model first, then its data sets.
    pub rights: Vec<RightsIn>,
    /// Data sets for which reservations were found, in the order of the passport.
    pub reservations: Vec<ReservationMet>,
    /// Whether rights holders can find a policy and a place to complain (measures 1.1 and 1.5).
    pub complaints_possible: bool,
}

/// Sums up what a passport declares about copyright.
#[must_use]
pub fn summarise(passport: &Passport) -> CopyrightSummary {
    let copyright = &passport.copyright;
    let of_model = RightsIn {
        field: "copyright.rights_holders".to_owned(),
        title: passport.model.name.clone(),
        holders: copyright.rights_holders.clone(),
        attribution: None,
    };
    let of_data = passport.datasets.iter().enumerate().map(|(index, dataset)| RightsIn {
        field: format!("dataset[{index}].rights_holders"),
        title: dataset.name.clone(),
        holders: dataset.rights_holders.clone(),
        attribution: dataset.attribution.clone(),
    });
    CopyrightSummary {
        rights: std::iter::once(of_model).chain(of_data).collect(),
        reservations: reservations(passport),
        complaints_possible: copyright.policy_url.is_some() && copyright.complaints_contact.is_some(),
    }
}

fn reservations(passport: &Passport) -> Vec<ReservationMet> {
    let respected = &passport.copyright.respected_reservations;
    let met = passport.datasets.iter().map(|dataset| {
        let signals = dataset.rights_reservations.iter().copied();
        let found: Vec<_> = signals.filter(|signal| *signal != RightsReservation::NoneFound).collect();
        let not_respected = found.iter().copied().filter(|signal| !respected.contains(signal)).collect();
        let recorded = dataset.rights_reservations_digest.is_some();
        ReservationMet { dataset: dataset.name.clone(), found, not_respected, recorded }
    });
    met.filter(|met| !met.found.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::sample;

    #[test]
    fn names_holders_and_reservations_that_are_not_respected() {
        let source = sample::MINIMAL
            .replace(
                "acquisition = \"open\"",
                "acquisition = \"crawled\"\nrights_reservations = [\"robots-txt\", \"rsl\"]",
            )
            .replace("[copyright]", "[copyright]\nrespected_reservations = [\"robots-txt\"]");
        let summary = summarise(&Passport::parse(&source).unwrap());
        assert_eq!(summary.rights.len(), 2);
        assert_eq!(summary.rights[0].holders, ["Acme"]);
        assert!(summary.rights[1].holders.is_empty());
        assert_eq!(summary.reservations[0].not_respected, [RightsReservation::ReallySimpleLicensing]);
        assert!(!summary.reservations[0].recorded && !summary.complaints_possible);
    }

    #[test]
    fn none_found_is_no_reservation() {
        let source = sample::MINIMAL
            .replace("acquisition = \"open\"", "acquisition = \"open\"\nrights_reservations = [\"none-found\"]");
        assert_eq!(summarise(&Passport::parse(&source).unwrap()).reservations, []);
    }
}
