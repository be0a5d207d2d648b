//! A tiny random BERT, built in memory, against a forward pass written as naively as possible.
//!
//! The naive pass works in double precision, one number at a time, and shares no code with the engine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use chancery_engine::{
    Architecture, Engine, EngineConfig, EngineError, EngineHandle, LoadError, LoadModel, ModelFiles, check_runnable,
};
use serde_json::json;

const WIDTH: usize = 20;
const HEADS: usize = 2;
const WIDE: usize = 36;
const LAYERS: usize = 2;
const POSITIONS: usize = 40;
const VOCABULARY: usize = 30;

/// Named matrices of the model.
type Tensors = Vec<(String, Vec<usize>, Vec<f32>)>;

fn tensors() -> Tensors {
    let mut state = 7_u64;
    let mut random = |count: usize| -> Vec<f32> {
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            values.push((state >> 40) as f32 / 8_388_608.0 - 1.0);
        }
        values
    };
    let mut shapes: Vec<(String, Vec<usize>)> = vec![
        ("embeddings.word_embeddings.weight".into(), vec![VOCABULARY, WIDTH]),
        ("embeddings.position_embeddings.weight".into(), vec![POSITIONS, WIDTH]),
        ("embeddings.token_type_embeddings.weight".into(), vec![2, WIDTH]),
        ("embeddings.LayerNorm.weight".into(), vec![WIDTH]),
        ("embeddings.LayerNorm.bias".into(), vec![WIDTH]),
    ];
    for layer in 0..LAYERS {
        let mut dense = |name: &str, output: usize, input: usize| {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![output, input]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![output]));
        };
        for part in ["query", "key", "value"] {
            dense(&format!("attention.self.{part}"), WIDTH, WIDTH);
        }
        dense("attention.output.dense", WIDTH, WIDTH);
        dense("intermediate.dense", WIDE, WIDTH);
        dense("output.dense", WIDTH, WIDE);
        for norm in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes.push((format!("encoder.layer.{layer}.{norm}.weight"), vec![WIDTH]));
            shapes.push((format!("encoder.layer.{layer}.{norm}.bias"), vec![WIDTH]));
        }
    }
    shapes
        .into_iter()
        .map(|(name, shape)| {
            let values = random(shape.iter().product());
            (name, shape, values)
        })
        .collect()
}

