//! Parquet files written here, whole, damaged and dishonest.

use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use crate::table::{ColumnKind, MemorySource, Table, TableError, TableOptions, Value};

const SCHEMA: &str = "message rows {
    required int64 id;
    optional double score;
    optional binary name (utf8);
    optional int64 at (timestamp(nanos, true));
    optional group tags (list) { repeated group list { optional binary element (utf8); } }
}";

/// A file of the schema above with these rows in each of two row groups.
fn file(rows: usize, name: &str) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for group in 0..2 {
        let mut group_writer = writer.next_row_group().unwrap();
        let mut place = 0;
        while let Some(mut column) = group_writer.next_column().unwrap() {
            let present = vec![1_i16; rows];
            match place {
                0 => {
                    let ids: Vec<i64> = (0..rows).map(|row| (group * rows + row) as i64).collect();
                    column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
                }
                1 => {
                    let scores = vec![0.5; rows - 1];
                    let mut present = present.clone();
                    present[0] = 0;
                    column.typed::<DoubleType>().write_batch(&scores, Some(&present), None).unwrap();
                }
                2 => {
                    let names = vec![ByteArray::from(name); rows];
                    column.typed::<ByteArrayType>().write_batch(&names, Some(&present), None).unwrap();
                }
                3 => {
                    let times = vec![1_000_000_000_i64; rows];
                    column.typed::<Int64Type>().write_batch(&times, Some(&present), None).unwrap();
                }
                _ => {
                    let tags: Vec<_> =
                        (0..rows).flat_map(|_| [ByteArray::from("a"), ByteArray::from("\"b\"")]).collect();
                    let definitions = vec![3_i16; rows * 2];
                    let repetitions = [0_i16, 1].repeat(rows);
                    let column = column.typed::<ByteArrayType>();
                    column.write_batch(&tags, Some(&definitions), Some(&repetitions)).unwrap();
                }
            }
            column.close().unwrap();
            place += 1;
        }
        group_writer.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn read(bytes: Vec<u8>) -> Result<Vec<Vec<Value>>, TableError> {
    let mut table = Table::open(&MemorySource::named("a.parquet", bytes), &TableOptions::default())?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        rows.push(row.cells);
    }
    Ok(rows)
}

#[test]
fn rows_of_every_group_are_read() {
    let source = MemorySource::new(file(3, "Ada"));
    let table = Table::open(&source, &TableOptions::default()).unwrap();
    let kinds: Vec<_> = table.columns().iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [ColumnKind::Integer, ColumnKind::Float, ColumnKind::Text, ColumnKind::Date, ColumnKind::Json]);
    let rows = read(file(3, "Ada")).unwrap();
    assert_eq!(rows.len(), 6);
    let at = Value::Text("1970-01-01T00:00:01".into());
    let tags = Value::Json("[\"a\",\"\\\"b\\\"\"]".into());
    assert_eq!(rows[3], [Value::Integer(3), Value::Missing, Value::Text("Ada".into()), at, tags]);
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    // A name of 65 MiB compresses to a few kilobytes; its page claims what it unfolds to.
    let bomb = file(1, &"a".repeat(65 << 20));
    assert!(bomb.len() < 1 << 20);
    let refused = read(bomb).unwrap_err();
    assert!(matches!(refused, TableError::ParquetTooLarge { what: "one page", .. }), "{refused}");
    let long = file(1, &"a".repeat(17 << 20));
    assert!(matches!(read(long).unwrap_err(), TableError::RowTooLong { .. }));
}

/// A file with one column of integers, all in one record.
fn list(schema: &str, length: usize) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let (definitions, mut repetitions) = (vec![1_i16; length], vec![1_i16; length]);
    repetitions[0] = 0;
    let zeros = vec![0_i64; length];
    column.typed::<Int64Type>().write_batch(&zeros, Some(&definitions), Some(&repetitions)).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn a_long_list_from_few_bytes_is_refused() {
    let schema = "message rows { repeated int64 n; }";
    assert_eq!(read(list(schema, 3)), Ok(vec![vec![Value::Json("[0,0,0]".into())]]));
    let bomb = list(schema, 5 << 20);
    assert!(bomb.len() < 1 << 20);
    let refused = read(bomb).unwrap_err();
    assert!(matches!(refused, TableError::ParquetTooLarge { what: "list items in a row group", .. }), "{refused}");
}

#[test]
fn a_schema_that_is_too_deep_is_refused() {
    let nested = |depth| {
        format!("message rows {{ {} repeated int64 n; {} }}", "required group g { ".repeat(depth), "}".repeat(depth))
    };
    assert!(read(list(&nested(10), 3)).is_ok());
    assert!(matches!(read(list(&nested(70), 3)).unwrap_err(), TableError::ParquetDamaged { .. }));
}

#[test]
fn what_is_cut_short_is_damaged() {
    let whole = file(3, "Ada");
    for length in 8..whole.len() {
        let refused = read(whole[..length].to_vec()).unwrap_err();
        assert!(
            matches!(refused, TableError::ParquetDamaged { .. } | TableError::ParquetTooLarge { .. }),
            "{length}: {refused}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_damage_makes_it_panic(at in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = file(3, "Ada");
        for (index, byte) in at {
            let place = index.index(bytes.len());
            bytes[place] = byte;
        }
        drop(read(bytes));
    }
}
