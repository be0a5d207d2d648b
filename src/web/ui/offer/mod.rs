//! Offering a licence, step by step: to whom and for which model, what for and where, how long and for how much, on which further
//! terms; then it is read, in plain language and as a document, with what it would not allow, before it is offered.
//!
//! A step is a form that carries the fields of all others, so that nothing is kept anywhere until the offer is made.

mod draft;
mod outlook;
mod step;

use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Language, Purpose, Sha256Digest, Slug},
};
use chancery_domain::{
    granting::NewOffer,
    licensing::Clause,
    membership::Acted,
    parties::{Caller, Permission},
    requesting::{self, ShownRequest},
    serving::{Foreseen, Prospect},
};

use draft::terms;
use outlook::Outlook;
use step::Step;

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::{
    app::App,
    web::{blocking, call::Answer},
};

/// What is read before the offer is made.
struct Reading {
    clauses: Vec<Clause>,
    document: String,
    digest: Sha256Digest,
    outlook: Outlook,
}

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage {
    frame: Frame,
    form: Form,
    step: Step,
    /// The clauses that are settled so far.
    so_far: Vec<Clause>,
    /// The request that this answers.
    answers: Option<ShownRequest>,
    /// At the last step, what is offered.
    reading: Option<Reading>,
}

impl OfferPage {
    /// The fields of all other steps.
    fn carried(&self) -> Vec<&(String, String)> {
        let others = Step::ALL.into_iter().filter(|step| *step != self.step && *step != Step::Read);
        others.flat_map(|step| self.form.under(step.fields())).chain(self.form.under(&["answers"])).collect()
    }

    /// What the fields of this step are called, for what is wrong with none of them.
    fn fields(&self) -> String {
        self.step.fields().join(" ")
    }

    /// Whether a place is chosen in this way; everywhere, where nothing was chosen.
    fn is_where(&self, choice: &str) -> bool {
        let chosen = self.form.value("where");
        chosen == choice || (chosen.is_empty() && choice == "everywhere")
    }

    /// Whether a price is chosen; none, where nothing was chosen.
    fn is_price(&self, price: &str) -> bool {
        let chosen = self.form.value("price");
        chosen == price || (chosen.is_empty() && price == "free")
    }
}

/// `GET /grants/new?model=&licensee=` or `?answers=`
pub async fn offer_page(visit: Visit) -> Answer {
    visit.caller.require(Permission::Administer)?;
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let fields = blocking::record(move || started(&app, &caller, &fields)).await?;
    page(visit, fields, Step::Parties, None).await
}

/// What the first step starts with: what the address says, or what a request asks for.
fn started(app: &App, caller: &Caller, asked: &Fields) -> Result<Fields, Problem> {
    let today = app.clock.now().to_string().get(..10).unwrap_or_default().to_owned();
    let mut pairs = vec![("start", today)];
    match asked.optional("answers")? {
        None => {
            let named = ["model", "licensee"].map(|name| (name, asked.text(name).to_owned()));
            pairs.extend(named);
        }
        Some(id) => {
            let ShownRequest { request, model, requester, .. } = requesting::show(&app.registrar, caller, id)?;
            pairs.extend([
                ("answers", id.to_string()),
                ("model", model.to_string()),
                ("licensee", requester.to_string()),
            ]);
            let (known, others): (Vec<_>, Vec<_>) = request
                .purposes
                .iter()
                .map(ToString::to_string)
                .partition(|code| Purpose::KNOWN.contains(&code.as_str()));
            pairs.extend(known.into_iter().map(|code| ("purposes", code)));
            pairs.push(("other_purposes", others.join(" ")));
            let places: Vec<String> = request.territories.iter().map(ToString::to_string).collect();
            if !places.is_empty() {
                pairs.extend([("where", "named".to_owned()), ("included", places.join(" "))]);
            }
            pairs.extend(request.expected_tokens.map(|tokens| ("quota_tokens", tokens.0.to_string())));
        }
    }
    Ok(Fields::of(pairs))
}

/// `POST /grants/new`: goes on, goes back, or makes the offer.
pub async fn offer(visit: Visit) -> Answer {
    let step = Step::of(visit.fields.text("step")).unwrap_or(Step::Parties);
    let (go, fields) = (visit.fields.text("go").to_owned(), visit.fields.clone());
    if go != "offer" {
        visit.caller.require(Permission::Administer)?;
    }
    match go.as_str() {
        "back" => page(visit, fields, step.before(), None).await,
        "offer" => make(visit).await,
        code => {
            let target = Step::of(code).unwrap_or_else(|| step.after());
            page(visit, fields, target, None).await
        }
    }
}

