//! What is said of data sets in other people's formats: written for whoever reads those, and read into drafts of our own.
//!
//! Written are Croissant 1.1 with its responsible-AI vocabulary 1.0 (MLCommons) and the Data & Trust Alliance's data provenance
//! standard 1.0.0. Read are Croissant 1.0 and 1.1, and dataset cards of Hugging Face. What is read becomes a draft that an owner
//! completes and signs: nothing here takes another's word for a fact, and what is missing or not as it should be is a [`Note`], never
//! a guess. No file of data is opened, no address is asked.

mod card;
mod card_text;
mod croissant;
mod croissant_import;
mod croissant_structure;
mod data_trust_alliance;
mod draft;
mod front_matter;
mod imported;
mod json_ld;
mod media;
mod rai;
mod registered;
mod written_licence;

pub use card::read_dataset_card;
pub use croissant::croissant;
pub use croissant_import::read_croissant;
pub use data_trust_alliance::data_trust_alliance;
pub use imported::{Imported, Note, Unreadable};
pub use registered::{DataColumn, DataFile, DataTable, RegisteredDataset};

#[cfg(test)]
mod tests;
