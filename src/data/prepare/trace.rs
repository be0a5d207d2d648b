//! The trace: what became of every row, as JSON lines in the order of the input.
//!
//! Rows are named by number and cells are never repeated, so that erasing the input leaves nothing behind here. The first line names the
//! outputs, the last one counts. In between each row has any number of lines about changes and then exactly one about its end:
//!
//! ```text
//! {"trace":1,"outputs":["all"]}
//! {"row":1,"act":"changed","step":1,"reason":"white space","detail":"1"}
//! {"row":1,"act":"kept","output":"all","at":1}
//! {"row":2,"act":"removed","step":2,"reason":"exact duplicate","detail":"of row 1"}
//! {"rows":2,"kept":{"all":1}}
//! ```

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};

/// The version of traces that is written and checked.
pub const VERSION: u32 = 1;
/// Bytes of one line; ours are a few hundred, and grow with the number of columns that an outlier stands in.
const MAXIMUM_LINE: u64 = 8 << 20;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase")]
pub enum Act {
    /// Something in it is different now, or was flagged.
    Changed {
        /// The step, from 1.
        step: usize,
        /// Why.
        reason: String,
        /// How often, or where.
        detail: String,
    },
    /// It is in no output.
    Removed {
        /// The step, from 1.
        step: usize,
        /// Why.
        reason: String,
        /// Which other row or measure led to it; may be empty.
        detail: String,
    },
    /// It is in an output.
    Kept {
        /// The output.
        output: String,
        /// Its number there, from 1.
        at: u64,
    },
}

/// One line about one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The row of the input.
    pub row: u64,
    /// What became of it.
    #[serde(flatten)]
    pub act: Act,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    trace: u32,
    outputs: Vec<String>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Rows of the input.
    pub rows: u64,
    /// Rows of each output.
    pub kept: BTreeMap<String, u64>,
}

/// Writes a trace.
pub(crate) struct Tracer<'run> {
    output: &'run mut dyn Write,
    line: Vec<u8>,
}

impl<'run> Tracer<'run> {
    pub(crate) fn begin(output: &'run mut dyn Write, outputs: Vec<String>) -> io::Result<Self> {
        let mut tracer = Self { output, line: Vec::new() };
        tracer.write(&First { trace: VERSION, outputs })?;
        Ok(tracer)
    }

    pub(crate) fn event(&mut self, row: u64, act: Act) -> io::Result<()> {
        self.write(&Event { row, act })
    }

    pub(crate) fn end(&mut self, rows: u64, kept: BTreeMap<String, u64>) -> io::Result<()> {
        self.write(&Summary { rows, kept })?;
        self.output.flush()
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.output.write_all(&self.line)
    }
}

/// Why a trace does not account for every row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// It cannot be read.
    #[error("the trace cannot be read ({reason}); try again")]
    Read {
        /// What the reader said.
        reason: String,
    },
    /// A line that is none of a trace.
    #[error("line {line} of the trace is malformed; prepare the data again")]
    Malformed {
        /// From 1.
        line: u64,
    },
    /// It ends before its last line.
    #[error("the trace ends after row {row} without its last line; prepare the data again")]
    CutShort {
        /// The last row that is accounted for.
        row: u64,
    },
    /// A row out of its turn: left out, twice, or removed and kept.
    #[error("line {line} of the trace is about row {found} where row {expected} is due; prepare the data again")]
    OutOfTurn {
        /// From 1.
        line: u64,
        /// The row that must come.
        expected: u64,
        /// The row that came.
        found: u64,
    },
    /// A row kept at a place that is not the next of its output.
    #[error("row {row} is said to be row {at} of output `{output}`, which does not follow; prepare the data again")]
    Place {
        /// The row.
        row: u64,
        /// The output.
        output: String,
        /// The place.
        at: u64,
    },
    /// The counts differ from those of the data.
    #[error("the trace counts {traced} rows of {what} where there are {counted}; check that they belong together")]
    Count {
        /// `the input`, or an output.
        what: String,
        /// Rows that the trace accounts for.
        traced: u64,
        /// Rows that there are.
        counted: u64,
    },
}

