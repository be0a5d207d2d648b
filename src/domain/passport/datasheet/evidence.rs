//! What proves how the data were obtained: section `[evidence]`.

use chancery_base::values::Sha256Digest;
use serde::Serialize;

use super::DatasetParent;
use crate::{
    documents::{Section, read},
    passport::{Acquisition, Collected, Dataset, LicenceExpression},
};

/// Proof of acquisition, by kind of source (TC260-003 on corpus sources; EU training-content summary, section 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Number or name of the contract: licensed and commissioned data.
    pub contract: Option<String>,
    /// Where the record of consent is kept: users' data.
    pub consent: Option<String>,
    /// SHA-256 of the crawler's log: crawled data.
    pub crawl_log_digest: Option<Sha256Digest>,
    /// What the crawler calls itself (EU training-content summary, section 2.3).
    pub crawler: Option<String>,
    /// When it crawled.
    pub crawled: Option<Collected>,
    /// The system of the owner that the data come from: internal data.
    pub system: Option<String>,
    /// The licence of the model that generated the data, where that model is not registered here: synthetic data.
    pub generator_licence: Option<LicenceExpression>,
}

impl Evidence {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        Some(Self {
            contract: section.optional("contract", read::text),
            consent: section.optional("consent", read::text),
            crawl_log_digest: section.optional("crawl_log_digest", read::parsed),
            crawler: section.optional("crawler", read::text),
            crawled: section.optional_section("crawled", Collected::read),
            system: section.optional("system", read::text),
            generator_licence: section.optional("generator_licence", read::parsed),
        })
    }

    /// Refuses a datasheet that lacks the proof its kind of source needs. Data that were made from registered data sets are proven
    /// by those.
    pub(super) fn require_for(&self, dataset: &Dataset, parents: &[DatasetParent], root: &Section<'_>) {
        let refuse = |field, expected: &'static str| root.refuse(field, expected);
        match dataset.acquisition {
            _ if parents.iter().any(DatasetParent::is_dataset) => {}
            Acquisition::Open if dataset.licence.is_none() => {
                refuse("dataset", "`licence` in [dataset]: what open data were published under");
            }
            Acquisition::Licensed | Acquisition::Commissioned if self.contract.is_none() => {
                refuse("evidence", "`contract` in [evidence]: licensed and commissioned data rest on one");
            }
            Acquisition::Crawled if self.crawl_log_digest.is_none() => {
                refuse("evidence", "`crawl_log_digest` in [evidence]: the digest of the crawler's log");
            }
            Acquisition::User if self.consent.is_none() => {
                refuse("evidence", "`consent` in [evidence]: where users' consent is recorded");
            }
            Acquisition::Internal if self.system.is_none() => {
                refuse("evidence", "`system` in [evidence]: which of your systems the data come from");
            }
            Acquisition::Synthetic if !self.names_generator(dataset, parents) => refuse(
                "evidence",
                "a [[parent]] with the `model` that generated the data, or `generator` in [dataset] with `generator_licence` in \
                 [evidence]",
            ),
            _ => {}
        }
    }

    fn names_generator(&self, dataset: &Dataset, parents: &[DatasetParent]) -> bool {
        !parents.is_empty() || (dataset.generator.is_some() && self.generator_licence.is_some())
    }
}
