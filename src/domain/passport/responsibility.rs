//! Who holds rights, who answers, and under what the model is offered: `[copyright]`, `[privacy]`, `[licence]`, `[liability]`.

use chancery_base::values::{Amount, ArtifactPath, Sha256Digest};
use serde::Serialize;

use super::{LicenceExpression, RightsReservation};
use crate::documents::{Section, as_optional_text, as_text, read};

/// Rights in the model, and respect for others' (AI Act Art. 53(1)(c); GPAI Code, copyright chapter).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copyright {
    /// Who holds rights in the model itself.
    pub rights_holders: Vec<String>,
    /// Where the owner's copyright policy stands (measure 1.1).
    pub policy_url: Option<String>,
    /// Which reservations of rights the owner looks for and respects (measure 1.3).
    pub respected_reservations: Vec<RightsReservation>,
    /// Where rights holders complain (measure 1.5).
    pub complaints_contact: Option<String>,
}

impl Copyright {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let rights_holders = section.required_list("rights_holders", read::text);
        let policy_url = section.optional("policy_url", read::web_address);
        let respected_reservations = section.list("respected_reservations", read::parsed);
        let complaints_contact = section.optional("complaints_contact", read::text);
        Some(Self { rights_holders: rights_holders?, policy_url, respected_reservations, complaints_contact })
    }
}

/// Who answers for personal data in the model's development (GDPR Art. 30(1), 35).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Privacy {
    /// The controller (Art. 30(1)(a)).
    pub controller: String,
    /// Whom data subjects write to (Art. 30(1)(a)).
    pub contact: String,
    /// Where the impact assessment is kept, or why none is needed (Art. 35; PIPL Art. 55).
    pub impact_assessment: Option<String>,
    /// How long data are kept (Art. 30(1)(f)).
    pub retention: Option<String>,
    /// How data reach third countries (Art. 30(1)(e), 44 to 49; PIPL Art. 38).
    pub transfers: Option<String>,
}

impl Privacy {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let controller = section.required("controller", read::text);
        let contact = section.required("contact", read::text);
        let impact_assessment = section.optional("impact_assessment", read::text);
        let retention = section.optional("retention", read::text);
        let transfers = section.optional("transfers", read::text);
        Some(Self { controller: controller?, contact: contact?, impact_assessment, retention, transfers })
    }
}

/// What the owner offers the model under (Annex XI(1)(f); Model Documentation Form, Distribution and licences).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferedLicence {
    /// The licence.
    pub expression: LicenceExpression,
    /// The file of the artifact that holds its text.
    pub text_file: Option<ArtifactPath>,
    /// SHA-256 of that text.
    pub text_digest: Option<Sha256Digest>,
}

impl OfferedLicence {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let expression = section.required("expression", read::parsed);
        let text_file = section.optional("text_file", read::parsed);
        let text_digest = section.optional("text_digest", read::parsed);
        Some(Self { expression: expression?, text_file, text_digest })
    }
}

/// Who answers for harm (Directive (EU) 2024/2853, Art. 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Liability {
    /// Who answers for a defect.
    pub responsible: String,
    /// Where claims go.
    pub contact: String,
    /// The most that is paid by contract; statute may set it aside.
    #[serde(serialize_with = "as_optional_text")]
    pub cap: Option<Amount>,
    /// Which instructions for use this version comes with (Annex IV(1)(h)).
    pub instructions_version: Option<String>,
    /// Cover for such claims.
    pub insurance: Option<Insurance>,
}

impl Liability {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let responsible = section.required("responsible", read::text);
        let contact = section.required("contact", read::text);
        let cap = section.optional("cap", read::amount);
        let instructions_version = section.optional("instructions_version", read::text);
        let insurance = section.optional_section("insurance", Insurance::read);
        Some(Self { responsible: responsible?, contact: contact?, cap, instructions_version, insurance })
    }
}

/// An insurance policy; general liability policies may exclude generative AI by endorsement (CG 40 47, CG 40 48, CG 35 08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Insurance {
    /// Who insures.
    pub insurer: String,
    /// Number of the policy.
    pub policy_number: String,
    /// The most it pays.
    #[serde(serialize_with = "as_text")]
    pub limit: Amount,
    /// What it does not cover.
    pub exclusions: Vec<String>,
}

impl Insurance {
    fn read(section: &Section<'_>) -> Option<Self> {
        let insurer = section.required("insurer", read::text);
        let policy_number = section.required("policy_number", read::text);
        let limit = section.required("limit", read::amount);
        let exclusions = section.list("exclusions", read::text);
        Some(Self { insurer: insurer?, policy_number: policy_number?, limit: limit?, exclusions })
    }
}
