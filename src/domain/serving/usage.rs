//! What a grant was used for lately, for the parties it is between.

use chancery_base::{problem::Problem, values::GrantId};

use super::{
    desk::Desk,
    rows::{self, SettledUse},
};
use crate::{
    licensing::Grant,
    parties::{Caller, RecordSight},
};

/// Most calls that are counted; beyond that their number is no longer the point.
pub const COUNTED_CALLS: u32 = 1_000;
/// The days whose calls are counted.
const COUNTED_DAYS: i64 = 7;
/// How many of the latest uses are told.
const LATEST: usize = 20;

/// How a grant is used.
#[derive(Debug, Clone)]
pub struct GrantUsage {
    /// The latest uses of the last week, newest first.
    pub latest: Vec<SettledUse>,
    /// Uses of the last week, [`COUNTED_CALLS`] at most.
    pub calls: u32,
}

impl Desk {
    /// How a grant that the caller's party gave or holds was used in the last seven days, as far as the caller may see.
    ///
    /// Errors: no such grant of the party; the database cannot be read.
    pub fn usage_under(&self, caller: &Caller, id: GrantId) -> Result<GrantUsage, Problem> {
        let week = self.clock.now().plus_days(-COUNTED_DAYS);
        self.database.read(|connection| {
            Grant::find_for(connection, id, caller.party.id)?;
            let sight = RecordSight::of(connection, caller)?.within(Some(week), None);
            let mut uses = rows::uses_under(connection, id, sight.from, COUNTED_CALLS)?;
            uses.retain(|settled| settled.settled_at < sight.until);
            let calls = u32::try_from(uses.len()).unwrap_or(COUNTED_CALLS);
            uses.truncate(LATEST);
            Ok(GrantUsage { latest: uses, calls })
        })
    }
}
