//! Each step, alone and with others.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{prepared, recipe, refused, run_on};
use crate::prepare::{Job, PrepareError, Progress, run};
use crate::table::{Input, MemorySource, Source};

fn step(kind: &str, fields: &str) -> String {
    format!("[[step]]\nkind = \"{kind}\"\n{fields}\n")
}

#[test]
fn without_steps_only_the_form_changes() {
    let done = prepared("[output]\nformat = \"json-lines\"", "a.csv", "a;b\n1;x\n;\n");
    assert_eq!(done.all(), "{\"a\":\"1\",\"b\":\"x\"}\n{\"a\":null,\"b\":null}\n");
    assert_eq!(done.report.output_format.as_str(), "json-lines");
}

#[test]
fn malformed_rows_end_the_run_or_are_dropped_with_reasons() {
    let data = "a,b\n1,2\n3\n4,5\n";
    assert!(refused("", "a.csv", data).starts_with("row 2 has 1 cells"));
    let done = prepared(&step("drop-malformed", ""), "a.csv", data);
    assert_eq!(done.all(), "a,b\n1,2\n4,5\n");
    assert_eq!((done.report.rows_in, done.report.rows_out, done.count(1, "ragged")), (3, 2, 1));
    assert!(done.trace().contains(r#"{"row":2,"act":"removed","step":1,"reason":"ragged","detail":""}"#));
    assert!(done.trace().contains(r#"{"row":3,"act":"kept","output":"all","at":2}"#));
}

#[test]
fn every_reason_to_drop_a_malformed_row_is_counted() {
    let deep = "[".repeat(70) + &"]".repeat(70);
    let lines = [
        "{\"a\": 1}",
        "[1]",
        "{\"a\": 1, \"a\": 2}",
        &format!("{{\"a\": {deep}}}"),
        "{\"a\": 99999999999999999999}",
        "{\"a\"",
    ];
    let done = prepared(&step("drop-malformed", ""), "a.jsonl", &(lines.join("\n") + "\n"));
    assert_eq!(done.report.rows_out, 1);
    let counts = [("not an object", 2), ("duplicate member", 1), ("too deep", 1), ("number too large", 1)];
    counts.iter().for_each(|(reason, count)| assert_eq!(done.count(1, reason), *count, "{reason}"));
    let broken = MemorySource::named("a.csv", b"a,b\n1,\xff\n2,3\n".to_vec());
    let done = run_on(&recipe(&step("drop-malformed", "")), &broken).unwrap();
    assert_eq!((done.all(), done.count(1, "undecodable")), ("a,b\n2,3\n", 1));
}

#[test]
fn cleaning_counts_by_reason() {
    let steps = step("encoding", "whitespace = \"collapse\"")
        + &step("drop-empty", "")
        + &step("exact-duplicates", "columns = [\"b\"]");
    let done = prepared(&steps, "a.csv", "a,b\n1,x  y\n2,\"x\u{1} y\"\n ,\n3,cafe\u{301}\n4,café\n");
    assert_eq!(done.all(), "a,b\n1,x y\n3,café\n");
    assert_eq!(done.report.steps[0].cells_changed, 4);
    assert_eq!(
        (done.count(1, "white space"), done.count(1, "control characters"), done.count(1, "unicode form")),
        (2, 1, 1)
    );
    assert_eq!((done.count(2, "empty"), done.count(3, "exact duplicate")), (1, 2));
    assert!(
        done.trace().contains(r#"{"row":5,"act":"removed","step":3,"reason":"exact duplicate","detail":"of row 4"}"#)
    );
    assert!(done.trace().contains(r#"{"row":2,"act":"changed","step":1,"reason":"control characters","detail":"1"}"#));
}

#[test]
fn near_duplicates_name_the_first_and_the_similarity() {
    let first = "the quick brown fox jumps over the lazy dog and runs away into the dark forest at night";
    let data =
        format!("text\n{first}\n{first} now\nsomething else entirely is written on this line of the file\n\"\"\n");
    let steps = step("near-duplicates", "columns = [\"text\"]\nseed = 7\nthreshold = 0.7");
    let done = prepared(&steps, "a.csv", &data);
    assert_eq!((done.report.rows_out, done.count(1, "near duplicate"), done.count(1, "without text")), (3, 1, 1));
    assert!(done.trace().contains(r#""reason":"near duplicate","detail":"of row 1, similarity 0."#));
    let report = &done.report.steps[0];
    assert_eq!(serde_json::to_value(&report.parameters).unwrap()["permutations"], json!(128));
    assert_eq!(report.learnt["bands"], json!(32));
    let chinese =
        "text\n今天天气很好我们一起去公园散步吧然后回家吃饭\n今天天气很好我们一起去公园散步吧然后回家吃饭。\n";
    let words = step("near-duplicates", "columns = [\"text\"]\nseed = 7\nunit = \"words\"\nshingle = 3");
    assert_eq!(prepared(&words, "a.csv", chinese).report.rows_out, 1);
}

#[test]
fn outliers_are_flagged_or_dropped() {
    let data = "id,x\n1,10\n2,11\n3,12\n4,11\n5,\n6,500\n";
    let flag = prepared(&step("outliers", "columns = [\"x\"]\nmethod = \"iqr\""), "a.csv", data);
    assert!(flag.all().ends_with("5,,false\n6,500,true\n"), "{}", flag.all());
    assert!(
        flag.trace()
            .contains(r#"{"row":6,"act":"changed","step":1,"reason":"flagged as outlier","detail":"column `x`"}"#)
    );
    // The quartiles of 10, 11, 11, 12, 500 are 11 and 12.
    assert_eq!(flag.report.steps[0].learnt["x"], json!({"from": 9.5, "to": 13.5}));
    let dropped = prepared(
        &step("outliers", "columns = [\"x\"]\nmethod = \"z-score\"\nthreshold = 1.5\naction = \"drop\""),
        "a.csv",
        data,
    );
    assert_eq!((dropped.report.rows_out, dropped.count(1, "outlier")), (5, 1));
    let text = refused(&step("outliers", "columns = [\"x\"]\nmethod = \"iqr\""), "a.csv", "x\n1\nmany\n");
    assert_eq!(text, "step[1], row 2, column `x`: `many` is not a number; correct it, or filter such rows first");
}

#[test]
fn filters_keep_what_passes() {
    let steps = step("filter", "column = \"lang\"\nop = \"in\"\nvalues = [\"en\", \"zh\"]");
    let done = prepared(&steps, "a.csv", "lang\nen\nde\nzh\n\"\"\n");
    assert_eq!(done.all(), "lang\nen\nzh\n");
    assert_eq!(done.count(1, "filtered"), 2);
}

#[test]
fn columns_are_selected_renamed_and_dropped() {
    let steps = step("select", "columns = [\"c\", \"a\", \"b\"]")
        + &step("rename", "columns = { a = \"b\", b = \"a\" }")
        + &step("drop", "columns = [\"c\"]");
    assert_eq!(prepared(&steps, "a.csv", "a,b,c\n1,2,3\n").all(), "b,a\n1,2\n");
    assert_eq!(
        refused(&step("drop", "columns = [\"z\"]"), "a.csv", "a\n1\n"),
        "step[1]: there is no column `z` here; correct the name, or move the step"
    );
    assert!(refused(&step("rename", "columns = { a = \"b\" }"), "a.csv", "a,b\n1,2\n").contains("both named `b`"));
    assert!(refused(&step("drop", "columns = [\"a\"]"), "a.csv", "a\n1\n").starts_with("step[1]: "));
}

#[test]
fn text_is_normalised_and_tokenised() {
    let steps = step("normalise", "lowercase = true")
        + &step("tokenise", "column = \"text\"")
        + &step("tokenise", "column = \"text\"\ninto = \"text\"\nunit = \"characters\"\nformat = \"spaces\"");
    let done = prepared(&steps, "a.jsonl", "{\"text\": \"Hi 中文\"}\n{\"text\": null}\n");
    let expected =
        "{\"text\":\"h i 中 文\",\"text_tokens\":[\"hi\",\"中\",\"文\"]}\n{\"text\":null,\"text_tokens\":null}\n";
    assert_eq!(done.all(), expected);
    assert_eq!(done.count(2, "tokens"), 3);
}

#[test]
fn numbers_are_standardised_by_the_training_rows_only() {
    let alone = prepared(&step("standardise", "columns = [\"x\"]"), "a.csv", "x,y\n2,a\n4,b\n,c\n6,d\n");
    let deviation = (8.0_f64 / 3.0).sqrt();
    assert_eq!(alone.all(), format!("x,y\n{:?},a\n0.0,b\n,c\n{:?},d\n", -2.0 / deviation, 2.0 / deviation));
    assert_eq!(alone.report.steps[0].learnt["x"], json!({"count": 3.0, "mean": 4.0, "deviation": deviation}));

    let split =
        step("split", "seed = 1\ninto = { train = 0.5, test = 0.5 }") + &step("standardise", "columns = [\"x\"]");
    let data: String = (0..200).map(|number| format!("{number}\n")).collect();
    let done = prepared(&split, "a.csv", &format!("x\n{data}"));
    let numbers = |name| done.output(name).lines().skip(1).map(|line| line.parse::<f64>().unwrap()).collect::<Vec<_>>();
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    assert!(mean(&numbers("train")).abs() < 1e-9);
    assert!(mean(&numbers("test")).abs() > 1e-9);
    assert_eq!(serde_json::to_value(&done.report.steps[1].parameters).unwrap()["learn_from"], json!("train"));
    assert!(
        refused(&step("standardise", "columns = [\"x\"]"), "a.csv", "x,y\n,1\n").contains("no number to learn from")
    );
}

#[test]
fn categories_are_learnt_or_given() {
    let learnt = prepared(&step("one-hot", "column = \"c\""), "a.csv", "a,c,b\n1,y,2\n3,x,4\n5,,6\n");
    assert_eq!(learnt.all(), "a,c_x,c_y,b\n1,0,1,2\n3,1,0,4\n5,0,0,6\n");
    let given = step("one-hot", "column = \"c\"\ncategories = [\"x\"]");
    assert_eq!(
        refused(&given, "a.csv", "c\nx\ny\n"),
        "step[1], row 2, column `c`: `y` is no known category; add it to `categories`, or set `other = true`"
    );
    let other = step("one-hot", "column = \"c\"\ncategories = [\"x\"]\nother = true\nprefix = \"is\"");
    let done = prepared(&other, "a.csv", "c\nx\ny\n");
    assert_eq!(done.all(), "is_x,is_other\n1,0\n0,1\n");
    assert_eq!(done.count(1, "other"), 1);
    let many: String = (0..1_001).map(|number| format!("{number}\n")).collect();
    assert!(
        refused(&step("one-hot", "column = \"c\""), "a.csv", &format!("c\n{many}"))
            .contains("more than 1000 categories")
    );
}

#[test]
fn redaction_counts_by_class_and_needs_a_redactor() {
    let done =
        prepared(&step("redact", ""), "a.jsonl", "{\"a\": \"x@y\", \"b\": [\"@@\"]}\n{\"a\": \"plain\", \"b\": 1}\n");
    assert_eq!(done.all(), "{\"a\":\"x*y\",\"b\":[\"**\"]}\n{\"a\":\"plain\",\"b\":1}\n");
    assert_eq!((done.count(1, "email"), done.report.steps[0].cells_changed), (3, 2));
    assert!(done.trace().contains(r#"{"row":1,"act":"changed","step":1,"reason":"email","detail":"3"}"#));
    let source = MemorySource::new(b"a,b\n1,2\n".to_vec());
    let job = Job {
        source: &source,
        outputs: &mut BTreeMap::new(),
        trace: &mut Vec::new(),
        redactor: None,
        watch: &mut |_| ControlFlow::Continue(()),
    };
    assert_eq!(run(&recipe(&step("redact", "")), job), Err(PrepareError::NoRedactor { step: 1 }));
}

#[test]
fn plain_text_with_more_columns_becomes_json_lines() {
    let done = prepared(&step("tokenise", "column = \"text\""), "a.txt", "one two\n");
    assert_eq!(done.all(), "{\"text\":\"one two\",\"text_tokens\":[\"one\",\"two\"]}\n");
}

#[test]
fn steps_after_duplicates_learn_from_what_is_left() {
    let steps = step("exact-duplicates", "") + &step("standardise", "columns = [\"x\"]");
    let done = prepared(&steps, "a.csv", "x\n1\n1\n1\n3\n");
    assert_eq!(done.all(), "x\n-1.0\n1.0\n");
}

#[test]
fn whoever_watches_may_stop() {
    let data: String = (0..2_000).map(|number| format!("{number}\n")).collect();
    let source = MemorySource::named("a.csv", format!("x\n{data}").into_bytes());
    let mut seen = Vec::new();
    let mut watch = |progress: Progress| {
        seen.push(progress);
        if progress.pass == 2 && progress.rows > 500 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let job = Job {
        source: &source,
        outputs: &mut BTreeMap::new(),
        trace: &mut Vec::new(),
        redactor: None,
        watch: &mut watch,
    };
    assert_eq!(run(&recipe(&step("standardise", "columns = [\"x\"]")), job), Err(PrepareError::Stopped));
    assert_eq!(seen.last(), Some(&Progress { pass: 2, passes: 2, rows: 512 }));
    assert!(seen.contains(&Progress { pass: 1, passes: 2, rows: 2_000 }));
}

/// Loses its last row when it is opened for the second pass.
struct Shrinking(AtomicBool, AtomicBool);

impl Source for Shrinking {
    fn open(&self) -> io::Result<Box<dyn Input>> {
        let whole = MemorySource::new(b"x,y\n1,2\n3,4\n".to_vec());
        let part = MemorySource::new(b"x,y\n1,2\n".to_vec());
        if self.0.load(Ordering::Relaxed) { part.open() } else { whole.open() }
    }

    fn name(&self) -> Option<&str> {
        self.0.store(self.1.load(Ordering::Relaxed), Ordering::Relaxed);
        None
    }
}

#[test]
fn data_that_change_between_passes_are_refused() {
    let source = Shrinking(AtomicBool::new(false), AtomicBool::new(false));
    let recipe = recipe(&step("standardise", "columns = [\"x\"]"));
    let mut watch = |progress: Progress| {
        source.1.store(progress.rows > 0, Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    let job = Job {
        source: &source,
        outputs: &mut BTreeMap::new(),
        trace: &mut Vec::new(),
        redactor: None,
        watch: &mut watch,
    };
    assert_eq!(run(&recipe, job), Err(PrepareError::SourceChanged { first: 2, now: 1 }));
}

#[test]
fn an_output_that_fails_ends_the_run() {
    struct Full;
    impl crate::prepare::Outputs for Full {
        fn write(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
            Err(io::Error::other("no space"))
        }
    }
    let source = MemorySource::new(b"a,b\n1,2\n".to_vec());
    let watch = &mut |_| ControlFlow::Continue(());
    let job = Job { source: &source, outputs: &mut Full, trace: &mut Vec::new(), redactor: None, watch };
    assert_eq!(run(&recipe(""), job).unwrap_err().to_string(), "the output cannot be written (no space); try again");
}

#[test]
fn the_report_is_json() {
    let done =
        run_on(&recipe(&step("drop-empty", "")), &MemorySource::named("a.csv", b"a,b\n1,\n,\n".to_vec())).unwrap();
    let json = serde_json::to_value(&done.report).unwrap();
    assert_eq!(json["steps"][0]["kind"], "drop-empty");
    assert_eq!(json["steps"][0]["parameters"]["missing"], "all");
    assert_eq!(json["outputs"][0]["profile"]["columns"][1]["missing"], 1);
    assert_eq!(json["input"]["rows"], 2);
}
