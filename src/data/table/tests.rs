//! Data sets as people have them, good and bad.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::*;

fn rows(source: &dyn Source, options: &TableOptions) -> Result<Vec<Vec<Value>>, TableError> {
    let mut table = Table::open(source, options)?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        assert_eq!(row.number, rows.len() as u64 + 1);
        rows.push(row.cells);
    }
    Ok(rows)
}

fn read(name: &str, bytes: &[u8]) -> Result<Vec<Vec<Value>>, TableError> {
    rows(&MemorySource::named(name, bytes.to_vec()), &TableOptions::default())
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn every_text_format_is_read() {
    let csv = b"\xef\xbb\xbfa,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\r\n2,\r\n";
    assert_eq!(read("a.csv", csv), Ok(vec![vec![text("1"), text("x, \"y\"\nz")], vec![text("2"), Value::Missing]]));
    let json = b"{\"a\": 1, \"b\": [1, {\"c\": 1.50}]}\n\n{\"b\": null, \"a\": 2.5}\n{\"c\": true}";
    assert_eq!(
        read("a.jsonl", json),
        Ok(vec![
            vec![Value::Integer(1), Value::Json("[1, {\"c\": 1.50}]".into()), Value::Missing],
            vec![Value::Float(2.5), Value::Missing, Value::Missing],
            vec![Value::Missing, Value::Missing, Value::Bool(true)],
        ])
    );
    assert_eq!(
        read("a.txt", b"one, two\r\n\nthree"),
        Ok(vec![vec![text("one, two")], vec![Value::Missing], vec![text("three")]])
    );
}

#[test]
fn other_encodings_are_read_when_named() {
    let (gb, _, _) = encoding_rs::GB18030.encode("姓名,年龄\n张三,三十\n");
    let options = TableOptions { encoding: Some("gb18030".into()), ..TableOptions::default() };
    let source = MemorySource::named("a.csv", gb.to_vec());
    assert_eq!(rows(&source, &options), Ok(vec![vec![text("张三"), text("三十")]]));
    let source = MemorySource::named("a.csv", b"a,b\n\xd6\xd0,\x81\n\xd6\xd0,1\n".to_vec());
    let says = "row 1, column `b`: the bytes are not gb18030; convert the file, or give its `encoding`";
    assert_eq!(rows(&source, &options).unwrap_err().to_string(), says);
    let utf16: Vec<u8> = "\u{feff}a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let source = MemorySource::named("a.csv", utf16);
    assert!(rows(&source, &TableOptions::default()).unwrap_err().to_string().contains("encoding = \"utf-16le\""));
    let options = TableOptions { encoding: Some("utf-16le".into()), ..TableOptions::default() };
    assert_eq!(rows(&source, &options), Ok(vec![vec![text("1"), text("2")]]));
}

#[test]
fn what_only_one_format_has_asks_for_it() {
    let delimited = TableOptions { delimiter: Some(';'), ..TableOptions::default() };
    let named = TableOptions { columns: Some(vec!["a".into()]), ..TableOptions::default() };
    let refuses = |bytes: &[u8], options| {
        matches!(rows(&MemorySource::new(bytes.to_vec()), options), Err(TableError::Contradiction { .. }))
    };
    assert!(refuses(b"{\"a\": 1}\n", &delimited));
    assert!(refuses(b"a,b\n1,2\n", &named));
    assert_eq!(
        rows(&MemorySource::new(b"a,b;c\n1,2;3\n".to_vec()), &delimited),
        Ok(vec![vec![text("1,2"), text("3")]])
    );
}

#[test]
fn refusals_say_where_and_what_next() {
    let wide = ["a,b\n", &",".repeat(49_999), "\n"].concat();
    let wide_header = [",a".repeat(49_999).as_str(), "\n"].concat();
    let deep = ["{\"a\": ", &"[".repeat(100), &"]".repeat(100), "}\n"].concat();
    let cases: [(&str, &[u8], &str); 23] = [
        (
            "a.csv",
            b"a,b\n1,2\n3\n",
            "row 2 has 1 cells where the header names 2 columns; correct the row or quote its cells",
        ),
        (
            "a.csv",
            b"a,b\n1,2,3\n",
            "row 1 has 3 cells where the header names 2 columns; correct the row or quote its cells",
        ),
        (
            "a.csv",
            b"a,b\n1,2\n3,caf\xe9\n",
            "row 2, column `b`: the bytes are not UTF-8 at or after byte 8; convert the file, or give its `encoding`",
        ),
        (
            "a.csv",
            b"a,caf\xe9\n1,2\n",
            "header: the bytes are not UTF-8 at or after byte 0; convert the file, or give its `encoding`",
        ),
        (
            "a.csv",
            b"a,b\n1,\"2\n3,4\n",
            "row 1: a quote is opened and never closed; close it, or double the quotes inside the cell",
        ),
        (
            "a.csv",
            b"a,b\n\"x\"\"y\",a\"b\n\"x\"y,2\n",
            "row 2: text follows the quote that closes a cell; double the quotes inside the cell",
        ),
        ("a.csv", b"a,,b\n1,2,3\n", "column 2 has no name; name every column in the header"),
        ("a.csv", b"a,b,a\n1,2,3\n", "columns 1 and 3 are both named `a`; give each column its own name"),
        ("a.csv", wide.as_bytes(), "row 1: more than 10000 columns; check the delimiter, or split the table"),
        ("a.csv", wide_header.as_bytes(), "header: more than 10000 columns; check the delimiter, or split the table"),
        ("a.csv", b"\n\n", "the file has no header; name the columns in its first line"),
        ("a.csv", b"", "the file is empty; give a file with at least one row"),
        ("a.csv", b"\xef\xbb\xbf", "the file is empty; give a file with at least one row"),
        (
            "a.csv",
            b"a,b\n1,\x002\n",
            "byte 6 is zero, so the content is not text; give CSV, JSON lines, Parquet or plain text",
        ),
        ("a.csv", b"\x1f\x8b\x08\0", "the content is gzip; decompress it first and give the file inside it"),
        (
            "a.csv",
            b"{\"a\": 1}\n",
            "the name says CSV but the content is JSON lines; rename the file or replace its content",
        ),
        (
            "a.parquet",
            b"a,b\n",
            "the name says Parquet but the content is text; rename the file or replace its content",
        ),
        ("a.jsonl", b"{\"a\": 1}\n[1]\n", "row 2: the line is not an object; write one JSON object per line"),
        (
            "a.jsonl",
            b"{\"a\": 1}\n{\"a\": \n",
            "row 2: the JSON ends too early at byte 6; write one JSON object per line",
        ),
        ("a.jsonl", b"{\"a\": 1, \"a\": 2}\n", "row 1: `a` is given twice in one object; keep one of them"),
        ("a.jsonl", deep.as_bytes(), "row 1: nested more than 64 deep; flatten the value"),
        (
            "a.jsonl",
            b"{\"a\": 99999999999999999999}\n",
            "row 1, column `a`: `99999999999999999999` does not fit a 64-bit number; write it as text",
        ),
        (
            "a.txt",
            b"ok\n\xff\n",
            "row 2, column `text`: the bytes are not UTF-8 at or after byte 3; convert the file, or give its `encoding`",
        ),
    ];
    for (name, bytes, says) in cases {
        assert_eq!(read(name, bytes).unwrap_err().to_string(), says, "{says}");
    }
}

#[test]
fn a_lost_row_spares_the_rest() {
    let source = MemorySource::named("a.csv", b"a,b\n1,2\n3\n4,\xff\n5,6\n".to_vec());
    let mut table = Table::open(&source, &TableOptions::default()).unwrap();
    let mut seen = Vec::new();
    loop {
        match table.next_row() {
            Ok(Some(row)) => seen.push((row.number, None)),
            Ok(None) => break,
            Err(error) => seen.push((table.row_number(), error.reason())),
        }
    }
    assert_eq!(seen, [(1, None), (2, Some("ragged")), (3, Some("undecodable")), (4, None)]);
}

#[test]
fn a_change_of_kind_is_found_once_or_refused() {
    let mut bytes = b"id,note\n".to_vec();
    (0..limits::INFERENCE_ROWS).for_each(|number| bytes.extend(format!("{number},\n").into_bytes()));
    bytes.extend(b"x,first\ny,second\n");
    let source = MemorySource::named("a.csv", bytes);
    let mut table = Table::open(&source, &TableOptions::default()).unwrap();
    assert_eq!(table.columns().kind(0), Some(ColumnKind::Integer));
    while table.next_row().unwrap().is_some() {}
    let finding = Finding { row: 10_001, column: "id".into(), expected: ColumnKind::Integer, found: ColumnKind::Text };
    assert_eq!(table.findings(), [finding]);
    assert_eq!(table.columns().kind(1), Some(ColumnKind::Text));
    let strict = TableOptions { strict: true, ..TableOptions::default() };
    let says = "row 10001, column `id`: text in a column of kind integer; correct the cell, or read without `strict`";
    assert_eq!(rows(&source, &strict).unwrap_err().to_string(), says);
}

#[test]
fn text_in_a_column_of_json_numbers_is_a_change() {
    let mut bytes = "{\"a\": 1}\n".repeat(10_000);
    bytes.push_str("{\"a\": \"1\"}\n");
    let source = MemorySource::named("a.jsonl", bytes.into_bytes());
    let strict = TableOptions { strict: true, ..TableOptions::default() };
    assert!(matches!(rows(&source, &strict).unwrap_err(), TableError::KindChanged { found: ColumnKind::Text, .. }));
}

#[test]
fn a_new_member_after_the_first_rows_asks_for_the_columns() {
    let mut bytes = "{\"a\": 1}\n".repeat(10_000);
    bytes.push_str("{\"a\": 1, \"b\": 2}\n");
    let source = MemorySource::named("a.jsonl", bytes.into_bytes());
    assert!(rows(&source, &TableOptions::default()).unwrap_err().to_string().contains("row 10001: `b`"));
    let columns = Some(vec!["b".to_owned(), "a".to_owned()]);
    let all = rows(&source, &TableOptions { columns, ..TableOptions::default() }).unwrap();
    assert_eq!(all.last(), Some(&vec![Value::Integer(2), Value::Integer(1)]));
}

/// Bytes without end, counted.
struct Endless {
    start: &'static [u8],
    read: Arc<AtomicU64>,
}

struct EndlessInput {
    start: Cursor<&'static [u8]>,
    read: Arc<AtomicU64>,
}

impl Source for Endless {
    fn open(&self) -> io::Result<Box<dyn Input>> {
        Ok(Box::new(EndlessInput { start: Cursor::new(self.start), read: Arc::clone(&self.read) }))
    }
}

impl Read for EndlessInput {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.start.read(into)?;
        let read = if read == 0 {
            into.fill(b'x');
            into.len()
        } else {
            read
        };
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for EndlessInput {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.start.seek(to)
    }
}

#[test]
fn an_endless_row_is_refused_after_its_limit() {
    for start in [&b"a,b\n1,"[..], b"a,b\n1,\"", b"{\"a\": 1}\n{\"a\": \"", b"text\n"] {
        let read = Arc::new(AtomicU64::new(0));
        let source = Endless { start, read: Arc::clone(&read) };
        let refused = rows(&source, &TableOptions::default()).unwrap_err();
        assert!(matches!(refused, TableError::RowTooLong { .. }), "{refused}");
        assert!(read.load(Ordering::Relaxed) < 4 * limits::MAXIMUM_ROW_BYTES as u64);
    }
}

fn written(format: Format, names: &[String], rows: &[Vec<Value>]) -> Vec<u8> {
    let mut writer = TableWriter::new(Vec::new(), format, names.iter().map(String::as_str)).unwrap();
    for row in rows {
        writer.write(row).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn the_writer_refuses_what_a_format_cannot_hold() {
    let mut json = TableWriter::new(Vec::new(), Format::JsonLines, ["a"]).unwrap();
    assert!(
        json.write(&[Value::Float(f64::INFINITY)])
            .unwrap_err()
            .to_string()
            .starts_with("row 1, column `a`: JSON has no")
    );
    assert!(json.write(&[]).is_err());
    assert_eq!(json.write(&[Value::Float(1.0)]), Ok(1));
    assert_eq!(json.finish().unwrap(), b"{\"a\":1.0}\n");
    let mut lines = TableWriter::new(Vec::new(), Format::Text, ["text"]).unwrap();
    assert_eq!(lines.write(&[text("a\nb")]), Err(WriteError::LineBreak { row: 1 }));
    assert!(TableWriter::new(Vec::new(), Format::Text, ["a", "b"]).is_err());
    assert!(TableWriter::new(Vec::new(), Format::Parquet, ["a"]).is_err());
}

#[test]
fn a_profile_counts_without_repeating() {
    let columns = Columns::named(["name", "age"]).unwrap();
    let mut profile = Profile::new(&columns);
    profile.see(&[text("Zoë"), text("36")]);
    profile.see(&[text("Al"), Value::Missing]);
    let json = serde_json::to_value(&profile).unwrap();
    let name = serde_json::json!({"name": "name", "kind": "text", "missing": 0, "shortest": 2, "longest": 3});
    let age = serde_json::json!({"name": "age", "kind": "integer", "missing": 1, "shortest": 2, "longest": 2});
    assert_eq!(json, serde_json::json!({"rows": 2, "bytes": 8, "columns": [name, age]}));
}

fn names() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set("[a-z\"\n, ;é中]{0,6}x", 1..6).prop_map(|names| names.into_iter().collect())
}

fn tables(cell: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = (Vec<String>, Vec<Vec<Value>>)> {
    names().prop_flat_map(move |names| {
        let row = proptest::collection::vec(cell.clone(), names.len());
        (Just(names), proptest::collection::vec(row, 1..12))
    })
}

fn any_text() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![Just(Value::Missing), "[ -~\r\n\té中\u{feff}]{1,12}".prop_map(Value::Text)]
}

fn any_value() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        any_text(),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_filter("finite", |float| float.is_finite()).prop_map(Value::Float),
        Just(Value::Json("[1,{\"a\":null}]".into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn csv_comes_back_as_it_was((names, table) in tables(any_text())) {
        let bytes = written(Format::Csv, &names, &table);
        let options = TableOptions { format: Some(Format::Csv), delimiter: Some(','), ..TableOptions::default() };
        prop_assert_eq!(rows(&MemorySource::new(bytes), &options), Ok(table));
    }

    #[test]
    fn csv_is_what_others_read((names, table) in tables(any_text())) {
        let bytes = written(Format::Csv, &names, &table);
        let mut other = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        let records: Vec<Vec<String>> =
            other.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        let expected = std::iter::once(names)
            .chain(table.iter().map(|row| row.iter().map(|cell| cell.spelling().into_owned()).collect()));
        prop_assert_eq!(records, expected.collect::<Vec<_>>());
    }

    #[test]
    fn json_lines_come_back_as_they_were((names, table) in tables(any_value())) {
        let bytes = written(Format::JsonLines, &names, &table);
        let options = TableOptions { columns: Some(names), ..TableOptions::default() };
        prop_assert_eq!(rows(&MemorySource::new(bytes), &options), Ok(table));
    }

    #[test]
    fn plain_text_comes_back_as_it_was(lines in proptest::collection::vec("[ -~\té中]{0,12}", 1..12)) {
        prop_assume!(!lines[0].is_empty());
        let table: Vec<Vec<Value>> = lines.iter().map(|line| vec![Value::from_text(line)]).collect();
        let bytes = written(Format::Text, &["text".to_owned()], &table);
        let options = TableOptions { format: Some(Format::Text), ..TableOptions::default() };
        prop_assume!(!bytes.starts_with(b"%PDF-"));
        prop_assert_eq!(rows(&MemorySource::new(bytes), &options), Ok(table));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), format in 0..5_usize, start in 0..5_usize) {
        let start: &[u8] = [&b""[..], b"a,b\n", b"{\"a\": 1}\n", b"PAR1", b"\xff\xfe"][start];
        let bytes = [start, &bytes].concat();
        let format = [None, Some(Format::Csv), Some(Format::JsonLines), Some(Format::Text), Some(Format::Parquet)][format];
        for encoding in [None, Some("gb18030".to_owned()), Some("utf-16le".to_owned()), Some("shift_jis".to_owned())] {
            let options = TableOptions { format, encoding, ..TableOptions::default() };
            if let Ok(mut table) = Table::open(&MemorySource::new(bytes.clone()), &options) {
                for _ in 0..1_000 {
                    match table.next_row() {
                        Ok(None) => break,
                        Ok(Some(row)) => prop_assert_eq!(row.cells.len(), table.columns().count()),
                        Err(error) if error.spares_the_rest() => {}
                        Err(_) => break,
                    }
                }
            }
        }
    }

    #[test]
    fn json_like_lines_do_not_panic(line in "[\\[\\]{}:,\"\\\\a0-9.eE\\- ]{0,40}") {
        let bytes = format!("{{\"a\": 1}}\n{line}\n");
        drop(read("a.jsonl", bytes.as_bytes()));
    }
}
