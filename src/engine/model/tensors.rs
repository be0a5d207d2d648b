//! Tensors of a safetensors file by name, checked against the shapes that the configuration implies.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};

use super::ModelFiles;
use crate::error::LoadError;
use crate::inspect::safetensors_header;

const WEIGHTS_FILE: &str = "model.safetensors";

/// The tensors of a model, as 32-bit floats once taken.
pub(crate) struct NamedTensors {
    tensors: HashMap<String, Tensor>,
}

impl NamedTensors {
    /// Reads `model.safetensors`, after the same inspection that the registry does.
    pub(crate) fn read(files: &ModelFiles) -> Result<Self, LoadError> {
        let bytes = files.require(WEIGHTS_FILE)?;
        safetensors_header(bytes, bytes.len() as u64)
            .map_err(|source| LoadError::Inspect { file: WEIGHTS_FILE, source })?;
        Ok(Self { tensors: candle_core::safetensors::load_buffer(bytes, &Device::Cpu)? })
    }

    /// Whether a tensor of this name is present.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Takes a tensor of the given shape out of the collection.
    pub(crate) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, LoadError> {
        let tensor = self.tensors.remove(name).ok_or_else(|| LoadError::MissingTensor { name: name.to_owned() })?;
        if tensor.dims() != shape {
            return Err(LoadError::TensorShape {
                name: name.to_owned(),
                found: tensor.dims().to_vec(),
                expected: shape.to_vec(),
            });
        }
        Ok(tensor.to_dtype(DType::F32)?)
    }

    /// Takes a tensor of one dimension as plain numbers.
    pub(crate) fn take_vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, LoadError> {
        Ok(self.take(name, &[length])?.to_vec1()?)
    }
}
