//! Offering a licence, step by step: to whom and for which model, what for and where, how long and for how much, on which further
//! terms; then it is read, in plain language and as a document, with what it would not allow, before it is offered.
//!
//! A step is a form that carries the fields of all others, so that nothing is kept anywhere until the offer is made.

use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{Language, Sha256Digest, Slug, UnixMillis},
};
use chancery_domain::{
    documents::Fault,
    granting::NewOffer,
    licensing::{Clause, Terms},
    membership::Acted,
    parties::{Caller, Permission},
    policy::Outcome,
    requesting::{self, ShownRequest},
    serving::{Foreseen, Prospect},
};
use serde_json::{Value, json};

use super::{
    fields::Fields,
    form::Form,
    frame::Frame,
    purposes::{self, PURPOSES, words},
    visit::{Visit, see_other},
};
use crate::{
    app::App,
    web::{blocking, call::Answer},
};

/// The member states of the European Union (Treaty on European Union, article 52, without the United Kingdom).
const EUROPEAN_UNION: &str = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE";

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Parties,
    Use,
    Term,
    Duties,
    Read,
}

impl Step {
    const ALL: [Self; 5] = [Self::Parties, Self::Use, Self::Term, Self::Duties, Self::Read];

    const fn code(self) -> &'static str {
        match self {
            Self::Parties => "parties",
            Self::Use => "use",
            Self::Term => "term",
            Self::Duties => "duties",
            Self::Read => "read",
        }
    }

    fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    fn before(self) -> Self {
        Self::ALL.into_iter().rev().find(|step| *step < self).unwrap_or(self)
    }

    fn after(self) -> Self {
        Self::ALL.into_iter().find(|step| *step > self).unwrap_or(self)
    }

    /// The fields that are filled in at this step.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Parties => &["model", "versions", "licensee"],
            Self::Use => &["purposes", "other_purposes", "where", "included", "excluded"],
            Self::Term => &["start", "end", "quota_tokens", "price", "amount"],
            Self::Duties => &["attribution", "liability_cap", "governing_law", "legal_text_digest"],
            Self::Read => &["despite"],
        }
    }

    /// The clauses that are settled once this step is done.
    const fn clauses(self) -> &'static [u8] {
        match self {
            Self::Parties => &[8],
            Self::Use => &[1, 2],
            Self::Term => &[3, 4, 5],
            Self::Duties => &[6, 7, 9],
            Self::Read => &[],
        }
    }

    /// Where something is wrong with `field`.
    fn with(field: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|step| field.is_some_and(|field| step.fields().contains(&field)))
    }
}

/// What is read before the offer is made.
struct Reading {
    clauses: Vec<Clause>,
    document: String,
    digest: Sha256Digest,
    outlook: Outlook,
}

/// What would be decided under the terms.
#[derive(Default)]
struct Outlook {
    /// Purpose and place of each use that would be allowed.
    allowed: Vec<(String, Option<String>)>,
    refused: Vec<Refusal>,
    /// What comes with every answer, and what no licence addresses.
    beside: Vec<String>,
}

/// A use that would be refused.
struct Refusal {
    purpose: String,
    place: Option<String>,
    /// What is said, under which clause of what, and what would help.
    reasons: Vec<(String, String, String)>,
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
            let (known, others): (Vec<_>, Vec<_>) =
                request.purposes.iter().map(ToString::to_string).partition(|code| PURPOSES.contains(&code.as_str()));
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

/// The terms that the fields make, of the steps up to and including `step`; what stands in later ones is filled in with what is
/// certainly valid.
fn terms(fields: &Fields, step: Step, now: UnixMillis) -> Result<Terms, Problem> {
    let is_done = |done: Step| done <= step;
    let (mut purposes, mut included, mut excluded) = (vec!["research".to_owned()], Vec::new(), Vec::new());
    let (mut term, mut price) = (json!({"start": now.to_string()}), json!({"model": "free"}));
    let mut open = json!({"governing_law": "-"});
    if is_done(Step::Use) {
        purposes = purposes::chosen(fields)?.iter().map(ToString::to_string).collect();
        (included, excluded) = (places(fields), owned(fields.text("excluded")));
    }
    if is_done(Step::Term) {
        term = json!({"start": fields.text("start"), "end": fields.end_of_day("end")?.map(|end| end.to_string())});
        let chosen = fields.text("price");
        price = json!({"model": if chosen.is_empty() { "free" } else { chosen }, "amount": said(fields, "amount")});
        set(&mut open, "quota_tokens", json!(fields.number::<u64>("quota_tokens")?));
    }
    if is_done(Step::Duties) {
        for name in ["attribution", "liability_cap", "governing_law", "legal_text_digest"] {
            set(&mut open, name, json!(said(fields, name)));
        }
    }
    let document = [
        ("terms", json!(1)),
        ("purposes", json!(purposes)),
        ("territory", json!({"included": included, "excluded": excluded})),
        ("term", without_blanks(term)),
        ("price", without_blanks(price)),
        ("versions", json!(versions(fields)?)),
    ];
    for (name, value) in document {
        set(&mut open, name, value);
    }
    Terms::parse_json(without_blanks(open).to_string().as_bytes()).map_err(|faults| {
        // INVARIANT: faults are never empty.
        faults.list().first().map_or_else(|| Problem::internal("terms without fault are refused"), fault)
    })
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// The same without members that say nothing.
fn without_blanks(mut object: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    object
}

fn said<'fields>(fields: &'fields Fields, name: &str) -> Option<&'fields str> {
    Some(fields.text(name)).filter(|text| !text.is_empty())
}

