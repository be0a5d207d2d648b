//! What needs whoever looks at the first page. Each source of tasks is read in [`Waiting::of`] and told in a function of its own.

use chancery_base::{problem::Problem, values::Slug};
use chancery_domain::{
    approvals::{Proposal, ProposalStanding},
    granting::{GrantQuery, ShownGrant},
    licensing::{GrantSide, GrantState},
    membership,
    parties::{Caller, Permission},
    requesting::{self, ShownRequest},
};

use super::frame::Frame;
use crate::app::App;

/// Things of one kind that are told at once.
const TOLD: u32 = 10;

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
    /// Whether anything was ever offered, by the party or to it.
    has_grants: bool,
    /// Offers that wait for the party's signature.
    offers: Vec<ShownGrant>,
    /// Grants that end soon.
    ending: Vec<ShownGrant>,
    /// Grants whose quota runs low.
    low: Vec<ShownGrant>,
    /// Proposals of others that the caller may decide.
    proposals: Vec<Proposal>,
    /// Requests for licences that wait for the party.
    requests: Vec<ShownRequest>,
    caller: Caller,
}

impl Waiting {
    /// Reads what waits for `caller`.
    ///
    /// Errors: the database cannot be read.
    pub fn of(app: &App, caller: &Caller) -> Result<Self, Problem> {
        let own = caller.person()?.id;
        let mut proposals = Vec::new();
        if caller.role().may(Permission::Approve) {
            proposals = membership::list_proposals(&app.office, caller, Some(ProposalStanding::Open), None)?;
            proposals.retain(|proposal| proposal.proposed_by != own);
            proposals.truncate(TOLD as usize);
        }
        let may_answer = caller.role().may(Permission::Administer);
        let requests = if may_answer { requesting::open_requests(&app.registrar, caller, TOLD)? } else { Vec::new() };
        let list = |query: GrantQuery| {
            let mut grants = app.registrar.list(caller, &query)?;
            grants.truncate(TOLD as usize);
            Ok::<_, Problem>(grants)
        };
        let offered =
            GrantQuery { side: Some(GrantSide::Held), state: Some(GrantState::Offered), ..GrantQuery::default() };
        Ok(Self {
            has_grants: !list(GrantQuery::default())?.is_empty(),
            offers: if may_answer { list(offered)? } else { Vec::new() },
            ending: list(GrantQuery { state: Some(GrantState::Ending), ..GrantQuery::default() })?,
            low: app.registrar.running_low(caller, TOLD)?,
            proposals,
            requests,
            caller: caller.clone(),
        })
    }

    /// Whether nothing was ever offered, by the party or to it.
    pub const fn is_without_grants(&self) -> bool {
        !self.has_grants
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
        let task = |shown: &ShownGrant| Task {
            tag: None,
            text: frame.t2("task-offer", "licensor", &shown.licensor, "model", &shown.model),
            about: frame.t1("task-offered", "day", frame.day(&shown.grant.offered_at)),
            place: format!("/grants/{}", shown.grant.id),
            act: frame.t("review"),
        };
        self.offers.iter().map(task).collect()
    }

    fn ending(&self, frame: &Frame) -> Vec<Task> {
        let task = |shown: &ShownGrant| {
            let about = frame.t1("task-ends", "time", frame.time(&shown.grant.terms.term.end?));
            Some(self.about_grant(frame, shown, frame.t("ends-soon"), about))
        };
        self.ending.iter().filter_map(task).collect()
    }

    fn quotas(&self, frame: &Frame) -> Vec<Task> {
        let task = |shown: &ShownGrant| {
            let quota = shown.quota?;
            let share = u128::from(quota.settled.0) * 100 / u128::from(quota.quota.0.max(1));
            let about = frame.t2("task-quota", "used", frame.number(quota.settled), "quota", frame.number(quota.quota));
            Some(self.about_grant(frame, shown, frame.t1("quota-share", "share", share), about))
        };
        self.low.iter().filter_map(task).collect()
    }

    /// A grant that runs out in one way or another.
    fn about_grant(&self, frame: &Frame, shown: &ShownGrant, why: String, about: String) -> Task {
        Task {
            tag: Some(("expiring", why)),
            text: frame.t2("task-grant", "party", self.other(shown), "model", &shown.model),
            about,
            place: format!("/grants/{}", shown.grant.id),
            act: frame.t("open"),
        }
    }

    /// The party on the other side of a grant.
    fn other<'grant>(&self, shown: &'grant ShownGrant) -> &'grant Slug {
        if shown.grant.licensor == self.caller.party.id { &shown.licensee } else { &shown.licensor }
    }
}
