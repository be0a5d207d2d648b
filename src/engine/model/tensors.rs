//! Tensors of a safetensors file by name, checked against the shapes that the configuration implies.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;

use super::ModelFiles;
use crate::architecture::WEIGHTS_FILE;
use crate::error::LoadError;
use crate::inspect::{safetensors_header, safetensors_tensors};

/// Element types that can be read as 32-bit floats.
const READABLE: [Dtype; 10] = [
    Dtype::F64,
    Dtype::F32,
    Dtype::F16,
    Dtype::BF16,
    Dtype::I64,
    Dtype::I32,
    Dtype::I16,
    Dtype::U32,
    Dtype::U16,
    Dtype::U8,
];

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
        let tensor = self.tensors.remove(name).ok_or_else(|| missing(name))?;
        check_shape(name, tensor.dims(), shape)?;
        Ok(tensor.to_dtype(DType::F32)?)
    }

    /// Takes a tensor of one dimension as plain numbers.
    pub(crate) fn take_vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, LoadError> {
        Ok(self.take(name, &[length])?.to_vec1()?)
    }
}

/// The tensors of a model as the header of its weights announces them, for what must be known before the weights are loaded.
pub(crate) struct AnnouncedTensors(BTreeMap<String, TensorInfo>);

impl AnnouncedTensors {
    /// Reads the header of a weights file of `length` bytes from its first bytes.
    pub(crate) fn read(prefix: &[u8], length: u64) -> Result<Self, LoadError> {
        let tensors =
            safetensors_tensors(prefix, length).map_err(|source| LoadError::Inspect { file: WEIGHTS_FILE, source })?;
        match tensors.values().find(|tensor| !READABLE.contains(&tensor.dtype)) {
            Some(tensor) => Err(LoadError::UnsupportedValue {
                file: WEIGHTS_FILE,
                field: "dtype",
                found: tensor.dtype.to_string(),
                supported: "floats of 16 to 64 bits and integers",
            }),
            None => Ok(Self(tensors)),
        }
    }

    /// Whether a tensor of this name is present.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Refuses weights without a tensor of this name and shape, as [`NamedTensors::take`] would.
    pub(crate) fn require(&self, name: &str, shape: &[usize]) -> Result<(), LoadError> {
        let tensor = self.0.get(name).ok_or_else(|| missing(name))?;
        check_shape(name, &tensor.shape, shape)
    }
}

fn missing(name: &str) -> LoadError {
    LoadError::MissingTensor { name: name.to_owned() }
}

fn check_shape(name: &str, found: &[usize], expected: &[usize]) -> Result<(), LoadError> {
    if found == expected {
        return Ok(());
    }
    Err(LoadError::TensorShape { name: name.to_owned(), found: found.to_vec(), expected: expected.to_vec() })
}
