//! Runs a recipe: first the passes in which steps learn, then the one in which rows go all the way into the outputs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;

use super::recipe::Recipe;
use super::report::{OutputReport, Report, StepReport};
use super::stage::{Flow, Marks, Stage, Verdict};
use super::trace::{Act, Tracer};
use super::{Outputs, PrepareError, Redactor};
use crate::table::{Columns, Format, Profile, Row, Source, Table, TableWriter};

/// Rows between two looks at whether to go on.
const ROWS_BETWEEN_LOOKS: u64 = 256;
/// Bytes of an output that are gathered before they are handed over.
const PIECE_BYTES: usize = 64 << 10;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The pass, from 1.
    pub pass: usize,
    /// How many passes there are.
    pub passes: usize,
    /// Rows read in this pass.
    pub rows: u64,
}

/// What a run works on.
pub struct Job<'run> {
    /// The data.
    pub source: &'run dyn Source,
    /// Takes the prepared rows.
    pub outputs: &'run mut dyn Outputs,
    /// Takes the trace.
    pub trace: &'run mut dyn Write,
    /// Finds personal data, if the recipe redacts.
    pub redactor: Option<&'run mut dyn Redactor>,
    /// Hears of the progress now and then, and may stop the run.
    pub watch: &'run mut dyn FnMut(Progress) -> ControlFlow<()>,
}

/// Runs `recipe`. The same recipe, data and redactor give the same bytes.
///
/// # Errors
/// [`PrepareError`]; what was written until then must be thrown away.
pub fn run<'run>(recipe: &'run Recipe, job: Job<'run>) -> Result<Report, PrepareError> {
    let Job { source, outputs, trace, redactor, watch } = job;
    let mut run = Run { recipe, source, redactor, watch, pass: 0, rows: None };
    let table = run.open()?;
    let mut columns = table.columns().clone();
    let mut stages: Vec<Box<dyn Stage>> = Vec::new();
    for (index, planned) in recipe.steps.iter().enumerate() {
        let mut stage = planned.step.build(&columns, index + 1)?;
        while stage.learning() {
            run.learn(&mut stages, &mut *stage)?;
        }
        columns = stage.columns().clone();
        stages.push(stage);
    }
    run.act(&mut stages, &columns, outputs, trace)
}

struct Run<'run> {
    recipe: &'run Recipe,
    source: &'run dyn Source,
    redactor: Option<&'run mut dyn Redactor>,
    watch: &'run mut dyn FnMut(Progress) -> ControlFlow<()>,
    pass: usize,
    /// Rows of the first pass.
    rows: Option<u64>,
}

/// A row, or why there is none.
enum Arrival {
    Row(Row),
    Lost(&'static str),
}

impl Run<'_> {
    fn open(&self) -> Result<Table, PrepareError> {
        Ok(Table::open(self.source, &self.recipe.input)?)
    }

    /// One pass over the input; `each` gets every row that can be read, and every number of a row that cannot.
    fn pass(
        &mut self,
        mut each: impl FnMut(u64, Arrival, &mut Option<&mut dyn Redactor>) -> Result<(), PrepareError>,
    ) -> Result<Table, PrepareError> {
        self.pass += 1;
        let mut table = self.open()?;
        self.look(0)?;
        loop {
            let arrival = match table.next_row() {
                Ok(Some(row)) => Arrival::Row(row),
                Ok(None) => break,
                Err(error) => match error.reason().filter(|_| self.recipe.drop_malformed) {
                    Some(reason) => Arrival::Lost(reason),
                    None => return Err(error.into()),
                },
            };
            let number = table.row_number();
            let mut redactor: Option<&mut dyn Redactor> = match &mut self.redactor {
                Some(redactor) => Some(&mut **redactor),
                None => None,
            };
            each(number, arrival, &mut redactor)?;
            if number.is_multiple_of(ROWS_BETWEEN_LOOKS) {
                self.look(number)?;
            }
        }
        let now = table.row_number();
        self.look(now)?;
        match self.rows.replace(now) {
            Some(first) if first != now => Err(PrepareError::SourceChanged { first, now }),
            _ => Ok(table),
        }
    }