fn safetensors_file(tensors: &Tensors) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|(_, _, values)| values.iter().flat_map(|value| value.to_le_bytes()).collect()).collect();
    let views = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        (name, safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

fn config() -> serde_json::Value {
    json!({
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": VOCABULARY, "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": WIDE,
        "max_position_embeddings": POSITIONS, "type_vocab_size": 2, "layer_norm_eps": 1e-12
    })
}

/// Words `w3`..`w29`, number by name; carries padding and truncation that the engine has to reset.
fn tokenizer() -> serde_json::Value {
    let mut vocabulary = serde_json::Map::new();
    for (number, name) in ["[UNK]", "[CLS]", "[SEP]"].iter().enumerate() {
        vocabulary.insert((*name).to_owned(), json!(number));
    }
    for number in 3..VOCABULARY {
        vocabulary.insert(format!("w{number}"), json!(number));
    }
    json!({
        "version": "1.0",
        "truncation": { "direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0 },
        "padding": { "strategy": { "Fixed": 16 }, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                     "pad_type_id": 0, "pad_token": "[UNK]" },
        "added_tokens": [], "normalizer": null, "pre_tokenizer": { "type": "WhitespaceSplit" },
        "post_processor": { "type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1] },
        "decoder": null,
        "model": { "type": "WordPiece", "vocab": vocabulary, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                   "max_input_chars_per_word": 100 }
    })
}

fn files() -> ModelFiles {
    [
        ("config.json", config().to_string().into_bytes()),
        ("tokenizer.json", tokenizer().to_string().into_bytes()),
        ("model.safetensors", safetensors_file(&tensors())),
    ]
    .into_iter()
    .collect()
}

fn engine_with(files: ModelFiles) -> Result<EngineHandle, EngineError> {
    let engine = Engine::start(EngineConfig { threads: 2, ..EngineConfig::default() })?;
    engine.load(LoadModel { key: "tiny".into(), architecture: Architecture::BertSentenceEncoder, files })?;
    Ok(engine)
}

/// The forward pass, one number at a time.
struct Naive(Tensors);

impl Naive {
    fn tensor(&self, name: &str) -> &[f32] {
        &self.0.iter().find(|(found, _, _)| found == name).unwrap().2
    }

    fn linear(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let (weight, bias) = (self.tensor(&format!("{name}.weight")), self.tensor(&format!("{name}.bias")));
        (0..bias.len())
            .map(|row| {
                let dot: f64 = (0..input.len()).map(|k| f64::from(weight[row * input.len() + k]) * input[k]).sum();
                dot + f64::from(bias[row])
            })
            .collect()
    }

    fn norm(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let mean = input.iter().sum::<f64>() / input.len() as f64;
        let variance = input.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / input.len() as f64;
        let (gain, shift) = (self.tensor(&format!("{name}.weight")), self.tensor(&format!("{name}.bias")));
        (0..input.len())
            .map(|k| (input[k] - mean) / (variance + 1e-12).sqrt() * f64::from(gain[k]) + f64::from(shift[k]))
            .collect()
    }

    fn embed(&self, tokens: &[usize]) -> Vec<f64> {
        let mut rows: Vec<Vec<f64>> = tokens.iter().enumerate().map(|(at, token)| self.first_row(*token, at)).collect();
        for layer in 0..LAYERS {
            rows = self.layer(&format!("encoder.layer.{layer}"), &rows);
        }
        let mean: Vec<f64> =
            (0..WIDTH).map(|k| rows.iter().map(|row| row[k]).sum::<f64>() / rows.len() as f64).collect();
        let length = mean.iter().map(|x| x * x).sum::<f64>().sqrt();
        mean.iter().map(|x| x / length).collect()
    }

    fn first_row(&self, token: usize, position: usize) -> Vec<f64> {
        let table = |name: &str, row: usize, k: usize| {
            f64::from(self.tensor(&format!("embeddings.{name}_embeddings.weight"))[row * WIDTH + k])
        };
        let sum: Vec<f64> = (0..WIDTH)
            .map(|k| table("word", token, k) + table("position", position, k) + table("token_type", 0, k))
            .collect();
        self.norm("embeddings.LayerNorm", &sum)
    }

    fn layer(&self, name: &str, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let project = |part: &str| -> Vec<Vec<f64>> {
            rows.iter().map(|row| self.linear(&format!("{name}.attention.self.{part}"), row)).collect()
        };
        let (queries, keys, values) = (project("query"), project("key"), project("value"));
        let head_width = WIDTH / HEADS;
        rows.iter()
            .enumerate()
            .map(|(at, row)| {
                let mut attended = vec![0.0; WIDTH];
                for head in 0..HEADS {
                    let columns = head * head_width..(head + 1) * head_width;
                    let score = |other: usize| -> f64 {
                        columns.clone().map(|k| queries[at][k] * keys[other][k]).sum::<f64>()
                            / (head_width as f64).sqrt()
                    };
                    let weights: Vec<f64> = (0..rows.len()).map(|other| score(other).exp()).collect();
                    let total: f64 = weights.iter().sum();
                    for k in columns.clone() {
                        attended[k] = (0..rows.len()).map(|other| weights[other] / total * values[other][k]).sum();
                    }
                }
                let output = self.linear(&format!("{name}.attention.output.dense"), &attended);
                let first = self.norm(&format!("{name}.attention.output.LayerNorm"), &add(&output, row));
                let wide: Vec<f64> =
                    self.linear(&format!("{name}.intermediate.dense"), &first).iter().map(|x| gelu(*x)).collect();
                let narrow = self.linear(&format!("{name}.output.dense"), &wide);
                self.norm(&format!("{name}.output.LayerNorm"), &add(&narrow, &first))
            })
            .collect()
    }
}

fn add(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(a, b)| a + b).collect()
}

/// The error function as the integral it is, by Simpson's rule.
fn gelu(x: f64) -> f64 {
    let limit = x.abs().min(9.0) / std::f64::consts::SQRT_2;
    let steps = 2000;
    let width = limit / f64::from(steps);
    let density = |t: f64| (-t * t).exp();
    let mut integral = density(0.0) + density(limit);
    for step in 1..steps {
        integral += density(f64::from(step) * width) * if step % 2 == 1 { 4.0 } else { 2.0 };
    }
    let erf = (integral * width / 3.0 * 2.0 / std::f64::consts::PI.sqrt()).copysign(x);
    0.5 * x * (1.0 + erf)
}

fn text(words: std::ops::Range<usize>) -> String {
    words.map(|number| format!("w{}", 3 + number % (VOCABULARY - 3))).collect::<Vec<_>>().join(" ")
}

fn token_numbers(text: &str) -> Vec<usize> {
    let words = text.split_whitespace().map(|word| word[1..].parse().unwrap());
    std::iter::once(1).chain(words.take(POSITIONS - 2)).chain([2]).collect()
}

fn largest_difference(found: &[f32], expected: &[f64]) -> f64 {
    found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max)
}

#[test]
fn vectors_equal_those_of_the_naive_pass() {
    let engine = engine_with(files()).unwrap();
    let naive = Naive(tensors());
    // Lengths around the sizes of the panels, the empty text, and one that has to be cut.
    let texts: Vec<String> = [0, 1, 2, 3, 5, 14, 15, 16, 17, 30, 38, 60].iter().map(|n| text(*n..2 * n)).collect();
    let answer = engine.embed("tiny", &texts).unwrap();
    assert_eq!(answer.vectors.len(), texts.len());
    for ((text, vector), count) in texts.iter().zip(&answer.vectors).zip(&answer.token_counts) {
        let tokens = token_numbers(text);
        assert_eq!(*count as usize, tokens.len(), "padding and truncation of the file are reset");
        let difference = largest_difference(vector, &naive.embed(&tokens));
        assert!(difference < 2e-6, "{} tokens differ by {difference}", tokens.len());
    }
    assert_eq!(engine.prepare_embed("tiny", &texts).unwrap().token_counts(), answer.token_counts);
}

#[test]
fn a_text_has_the_same_vector_alone_and_in_company() {
    let engine = engine_with(files()).unwrap();
    let texts: Vec<String> = (0..40).map(|n| text(n..n + 1 + n % 20)).collect();
    let together = engine.embed("tiny", &texts).unwrap();
    let handles: Vec<_> = texts
        .iter()
        .map(|text| {
            let (engine, text) = (engine.clone(), text.clone());
            std::thread::spawn(move || engine.embed("tiny", &[text]).unwrap().vectors.remove(0))
        })
        .collect();
    for (handle, vector) in handles.into_iter().zip(together.vectors) {
        let alone = handle.join().unwrap();
        let difference = alone.iter().zip(&vector).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-6, "{difference}");
    }
}