fn owned(text: &str) -> Vec<String> {
    words(text).map(str::to_owned).collect()
}

/// Where the model may be used; an empty list means everywhere.
fn places(fields: &Fields) -> Vec<String> {
    match fields.text("where") {
        "eu" => owned(EUROPEAN_UNION),
        "named" => owned(fields.text("included")),
        _ => Vec::new(),
    }
}

fn versions(fields: &Fields) -> Result<Vec<u32>, Problem> {
    let number = |word: &str| word.trim_start_matches('v').parse().ok().filter(|number: &u32| *number > 0);
    let numbers: Option<Vec<u32>> = words(fields.text("versions")).map(number).collect();
    numbers.ok_or_else(|| {
        let detail = "give numbers of versions, such as 1 2, or leave it empty for all";
        Problem::new(ProblemKind::Unprocessable, detail).at("versions")
    })
}

/// A fault of the terms at the field of the form that it is about.
fn fault(fault: &Fault) -> Problem {
    let field = match fault.field.split(['.', '[']).collect::<Vec<_>>().as_slice() {
        ["territory", "excluded", ..] => "excluded",
        ["territory", ..] => "included",
        ["term", "end", ..] => "end",
        ["term", ..] => "start",
        ["price", "amount", ..] => "amount",
        ["price", ..] => "price",
        ["purposes", ..] => "purposes",
        ["versions", ..] => "versions",
        ["quota_tokens", ..] => "quota_tokens",
        ["attribution", ..] => "attribution",
        ["liability_cap", ..] => "liability_cap",
        ["legal_text_digest", ..] => "legal_text_digest",
        _ => "governing_law",
    };
    let detail = format!("give {}; there was {}", fault.expected, fault.found);
    Problem::new(ProblemKind::Unprocessable, detail).at(field)
}

impl Outlook {
    fn of(foreseen: &[Foreseen], language: Language) -> Self {
        let mut outlook = Self::default();
        for Foreseen { purpose, territory, decision } in foreseen {
            let (purpose, place) = (purpose.to_string(), territory.as_ref().map(ToString::to_string));
            let mut beside = Vec::new();
            match &decision.outcome {
                Outcome::Allowed { obligations, notices } => {
                    outlook.allowed.push((purpose, place));
                    let obliged = obligations.iter().map(|obligation| &obligation.message);
                    let said = obliged.chain(notices.iter().map(|notice| &notice.message));
                    beside.extend(said.map(|message| message.in_language(language).to_owned()));
                }
                Outcome::Refused => {
                    let reason = |reason: &chancery_domain::policy::Reason| {
                        let under = format!("{}, {}", reason.source, reason.clause);
                        let [message, next] = [&reason.message, &reason.next_step];
                        (message.in_language(language).to_owned(), under, next.in_language(language).to_owned())
                    };
                    outlook.refused.push(Refusal {
                        purpose,
                        place,
                        reasons: decision.reasons.iter().map(reason).collect(),
                    });
                }
            }
            for said in beside {
                if !outlook.beside.contains(&said) {
                    outlook.beside.push(said);
                }
            }
        }
        outlook
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_000_000_000);

    fn made(text: &str, step: Step) -> Result<Terms, Problem> {
        terms(&Fields::parse(text.as_bytes()).unwrap(), step, NOW)
    }

    #[test]
    fn each_step_is_held_against_the_rules_of_terms() {
        let good = "versions=v1+2&purposes=research&other_purposes=a-b&where=eu&start=2026-12-01&end=2026-12-31\
                    &quota_tokens=1+000&price=flat&amount=10.00+EUR&governing_law=Germany&attribution=Acme";
        let terms = made(good, Step::Duties).unwrap();
        assert_eq!((terms.territory.included.len(), terms.versions.len(), terms.purposes.len()), (27, 2, 2));
        assert_eq!(terms.term.end.unwrap().to_string(), "2027-01-01T00:00:00.000Z", "the last day is included");
        for (text, step, field) in [
            ("versions=one", Step::Parties, "versions"),
            ("versions=", Step::Use, "purposes"),
            ("purposes=a+b", Step::Use, "purposes"),
            ("purposes=research&where=named&included=Mars", Step::Use, "included"),
            ("purposes=research&where=named&included=DE&excluded=DE", Step::Use, "excluded"),
            ("purposes=research&start=", Step::Term, "start"),
            ("purposes=research&start=2026-12-01&end=2026-11-01", Step::Term, "end"),
            ("purposes=research&start=2026-12-01&quota_tokens=0", Step::Term, "quota_tokens"),
            ("purposes=research&start=2026-12-01&price=flat", Step::Term, "amount"),
            ("purposes=research&start=2026-12-01&price=cheap", Step::Term, "price"),
            ("purposes=research&start=2026-12-01", Step::Duties, "governing_law"),
            ("purposes=research&start=2026-12-01&governing_law=x&liability_cap=much", Step::Duties, "liability_cap"),
        ] {
            let problem = made(text, step).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some(field), "{text}: {problem}");
            assert!(Step::with(problem.field.as_deref()).is_some_and(|found| found <= step), "{text}");
            if step > Step::Parties {
                assert!(made("", Step::Parties).is_ok(), "what comes later does not matter yet");
            }
        }
    }
}