    fn look(&mut self, rows: u64) -> Result<(), PrepareError> {
        let progress = Progress { pass: self.pass, passes: self.recipe.passes(), rows };
        if (self.watch)(progress).is_break() { Err(PrepareError::Stopped) } else { Ok(()) }
    }

    /// Shows `stage` the rows that the stages before it let through.
    fn learn(&mut self, before: &mut [Box<dyn Stage>], stage: &mut dyn Stage) -> Result<(), PrepareError> {
        self.pass(|row, arrival, redactor| {
            let Arrival::Row(Row { cells, .. }) = arrival else { return Ok(()) };
            let mut flow = Flow { row, cells, split: None };
            for earlier in before.iter_mut() {
                let mut marks = Marks { redactor: redactor.take(), ..Marks::default() };
                let verdict = earlier.apply(&mut flow, &mut marks)?;
                *redactor = marks.redactor.take();
                if verdict != Verdict::Keep {
                    return Ok(());
                }
            }
            stage.learn(&flow)
        })?;
        before.iter_mut().for_each(|earlier| earlier.restart());
        stage.end_of_pass()
    }

    /// The last pass.
    fn act(
        mut self,
        stages: &mut [Box<dyn Stage>],
        columns: &Columns,
        outputs: &mut dyn Outputs,
        trace: &mut dyn Write,
    ) -> Result<Report, PrepareError> {
        let recipe = self.recipe;
        let table = self.open()?;
        let input_format = table.format();
        let output_format = recipe.format.unwrap_or(match input_format {
            Format::Parquet => Format::JsonLines,
            // Steps can make more columns of the one that plain text has.
            Format::Text if columns.count() != 1 => Format::JsonLines,
            format => format,
        });
        let names: Vec<String> = recipe.outputs().map(str::to_owned).collect();
        let mut hall = Hall::open(&names, output_format, columns, outputs)?;
        let mut tracer = Tracer::begin(trace, names).map_err(|error| failed(&error))?;
        let planned = recipe.steps.iter().enumerate();
        let mut steps: Vec<StepReport> =
            planned.map(|(index, step)| StepReport::new(index + 1, &step.kind, &step.parameters)).collect();
        let mut input = Profile::new(table.columns());
        let table = self.pass(|row, arrival, redactor| {
            let cells = match arrival {
                Arrival::Row(Row { cells, .. }) => cells,
                Arrival::Lost(reason) => return lose(row, reason, steps.first_mut(), &mut tracer),
            };
            input.see(&cells);
            let mut flow = Flow { row, cells, split: None };
            for (stage, report) in stages.iter_mut().zip(&mut steps) {
                report.rows_in += 1;
                let mut marks = Marks { redactor: redactor.take(), ..Marks::default() };
                let verdict = stage.apply(&mut flow, &mut marks)?;
                *redactor = marks.redactor.take();
                report.add(&marks);
                if let Some(act) = change_of(report, &marks) {
                    tracer.event(row, act).map_err(|error| failed(&error))?;
                }
                if let Verdict::Remove { reason, detail } = verdict {
                    report.count(reason, 1);
                    let act = Act::Removed { step: report.step, reason: reason.to_owned(), detail };
                    return tracer.event(row, act).map_err(|error| failed(&error));
                }
                report.rows_out += 1;
            }
            let act = hall.write(&flow)?;
            tracer.event(row, act).map_err(|error| failed(&error))
        })?;
        let outputs = hall.close()?;
        let kept: BTreeMap<String, u64> =
            outputs.iter().map(|output| (output.name.clone(), output.profile.rows)).collect();
        let (rows_in, rows_out) = (table.row_number(), kept.values().sum());
        tracer.end(rows_in, kept).map_err(|error| failed(&error))?;
        for (stage, report) in stages.iter().zip(&mut steps) {
            report.learnt = stage.learnt();
        }
        let findings = table.findings().to_vec();
        Ok(Report { input_format, output_format, rows_in, rows_out, steps, outputs, input, findings })
    }
}

