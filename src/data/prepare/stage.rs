//! What a step is while rows go through it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{PrepareError, Redactor};
use crate::table::{Columns, Value};

/// What a step has learnt from the data, for the report.
pub type Learnt = BTreeMap<String, serde_json::Value>;

/// One row on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flow {
    /// The input row.
    pub(crate) row: u64,
    pub(crate) cells: Vec<Value>,
    /// Which split it belongs to, once there are some.
    pub(crate) split: Option<usize>,
}

/// Whether a row goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    /// The reason is one of a few words, the detail names rows and measures; neither repeats a cell.
    Remove {
        reason: &'static str,
        detail: String,
    },
}

/// What a step did to one row.
#[derive(Default)]
pub(crate) struct Marks<'run> {
    /// Cells whose content is another now.
    pub(crate) cells: u64,
    /// How often for which reason.
    pub(crate) counts: Vec<(Cow<'static, str>, u64)>,
    /// Whether the row as such deserves a line in the trace; steps that treat every row alike stand in the report only.
    pub(crate) traced: Option<String>,
    pub(crate) redactor: Option<&'run mut dyn Redactor>,
}

impl Marks<'_> {
    /// Some cells were changed for a reason.
    pub(crate) fn changed(&mut self, reason: impl Into<Cow<'static, str>>, cells: u64) {
        if cells > 0 {
            self.counts.push((reason.into(), cells));
        }
    }

    /// Counts without a change of this row's own.
    pub(crate) fn count(&mut self, reason: impl Into<Cow<'static, str>>) {
        self.counts.push((reason.into(), 1));
    }
}

/// A step at work. Rows go through it in their order, in one or more passes: first those in which it learns, then those in which it acts.
pub(crate) trait Stage {
    /// Whether it needs a pass, or another, before it can act.
    fn learning(&self) -> bool {
        false
    }

    /// Looks at a row of a learning pass.
    fn learn(&mut self, _flow: &Flow) -> Result<(), PrepareError> {
        Ok(())
    }

    /// A learning pass is over.
    fn end_of_pass(&mut self) -> Result<(), PrepareError> {
        Ok(())
    }

    /// The columns that its rows have; asked when learning is over.
    fn columns(&self) -> &Columns;

    /// Does its work on a row.
    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError>;

    /// Forgets the rows it acted on, and keeps what it learnt: another pass begins.
    fn restart(&mut self) {}

    /// What it learnt.
    fn learnt(&self) -> Learnt {
        Learnt::new()
    }
}
