//! What a data set may ask of memory. Each limit is checked before the memory is taken.

/// Columns of one data set. Wider tables are nearly always a wrong delimiter or a transposed file.
pub const MAXIMUM_COLUMNS: usize = 10_000;

/// Bytes of one row as it stands in the file (16 MiB).
pub const MAXIMUM_ROW_BYTES: usize = 16 << 20;

/// Nesting of a JSON value inside a row, the row's own object included.
pub const MAXIMUM_DEPTH: usize = 64;

/// Rows from which the kinds of the columns, and the columns of JSON lines, are learnt.
pub const INFERENCE_ROWS: u64 = 10_000;

/// Bytes that are looked at to tell formats apart. A header line longer than this is not used for telling.
pub const SNIFFED_BYTES: usize = 64 << 10;

/// Bytes of one Parquet page after decompression (64 MiB); writers make pages of 1 MiB unless told otherwise.
pub const MAXIMUM_PAGE_BYTES: u64 = 64 << 20;

/// Bytes that reading one Parquet row group may hold at once: of every column its dictionary and its largest page (512 MiB).
pub const MAXIMUM_OPEN_BYTES: u64 = 512 << 20;

/// Bytes of a Parquet footer (16 MiB): names, types and places of everything in the file. In memory they take about twenty times as much.
pub const MAXIMUM_FOOTER_BYTES: u64 = 16 << 20;

/// Cell bytes a Parquet file may unfold to, whatever its size (1 GiB), …
pub const UNFOLDED_BYTES_FREE: u64 = 1 << 30;

/// … and beyond that, per byte of the file. Text compresses two- to tenfold, repeated values a hundredfold.
pub const UNFOLDED_BYTES_PER_BYTE: u64 = 1_000;

/// Characters of somebody's input that an error message repeats.
pub const QUOTED_CHARACTERS: usize = 60;
