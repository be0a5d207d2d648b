//! What holds for any data.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::{recipe, run_on};
use crate::prepare::trace::{Act, Event};
use crate::table::{MemorySource, Table, TableOptions};

const STEPS: &str = r#"
[[step]]
kind = "drop-malformed"
[[step]]
kind = "encoding"
whitespace = "collapse"
[[step]]
kind = "drop-empty"
[[step]]
kind = "redact"
[[step]]
kind = "exact-duplicates"
[[step]]
kind = "near-duplicates"
columns = ["text"]
seed = 3
shingle = 2
[[step]]
kind = "split"
seed = 11
group = ["group"]
into = { train = 0.6, validation = 0.2, test = 0.2 }
[[step]]
kind = "one-hot"
column = "group"
other = true
[[step]]
kind = "tokenise"
column = "text"
"#;

/// Rows of a number of their own, a group and a text; some malformed.
fn data() -> impl Strategy<Value = String> {
    let row = prop_oneof![
        9 => ("[a-e]?", "[abc é\u{301}@中]{0,6}").prop_map(|(group, text)| format!("{group},{text}")),
        1 => Just("ragged".to_owned()),
    ];
    proptest::collection::vec(row, 0..60).prop_map(|rows| format!("group,text\n{}\n", rows.join("\n")))
}

fn events(trace: &[u8]) -> Vec<Event> {
    let lines = std::str::from_utf8(trace).unwrap().lines();
    lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_same_recipe_and_data_give_the_same_bytes(data in data()) {
        let source = MemorySource::named("a.csv", data.into_bytes());
        let first = run_on(&recipe(STEPS), &source).unwrap();
        prop_assert_eq!(first, run_on(&recipe(STEPS), &source).unwrap());
    }

    #[test]
    fn order_is_kept_and_counts_agree(data in data()) {
        let done = run_on(&recipe(STEPS), &MemorySource::named("a.csv", data.into_bytes())).unwrap();
        let mut last: BTreeMap<String, u64> = BTreeMap::new();
        let (mut kept, mut removed) = (0, 0);
        for event in events(&done.trace) {
            match event.act {
                Act::Kept { output, .. } => {
                    prop_assert!(last.insert(output, event.row).unwrap_or_default() < event.row);
                    kept += 1;
                }
                Act::Removed { .. } => removed += 1,
                Act::Changed { .. } => {}
            }
        }
        prop_assert_eq!((done.report.rows_in, done.report.rows_out), (kept + removed, kept));
        for pair in done.report.steps.windows(2) {
            prop_assert_eq!(pair[0].rows_out, pair[1].rows_in);
        }
    }

    #[test]
    fn no_group_and_no_duplicate_lies_in_two_splits(rows in proptest::collection::vec(("[a-h]", "[xy]{0,2}"), 1..80), seed in 0..1_000_u64) {
        let data: String = rows.iter().map(|(group, text)| format!("{group},{text}\n")).collect();
        let data = format!("group,text\n{data}");
        for (group, key) in [("group = [\"group\"]", 0), ("", 1)] {
            let steps = format!("[[step]]\nkind = \"split\"\nseed = {seed}\n{group}\ninto = {{ a = 0.5, b = 0.3, c = 0.2 }}");
            let done = run_on(&recipe(&steps), &MemorySource::named("a.csv", data.clone().into_bytes())).unwrap();
            let mut place: HashMap<String, String> = HashMap::new();
            for (name, output) in &done.outputs {
                for line in std::str::from_utf8(output).unwrap().lines().skip(1) {
                    let key = if key == 0 { line.split(',').next().unwrap() } else { line };
                    let before = place.insert(key.to_owned(), name.clone());
                    prop_assert!(before.is_none_or(|before| before == *name), "{} lies in two splits", key);
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_prepared_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), start in 0..4_usize) {
        let start: &[u8] = [&b""[..], b"group,text\n", b"{\"group\": 1, \"text\": \"a\"}\n", b"PAR1"][start];
        let source = MemorySource::new([start, &bytes].concat());
        drop(run_on(&recipe(STEPS), &source));
    }
}

#[test]
fn shares_are_met_on_average() {
    let rows: String = (0..20_000).map(|number| format!("{number}\n")).collect();
    let source = MemorySource::named("a.csv", format!("x\n{rows}").into_bytes());
    let steps = "[[step]]\nkind = \"split\"\nseed = 5\ninto = { train = 0.8, validation = 0.1, test = 0.1 }";
    let done = run_on(&recipe(steps), &source).unwrap();
    let rows: Vec<u64> = done.report.outputs.iter().map(|output| output.profile.rows).collect();
    // Three standard deviations of a binomial count are 170 rows for the first and 128 for the others.
    assert!(rows[0].abs_diff(16_000) < 170 && rows[1].abs_diff(2_000) < 128, "{rows:?}");
    assert_eq!(done.report.outputs[0].name, "train");
}

#[test]
fn outputs_are_data_sets_again() {
    let source = MemorySource::named("a.csv", b"group,text\na,x y\nb,\"p, q\"\n".to_vec());
    let done = run_on(&recipe("[[step]]\nkind = \"tokenise\"\ncolumn = \"text\""), &source).unwrap();
    let again = MemorySource::named("all.csv", done.outputs["all"].clone());
    let mut table = Table::open(&again, &TableOptions::default()).unwrap();
    let mut rows = 0;
    while table.next_row().unwrap().is_some() {
        rows += 1;
    }
    assert_eq!(rows, 2);
}
