//! One layer of the encoder: attention and feed-forward, each followed by addition of its input and normalising.

use candle_core::Tensor;

use super::attention::Attention;
use super::config::BertConfig;
use super::operations::{AddNormalise, BiasGelu};
use super::product::Product;
use super::sequences::Sequences;
use crate::error::LoadError;
use crate::model::{AnnouncedTensors, NamedTensors};

/// Weights of one layer.
pub(super) struct Layer {
    head_width: usize,
    hidden_size: usize,
    /// Queries, keys and values in one matrix, so that one product makes all three.
    query_key_value: Product,
    query_key_value_bias: Vec<f32>,
    attention_output: Product,
    after_attention: AddNormalise,
    widen: Product,
    activation: BiasGelu,
    narrow: Product,
    after_feed_forward: AddNormalise,
}

impl Layer {
    /// Takes the tensors under `name` (such as `encoder.layer.0`) out of the collection.
    pub(super) fn load(tensors: &mut NamedTensors, name: &str, config: &BertConfig) -> Result<Self, LoadError> {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        let mut parts = Vec::with_capacity(3);
        let mut query_key_value_bias = Vec::with_capacity(3 * hidden);
        for part in ["query", "key", "value"] {
            let part = format!("{name}.attention.self.{part}");
            parts.push(tensors.take(&format!("{part}.weight"), &[hidden, hidden])?);
            query_key_value_bias.extend(tensors.take_vector(&format!("{part}.bias"), hidden)?);
        }
        Ok(Self {
            head_width: config.head_width(),
            hidden_size: hidden,
            query_key_value: Product::pack(&Tensor::cat(&parts, 0)?)?,
            query_key_value_bias,
            attention_output: product(tensors, &format!("{name}.attention.output.dense"), hidden, hidden)?,
            after_attention: add_normalise(tensors, &format!("{name}.attention.output"), config)?,
            widen: product(tensors, &format!("{name}.intermediate.dense"), hidden, wide)?,
            activation: BiasGelu { bias: tensors.take_vector(&format!("{name}.intermediate.dense.bias"), wide)? },
            narrow: product(tensors, &format!("{name}.output.dense"), wide, hidden)?,
            after_feed_forward: add_normalise(tensors, &format!("{name}.output"), config)?,
        })
    }

    /// Requires what [`Self::load`] takes.
    pub(super) fn check(tensors: &AnnouncedTensors, name: &str, config: &BertConfig) -> Result<(), LoadError> {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        for (dense, output, input) in [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", wide, hidden),
            ("output.dense", hidden, wide),
        ] {
            tensors.require(&format!("{name}.{dense}.weight"), &[output, input])?;
            tensors.require(&format!("{name}.{dense}.bias"), &[output])?;
        }
        for norm in ["attention.output.LayerNorm", "output.LayerNorm"] {
            tensors.require(&format!("{name}.{norm}.weight"), &[hidden])?;
            tensors.require(&format!("{name}.{norm}.bias"), &[hidden])?;
        }
        Ok(())
    }

    /// Maps one row per token to one row per token.
    pub(super) fn forward(&self, input: &Tensor, sequences: &Sequences) -> candle_core::Result<Tensor> {
        let attention = Attention {
            sequences,
            head_width: self.head_width,
            hidden_size: self.hidden_size,
            bias: &self.query_key_value_bias,
        };
        let attended = input.apply_op1_no_bwd(&self.query_key_value)?.apply_op1_no_bwd(&attention)?;
        let attended = attended.apply_op1_no_bwd(&self.attention_output)?;
        attended.inplace_op2(input, &self.after_attention)?;
        let wide = attended.apply_op1_no_bwd(&self.widen)?;
        wide.inplace_op1(&self.activation)?;
        let output = wide.apply_op1_no_bwd(&self.narrow)?;
        output.inplace_op2(&attended, &self.after_feed_forward)?;
        Ok(output)
    }
}

fn product(tensors: &mut NamedTensors, name: &str, input: usize, output: usize) -> Result<Product, LoadError> {
    Ok(Product::pack(&tensors.take(&format!("{name}.weight"), &[output, input])?)?)
}

fn add_normalise(tensors: &mut NamedTensors, name: &str, config: &BertConfig) -> Result<AddNormalise, LoadError> {
    let width = config.hidden_size;
    Ok(AddNormalise {
        bias: tensors.take_vector(&format!("{name}.dense.bias"), width)?,
        gain: tensors.take_vector(&format!("{name}.LayerNorm.weight"), width)?,
        shift: tensors.take_vector(&format!("{name}.LayerNorm.bias"), width)?,
        epsilon: config.layer_norm_eps,
    })
}
