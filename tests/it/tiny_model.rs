//! A sentence model for tests: two layers of 32 numbers each, the same ones for the same seed, and four dozen words, of which
//! some mean the same. The unit tests of the library use this file as well.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

const HIDDEN: usize = 32;
const INSIDE: usize = 64;
const PLACES: usize = 64;
const LAYERS: usize = 2;

const WORDS: &[&str] = &[
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "ships",
    "vessels",
    "delete",
    "remove",
    "folder",
    "directory",
    "rain",
    "the",
    "a",
    "at",
    "in",
    "of",
    "and",
    "is",
    "quay",
    "tide",
    "evening",
    "violin",
    "tuned",
    "players",
    "door",
    "wind",
    "north",
    "with",
    "its",
    "path",
    "call",
    "everything",
    "harbour",
    "music",
    "weather",
    "folders",
    "remain",
    "until",
    "##s",
    "##ing",
    ".",
    "#",
    "blorps",
    "likely",
    "colder",
    "from",
    "fifths",
    "to",
    "›",
];
/// Words that mean what another one means: place of the word, place of the other.
const SAME: &[(usize, usize)] = &[(5, 4), (7, 6), (9, 8), (42, 4)];

/// Writes a model into `folder`: its numbers hang on `seed`.
pub(crate) fn write(folder: &Path, seed: u64) {
    fs::create_dir_all(folder).unwrap();
    let config = json!({
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": HIDDEN, "intermediate_size": INSIDE,
        "num_hidden_layers": LAYERS, "num_attention_heads": 4, "max_position_embeddings": PLACES,
        "type_vocab_size": 2, "vocab_size": WORDS.len(), "layer_norm_eps": 1e-12,
    });
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let words = WORDS.iter().enumerate();
    let vocab: Map<String, Value> = words
        .map(|(id, word)| ((*word).to_owned(), json!(id)))
        .collect();
    let tokenizer = json!({
        "normalizer": {"type": "BertNormalizer", "lowercase": true},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": vocab},
    });
    fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    fs::write(folder.join("model.safetensors"), numbers(seed)).unwrap();
}

/// Names, shapes and sizes of the numbers of every tensor, in the order in which they are made up.
fn tensors() -> Vec<(String, Vec<usize>, f32)> {
    let mut all = vec![
        (
            "embeddings.word_embeddings.weight".to_owned(),
            vec![WORDS.len(), HIDDEN],
            2.0,
        ),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![PLACES, HIDDEN],
            0.2,
        ),
        (
            "embeddings.token_type_embeddings.weight".to_owned(),
            vec![2, HIDDEN],
            0.2,
        ),
        ("embeddings.LayerNorm.weight".to_owned(), vec![HIDDEN], 1.0),
        ("embeddings.LayerNorm.bias".to_owned(), vec![HIDDEN], 0.2),
    ];
    for layer in 0..LAYERS {
        for (part, to, from) in [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INSIDE, HIDDEN),
            ("output.dense", HIDDEN, INSIDE),
        ] {
            all.push((
                format!("encoder.layer.{layer}.{part}.weight"),
                vec![to, from],
                0.2,
            ));
            all.push((format!("encoder.layer.{layer}.{part}.bias"), vec![to], 0.05));
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            all.push((
                format!("encoder.layer.{layer}.{part}.weight"),
                vec![HIDDEN],
                1.0,
            ));
            all.push((
                format!("encoder.layer.{layer}.{part}.bias"),
                vec![HIDDEN],
                0.2,
            ));
        }
    }
    all
}

/// Makes up a file of tensors.
fn numbers(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = |size: f32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // 24 bits: exact as they are.
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
        let share = (state >> 40) as f32 / 16_777_216.0 - 0.5;
        share * size
    };
    let (mut header, mut bytes) = (Map::new(), Vec::new());
    for (name, shape, size) in tensors() {
        let count = shape.iter().product();
        let mut values: Vec<f32> = (0..count).map(|_| next(size)).collect();
        if name.ends_with("LayerNorm.weight") {
            for value in &mut values {
                *value += 1.0;
            }
        }
        if name.contains("word_embeddings") {
            for (word, other) in SAME {
                values.copy_within(other * HIDDEN..(other + 1) * HIDDEN, word * HIDDEN);
            }
        }
        let first = bytes.len();
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        header.insert(
            name,
            json!({"dtype": "F32", "shape": shape, "data_offsets": [first, bytes.len()]}),
        );
    }
    let header = Value::Object(header).to_string();
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        bytes.as_slice(),
    ]
    .concat()
}
