//! The first page: what needs whoever looks, what was refused lately, and how much was used.

use askama::Template;
use chancery_base::problem::Problem;
use chancery_domain::{
    parties::Caller,
    serving::{DayOfUse, DecisionQuery, ListedDecision, Side},
};

use super::{
    chart::Chart,
    frame::Frame,
    tasks::{Task, Waiting},
    visit::Visit,
};
use crate::{
    app::App,
    web::{blocking, call::Answer},
};

/// Days in a chart.
const CHART_DAYS: usize = 30;
/// Refusals that are told at once, of each side.
const REFUSALS: usize = 5;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    frame: Frame,
    tasks: Vec<Task>,
    /// Uses of the party's models and its own calls, for whoever may see all of them.
    sides: Vec<SideOfUse>,
    /// Refusals on each side, with the address of the whole list.
    refusals: Vec<(&'static str, Vec<ListedDecision>)>,
    /// Whether the viewer's organisation offered and used nothing yet, nor anybody what it owns.
    is_new: bool,
}

/// How much was used on one side.
struct SideOfUse {
    /// The side's name in texts and addresses.
    name: &'static str,
    /// Allowed and refused this month.
    month: (u64, u64),
    /// `None` where there was no use in all the days that it would show.
    chart: Option<Chart>,
}

/// What is read for the page.
struct Seen {
    waiting: Waiting,
    days: Vec<(Side, Vec<DayOfUse>)>,
    refusals: Vec<(&'static str, Vec<ListedDecision>)>,
    is_new: bool,
}

/// `GET /`
pub async fn dashboard(visit: Visit) -> Answer {
    let Visit { app, caller, frame, .. } = visit;
    let seen = blocking::record(move || Seen::of(&app, &caller)).await?;
    let sides = seen.days.iter().map(|(side, days)| SideOfUse::of(&frame, *side, days)).collect();
    let tasks = seen.waiting.tasks(&frame);
    let Seen { refusals, is_new, .. } = seen;
    Visit::show(&DashboardPage { frame, tasks, sides, refusals, is_new })
}

impl Seen {
    fn of(app: &App, caller: &Caller) -> Result<Self, Problem> {
        let (mut days, mut refusals) = (Vec::new(), Vec::new());
        for side in [Side::Owner, Side::Caller] {
            days.extend(app.desk.days_of_use(caller, side)?.map(|counted| (side, counted)));
            let refused = DecisionQuery { allowed: Some(false), ..DecisionQuery::newest(side, REFUSALS) };
            refusals.push((side.code(), app.desk.decisions(caller, &refused)?.decisions));
        }
        let waiting = Waiting::of(app, caller)?;
        let was_used = days.iter().flat_map(|(_, days)| days).any(|day| day.allowed + day.refused > 0);
        let is_new = !was_used && waiting.is_without_grants() && refusals.iter().all(|(_, refused)| refused.is_empty());
        refusals.retain(|(_, refused)| !refused.is_empty());
        Ok(Self { waiting, days, refusals, is_new })
    }
}

impl SideOfUse {
    fn of(frame: &Frame, side: Side, days: &[DayOfUse]) -> Self {
        let month = |day: &DayOfUse| frame.day(&day.day).get(..7).map(str::to_owned);
        let this_month = days.last().and_then(month);
        let of_month = days.iter().filter(|day| month(day) == this_month);
        let charted = days.get(days.len().saturating_sub(CHART_DAYS)..).unwrap_or_default();
        Self {
            name: side.code(),
            month: of_month.fold((0, 0), |sum, day| (sum.0 + day.allowed, sum.1 + day.refused)),
            chart: Chart::of(charted),
        }
    }
}
