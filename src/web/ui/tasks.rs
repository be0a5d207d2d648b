//! What needs whoever looks at the first page. Each source of tasks is read in [`Waiting::of`] and told in a function of its own.

use chancery_base::{problem::Problem, values::UnixMillis};
use chancery_domain::{
    approvals::Proposal,
    granting::{GrantQuery, ShownGrant},
    licensing::GrantStatus,
    membership,
    parties::{Caller, Permission},
    requesting::{self, ShownRequest},
};

use super::frame::Frame;
use crate::app::App;

/// Days before its end from which on a grant needs somebody.
const ENDING_DAYS: i64 = 30;
/// Share of a quota, in hundredths, from which on it needs somebody.
const NEARLY_USED: u64 = 80;

/// Requests that are told at once.
const TOLD_REQUESTS: u32 = 10;

/// One thing to do.
pub struct Task {
    /// How the tag before it looks, and what it says.
    pub tag: Option<(&'static str, String)>,
    /// What it is.
    pub text: String,
    /// What is to be known about it.
    pub about: String,
    /// Where it is done.
    pub place: String,
    /// What is done there.
    pub act: String,
}

/// What waits, as it was read.
pub struct Waiting {
    now: UnixMillis,
    /// The newest grants that the party gave or holds.
    grants: Vec<ShownGrant>,
    /// Proposals of others that the caller may decide.
    proposals: Vec<Proposal>,
    /// Requests for licences that wait for the party.
    requests: Vec<ShownRequest>,
    /// Whether offers are for the caller to answer.
    may_answer: bool,
    caller: Caller,
}

impl Waiting {
    /// Reads what waits for `caller`.
    ///
    /// Errors: the database cannot be read.
    pub fn of(app: &App, caller: &Caller) -> Result<Self, Problem> {
        let (now, own) = (app.clock.now(), caller.person()?.id);
        let mut proposals = Vec::new();
        if caller.role().may(Permission::Approve) {
            proposals = membership::list_proposals(&app.office, caller, None)?;
            proposals.retain(|proposal| proposal.is_open(now) && proposal.proposed_by != own);
        }
        let may_answer = caller.role().may(Permission::Administer);
        let requests =
            if may_answer { requesting::open_requests(&app.registrar, caller, TOLD_REQUESTS)? } else { Vec::new() };
        Ok(Self {
            now,
            grants: app.registrar.list(caller, &GrantQuery::default())?,
            proposals,
            requests,
            may_answer,
            caller: caller.clone(),
        })
    }

    /// Whether nothing was ever offered, by the party or to it.
    pub const fn is_without_grants(&self) -> bool {
        self.grants.is_empty()
    }

    /// All of it, what cannot wait first.
    pub fn tasks(&self, frame: &Frame) -> Vec<Task> {
        let sources =
            [self.decisions(frame), self.requests(frame), self.offers(frame), self.ending(frame), self.quotas(frame)];
        sources.into_iter().flatten().collect()
    }

    fn decisions(&self, frame: &Frame) -> Vec<Task> {
        let task = |proposal: &Proposal| Task {
            tag: None,
            text: frame.named("proposal", proposal.kind),
            about: frame.t1("until", "day", frame.day(&proposal.expires_at)),
            place: format!("/approvals/{}", proposal.id),
            act: frame.t("review"),
        };
        self.proposals.iter().map(task).collect()
    }

    fn requests(&self, frame: &Frame) -> Vec<Task> {
        let task = |shown: &ShownRequest| Task {
            tag: None,
            text: frame.t2("task-request", "requester", &shown.requester, "model", &shown.model),
            about: frame.t1("request-asked", "time", frame.time(&shown.request.created_at)),
            place: format!("/grants/requests/{}", shown.request.id),
            act: frame.t("review"),
        };
        self.requests.iter().map(task).collect()
    }

    fn offers(&self, frame: &Frame) -> Vec<Task> {
        let is_mine = |shown: &&ShownGrant| {
            shown.grant.status == GrantStatus::Offered && shown.grant.licensee == self.caller.party.id
        };
        let task = |shown: &ShownGrant| Task {
            tag: None,
            text: frame.t2("task-offer", "licensor", &shown.licensor, "model", &shown.model),
            about: frame.t1("task-offered", "day", frame.day(&shown.grant.offered_at)),
            place: format!("/grants/{}", shown.grant.id),
            act: frame.t("review"),
        };
        self.grants.iter().filter(|_| self.may_answer).filter(is_mine).map(task).collect()
    }

    fn ending(&self, frame: &Frame) -> Vec<Task> {
        let soon = self.now.plus_days(ENDING_DAYS);
        let mut ending: Vec<(UnixMillis, &ShownGrant)> = self
            .in_force()
            .filter_map(|shown| Some((shown.grant.terms.term.end.filter(|end| *end < soon)?, shown)))
            .collect();
        ending.sort_by_key(|(end, shown)| (*end, shown.grant.id));
        let task = |(end, shown): (UnixMillis, &ShownGrant)| Task {
            tag: Some(("expiring", frame.t("ends-soon"))),
            text: frame.t2("task-grant", "party", self.other(shown), "model", &shown.model),
            about: frame.t1("task-ends", "time", frame.time(&end)),
            place: format!("/grants/{}", shown.grant.id),
            act: frame.t("open"),
        };
        ending.into_iter().map(task).collect()
    }

    fn quotas(&self, frame: &Frame) -> Vec<Task> {
        let task = |shown: &ShownGrant| {
            let quota = shown.quota?;
            let share = u128::from(quota.settled.0) * 100 / u128::from(quota.quota.0.max(1));
            (share >= u128::from(NEARLY_USED)).then(|| Task {
                tag: Some(("expiring", frame.t1("quota-share", "share", share))),
                text: frame.t2("task-grant", "party", self.other(shown), "model", &shown.model),
                about: frame.t2("task-quota", "used", frame.number(quota.settled), "quota", frame.number(quota.quota)),
                place: format!("/grants/{}", shown.grant.id),
                act: frame.t("open"),
            })
        };
        self.in_force().filter_map(task).collect()
    }

    fn in_force(&self) -> impl Iterator<Item = &ShownGrant> {
        let is_in_force = |shown: &&ShownGrant| {
            shown.grant.status == GrantStatus::Accepted && shown.grant.terms.term.contains(self.now)
        };
        self.grants.iter().filter(is_in_force)
    }

    /// The party on the other side of a grant.
    fn other<'grant>(&self, shown: &'grant ShownGrant) -> &'grant chancery_base::values::Slug {
        if shown.grant.licensor == self.caller.party.id { &shown.licensee } else { &shown.licensor }
    }
}
