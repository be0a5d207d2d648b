//! Scaled dot-product attention over concatenated sequences, as one operation of candle.
//!
//! Each sequence and head is a task. Its queries, keys and values are packed into small panels once; scores then stay in the cache
//! from the first product through the softmax to the second. Queries run along the vector lanes, so that the softmax needs no
//! reduction across a register.

use candle_core::{CpuStorage, CustomOp1, Layout, Shape};
use pulp::Arch;
use rayon::prelude::*;

use super::arithmetic::{LANES, exp};
use super::operations::floats;
use super::sequences::Sequences;

/// Rows multiplied at once with one register of lanes.
const ROWS: usize = 4;

/// Maps rows of queries, keys and values, side by side and still without their bias, to the rows of the attended values.
pub(super) struct Attention<'a> {
    pub(super) sequences: &'a Sequences,
    pub(super) head_width: usize,
    pub(super) hidden_size: usize,
    /// Biases of queries, keys and values, one after the other.
    pub(super) bias: &'a [f32],
}

impl CustomOp1 for Attention<'_> {
    fn name(&self) -> &'static str {
        "packed-attention"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let input = floats(storage, layout)?;
        let mut output = vec![0.0; self.sequences.token_count() * self.hidden_size];
        let mut rest = output.as_mut_slice();
        let mut tasks = Vec::new();
        for (rows, length) in self.sequences.pieces(input, 3 * self.hidden_size).zip(self.sequences.lengths()) {
            let Some((piece, tail)) = rest.split_at_mut_checked(length * self.hidden_size) else {
                candle_core::bail!("the sequences are longer than their matrix");
            };
            tasks.push((rows, piece));
            rest = tail;
        }
        tasks.into_par_iter().for_each(|(rows, piece)| self.attend(rows, piece));
        Ok((CpuStorage::F32(output), (self.sequences.token_count(), self.hidden_size).into()))
    }
}

impl Attention<'_> {
    /// Attends within one sequence, all heads.
    fn attend(&self, rows: &[f32], output: &mut [f32]) {
        let heads = self.hidden_size / self.head_width;
        let attended: Vec<Vec<f32>> = (0..heads).into_par_iter().map(|head| self.attend_head(rows, head)).collect();
        for (head, values) in attended.iter().enumerate() {
            let columns = output.chunks_exact_mut(self.hidden_size);
            for (row, value) in columns.zip(values.chunks_exact(self.head_width)) {
                if let Some(target) = row.get_mut(head * self.head_width..(head + 1) * self.head_width) {
                    target.copy_from_slice(value);
                }
            }
        }
    }

    fn attend_head(&self, rows: &[f32], head: usize) -> Vec<f32> {
        Arch::new().dispatch(
            #[inline(always)]
            || Head { attention: self, rows, head }.run(),
        )
    }
}

/// One head of one sequence.
struct Head<'a> {
    attention: &'a Attention<'a>,
    rows: &'a [f32],
    head: usize,
}

/// Which third of a row.
#[derive(Clone, Copy)]
enum Part {
    Queries = 0,
    Keys = 1,
    Values = 2,
}

