//! Lower-case hexadecimal, the only spelling of binary values in names and documents. Upper case is refused so that one
//! value has one spelling.

/// Writes `bytes` as lower-case hexadecimal.
#[must_use]
pub fn encode_hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).filter_map(|n| char::from_digit(u32::from(n), 16)).collect()
}

/// Reads lower-case hexadecimal; `None` for an odd length or any other character.
#[must_use]
pub fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let nibbles: Option<Vec<u8>> = text.bytes().map(nibble).collect();
    let nibbles = nibbles.filter(|nibbles| nibbles.len() % 2 == 0)?;
    nibbles.chunks_exact(2).map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect()
}

fn nibble(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_refuses_other_spellings() {
        assert_eq!(encode_hex(&[0x00, 0xaf]), "00af");
        assert_eq!(decode_hex("00af"), Some(vec![0x00, 0xaf]));
        for refused in ["0", "AF", "0x", "é0"] {
            assert_eq!(decode_hex(refused), None, "{refused}");
        }
    }
}