/// Checks that every one of `rows` input rows is either at one place of one output or removed for one reason, that the rows of each
/// output are in the order of the input without a gap, and that input and outputs have as many rows as given.
///
/// # Errors
/// [`TraceError`], naming the first line, row or count that is wrong.
pub fn check(trace: impl BufRead, rows: u64, outputs: &BTreeMap<String, u64>) -> Result<Summary, TraceError> {
    let mut lines = Lines { input: trace, number: 0 };
    let first: First = lines.next()?.ok_or(TraceError::CutShort { row: 0 })?;
    if first.trace != VERSION {
        return Err(TraceError::Malformed { line: 1 });
    }
    let mut kept: BTreeMap<String, u64> = first.outputs.into_iter().map(|name| (name, 0)).collect();
    let mut done = 0;
    let summary = loop {
        let line: Line = lines.next()?.ok_or(TraceError::CutShort { row: done })?;
        let Event { row, act } = match line {
            Line::Event(event) => event,
            Line::Summary(summary) => break summary,
        };
        if row != done + 1 {
            return Err(TraceError::OutOfTurn { line: lines.number, expected: done + 1, found: row });
        }
        match act {
            Act::Changed { .. } => {}
            Act::Removed { .. } => done = row,
            Act::Kept { output, at } => {
                let count = kept.get_mut(&output).filter(|count| **count + 1 == at);
                *count.ok_or(TraceError::Place { row, output, at })? = at;
                done = row;
            }
        }
    };
    if lines.next::<serde::de::IgnoredAny>()?.is_some() || summary.rows != done || summary.kept != kept {
        return Err(TraceError::Malformed { line: lines.number });
    }
    compare("the input", done, rows)?;
    for name in kept.keys().chain(outputs.keys()) {
        let count = |counts: &BTreeMap<String, u64>| counts.get(name).copied().unwrap_or_default();
        compare(&format!("output `{name}`"), count(&kept), count(outputs))?;
    }
    Ok(summary)
}

fn compare(what: &str, traced: u64, counted: u64) -> Result<(), TraceError> {
    if traced == counted { Ok(()) } else { Err(TraceError::Count { what: what.to_owned(), traced, counted }) }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Event(Event),
    Summary(Summary),
}

struct Lines<Input> {
    input: Input,
    number: u64,
}

impl<Input: BufRead> Lines<Input> {
    fn next<Content: for<'de> Deserialize<'de>>(&mut self) -> Result<Option<Content>, TraceError> {
        let mut line = Vec::new();
        let read = (&mut self.input).take(MAXIMUM_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| TraceError::Read { reason: error.to_string() })? == 0 {
            return Ok(None);
        }
        self.number += 1;
        serde_json::from_slice(&line).map(Some).map_err(|_| TraceError::Malformed { line: self.number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"trace":1,"outputs":["test","train"]}
{"row":1,"act":"changed","step":1,"reason":"white space","detail":"1"}
{"row":1,"act":"kept","output":"train","at":1}
{"row":2,"act":"removed","step":2,"reason":"exact duplicate","detail":"of row 1"}
{"row":3,"act":"kept","output":"train","at":2}
{"rows":3,"kept":{"test":0,"train":2}}
"#;

    fn checked(trace: &str) -> Result<Summary, TraceError> {
        check(trace.as_bytes(), 3, &BTreeMap::from([("train".to_owned(), 2)]))
    }

    #[test]
    fn a_trace_that_accounts_for_every_row_passes() {
        assert_eq!(checked(GOOD).unwrap().rows, 3);
    }

    #[test]
    fn every_way_to_lose_a_row_is_found() {
        let lines: Vec<&str> = GOOD.lines().collect();
        for left_out in [0, 2, 3, 4, 5] {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line).collect();
            assert!(checked(&rest.join("\n")).is_err(), "line {left_out}");
        }
        for (from, to) in [
            ("\"row\":2", "\"row\":1"),
            ("\"at\":2", "\"at\":3"),
            ("\"output\":\"train\",\"at\":2", "\"output\":\"test\",\"at\":1"),
            ("\"output\":\"train\",\"at\":2", "\"output\":\"else\",\"at\":1"),
            ("\"rows\":3", "\"rows\":4"),
            ("removed", "vanished"),
            ("\"trace\":1", "\"trace\":2"),
        ] {
            assert!(checked(&GOOD.replacen(from, to, 1)).is_err(), "{from}");
        }
        assert!(checked(&format!("{GOOD}{{}}\n")).is_err());
        let twice =
            GOOD.replace("{\"row\":3", "{\"row\":2,\"act\":\"kept\",\"output\":\"train\",\"at\":2}\n{\"row\":3");
        assert!(matches!(checked(&twice), Err(TraceError::OutOfTurn { expected: 3, found: 2, .. })));
        assert!(matches!(
            check(GOOD.as_bytes(), 4, &BTreeMap::from([("train".into(), 2)])),
            Err(TraceError::Count { .. })
        ));
    }
}
