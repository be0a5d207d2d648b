//! Sentence embeddings with BERT encoders: text to tokens to one vector.
//!
//! An own forward pass in 32-bit floats, after "BERT: Pre-training of Deep Bidirectional Transformers" (Devlin et al., 2018) and
//! "Sentence-BERT" (Reimers and Gurevych, 2019). The tokens of a batch are concatenated, so nothing is spent on padding.

mod arithmetic;
mod attention;
mod config;
mod encoder;
mod few;
mod frame;
mod layer;
mod normalizer;
mod operations;
mod pipeline;
mod product;
mod sequences;
mod tokenizer;
mod tokens;

pub(crate) use encoder::SentenceEncoder;
