//! The embedded catalogue: whole, and saying what counsel knows of common licences.

use std::collections::BTreeSet;

use super::*;
use crate::{
    licensing::{Duty, Form, Verdict},
    passport::Right,
};

#[test]
fn the_embedded_catalogue_is_whole() {
    let catalogue = Catalogue::embedded().unwrap_or_else(|faults| panic!("{faults}"));
    assert!(catalogue.licences().len() >= 35);
    let names: Vec<_> = catalogue.licences().iter().flat_map(Licence::names).collect();
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
        assert_eq!(catalogue.licence(id).unwrap().cell(right, Form::Raw).verdict, verdict, "{id} {right}");
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
        let is_non_commercial = licence.cell(Right::Commercial, Form::Raw).verdict == Verdict::Forbidden;
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
    assert!(hunyuan.territories.iter().any(|limit| limit.excluded.as_str() == "DE" && limit.clause == "1.l and 5.c"));
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

/// What every registry that reasons about licences has to know.
const MUST_KNOW: [&str; 27] = [
    "MIT",
    "Apache-2.0",
    "BSD-3-Clause",
    "GPL-3.0-only",
    "AGPL-3.0-only",
    "MPL-2.0",
    "CC0-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-NC-ND-4.0",
    "ODbL-1.0",
    "CDLA-Permissive-2.0",
    "CDLA-Sharing-1.0",
    "C-UDA-1.0",
    "O-UDA-1.0",
    "OpenMDW-1.0",
    "LicenseRef-BigScience-OpenRAIL-M",
    "LicenseRef-CreativeML-OpenRAIL-M",
    "LicenseRef-Llama-2",
    "LicenseRef-Llama-3.1",
    "LicenseRef-Gemma",
    "LicenseRef-All-Rights-Reserved",
    "LicenseRef-None-Stated",
    "LicenseRef-OpenRAIL-M",
];

#[test]
fn what_has_to_be_known_is_and_every_duty_names_its_clause_and_licences_that_exist() {
    let catalogue = Catalogue::embedded().unwrap();
    for id in MUST_KNOW {
        assert!(catalogue.licence(id).is_some(), "{id} is not in the catalogue");
    }
    for licence in catalogue.licences() {
        for duty in Duty::ALL.iter().filter_map(|duty| licence.duty(*duty)) {
            assert!(duty.compatible.iter().all(|id| catalogue.licence(id).is_some()), "{}", licence.id);
            assert_eq!(duty.compatible.is_empty(), duty.compatible_by.is_none(), "{}", licence.id);
            assert_eq!(duty.spares.is_empty(), duty.spared_by.is_none(), "{}", licence.id);
        }
    }
    let sizes: Vec<_> = catalogue.licences().iter().map(Licence::size).collect();
    let (cells, uncertain) = sizes.iter().fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1));
    assert!(cells > 800 && uncertain < cells / 4, "{} licences, {cells} cells, {uncertain} uncertain", sizes.len());
}

#[test]
fn names_that_hubs_use_are_understood_or_refused_with_what_to_write() {
    let catalogue = Catalogue::embedded().unwrap();
    for (tag, id) in [
        ("llama3.1", "LicenseRef-Llama-3.1"),
        ("llama2", "LicenseRef-Llama-2"),
        ("gemma", "LicenseRef-Gemma"),
        ("openrail", "LicenseRef-OpenRAIL-M"),
        ("bigscience-openrail-m", "LicenseRef-BigScience-OpenRAIL-M"),
        ("creativeml-openrail-m", "LicenseRef-CreativeML-OpenRAIL-M"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("apache-2.0", "Apache-2.0"),
        ("gpl-3.0", "GPL-3.0-only"),
        ("Mit", "MIT"),
        ("odbl", "ODbL-1.0"),
        (" cc0-1.0 ", "CC0-1.0"),
        ("unknown", "LicenseRef-None-Stated"),
    ] {
        assert_eq!(catalogue.resolve(tag).map(|licence| licence.id.as_str()), Ok(id), "{tag}");
    }
    for (tag, said) in [
        ("other", "`other` names no single licence: hubs use it for any text of its own"),
        ("cc", "write the one that is meant"),
        ("llama", "each generation of Llama has a text of its own"),
        ("apache-2", "did you mean `Apache-2.0`?"),
        ("lama3.1", "did you mean `LicenseRef-Llama-3.1`?"),
        ("wtfpl", "write its SPDX identifier, or LicenseRef-"),
    ] {
        let refused = catalogue.resolve(tag).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn forms_results_and_wider_rights_are_told_apart() {
    let catalogue = Catalogue::embedded().unwrap();
    let verdict = |id, right, form| catalogue.licence(id).unwrap().cell(right, form).verdict;
    assert_eq!(verdict("GPL-3.0-only", Right::Redistribute, Form::Service), Verdict::Permitted);
    assert_eq!(verdict("AGPL-3.0-only", Right::Redistribute, Form::Service), Verdict::Conditional);
    assert_eq!(verdict("Apache-2.0", Right::Redistribute, Form::Output), Verdict::Silent);
    assert_eq!(verdict("Apache-2.0", Right::Quantise, Form::Weights), Verdict::Permitted, "as part of modifying");
    assert_eq!(
        verdict("LicenseRef-Llama-3.1", Right::Quantise, Form::Weights),
        Verdict::Conditional,
        "by its own name"
    );
    let sharing = catalogue.licence("CDLA-Sharing-1.0").unwrap();
    assert_eq!(sharing.of_results(Right::Redistribute).unwrap().verdict, Verdict::Conditional);
    assert!(catalogue.licence("CC-BY-4.0").unwrap().of_results(Right::Redistribute).is_none());
}

/// Counsel reads the list of doubts in the documentation, so it has to name every licence that has some.
#[test]
fn the_documentation_names_every_licence_with_uncertain_cells() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/licences.md");
    let page = std::fs::read_to_string(page).unwrap();
    for licence in Catalogue::embedded().unwrap().licences().iter().filter(|licence| licence.doubts().count() > 0) {
        assert!(page.contains(&format!("`{}`", licence.id)), "{} is not among the uncertain readings", licence.id);
    }
}