#[test]
fn more_tokens_than_one_pass_holds_are_no_problem() {
    let engine = engine_with(files()).unwrap();
    let texts: Vec<String> = (0..300).map(|n| text(n..n + 38)).collect();
    let answer = engine.embed("tiny", &texts).unwrap();
    assert_eq!(answer.vectors.len(), 300);
    assert!(answer.vectors.iter().all(|vector| vector.len() == WIDTH));
    assert!(engine.embed("tiny", &[]).unwrap().vectors.is_empty());
}

#[test]
fn pooling_and_normalising_follow_the_files() {
    let mut with_pooling = files();
    let pooling = json!({ "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false });
    with_pooling.insert("1_Pooling/config.json", pooling.to_string().into_bytes().into());
    let modules = json!([{ "type": "sentence_transformers.models.Transformer" }, { "type": "sentence_transformers.models.Pooling" }]);
    with_pooling.insert("modules.json", modules.to_string().into_bytes().into());
    let engine = engine_with(with_pooling).unwrap();
    let vector = engine.embed("tiny", &[text(0..5)]).unwrap().vectors.remove(0);
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    assert!((length - 1.0).abs() > 0.01, "not normalised: {length}");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let refusal = |name: &'static str, bytes: Vec<u8>| {
        let mut files = files();
        files.insert(name, bytes.into());
        match engine_with(files) {
            Err(EngineError::Load(error)) => error,
            Err(other) => panic!("{name}: {other}"),
            Ok(_) => panic!("{name} was accepted"),
        }
    };
    let mut wider = config();
    wider["intermediate_size"] = json!(WIDE + 1);
    assert!(matches!(refusal("config.json", wider.to_string().into_bytes()), LoadError::TensorShape { .. }));
    let mut deeper = config();
    deeper["num_hidden_layers"] = json!(LAYERS + 1);
    assert!(matches!(refusal("config.json", deeper.to_string().into_bytes()), LoadError::MissingTensor { .. }));
    assert!(matches!(refusal("tokenizer.json", b"{}".to_vec()), LoadError::Malformed { file: "tokenizer.json", .. }));
    let mut cut = safetensors_file(&tensors());
    cut.truncate(cut.len() - 1);
    assert!(matches!(refusal("model.safetensors", cut), LoadError::Inspect { .. }));
}

#[test]
fn a_model_is_only_what_was_recorded_and_does_only_its_task() {
    let engine = Engine::start(EngineConfig::default()).unwrap();
    let load = LoadModel { key: "tiny".into(), architecture: Architecture::TextClassifier, files: files() };
    assert!(matches!(engine.load(load), Err(EngineError::Load(LoadError::UnsupportedValue { .. }))));
    assert!(!engine.loaded("tiny"));
    let engine = engine_with(files()).unwrap();
    assert!(matches!(engine.classify("tiny", &[text(0..2)]), Err(EngineError::WrongTask { .. })));
    assert!(matches!(engine.embed("other", &[text(0..2)]), Err(EngineError::NotLoaded { .. })));
    assert!(engine.unload("tiny") && !engine.loaded("tiny"));
}

#[test]
fn weights_that_are_not_finite_give_an_error() {
    let mut broken = tensors();
    broken[0].2[5 * WIDTH] = f32::NAN;
    let mut files = files();
    files.insert("model.safetensors", safetensors_file(&broken).into());
    let engine = engine_with(files).unwrap();
    assert!(matches!(engine.embed("tiny", &["w5".to_owned()]), Err(EngineError::NotFinite)));
    assert!(engine.embed("tiny", &["w6".to_owned()]).is_ok());
}

#[test]
fn a_full_queue_says_busy_and_what_was_accepted_is_answered() {
    let config = EngineConfig { queue_depth: 2, threads: 1, batch_tokens: 1, ..EngineConfig::default() };
    let engine = Engine::start(config).unwrap();
    engine
        .load(LoadModel { key: "tiny".into(), architecture: Architecture::BertSentenceEncoder, files: files() })
        .unwrap();
    let texts: Vec<String> = (0..200).map(|n| text(n..n + 38)).collect();
    let mut accepted = Vec::new();
    let refusal = loop {
        match engine.prepare_embed("tiny", &texts).and_then(|texts| engine.submit(texts)) {
            Ok(pending) => accepted.push(pending),
            Err(error) => break error,
        }
        assert!(accepted.len() < 10_000, "the queue never filled");
    };
    assert!(matches!(refusal, EngineError::Busy { queue_depth: 2 }), "{refusal}");
    for pending in accepted {
        assert_eq!(pending.wait().unwrap().vectors.len(), texts.len());
    }
}

#[test]
fn a_caller_does_not_wait_for_ever() {
    let config = EngineConfig { answer_within: std::time::Duration::ZERO, ..EngineConfig::default() };
    let engine = Engine::start(config).unwrap();
    engine
        .load(LoadModel { key: "tiny".into(), architecture: Architecture::BertSentenceEncoder, files: files() })
        .unwrap();
    let texts: Vec<String> = (0..200).map(|n| text(n..n + 38)).collect();
    assert!(matches!(engine.embed("tiny", &texts), Err(EngineError::TimedOut { limit_ms: 0 })));
}

/// Both the check at registration and loading itself, which must agree.
fn refusals(files: impl Fn() -> ModelFiles) -> (Option<LoadError>, Option<LoadError>) {
    let weights = files().find("model.safetensors").unwrap().to_vec();
    let checked = check_runnable(&files(), &weights, weights.len() as u64).err();
    let engine = Engine::start(EngineConfig { threads: 1, ..EngineConfig::default() }).unwrap();
    let model = LoadModel { key: "tiny".to_owned(), architecture: Architecture::BertSentenceEncoder, files: files() };
    let loaded = engine.load(model).err().map(|error| match error {
        EngineError::Load(error) => error,
        other => panic!("{other}"),
    });
    (checked, loaded)
}

#[test]
fn what_is_checked_at_registration_is_what_loading_takes() {
    let replaced = |weights: Tensors| {
        move || {
            let mut files = files();
            files.insert("model.safetensors", safetensors_file(&weights).into());
            files
        }
    };
    assert!(matches!(refusals(replaced(tensors())), (None, None)));
    let names: Vec<String> = tensors().into_iter().map(|(name, ..)| name).collect();
    for name in &names {
        let without = tensors().into_iter().filter(|(other, ..)| other != name).collect();
        let refused = refusals(replaced(without));
        assert!(
            matches!(&refused, (Some(LoadError::MissingTensor { .. }), Some(LoadError::MissingTensor { .. }))),
            "{name}: {refused:?}"
        );
        let mut reshaped = tensors();
        let (_, shape, _) = reshaped.iter_mut().find(|(other, ..)| other == name).unwrap();
        shape.push(1);
        let refused = refusals(replaced(reshaped));
        assert!(
            matches!(&refused, (Some(LoadError::TensorShape { .. }), Some(LoadError::TensorShape { .. }))),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn only_harmless_parts_of_a_tokenizer_are_taken() {
    let text = |pattern: &str, content: &str| json!({ "type": "Replace", "pattern": { "String": pattern }, "content": content });
    let bomb = json!({ "type": "Sequence", "normalizers": vec![text("q", &"q".repeat(1000)); 3] });
    let regex = json!({ "type": "Replace", "pattern": { "Regex": "(?=x*y)z" }, "content": "" });
    let long = "x".repeat(2000);
    let parts = [
        ("/normalizer", bomb, "normalizer"),
        ("/normalizer", regex, "normalizer"),
        ("/normalizer", json!({ "type": "Precompiled", "precompiled_charsmap": "" }), "normalizer"),
        ("/pre_tokenizer", json!({ "type": "Split", "pattern": { "Regex": "(?=x*y)z" } }), "pre_tokenizer"),
        ("/pre_tokenizer", json!(null), "pre_tokenizer"),
        ("/post_processor", json!({ "type": "ByteLevel" }), "post_processor"),
        ("/model", json!({ "type": "BPE", "vocab": {}, "merges": [] }), "model"),
        ("/model/max_input_chars_per_word", json!(1_000_000), "max_input_chars_per_word"),
        ("/model/continuing_subword_prefix", json!(long), "continuing_subword_prefix"),
        ("/model/unk_token", json!("[NONE]"), "unk_token"),
    ];
    for (pointer, part, named) in parts {
        let refused = refusals(|| {
            let (mut files, mut tokenizer) = (files(), tokenizer());
            *tokenizer.pointer_mut(pointer).unwrap() = part.clone();
            files.insert("tokenizer.json", tokenizer.to_string().into_bytes().into());
            files
        });
        let is_named = |error: &Option<LoadError>| matches!(error, Some(LoadError::UnsupportedValue { file: "tokenizer.json", field, .. }) if *field == named);
        assert!(is_named(&refused.0) && is_named(&refused.1), "{pointer}: {refused:?}");
    }
}

#[test]
fn of_a_long_text_only_the_beginning_is_looked_at() {
    let engine = engine_with(files()).unwrap();
    let long = text(0..1_000_000);
    let beginning = text(0..POSITIONS);
    let answer = engine.embed("tiny", &[beginning, long]).unwrap();
    assert_eq!(answer.vectors[0], answer.vectors[1]);
    assert_eq!(answer.token_counts, [POSITIONS as u32; 2]);
    // Here the beginning has no end: what comes later would matter.
    let endless = "x".repeat(4_000_000);
    let refused = engine.prepare_embed("tiny", &[text(0..2), endless]).err();
    assert!(matches!(refused, Some(EngineError::TextTooLong { position: 2, found: 4_000_000, .. })), "{refused:?}");
}
