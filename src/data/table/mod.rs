//! Data sets as rows: CSV, JSON lines, Parquet and plain text, one row at a time.
