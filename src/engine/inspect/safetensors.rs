//! The header of a safetensors file: parsed by the safetensors crate, then held to rules that the crate leaves open.
//!
//! Of its own this adds a cap on the header, refusal of names that occur twice (the crate keeps the last one), and arithmetic that
//! cannot overflow. Format: <https://github.com/huggingface/safetensors#format>.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use safetensors::tensor::{Metadata, TensorInfo};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::InspectError;

/// The longest header accepted. The crate allows 100 MB; real headers of large models stay below 1 MB.
pub const MAX_HEADER_BYTES: usize = 4 << 20;

/// The header begins after its length, a little-endian 64-bit number.
const LENGTH_FIELD_BYTES: usize = 8;

/// What the header of a safetensors file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetensorsSummary {
    /// Number of tensors.
    pub tensor_count: u64,
    /// Number of elements of all tensors together.
    pub parameter_count: u64,
    /// Number of tensors of each element type, by the name the header uses.
    pub dtypes: BTreeMap<String, u64>,
    /// Length of the JSON header in bytes, without its length field.
    pub header_bytes: u64,
}

/// Reads and checks the header of a safetensors file of `total_length` bytes from its first bytes.
///
/// # Errors
///
/// [`InspectError`] `HeaderTooLong`, `HeaderTruncated`, `HeaderMalformed`, `DuplicateName`, `Offsets` (overlap, gap, or a shape that
/// does not fit) or `LengthMismatch` (tensors outside the file, or trailing bytes that no tensor covers).
pub fn safetensors_header(prefix: &[u8], total_length: u64) -> Result<SafetensorsSummary, InspectError> {
    let (metadata, header_bytes) = header(prefix, total_length)?;
    let tensors = metadata.tensors();
    let mut summary = SafetensorsSummary {
        tensor_count: tensors.len() as u64,
        parameter_count: 0,
        dtypes: BTreeMap::new(),
        header_bytes,
    };
    for info in tensors.values() {
        let elements = element_count(&info.shape).unwrap_or(u64::MAX);
        summary.parameter_count = summary.parameter_count.saturating_add(elements);
        *summary.dtypes.entry(info.dtype.to_string()).or_default() += 1;
    }
    Ok(summary)
}

/// The tensors by name, under the same checks and errors as [`safetensors_header`].
pub(crate) fn safetensors_tensors(
    prefix: &[u8],
    total_length: u64,
) -> Result<BTreeMap<String, TensorInfo>, InspectError> {
    let (metadata, _) = header(prefix, total_length)?;
    Ok(metadata.tensors().into_iter().map(|(name, info)| (name, info.clone())).collect())
}

/// The checked header and its length in bytes.
fn header(prefix: &[u8], total_length: u64) -> Result<(Metadata, u64), InspectError> {
    let header = header_slice(prefix, total_length)?;
    refuse_duplicates(header)?;
    let metadata: Metadata = serde_json::from_slice(header).map_err(|error| malformed(&error))?;
    let mut tensors: Vec<(String, &TensorInfo)> = metadata.tensors().into_iter().collect();
    tensors.sort_by_key(|(_, info)| info.data_offsets);
    let data_bytes = covered_bytes(&tensors)?;
    let header_bytes = header.len() as u64;
    let described = data_bytes.saturating_add(header_bytes).saturating_add(LENGTH_FIELD_BYTES as u64);
    if described != total_length {
        return Err(InspectError::LengthMismatch { described, actual: total_length });
    }
    Ok((metadata, header_bytes))
}

fn header_slice(prefix: &[u8], total_length: u64) -> Result<&[u8], InspectError> {
    let Some((length, rest)) = prefix.split_first_chunk::<LENGTH_FIELD_BYTES>() else {
        return Err(InspectError::HeaderTruncated { announced: LENGTH_FIELD_BYTES as u64, available: total_length });
    };
    let found = u64::from_le_bytes(*length);
    let length = usize::try_from(found).ok().filter(|length| *length <= MAX_HEADER_BYTES);
    let Some(length) = length else {
        return Err(InspectError::HeaderTooLong { found, limit: MAX_HEADER_BYTES as u64 });
    };
    rest.get(..length).ok_or(InspectError::HeaderTruncated {
        announced: found.saturating_add(LENGTH_FIELD_BYTES as u64),
        available: total_length,
    })
}

/// Checks that the tensors, sorted by offset, follow each other without gap or overlap, and returns where the last one ends.
fn covered_bytes(tensors: &[(String, &TensorInfo)]) -> Result<u64, InspectError> {
    let mut end = 0_u64;
    for (name, info) in tensors {
        let (start, stop) = (info.data_offsets.0 as u64, info.data_offsets.1 as u64);
        if start != end {
            return Err(InspectError::Offsets { detail: format!("`{name}` begins at {start} instead of {end}") });
        }
        let bits = element_count(&info.shape).and_then(|count| count.checked_mul(info.dtype.bitsize() as u64));
        let bytes = bits.filter(|bits| bits % 8 == 0).map(|bits| bits / 8);
        if bytes.is_none() || bytes != stop.checked_sub(start) {
            return Err(InspectError::Offsets { detail: format!("`{name}` does not fill its range {start}..{stop}") });
        }
        end = stop;
    }
    Ok(end)
}

