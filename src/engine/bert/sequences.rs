//! Token sequences laid end to end, so that a batch is one matrix without padding.

use std::ops::Range;

/// Sequences as one run of tokens, and where each begins and ends in it.
///
/// INVARIANT: the spans follow each other without gap, the first begins at zero, and none is empty.
pub(super) struct Sequences {
    tokens: Vec<u32>,
    spans: Vec<Range<usize>>,
}

impl Sequences {
    /// Concatenates the sequences that are not empty.
    pub(super) fn concatenate(sequences: &[Vec<u32>]) -> Self {
        let mut tokens = Vec::with_capacity(sequences.iter().map(Vec::len).sum());
        let mut spans = Vec::with_capacity(sequences.len());
        for sequence in sequences.iter().filter(|sequence| !sequence.is_empty()) {
            let start = tokens.len();
            tokens.extend_from_slice(sequence);
            spans.push(start..tokens.len());
        }
        Self { tokens, spans }
    }

    /// Number of tokens of all sequences.
    pub(super) fn token_count(&self) -> usize {
        self.tokens.len()
    }

    /// Number of tokens of each sequence, in order.
    pub(super) fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        self.spans.iter().map(Range::len)
    }

    /// Each token with its position inside its sequence.
    pub(super) fn positioned(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        let positions = self.spans.iter().flat_map(|span| 0..span.len());
        self.tokens.iter().copied().zip(positions)
    }

    /// Cuts a matrix of one row per token into one piece per sequence.
    pub(super) fn pieces<'a>(&'a self, matrix: &'a [f32], width: usize) -> impl Iterator<Item = &'a [f32]> + 'a {
        self.spans.iter().filter_map(move |span| matrix.get(span.start * width..span.end * width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_laid_end_to_end() {
        let sequences = Sequences::concatenate(&[vec![7, 8], vec![9]]);
        assert_eq!(sequences.token_count(), 3);
        assert_eq!(sequences.positioned().collect::<Vec<_>>(), [(7, 0), (8, 1), (9, 0)]);
        let matrix = [1.0, 1.0, 2.0, 2.0, 3.0, 3.0];
        assert_eq!(sequences.pieces(&matrix, 2).collect::<Vec<_>>(), [&matrix[..4], &matrix[4..]]);
    }
}
