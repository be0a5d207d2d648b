//! What the model is: sections `[model]` and `[[filing]]`.

use serde::Serialize;

use crate::documents::{Day, Section, read};

/// General description of the model (AI Act Annex IV(1), Annex XI(1); Model Documentation Form 1 to 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Model {
    /// Its name as people know it (Model Documentation Form 1.2).
    pub name: String,
    /// What it does, in a sentence or two (Annex XI(1)(a)).
    pub summary: String,
    /// What it is meant for (Annex IV(1)(a)).
    pub intended_use: Vec<String>,
    /// What it must not be used for (Model Documentation Form, Use; Colorado SB 26-189).
    pub prohibited_use: Vec<String>,
    /// Where the acceptable use policy stands (Annex XI(1)(b)).
    pub acceptable_use_url: Option<String>,
    /// What goes in and comes out: `text`, `image` … (Annex XI(1)(e)).
    pub modality: Vec<String>,
    /// Kind of network (Annex XI(1)(d)).
    pub architecture: String,
    /// Number of parameters (Annex XI(1)(d)).
    pub parameter_count: Option<u64>,
    /// Longest input, in tokens (Annex XII(2)).
    pub context_tokens: Option<u64>,
    /// How it was trained, with the key choices (Annex XI(2)(b)).
    pub training_method: Option<String>,
    /// Computation used, such as `3e18 FLOP` (Annex XI(2)(d)).
    pub training_compute: Option<String>,
    /// Energy used, such as `0.4 MWh` (Annex XI(2)(e)).
    pub training_energy: Option<String>,
    /// Day of first release (Annex XI(1)(c)).
    pub release_date: Option<Day>,
    /// Day of first placing on the Union market (Model Documentation Form 1.5).
    pub union_market_date: Option<Day>,
    /// How it is distributed: `download`, `api` … (Annex XI(1)(c)).
    pub channels: Vec<String>,
    /// Whom to ask about it (Model Documentation Form 1.1).
    pub contact: String,
}

impl Model {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let name = section.required("name", read::text);
        let summary = section.required("summary", read::text);
        let intended_use = section.required_list("intended_use", read::text);
        let prohibited_use = section.list("prohibited_use", read::text);
        let acceptable_use_url = section.optional("acceptable_use_url", read::web_address);
        let modality = section.required_list("modality", read::text);
        let architecture = section.required("architecture", read::text);
        let parameter_count = section.optional("parameter_count", read::count);
        let context_tokens = section.optional("context_tokens", read::count);
        let training_method = section.optional("training_method", read::text);
        let training_compute = section.optional("training_compute", read::text);
        let training_energy = section.optional("training_energy", read::text);
        let release_date = section.optional("release_date", read::day);
        let union_market_date = section.optional("union_market_date", read::day);
        let channels = section.list("channels", read::text);
        let contact = section.required("contact", read::text);
        Some(Self {
            name: name?,
            summary: summary?,
            intended_use: intended_use?,
            prohibited_use,
            acceptable_use_url,
            modality: modality?,
            architecture: architecture?,
            parameter_count,
            context_tokens,
            training_method,
            training_compute,
            training_energy,
            release_date,
            union_market_date,
            channels,
            contact: contact?,
        })
    }
}

/// A filing of the model or its algorithm with an authority (China's interim measures on generative AI, Art. 17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filing {
    /// Whose authority it is, such as `CN`.
    pub jurisdiction: chancery_base::values::Territory,
    /// What was filed: `algorithm`, `model` ….
    pub kind: String,
    /// The number the authority gave.
    pub number: String,
}

impl Filing {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let jurisdiction = section.required("jurisdiction", read::parsed);
        let kind = section.required("kind", read::text);
        let number = section.required("number", read::text);
        Some(Self { jurisdiction: jurisdiction?, kind: kind?, number: number? })
    }
}
