//! What `config.json` and its neighbours say of a model, and which models this program can run.

use serde::Deserialize;

/// Sizes of a model, as its `config.json` states them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Shape {
    model_type: String,
    #[serde(default)]
    hidden_act: String,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    /// Numbers of a vector.
    pub(super) hidden_size: usize,
    /// Numbers inside a layer.
    pub(super) intermediate_size: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    /// Places of a text that have a vector of their own.
    pub(super) max_position_embeddings: usize,
    pub(super) type_vocab_size: usize,
    pub(super) vocab_size: usize,
    pub(super) layer_norm_eps: f64,
}

/// What `1_Pooling/config.json` says, where it is there.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Pooling {
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

/// Largest sizes that are run: those of a large BERT, and a bound for numbers that somebody made up.
const HIDDEN_SIZE_MAX: usize = 1_024;
const INTERMEDIATE_SIZE_MAX: usize = 4_096;
const LAYERS_MAX: usize = 24;
const PLACES_MAX: usize = 4_096;
const TYPES_MAX: usize = 16;
/// Pieces that our tokenizer can number.
const VOCABULARY_MAX: usize = 1 << 16;

fn absolute() -> String {
    "absolute".to_owned()
}

impl Shape {
    /// Reads a `config.json`, or says why such a model is not run.
    pub(super) fn read(json: &[u8]) -> Result<Self, String> {
        let shape: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let words = [
            ("model_type", &shape.model_type, "bert"),
            ("hidden_act", &shape.hidden_act, "gelu"),
            (
                "position_embedding_type",
                &shape.position_embedding_type,
                "absolute",
            ),
        ];
        for (name, found, wanted) in words {
            if found != wanted {
                return Err(format!(
                    "`{name}` is `{}`; only `{wanted}` can be run",
                    shortened(found)
                ));
            }
        }
        let sizes = [
            ("hidden_size", shape.hidden_size, HIDDEN_SIZE_MAX),
            (
                "intermediate_size",
                shape.intermediate_size,
                INTERMEDIATE_SIZE_MAX,
            ),
            ("num_hidden_layers", shape.num_hidden_layers, LAYERS_MAX),
            (
                "num_attention_heads",
                shape.num_attention_heads,
                HIDDEN_SIZE_MAX,
            ),
            (
                "max_position_embeddings",
                shape.max_position_embeddings,
                PLACES_MAX,
            ),
            ("type_vocab_size", shape.type_vocab_size, TYPES_MAX),
            ("vocab_size", shape.vocab_size, VOCABULARY_MAX),
        ];
        for (name, found, most) in sizes {
            if !(1..=most).contains(&found) {
                return Err(format!("`{name}` is {found}; 1 to {most} can be run"));
            }
        }
        if !shape.hidden_size.is_multiple_of(shape.num_attention_heads) {
            return Err("`num_attention_heads` does not divide `hidden_size`".to_owned());
        }
        if !(shape.layer_norm_eps > 0.0 && shape.layer_norm_eps < 1.0) {
            return Err("`layer_norm_eps` is not between 0 and 1".to_owned());
        }
        Ok(shape)
    }
}

impl Pooling {
    /// Reads a `1_Pooling/config.json`, or says why such a model is not run.
    pub(super) fn check(json: &[u8]) -> Result<(), String> {
        let pooling: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if pooling.pooling_mode_mean_tokens {
            Ok(())
        } else {
            Err("only the mean of all pieces can be taken".to_owned())
        }
    }
}

/// The beginning of a word of a stranger's file.
fn shortened(word: &str) -> String {
    const SHOWN: usize = 40;
    word.chars()
        .filter(|letter| !letter.is_control())
        .take(SHOWN)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn whole() -> Value {
        json!({
            "model_type": "bert", "hidden_act": "gelu", "hidden_size": 384, "intermediate_size": 1536,
            "num_hidden_layers": 6, "num_attention_heads": 12, "max_position_embeddings": 512,
            "type_vocab_size": 2, "vocab_size": 30522, "layer_norm_eps": 1e-12,
        })
    }

    #[test]
    fn a_mini_lm_is_read() {
        let shape = Shape::read(whole().to_string().as_bytes()).unwrap();
        assert_eq!((shape.hidden_size, shape.num_hidden_layers), (384, 6));
    }

    #[test]
    fn models_of_another_kind_and_sizes_that_cannot_be_are_named() {
        for (key, value) in [
            ("model_type", json!("mpnet")),
            ("hidden_act", json!("relu")),
            ("position_embedding_type", json!("relative_key")),
            ("hidden_size", json!(0)),
            ("hidden_size", json!(1_000_000_000_000_u64)),
            ("num_attention_heads", json!(7)),
            ("num_hidden_layers", json!(-1)),
            ("vocab_size", json!(119_547)),
            ("layer_norm_eps", json!(0)),
        ] {
            let mut config = whole();
            config[key] = value;
            let error = Shape::read(config.to_string().as_bytes()).unwrap_err();
            assert!(
                error.contains(key) || error.contains("invalid value"),
                "{error}"
            );
        }
        assert!(Shape::read(b"[]").is_err() && Shape::read(b"{").is_err());
        assert!(Pooling::check(br#"{"pooling_mode_cls_token": true}"#).is_err());
        assert!(Pooling::check(br#"{"pooling_mode_mean_tokens": true}"#).is_ok());
    }
}
