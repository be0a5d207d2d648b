//! What waits for a second person, what was decided, and what needs two.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::Problem,
    values::{PAGE_ITEMS, PersonId, ProposalId},
};
use chancery_domain::{
    approvals::{ApprovalRules, Proposal, ProposalKind, ProposalStanding},
    destroying::NewDestruction,
    granting::NewOffer,
    membership::{self, Acted, PersonChange, PersonProposal},
    parties::{Label, Permission, Person},
    rotating::NewRotation,
};

use serde::de::DeserializeOwned;

use super::{
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsPage {
    frame: Frame,
    form: Form,
    rows: Vec<ProposalLine>,
    rules: ApprovalRules,
    next: Option<String>,
}

/// A proposal in the list.
struct ProposalLine {
    proposal: Proposal,
    proposed_by: String,
    standing: ProposalStanding,
}

#[derive(Template)]
#[template(path = "approval.html")]
struct ApprovalPage {
    frame: Frame,
    form: Form,
    proposal: Proposal,
    proposed_by: String,
    decided_by: String,
    standing: ProposalStanding,
    is_own: bool,
    /// The terms of an offer, clause by clause.
    clauses: Vec<String>,
    model: String,
    licensee: String,
    /// Whom a change of a person is about, as they are now, and what they would be.
    member: Option<(Person, PersonChange)>,
    /// What would be destroyed, or why the logs would go on under another name.
    destruction: Option<NewDestruction>,
    rotation: Option<NewRotation>,
}

/// `GET /approvals`
pub async fn approvals(visit: Visit) -> Answer {
    list(visit, Form::default()).await
}

/// `POST /approvals/rules`
pub async fn rules(visit: Visit) -> Answer {
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let set = blocking::record(move || {
        let mut rules = ApprovalRules {
            grants_above_tokens: fields.number("grants_above_tokens")?,
            key_destruction: fields.is_ticked("key_destruction"),
            ..membership::approval_rules(&app.office, &caller)?
        };
        // Nobody else is asked about these, and what is not asked stays.
        if caller.require(Permission::Operate).is_ok() {
            rules.policies = fields.is_ticked("policies");
            rules.log_rotation = fields.is_ticked("log_rotation");
        }
        app.set_approval_rules(&caller, &once, rules)
    });
    match set.await {
        Ok(Acted::Done(())) => Ok(see_other("/approvals?said=saved")),
        Ok(Acted::Proposed(proposal)) => Ok(see_other(&format!("/approvals/{proposal}?said=proposed"))),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(list(visit, form).await?, status)
        }
    }
}

/// `GET /approvals/{id}`
pub async fn approval(visit: Visit, id: web::Path<String>) -> Answer {
    let id = proposal_id(&id)?;
    show(visit, id, Form::default()).await
}

/// `POST /approvals/{id}/approve`
pub async fn approve(visit: Visit, id: web::Path<String>) -> Answer {
    let id = proposal_id(&id)?;
    let (app, caller, once) = (visit.app.clone(), visit.caller.clone(), visit.once.clone());
    // Rules may be many, and all of them are checked.
    let approved = blocking::work(move || app.approve(&caller, &once, id)).await;
    done(visit, id, approved.map(drop), "approved").await
}

/// `POST /approvals/{id}/decline`
pub async fn decline(visit: Visit, id: web::Path<String>) -> Answer {
    let id = proposal_id(&id)?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let declined =
        blocking::record(move || membership::decline(&app.office, &caller, &once, id, fields.text("reason")));
    let declined = declined.await;
    done(visit, id, declined, "declined").await
}

async fn done(visit: Visit, id: ProposalId, outcome: Result<(), Problem>, said: &str) -> Answer {
    match outcome {
        Ok(()) => Ok(see_other(&format!("/approvals/{id}?said={said}"))),
        Err(problem) if problem.kind.status() == 404 => Err(problem.into()),
        Err(problem) => {
            let (status, form) = (problem.kind.status(), Form::refused(visit.fields.clone(), problem));
            Visit::with_status(show(visit, id, form).await?, status)
        }
    }
}

