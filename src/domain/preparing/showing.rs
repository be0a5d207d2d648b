//! How far preparations are, and ending one.

use chancery_base::{
    db::AnyConnection,
    logs,
    problem::{Problem, ProblemKind},
    values::{ModelName, PAGE_ITEMS, PreparationId},
};
use serde_json::{Value, json};

use super::{Preparer, SILENCE_MS};
use crate::{
    artifacts::{self, Preparation, PreparationState, PreparedFile},
    parties::{Caller, Permission},
};

/// A preparation with what came of it.
#[derive(Debug, Clone)]
pub struct ShownPreparation {
    /// The preparation; one that broke off with its server shows as failed.
    pub preparation: Preparation,
    /// The files that came of it, by path.
    pub files: Vec<PreparedFile>,
    /// What was done, step by step.
    pub report: Option<Value>,
}

impl ShownPreparation {
    /// The same as it was when it was begun: what whoever began it is answered, however often they ask again.
    #[must_use]
    pub fn as_begun(mut self) -> Self {
        let begun = &mut self.preparation;
        (begun.state, begun.rows_done, begun.pass) = (PreparationState::Running, 0, 1);
        (begun.problem, begun.report, begun.leaf) = (None, None, None);
        Self { preparation: self.preparation, files: Vec::new(), report: None }
    }
}

impl Preparer {
    /// A preparation of the caller's party.
    ///
    /// Errors: [`ProblemKind::NotFound`], also for one of another party.
    pub fn show(&self, caller: &Caller, id: PreparationId) -> Result<ShownPreparation, Problem> {
        self.archive.database.read(|connection| {
            let preparation = self.own(connection, caller, id)?;
            let report =
                preparation.report.as_deref().map(serde_json::from_str).transpose().map_err(Problem::internal)?;
            Ok(ShownPreparation { files: artifacts::prepared_files(connection, id)?, report, preparation })
        })
    }

    /// A page of the preparations of the caller's party, of one data set where one is named, the newest first, older than `before`.
    ///
    /// Errors: the caller may not see them.
    pub fn list(
        &self,
        caller: &Caller,
        of: Option<&ModelName>,
        before: Option<PreparationId>,
    ) -> Result<Vec<Preparation>, Problem> {
        caller.require(Permission::Administer)?;
        self.archive.database.read(|connection| {
            let page = artifacts::preparations_of(connection, caller.party.id, of, before, PAGE_ITEMS)?;
            Ok(page.into_iter().map(|preparation| self.as_it_is(preparation)).collect())
        })
    }

    /// Ends a preparation that is under way.
    ///
    /// Errors: not the caller's; it has ended already.
    pub fn cancel(&self, caller: &Caller, id: PreparationId) -> Result<(), Problem> {
        let cancelled = self.try_cancel(caller, id);
        self.recorder().recorded(caller, "cancel-preparation", &json!({"preparation": id}), cancelled)
    }

    fn try_cancel(&self, caller: &Caller, id: PreparationId) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let mut preparation = self.archive.database.read(|connection| self.own(connection, caller, id))?;
        let details = json!({"preparation": id, "dataset": preparation.source_name.to_string()});
        let leaf = self.recorder().leaf("preparation-cancelled", caller, &[], &details)?;
        (preparation.state, preparation.touched_at) = (PreparationState::Cancelled, self.clock.now());
        preparation.leaf = Some(leaf.id());
        self.archive.database.act(move |tx| {
            if !artifacts::end_preparation(tx, &preparation)? {
                let detail = "this preparation has ended already; there is nothing to cancel";
                return Err(Problem::new(ProblemKind::Conflict, detail));
            }
            logs::append(tx, &leaf);
            Ok(())
        })
    }

    fn own(&self, connection: &mut AnyConnection, caller: &Caller, id: PreparationId) -> Result<Preparation, Problem> {
        caller.require(Permission::Administer)?;
        let found = artifacts::find_preparation(connection, id)?.filter(|found| found.party == caller.party.id);
        Ok(self.as_it_is(found.ok_or_else(|| Problem::not_found("preparation"))?))
    }

    /// One whose server fell silent has failed, whatever its row says.
    fn as_it_is(&self, mut preparation: Preparation) -> Preparation {
        let silent_since = preparation.touched_at.plus_millis(SILENCE_MS);
        if preparation.state == PreparationState::Running && silent_since < self.clock.now() {
            preparation.state = PreparationState::Failed;
            let detail = "the server that prepared it was stopped, so nothing came of it; begin it again";
            preparation.problem = Some(detail.to_owned());
        }
        preparation
    }
}