async fn make(visit: Visit) -> Answer {
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let made = blocking::record(move || {
        let new = new_offer(&app, &caller, &fields)?;
        if !fields.is_ticked("despite") && foreseen(&app, &caller, &new)?.iter().any(|one| !one.decision.is_allowed()) {
            let detail =
                "some of what is offered would be refused; tick that you offer it even so, or go back and change it";
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("despite"));
        }
        Ok(match app.offer(&caller, &once, new)? {
            Acted::Done(changed) => format!("/grants/{}?said=offered", changed.grant),
            Acted::Proposed(proposal) => format!("/approvals/{proposal}?said=proposed"),
        })
    });
    match made.await {
        Ok(place) => Ok(see_other(&place)),
        Err(problem) => {
            let (fields, step) = (visit.fields.clone(), Step::with(problem.field.as_deref()).unwrap_or(Step::Read));
            page(visit, fields, step, Some(problem)).await
        }
    }
}

/// What is read for a page.
struct Seen {
    step: Step,
    problem: Option<Problem>,
    so_far: Vec<Clause>,
    answers: Option<ShownRequest>,
    reading: Option<Reading>,
}

/// Shows `step`, or the first one before it that is not filled in as it should be.
async fn page(visit: Visit, fields: Fields, step: Step, problem: Option<Problem>) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let (typed, language) = (fields.clone(), frame.language());
    let seen = blocking::record(move || Seen::of(&app, &caller, &typed, step, problem, language)).await?;
    let Seen { step, problem, so_far, answers, reading } = seen;
    let status = problem.as_ref().map(|problem| problem.kind.status());
    let form = match problem {
        Some(problem) => Form::refused(fields, problem),
        None => Form::prefilled(fields),
    };
    let page = Visit::show(&OfferPage { frame, form, step, so_far, answers, reading })?;
    match status {
        Some(status) => Visit::with_status(page, status),
        None => Ok(page),
    }
}

impl Seen {
    fn of(
        app: &App,
        caller: &Caller,
        fields: &Fields,
        mut step: Step,
        mut problem: Option<Problem>,
        language: Language,
    ) -> Result<Self, Problem> {
        let answers = fields.optional("answers")?.map(|id| requesting::show(&app.registrar, caller, id)).transpose()?;
        if problem.is_none() && step > Step::Parties {
            problem = check(app, caller, fields, step.before()).err();
            if let Some(ours) = problem.take_if(|problem| problem.kind.status() >= 500) {
                return Err(ours);
            }
            step =
                problem.as_ref().map_or(step, |problem| Step::with(problem.field.as_deref()).unwrap_or(step.before()));
        }
        let mut reading = None;
        if step == Step::Read {
            let new = new_offer(app, caller, fields)?;
            let outlook = Outlook::of(&foreseen(app, caller, &new)?, language);
            let document = serde_json::to_string_pretty(&new.terms).map_err(Problem::internal)?;
            let digest = new.terms.digest().map_err(Problem::internal)?;
            reading = Some(Reading { clauses: new.terms.render(language), document, digest, outlook });
        }
        let settled: Vec<u8> =
            Step::ALL.into_iter().filter(|done| *done < step).flat_map(|done| done.clauses().to_owned()).collect();
        let draft = if step > Step::Parties { terms(fields, step.before(), app.clock.now()).ok() } else { None };
        let so_far = draft.map(|terms| terms.render(language)).unwrap_or_default();
        let so_far = so_far.into_iter().filter(|clause| settled.contains(&clause.number)).collect();
        Ok(Self { step, problem, so_far, answers, reading })
    }
}

/// Whether everything up to and including `step` is filled in as it should be.
fn check(app: &App, caller: &Caller, fields: &Fields, step: Step) -> Result<(), Problem> {
    let licensee: Slug = fields.value("licensee")?;
    app.registrar.between(caller, fields.text("model"), &licensee)?;
    terms(fields, step, app.clock.now()).map(drop)
}

/// What the form offers, judged by the same rules as a terms file.
fn new_offer(app: &App, caller: &Caller, fields: &Fields) -> Result<NewOffer, Problem> {
    check(app, caller, fields, Step::Duties)?;
    Ok(NewOffer {
        model: fields.text("model").to_owned(),
        licensee: fields.value("licensee")?,
        terms: terms(fields, Step::Duties, app.clock.now())?,
        answers: fields.optional("answers")?,
    })
}

fn foreseen(app: &App, caller: &Caller, new: &NewOffer) -> Result<Vec<Foreseen>, Problem> {
    let model = new.model.parse().map_err(|invalid| Problem::from(invalid).at("model"))?;
    app.desk.foresee(caller, &Prospect { model, licensee: new.licensee.clone(), terms: new.terms.clone() })
}