/// A row that could not be read is removed by the first step, which is the one that allows it.
fn lose(
    row: u64,
    reason: &'static str,
    first: Option<&mut StepReport>,
    tracer: &mut Tracer<'_>,
) -> Result<(), PrepareError> {
    if let Some(report) = first {
        report.rows_in += 1;
        report.count(reason, 1);
    }
    let act = Act::Removed { step: 1, reason: reason.to_owned(), detail: String::new() };
    tracer.event(row, act).map_err(|error| failed(&error))
}

/// The line of the trace about a change, for steps that treat rows differently.
fn change_of(report: &StepReport, marks: &Marks<'_>) -> Option<Act> {
    let (reason, detail) = match &marks.traced {
        Some(detail) => (marks.counts.iter().map(|(reason, _)| reason.as_ref()).collect(), detail.clone()),
        None if marks.counts.is_empty() || marks.cells == 0 || !traces_cells(&report.kind) => return None,
        None => {
            let reasons: Vec<&str> = marks.counts.iter().map(|(reason, _)| reason.as_ref()).collect();
            let counts: Vec<String> = marks.counts.iter().map(|(_, count)| count.to_string()).collect();
            (reasons.join(", "), counts.join(", "))
        }
    };
    Some(Act::Changed { step: report.step, reason, detail })
}

/// Steps that make columns anew treat every row alike, and stand in the report only.
fn traces_cells(kind: &str) -> bool {
    matches!(kind, "encoding" | "normalise" | "redact")
}

fn failed(error: &io::Error) -> PrepareError {
    PrepareError::Output { reason: error.to_string() }
}

/// The outputs, each with the rows that wait to be handed over.
struct Hall<'run> {
    outputs: &'run mut dyn Outputs,
    desks: Vec<Desk>,
}

struct Desk {
    name: String,
    writer: TableWriter<Vec<u8>>,
    profile: Profile,
}

impl<'run> Hall<'run> {
    fn open(
        names: &[String],
        format: Format,
        columns: &Columns,
        outputs: &'run mut dyn Outputs,
    ) -> Result<Self, PrepareError> {
        let desk = |name: &String| -> Result<Desk, PrepareError> {
            let writer = TableWriter::new(Vec::new(), format, columns.names())
                .map_err(|error| PrepareError::Write { row: 0, error })?;
            Ok(Desk { name: name.clone(), writer, profile: Profile::new(columns) })
        };
        Ok(Self { outputs, desks: names.iter().map(desk).collect::<Result<_, _>>()? })
    }

    /// Writes a row into its output.
    fn write(&mut self, flow: &Flow) -> Result<Act, PrepareError> {
        let Some(desk) = self.desks.get_mut(flow.split.unwrap_or_default()) else {
            return Err(PrepareError::Output { reason: format!("there is no output for row {}", flow.row) });
        };
        let at = desk.writer.write(&flow.cells).map_err(|error| PrepareError::Write { row: flow.row, error })?;
        desk.profile.see(&flow.cells);
        let waiting = desk.writer.output_mut();
        if waiting.len() >= PIECE_BYTES {
            self.outputs.write(&desk.name, waiting).map_err(|error| failed(&error))?;
            waiting.clear();
        }
        Ok(Act::Kept { output: desk.name.clone(), at })
    }

    /// Hands over what waits.
    fn close(self) -> Result<Vec<OutputReport>, PrepareError> {
        let mut reports = Vec::new();
        for Desk { name, writer, profile } in self.desks {
            let rest = writer.finish().map_err(|error| PrepareError::Write { row: 0, error })?;
            self.outputs.write(&name, &rest).map_err(|error| failed(&error))?;
            reports.push(OutputReport { name, profile });
        }
        Ok(reports)
    }
}
