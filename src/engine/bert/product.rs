//! Products with a weight matrix that is packed once, when the model is loaded, instead of anew for each pass.

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

use super::operations::floats;

/// Multiplies rows by one weight matrix.
pub(super) struct Product {
    weights: PackedBMatrix<f32>,
}

impl Product {
    /// Packs weights that are stored output by input, as files have them.
    pub(super) fn pack(weights: &Tensor) -> candle_core::Result<Self> {
        let (output, input) = weights.dims2()?;
        let weights: Vec<f32> = weights.flatten_all()?.to_vec1()?;
        let stored = NdTensorView::from_data([output, input], weights.as_slice());
        Ok(Self { weights: GemmExecutor::new().prepack_b(stored.transposed()) })
    }
}

impl CustomOp1 for Product {
    fn name(&self) -> &'static str {
        "packed-product"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let (rows, width) = layout.shape().dims2()?;
        let input = NdTensorView::from_data([rows, width], floats(storage, layout)?);
        let columns = self.weights.cols();
        let mut output = vec![0.0; rows * columns];
        // An executor only chooses the instructions, which it does alike each time; it cannot be sent to another thread.
        GemmExecutor::new()
            .gemm(&mut output, GemmInputA::Unpacked(input), GemmInputB::Packed(&self.weights), GemmOptions::default())
            .map_err(candle_core::Error::wrap)?;
        Ok((CpuStorage::F32(output), (rows, columns).into()))
    }
}
