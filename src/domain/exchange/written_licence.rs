//! Which licence another's words mean: an expression, the address of a text, or what a hub calls it.

use crate::{licensing::Catalogue, passport::LicenceExpression};

/// What SPDX writes in the place of an expression where there is none (SPDX 2.3, clause 7.13).
const UNSAID: [&str; 2] = ["NOASSERTION", "NONE"];

/// The SPDX expression that is meant.
///
/// Errors: what was expected, as a noun phrase; nothing is guessed.
pub(super) fn read_licence(written: &str, catalogue: &Catalogue) -> Result<String, String> {
    let written = written.trim();
    let by_address = by_address(written, catalogue);
    let name = by_address.as_deref().unwrap_or(written);
    if UNSAID.contains(&name) {
        return Err("an SPDX licence expression or LicenseRef-Name; this says that none is known".to_owned());
    }
    if name.parse::<LicenceExpression>().is_ok() {
        return Ok(name.to_owned());
    }
    let resolved = catalogue.resolve(name).map(|licence| licence.id.clone());
    resolved.map_err(|unknown| format!("an SPDX licence expression or LicenseRef-Name ({unknown})"))
}

/// What the licence at a well-known address is called.
fn by_address(written: &str, catalogue: &Catalogue) -> Option<String> {
    let address = without_scheme(written)?;
    let mut parts = address.split('/').filter(|part| !part.is_empty());
    let (host, rest) = (parts.next()?, parts.collect::<Vec<_>>());
    let known = match (host.trim_start_matches("www."), rest.as_slice()) {
        ("spdx.org", ["licenses", file, ..]) => Some(without_ending(file).to_owned()),
        ("creativecommons.org", ["publicdomain", "zero", version, ..]) => Some(format!("CC0-{version}")),
        ("creativecommons.org", ["licenses", terms, version, ..]) => {
            Some(format!("CC-{}-{version}", terms.to_ascii_uppercase()))
        }
        ("choosealicense.com", ["licenses", tag, ..]) => Some((*tag).to_owned()),
        ("opensource.org", ["licenses" | "license", tag, ..]) => Some(without_ending(tag).to_owned()),
        _ => None,
    };
    known.or_else(|| {
        let same = |source: &str| without_scheme(source).is_some_and(|source| source == address);
        catalogue.licences().iter().find(|licence| same(&licence.source)).map(|licence| licence.id.clone())
    })
}

fn without_scheme(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    Some(rest.trim_end_matches('/'))
}

fn without_ending(file: &str) -> &str {
    let endings = [".html", ".json", ".txt"];
    endings.iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tags_and_expressions_are_understood_and_nothing_is_guessed() {
        let catalogue = Catalogue::embedded().unwrap();
        for (written, meant) in [
            ("CC-BY-4.0", "CC-BY-4.0"),
            ("MIT OR LicenseRef-Own", "MIT OR LicenseRef-Own"),
            ("https://spdx.org/licenses/CC-BY-4.0.html", "CC-BY-4.0"),
            ("http://spdx.org/licenses/MIT", "MIT"),
            ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
            ("https://creativecommons.org/publicdomain/zero/1.0/legalcode.en", "CC0-1.0"),
            ("https://choosealicense.com/licenses/apache-2.0/", "Apache-2.0"),
            ("https://opensource.org/licenses/MIT", "MIT"),
            ("cc-by-4.0", "CC-BY-4.0"),
            ("odbl", "ODbL-1.0"),
            // The catalogue has an entry for texts that nobody stated.
            ("unknown", "LicenseRef-None-Stated"),
        ] {
            assert_eq!(read_licence(written, &catalogue).as_deref(), Ok(meant), "{written}");
        }
        for written in ["other", "NOASSERTION", "NONE", "https://example.org/terms", "free", ""] {
            let refused = read_licence(written, &catalogue).unwrap_err();
            assert!(refused.contains("SPDX"), "{written}: {refused}");
        }
    }
}
