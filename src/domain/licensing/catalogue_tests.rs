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
