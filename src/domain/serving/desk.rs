//! The desk: the parts that a use needs, opened once.

use std::sync::{Arc, PoisonError, RwLock};

use chancery_base::{
    db::Database,
    logs::LogIdentity,
    problem::Problem,
    values::{Clock, Entropy, VersionId},
};
use chancery_engine::{EngineHandle, ModelFiles};

use super::{permits::Permits, pool::Pool, shelf::Shelf, tally::Tally};
use crate::{
    artifacts::Version,
    licensing::QuotaDesk,
    policy::{AcceptedGrants, RuleSet},
    recording::Recorder,
    registration::{self, Vault},
};

/// What a desk is opened from.
pub struct DeskParts {
    /// Where everything is recorded.
    pub database: Database,
    /// What opens sealed files.
    pub vault: Vault,
    /// What runs models.
    pub engine: EngineHandle,
    /// The audit log, which promises inclusion.
    pub audit: Arc<LogIdentity>,
    /// The rules this server is started with; see [`Desk::adopt_rules`].
    pub rules: Arc<RuleSet>,
    /// This process's slices of quotas.
    pub quota: QuotaDesk,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// Where uses are judged, run and settled.
pub struct Desk {
    pub(super) database: Database,
    pub(super) audit: Arc<LogIdentity>,
    pub(super) quota: QuotaDesk,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) pool: Pool,
    pub(super) shelf: Shelf,
    pub(super) accepted: AcceptedGrants,
    /// The rules this server was started with.
    pub(super) started_with: Arc<RuleSet>,
    pub(super) tally: Tally,
    pub(super) permits: Permits,
    vault: Vault,
    rules: RwLock<Arc<RuleSet>>,
}

impl Desk {
    /// Opens the desk.
    #[must_use]
    pub fn open(parts: DeskParts) -> Self {
        Self {
            database: parts.database,
            audit: parts.audit,
            quota: parts.quota,
            clock: parts.clock,
            entropy: parts.entropy,
            pool: Pool::new(parts.engine),
            shelf: Shelf::default(),
            accepted: AcceptedGrants::default(),
            tally: Tally::default(),
            vault: parts.vault,
            rules: RwLock::new(Arc::clone(&parts.rules)),
            started_with: parts.rules,
            permits: Permits::default(),
        }
    }

    /// The rules this process last knew to be in force.
    pub(super) fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn put_in_force(&self, rules: Arc<RuleSet>) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    pub(super) fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }

    /// Uses that are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.permits.calls()
    }

    /// Drops a version from this process's memory, because nobody is to read it again.
    pub fn forget(&self, version: VersionId) {
        self.pool.forget(version);
    }

    /// Decrypts a version's files into memory.
    pub(super) fn open_weights(&self, version: &Version) -> Result<ModelFiles, Problem> {
        registration::open_weights(&self.database, &self.vault, version)
    }
}
