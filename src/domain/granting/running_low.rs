//! Quotas that run low: both parties of a grant are told once that four fifths are used, a little after it happened, so that no call
//! waits for it; and see such grants first.

use chancery_base::{logs, problem::Problem};
use serde_json::json;

use super::{Names, Registrar, ShownGrant};
use crate::{
    licensing::{self, Grant},
    parties::{Caller, RecordSight},
};

/// Grants whose parties are told in one round.
const AT_ONCE: u32 = 100;

impl Registrar {
    /// Tells the parties of some grants that their quota runs low; whether more may be waiting.
    ///
    /// Errors: the database.
    pub fn tell_low_quotas(&self) -> Result<bool, Problem> {
        let found = self.database.read(|connection| {
            let mut names = Names::default();
            let grants = Grant::running_low_untold(connection, AT_ONCE)?;
            grants.into_iter().map(|grant| names.of(connection, grant)).collect::<Result<Vec<_>, Problem>>()
        })?;
        let goes_on = u32::try_from(found.len()).is_ok_and(|found| found >= AT_ONCE);
        for ShownGrant { grant, model, quota, .. } in found {
            let Some(quota) = quota else { continue };
            let details = json!({
                "grant": grant.id, "model": model, "quota_tokens": quota.quota, "used_tokens": quota.settled,
            });
            let leaf = self.recorder().own_leaf("quota-low", vec![grant.licensor, grant.licensee], &details)?;
            let now = self.clock.now();
            self.database.act(move |tx| {
                if licensing::mark_low_told(tx, grant.id, now)? {
                    logs::append(tx, &leaf);
                }
                Ok(())
            })?;
        }
        Ok(goes_on)
    }

    /// At most `limit` grants that the caller's party gave or holds and whose quota runs low.
    ///
    /// Errors: the database cannot be read.
    pub fn running_low(&self, caller: &Caller, limit: u32) -> Result<Vec<ShownGrant>, Problem> {
        self.database.read(|connection| {
            let sight = RecordSight::of(connection, caller)?;
            let mut names = Names::default();
            let grants = Grant::running_low(connection, caller.party.id, limit)?;
            let seen = grants.into_iter().filter(|grant| super::show::is_seen(&sight, grant));
            seen.map(|grant| names.of(connection, grant)).collect()
        })
    }
}
