//! The steps by which things come from things.

use crate::documents::codes;

codes! {
    /// What was done with data or a model; the names follow PROV-O activities as the field uses them.
    Activity {
        /// Gathered from somewhere.
        Collect = "collect",
        /// Items left out.
        Filter = "filter",
        /// Labelled by people or machines.
        Annotate = "annotate",
        /// A model learned from data.
        Train = "train",
        /// A model learned on from its parent's weights.
        Finetune = "finetune",
        /// Weights of several models combined into one.
        Merge = "merge",
        /// Weights removed.
        Prune = "prune",
        /// Weights stored with fewer bits.
        Quantise = "quantise",
        /// A model learned from another's outputs.
        Distil = "distil",
        /// A model's outputs became data.
        Generate = "generate",
        /// The same weights in another file format.
        Serialise = "serialise",
        /// The same weights in fewer bytes.
        Compress = "compress",
    }
}

impl Activity {
    /// The activities that make a model out of a model.
    pub const OF_MODELS: &'static [Self] =
        &[Self::Finetune, Self::Merge, Self::Prune, Self::Quantise, Self::Distil, Self::Serialise, Self::Compress];

    /// The activities that make data out of data.
    pub const OF_DATA: &'static [Self] = &[Self::Collect, Self::Filter, Self::Annotate];

    /// The codes of `activities`, as what was expected.
    pub(super) fn one_of(activities: &[Self]) -> String {
        let codes: Vec<_> = activities.iter().map(|activity| activity.code()).collect();
        format!("one of: {}", codes.join(" "))
    }

    /// Whether a model can come from a model this way.
    #[must_use]
    pub fn derives_models(self) -> bool {
        Self::OF_MODELS.contains(&self)
    }
}