fn element_count(shape: &[usize]) -> Option<u64> {
    shape.iter().try_fold(1_u64, |count, &side| count.checked_mul(side as u64))
}

fn refuse_duplicates(header: &[u8]) -> Result<(), InspectError> {
    let mut parser = serde_json::Deserializer::from_slice(header);
    let duplicate = parser.deserialize_map(FirstDuplicate).map_err(|error| malformed(&error))?;
    duplicate.map_or(Ok(()), |name| Err(InspectError::DuplicateName { name }))
}

fn malformed(error: &serde_json::Error) -> InspectError {
    InspectError::HeaderMalformed { detail: error.to_string() }
}

/// Visits the keys of a JSON object and returns the first that occurred before.
struct FirstDuplicate;

impl<'de> Visitor<'de> for FirstDuplicate {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object that maps names to tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seen = HashSet::new();
        let mut duplicate = None;
        while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
            if duplicate.is_none() && seen.contains(&name) {
                duplicate = Some(name);
            } else {
                seen.insert(name);
            }
        }
        Ok(duplicate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data_bytes: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.resize(bytes.len() + data_bytes, 7);
        bytes
    }

    fn check(header: &str, data_bytes: usize) -> Result<SafetensorsSummary, InspectError> {
        let bytes = file(header, data_bytes);
        safetensors_header(&bytes, bytes.len() as u64)
    }

    #[test]
    fn a_sound_header_is_summed_up() {
        let header = r#"{"__metadata__":{"format":"pt"},
            "b":{"dtype":"F16","shape":[3],"data_offsets":[24,30]},
            "a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;
        let summary = check(header, 30).unwrap();
        assert_eq!((summary.tensor_count, summary.parameter_count), (2, 9));
        assert_eq!(summary.dtypes, BTreeMap::from([("F16".into(), 1), ("F32".into(), 1)]));
        assert_eq!(summary.header_bytes, header.len() as u64);
    }

    #[test]
    fn only_the_header_need_be_present() {
        let bytes = file(r#"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#, 0);
        assert!(safetensors_header(&bytes, bytes.len() as u64 + 9).is_ok());
    }

    #[test]
    fn what_the_bytes_written_by_the_crate_say_is_accepted() {
        let data = [0_u8; 16];
        let view = ::safetensors::tensor::TensorView::new(::safetensors::Dtype::F32, vec![4], &data).unwrap();
        let bytes = ::safetensors::serialize([("x", view)], None).unwrap();
        assert_eq!(safetensors_header(&bytes, bytes.len() as u64).unwrap().parameter_count, 4);
    }

    #[test]
    fn duplicate_names_are_refused() {
        let header = r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#;
        assert_eq!(check(header, 1), Err(InspectError::DuplicateName { name: "a".into() }));
    }

    #[test]
    fn overlaps_gaps_and_wrong_shapes_are_refused() {
        for header in [
            r#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
            r#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}"#,
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,6]}}"#,
            r#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[6,4]}}"#,
            r#"{"a":{"dtype":"F64","shape":[4611686018427387904,8],"data_offsets":[0,6]}}"#,
        ] {
            let refused = check(header, 6);
            assert!(
                matches!(refused, Err(InspectError::Offsets { .. } | InspectError::HeaderMalformed { .. })),
                "{header}: {refused:?}"
            );
        }
    }

    #[test]
    fn data_outside_the_file_and_trailing_bytes_are_refused() {
        let header = r#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;
        assert!(matches!(check(header, 3), Err(InspectError::LengthMismatch { .. })));
        assert!(matches!(check(header, 5), Err(InspectError::LengthMismatch { .. })));
        assert!(check(header, 4).is_ok());
    }

    #[test]
    fn enormous_sizes_do_not_overflow() {
        let side = 1_u64 << 60;
        let tensors: Vec<String> = (0..15_u64)
            .map(|index| {
                let (start, stop) = (index * side, (index + 1) * side);
                format!(r#""t{index}":{{"dtype":"U8","shape":[{side}],"data_offsets":[{start},{stop}]}}"#)
            })
            .collect();
        let refused = check(&format!("{{{}}}", tensors.join(",")), 0);
        assert!(
            matches!(refused, Err(InspectError::LengthMismatch { .. } | InspectError::Offsets { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn long_and_broken_headers_are_refused() {
        let mut bytes = file("{}", 0);
        bytes[..8].copy_from_slice(&(MAX_HEADER_BYTES as u64 + 1).to_le_bytes());
        assert!(matches!(safetensors_header(&bytes, 10), Err(InspectError::HeaderTooLong { .. })));
        bytes[..8].copy_from_slice(&9_u64.to_le_bytes());
        assert!(matches!(safetensors_header(&bytes, 10), Err(InspectError::HeaderTruncated { .. })));
        assert!(matches!(safetensors_header(b"abc", 3), Err(InspectError::HeaderTruncated { .. })));
        for header in ["{", "[]", "{} {}", r#"{"a":1}"#, r#"{"a":{"dtype":"X","shape":[],"data_offsets":[0,0]}}"#] {
            assert!(matches!(check(header, 0), Err(InspectError::HeaderMalformed { .. })), "{header}");
        }
    }
}
