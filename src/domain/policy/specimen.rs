//! Facts that say everything and facts that say as little as possible: what a schema is tried on before it comes into force.

use super::facts::Facts;

/// Every fact known, every list filled.
const FULL: &str = r#"{
    "action": "use",
    "caller": {"is_owner": false, "party": "licensee"},
    "grant": {
        "id": "grant_00000000000070008000000000000001", "licensor": "owner", "not_after": 2, "not_before": 0,
        "payment": "unrecorded", "purposes": {"only": ["research"]}, "quota": {"remaining": 1}, "status": "accepted",
        "terms_digest": "0000000000000000000000000000000000000000000000000000000000000000",
        "territories": {"only": ["DE"]}, "versions": {"only": [1]}
    },
    "key": {
        "purpose": {"standing": "declared", "value": "research"},
        "territory": {"standing": "declared", "value": "DE"}
    },
    "licence": {
        "causes": [
            {
                "clause": "1", "effect": {"purpose-forbidden": "research"}, "licence": "LicenseRef-Specimen",
                "work": {"kind": "dataset", "name": "data"}
            },
            {
                "clause": "2", "effect": {"territory-forbidden": "DE"}, "licence": "LicenseRef-Specimen",
                "work": {"kind": "model", "name": "parent"}
            }
        ]
    },
    "model": {
        "digest": "0000000000000000000000000000000000000000000000000000000000000000",
        "holds": [
            {
                "authority": "court", "id": "hold_00000000000070008000000000000001", "is_legal_demand": true,
                "reason": "order"
            },
            {
                "authority": "owner", "id": "hold_00000000000070008000000000000002", "is_legal_demand": false,
                "reason": "review"
            }
        ],
        "name": "owner/model", "signature": "trusted", "status": "registered", "version": 1, "visibility": "listed"
    },
    "now": 1,
    "privacy": [
        {
            "class": null, "deployment_basis": null, "special_condition": null,
            "work": {"kind": "dataset", "name": "data"}
        },
        {
            "class": "special-category", "deployment_basis": null, "special_condition": null,
            "work": {"kind": "dataset", "name": "more"}
        }
    ],
    "provenance": {"gaps": [{"missing": ["origin"], "work": {"kind": "dataset", "name": "data"}}]},
    "request": {"estimated_tokens": 1, "purpose": "research", "territory": "DE"}
}"#;

/// Both specimens. An error would mean that the text above no longer describes facts, which a test excludes.
pub(super) fn all() -> Result<[Facts; 2], serde_json::Error> {
    let full: Facts = serde_json::from_str(FULL)?;
    let mut sparse = full.clone();
    sparse.grant = None;
    sparse.key = Default::default();
    sparse.licence = None;
    sparse.privacy = None;
    sparse.provenance = None;
    (sparse.request.purpose, sparse.request.territory) = (None, None);
    Ok([full, sparse])
}
