//! The rules compiled into the program, so that it needs no file to refuse.

use super::sources::PolicySources;

const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");
const FILES: [(&str, &str); 7] = [
    ("base.cedar", include_str!("../../../policies/base.cedar")),
    ("grant.cedar", include_str!("../../../policies/grant.cedar")),
    ("licence.cedar", include_str!("../../../policies/licence.cedar")),
    ("obligations.cedar", include_str!("../../../policies/obligations.cedar")),
    ("privacy.cedar", include_str!("../../../policies/privacy.cedar")),
    ("quota.cedar", include_str!("../../../policies/quota.cedar")),
    ("statute.cedar", include_str!("../../../policies/statute.cedar")),
];

/// The texts compiled in.
pub(super) fn sources() -> PolicySources {
    let files = FILES.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    PolicySources::new(SCHEMA.to_owned(), files)
}
