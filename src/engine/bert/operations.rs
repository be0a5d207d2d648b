//! The steps between matrix products, fused and dressed as operations of candle that work in place.

use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout};
use pulp::Arch;
use rayon::prelude::*;

use super::arithmetic::{gelu, normalise};

/// Rows that one task works on: enough to be worth a task, few enough to stay in the cache.
const ROWS_PER_TASK: usize = 16;

/// The floats of a contiguous tensor.
pub(super) fn floats<'a>(storage: &'a CpuStorage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => {
            values.get(start..end).ok_or_else(|| candle_core::Error::Msg("the tensor exceeds its storage".to_owned()))
        }
        _ => candle_core::bail!("the operation takes contiguous 32-bit floats only"),
    }
}

fn floats_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> candle_core::Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => values
            .get_mut(start..end)
            .ok_or_else(|| candle_core::Error::Msg("the tensor exceeds its storage".to_owned())),
        _ => candle_core::bail!("the operation takes contiguous 32-bit floats only"),
    }
}

/// Adds a bias to each row and applies the Gaussian error linear unit.
pub(super) struct BiasGelu {
    pub(super) bias: Vec<f32>,
}

impl InplaceOp1 for BiasGelu {
    fn name(&self) -> &'static str {
        "bias-gelu"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        let width = self.bias.len();
        floats_mut(storage, layout)?.par_chunks_mut(width * ROWS_PER_TASK).for_each(|rows| {
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for row in rows.chunks_exact_mut(width) {
                        for (value, bias) in row.iter_mut().zip(&self.bias) {
                            *value = gelu(*value + bias);
                        }
                    }
                },
            );
        });
        Ok(())
    }
}

/// Adds a bias and the residual stream to each row, then normalises it.
pub(super) struct AddNormalise {
    pub(super) bias: Vec<f32>,
    pub(super) gain: Vec<f32>,
    pub(super) shift: Vec<f32>,
    pub(super) epsilon: f32,
}

impl InplaceOp2 for AddNormalise {
    fn name(&self) -> &'static str {
        "add-normalise"
    }

    fn cpu_fwd(
        &self,
        storage: &mut CpuStorage,
        layout: &Layout,
        residual: &CpuStorage,
        residual_layout: &Layout,
    ) -> candle_core::Result<()> {
        let width = self.bias.len();
        let residual = floats(residual, residual_layout)?.par_chunks(width * ROWS_PER_TASK);
        floats_mut(storage, layout)?.par_chunks_mut(width * ROWS_PER_TASK).zip(residual).for_each(
            |(rows, residual)| {
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        for (row, residual) in rows.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
                            for ((value, bias), residual) in row.iter_mut().zip(&self.bias).zip(residual) {
                                *value += bias + residual;
                            }
                            normalise(row, &self.gain, &self.shift, self.epsilon);
                        }
                    },
                );
            },
        );
        Ok(())
    }
}
