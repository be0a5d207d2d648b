//! How the data came about and what is wrong with them: section `[documentation]` (Croissant responsible AI 1.0; AI Act Art. 10(2)).

use serde::Serialize;

use crate::documents::{Section, read};

/// What somebody who trains on the data ought to know; each field is one property of Croissant's responsible-AI vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Documentation {
    /// How they were collected (`rai:dataCollection`).
    pub collection: Option<String>,
    /// By which means: `surveys`, `web scraping`, `manual human curator` … (`rai:dataCollectionType`).
    pub collection_type: Vec<String>,
    /// What is missing and why (`rai:dataCollectionMissingData`).
    pub collection_missing: Option<String>,
    /// What the raw data were (`rai:dataCollectionRawData`).
    pub collection_raw: Option<String>,
    /// How missing values were filled in (`rai:dataImputationProtocol`).
    pub imputation: Option<String>,
    /// How they were changed (`rai:dataManipulationProtocol`).
    pub manipulation: Option<String>,
    /// The steps before they could be learned from (`rai:dataPreprocessingProtocol`).
    pub preprocessing: Vec<String>,
    /// How they were labelled, and by which guideline (`rai:dataAnnotationProtocol`).
    pub annotation: Option<String>,
    /// With which tools (`rai:dataAnnotationPlatform`).
    pub annotation_platform: Vec<String>,
    /// How labels were agreed on (`rai:dataAnnotationAnalysis`).
    pub annotation_analysis: Vec<String>,
    /// How many people labelled each item (`rai:annotationsPerItem`).
    pub annotations_per_item: Option<String>,
    /// Who they were, as a group (`rai:annotatorDemographics`).
    pub annotators: Vec<String>,
    /// Which programs labelled them (`rai:machineAnnotationTools`).
    pub machine_annotation: Vec<String>,
    /// Known biases (AI Act Art. 10(2)(f)) (`rai:dataBiases`).
    pub biases: Vec<String>,
    /// What they were shown to be good for (`rai:dataUseCases`).
    pub use_cases: Vec<String>,
    /// What they are not good for (AI Act Art. 10(2)(h)) (`rai:dataLimitations`).
    pub limitations: Vec<String>,
    /// What their use may do to people (`rai:dataSocialImpact`).
    pub social_impact: Option<String>,
    /// Which sensitive information is in them (`rai:personalSensitiveInformation`).
    pub sensitive: Vec<String>,
    /// How they are kept up to date (`rai:dataReleaseMaintenancePlan`).
    pub maintenance: Option<String>,
}

impl Documentation {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        Some(Self {
            collection: section.optional("collection", read::text),
            collection_type: section.list("collection_type", read::text),
            collection_missing: section.optional("collection_missing", read::text),
            collection_raw: section.optional("collection_raw", read::text),
            imputation: section.optional("imputation", read::text),
            manipulation: section.optional("manipulation", read::text),
            preprocessing: section.list("preprocessing", read::text),
            annotation: section.optional("annotation", read::text),
            annotation_platform: section.list("annotation_platform", read::text),
            annotation_analysis: section.list("annotation_analysis", read::text),
            annotations_per_item: section.optional("annotations_per_item", read::text),
            annotators: section.list("annotators", read::text),
            machine_annotation: section.list("machine_annotation", read::text),
            biases: section.list("biases", read::text),
            use_cases: section.list("use_cases", read::text),
            limitations: section.list("limitations", read::text),
            social_impact: section.optional("social_impact", read::text),
            sensitive: section.list("sensitive", read::text),
            maintenance: section.optional("maintenance", read::text),
        })
    }

    /// Every property that is filled in, with what it says.
    #[must_use]
    pub fn properties(&self) -> Vec<(&'static str, Vec<&str>)> {
        let all = [
            ("rai:dataCollection", one(&self.collection)),
            ("rai:dataCollectionType", several(&self.collection_type)),
            ("rai:dataCollectionMissingData", one(&self.collection_missing)),
            ("rai:dataCollectionRawData", one(&self.collection_raw)),
            ("rai:dataImputationProtocol", one(&self.imputation)),
            ("rai:dataManipulationProtocol", one(&self.manipulation)),
            ("rai:dataPreprocessingProtocol", several(&self.preprocessing)),
            ("rai:dataAnnotationProtocol", one(&self.annotation)),
            ("rai:dataAnnotationPlatform", several(&self.annotation_platform)),
            ("rai:dataAnnotationAnalysis", several(&self.annotation_analysis)),
            ("rai:annotationsPerItem", one(&self.annotations_per_item)),
            ("rai:annotatorDemographics", several(&self.annotators)),
            ("rai:machineAnnotationTools", several(&self.machine_annotation)),
            ("rai:dataBiases", several(&self.biases)),
            ("rai:dataUseCases", several(&self.use_cases)),
            ("rai:dataLimitations", several(&self.limitations)),
            ("rai:dataSocialImpact", one(&self.social_impact)),
            ("rai:personalSensitiveInformation", several(&self.sensitive)),
            ("rai:dataReleaseMaintenancePlan", one(&self.maintenance)),
        ];
        all.into_iter().filter(|(_, texts)| !texts.is_empty()).collect()
    }
}

fn one(text: &Option<String>) -> Vec<&str> {
    text.as_deref().into_iter().collect()
}

fn several(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