impl Head<'_> {
    #[inline(always)]
    fn run(&self) -> Vec<f32> {
        let width = self.attention.head_width;
        let length = self.rows.len() / (3 * self.attention.hidden_size);
        let scale = 1.0 / (width as f32).sqrt();
        let queries = self.pack_by_token::<LANES>(Part::Queries, scale);
        let keys = self.pack_by_token::<ROWS>(Part::Keys, 1.0);
        let values = self.pack_values(length);
        let mut scores = vec![[0.0; LANES]; length.next_multiple_of(ROWS)];
        let mut output = vec![0.0; length * width];
        for (query_panel, block) in queries.chunks_exact(width).zip(output.chunks_mut(LANES * width)) {
            for (key_panel, rows) in keys.chunks_exact(width).zip(scores.chunks_exact_mut(ROWS)) {
                rows.copy_from_slice(&outer_products(key_panel, query_panel));
            }
            let Some(scores) = scores.get_mut(..length) else { return output };
            let inverse_sums = softmax(scores);
            for (part, value_panel) in values.chunks_exact(length).enumerate() {
                let products = outer_products(value_panel, scores);
                write_transposed(&products, &inverse_sums, block, part * ROWS, width);
            }
        }
        output
    }

    /// This head's columns of one part, row by row.
    #[inline(always)]
    fn columns(&self, part: Part) -> impl Iterator<Item = &[f32]> {
        let (hidden_size, width) = (self.attention.hidden_size, self.attention.head_width);
        let start = part as usize * hidden_size + self.head * width;
        self.rows.chunks_exact(3 * hidden_size).map(move |row| row.get(start..start + width).unwrap_or_default())
    }

    #[inline(always)]
    fn bias(&self, part: Part) -> &[f32] {
        let (hidden_size, width) = (self.attention.hidden_size, self.attention.head_width);
        let start = part as usize * hidden_size + self.head * width;
        self.attention.bias.get(start..start + width).unwrap_or_default()
    }

    /// Panels of `N` tokens: for each dimension of the head the values of those tokens, bias added, scaled.
    #[inline(always)]
    fn pack_by_token<const N: usize>(&self, part: Part, scale: f32) -> Vec<[f32; N]> {
        let width = self.attention.head_width;
        let length = self.rows.len() / (3 * self.attention.hidden_size);
        let bias = self.bias(part);
        let mut panels = vec![[0.0; N]; length.div_ceil(N) * width];
        let mut columns = self.columns(part);
        for panel in panels.chunks_exact_mut(width) {
            for (lane, values) in columns.by_ref().take(N).enumerate() {
                for ((slots, value), bias) in panel.iter_mut().zip(values).zip(bias) {
                    if let Some(slot) = slots.get_mut(lane) {
                        *slot = (value + bias) * scale;
                    }
                }
            }
        }
        panels
    }

    /// Panels of `ROWS` dimensions: for each token the values of those dimensions, bias added.
    #[inline(always)]
    fn pack_values(&self, length: usize) -> Vec<[f32; ROWS]> {
        let bias = self.bias(Part::Values);
        let mut panels = vec![[0.0; ROWS]; length * self.attention.head_width.div_ceil(ROWS)];
        for (part, panel) in panels.chunks_exact_mut(length).enumerate() {
            for (slots, values) in panel.iter_mut().zip(self.columns(Part::Values)) {
                let biased = values.iter().zip(bias).map(|(value, bias)| value + bias);
                for (slot, value) in slots.iter_mut().zip(biased.skip(part * ROWS)) {
                    *slot = value;
                }
            }
        }
        panels
    }
}

/// The sum over k of the outer products of `left[k]` and `right[k]`: a small matrix product kept in registers.
#[inline(always)]
fn outer_products(left: &[[f32; ROWS]], right: &[[f32; LANES]]) -> [[f32; LANES]; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    for (factors, lanes) in left.iter().zip(right) {
        for (sum, factor) in sums.iter_mut().zip(factors) {
            for (slot, lane) in sum.iter_mut().zip(lanes) {
                *slot += factor * lane;
            }
        }
    }
    sums
}

/// Turns scores into exponentials, each lane on its own, and returns what to multiply by for a sum of one.
#[inline(always)]
fn softmax(scores: &mut [[f32; LANES]]) -> [f32; LANES] {
    let mut largest = [f32::NEG_INFINITY; LANES];
    for row in scores.iter() {
        for (lane, score) in largest.iter_mut().zip(row) {
            *lane = if *score > *lane { *score } else { *lane };
        }
    }
    let mut sums = [0.0; LANES];
    for row in scores.iter_mut() {
        for ((score, largest), sum) in row.iter_mut().zip(&largest).zip(&mut sums) {
            *score = exp(*score - largest);
            *sum += *score;
        }
    }
    sums.map(|sum| 1.0 / sum)
}

/// Writes products of `ROWS` dimensions by `LANES` queries to the rows of those queries, from column `start` on.
#[inline(always)]
fn write_transposed(
    products: &[[f32; LANES]; ROWS],
    scale: &[f32; LANES],
    block: &mut [f32],
    start: usize,
    width: usize,
) {
    for (dimension, lanes) in products.iter().enumerate().take(width.saturating_sub(start)) {
        let targets = block.iter_mut().skip(start + dimension).step_by(width);
        for ((target, value), scale) in targets.zip(lanes).zip(scale) {
            *target = value * scale;
        }
    }
}