async fn list(visit: Visit, form: Form) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let before = fields.optional::<ProposalId>("after").unwrap_or_default();
    let now = app.clock.now();
    let (proposals, names, rules) = blocking::record(move || {
        let office = &app.office;
        Ok((
            membership::list_proposals(office, &caller, None, before)?,
            membership::names(office, &caller)?,
            membership::approval_rules(office, &caller)?,
        ))
    })
    .await?;
    let is_full = u32::try_from(proposals.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = proposals.last().filter(|_| is_full).map(|last| last.id.to_string());
    let line = |proposal: Proposal| ProposalLine {
        proposed_by: name_of(&names, proposal.proposed_by),
        standing: proposal.standing(now),
        proposal,
    };
    let rows = proposals.into_iter().map(line).collect();
    Visit::show(&ApprovalsPage { frame, form, rows, rules, next })
}

async fn show(visit: Visit, id: ProposalId, form: Form) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (own, now) = (caller.person()?.id, app.clock.now());
    let (proposal, names, member) = blocking::record(move || {
        let proposal = membership::find_proposal(&app.office, &caller, id)?;
        let change: Option<PersonProposal> = subject(&proposal, ProposalKind::PersonChange);
        // Who was taken out meanwhile is not there to be shown.
        let member = change.and_then(|PersonProposal { person, change }| {
            membership::find_person(&app.office, &caller, person).ok().map(|person| (person, change))
        });
        Ok((proposal, membership::names(&app.office, &caller)?, member))
    })
    .await?;
    let offer: Option<NewOffer> = subject(&proposal, ProposalKind::GrantOffer);
    let clauses = offer.as_ref().map(|offer| offer.terms.render(frame.language())).unwrap_or_default();
    Visit::show(&ApprovalPage {
        proposed_by: name_of(&names, proposal.proposed_by),
        decided_by: proposal.decided_by.map(|person| name_of(&names, person)).unwrap_or_default(),
        standing: proposal.standing(now),
        is_own: proposal.proposed_by == own,
        clauses: clauses.into_iter().map(|clause| format!("{}: {}", clause.title, clause.text)).collect(),
        model: offer.as_ref().map(|offer| offer.model.clone()).unwrap_or_default(),
        member,
        destruction: subject(&proposal, ProposalKind::KeyDestruction),
        rotation: subject(&proposal, ProposalKind::LogRotation),
        licensee: offer.map(|offer| offer.licensee.to_string()).unwrap_or_default(),
        frame,
        form,
        proposal,
    })
}

/// What the act is given, where the proposal is of `kind` and this program still understands it.
fn subject<T: DeserializeOwned>(proposal: &Proposal, kind: ProposalKind) -> Option<T> {
    let subject = Some(&proposal.subject).filter(|_| proposal.kind == kind)?;
    serde_json::from_value(subject.clone()).ok()
}

fn name_of(names: &HashMap<PersonId, Label>, id: PersonId) -> String {
    names.get(&id).map_or_else(|| id.to_string(), ToString::to_string)
}

fn proposal_id(text: &str) -> Result<ProposalId, Problem> {
    text.parse().map_err(|_| Problem::not_found("proposal"))
}

impl ProposalLine {
    const fn tag(&self) -> &'static str {
        tag(self.standing)
    }
}

impl ApprovalPage {
    const fn tag(&self) -> &'static str {
        tag(self.standing)
    }

    fn is_open(&self) -> bool {
        self.standing == ProposalStanding::Open
    }
}

/// How it looks, and what it is called.
const fn tag(standing: ProposalStanding) -> &'static str {
    match standing {
        ProposalStanding::Open => "pending",
        ProposalStanding::Lapsed => "silent",
        ProposalStanding::Approved => "accepted",
        ProposalStanding::Declined => "refused",
        ProposalStanding::Withdrawn => "withdrawn",
    }
}
