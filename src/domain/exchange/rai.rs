//! The responsible-AI vocabulary of Croissant (RAI 1.0) and the field of `[documentation]` that each of its properties fills.

/// A property and where it goes.
pub(super) struct Property {
    /// Its name, without the prefix.
    pub name: &'static str,
    /// The field.
    pub key: &'static str,
    /// Whether the field is a list.
    pub is_list: bool,
}

const fn one(name: &'static str, key: &'static str) -> Property {
    Property { name, key, is_list: false }
}

const fn several(name: &'static str, key: &'static str) -> Property {
    Property { name, key, is_list: true }
}

/// All of them but the timeframe of collection, which is a field of `[dataset]`.
pub(super) const PROPERTIES: [Property; 19] = [
    one("dataCollection", "collection"),
    several("dataCollectionType", "collection_type"),
    one("dataCollectionMissingData", "collection_missing"),
    one("dataCollectionRawData", "collection_raw"),
    one("dataImputationProtocol", "imputation"),
    one("dataManipulationProtocol", "manipulation"),
    several("dataPreprocessingProtocol", "preprocessing"),
    one("dataAnnotationProtocol", "annotation"),
    several("dataAnnotationPlatform", "annotation_platform"),
    several("dataAnnotationAnalysis", "annotation_analysis"),
    one("annotationsPerItem", "annotations_per_item"),
    several("annotatorDemographics", "annotators"),
    several("machineAnnotationTools", "machine_annotation"),
    several("dataBiases", "biases"),
    several("dataUseCases", "use_cases"),
    several("dataLimitations", "limitations"),
    one("dataSocialImpact", "social_impact"),
    several("personalSensitiveInformation", "sensitive"),
    one("dataReleaseMaintenancePlan", "maintenance"),
];
