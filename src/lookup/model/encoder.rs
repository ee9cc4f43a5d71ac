//! The encoder of BERT: pieces → one vector for the text. Devlin et al. 2018; the names of the tensors are those of its files.
//!
//! One text at a time, as long as it is: nothing is padded, so nothing needs to be masked, and the memory of one text is all
//! that is used.

use candle_core::{Device, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};

use super::shape::Shape;
use super::tensors::Tensors;

/// All numbers of a model.
pub(super) struct Encoder {
    /// A row for each piece.
    words: Tensor,
    /// A row for each place in the text, with what all pieces of a first sentence have.
    places: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
}

/// One round in which every piece looks at all others, and is thought over.
struct Layer {
    heads: usize,
    /// Queries, keys and values in one.
    attention: Linear,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    narrow_norm: Norm,
}

struct Linear {
    weight: Tensor,
    bias: Tensor,
}

struct Norm {
    weight: Tensor,
    bias: Tensor,
    epsilon: f32,
}

impl Encoder {
    /// Reads what a model of this shape needs.
    pub(super) fn read(tensors: &mut Tensors, shape: &Shape) -> Result<Self, String> {
        const WORDS: &str = "embeddings.word_embeddings.weight";
        let prefix = if tensors.has(WORDS) { "" } else { "bert." };
        let hidden = shape.hidden_size;
        let mut get = |name: &str, sizes: &[usize]| tensors.read(&format!("{prefix}{name}"), sizes);
        let words = get(WORDS, &[shape.vocab_size, hidden])?;
        let places = get(
            "embeddings.position_embeddings.weight",
            &[shape.max_position_embeddings, hidden],
        )?;
        let kinds = get(
            "embeddings.token_type_embeddings.weight",
            &[shape.type_vocab_size, hidden],
        )?;
        let places = kinds
            .narrow(0, 0, 1)
            .and_then(|first| places.broadcast_add(&first))
            .map_err(|error| error.to_string())?;
        let norm = Norm::read(&mut get, "embeddings.LayerNorm", shape)?;
        let layers = (0..shape.num_hidden_layers)
            .map(|number| Layer::read(&mut get, &format!("encoder.layer.{number}"), shape))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            words,
            places,
            norm,
            layers,
        })
    }

    /// Returns the mean of what becomes of `pieces`, which are numbers of the vocabulary, not more than there are places.
    pub(super) fn run(&self, pieces: &[u32]) -> candle_core::Result<Vec<f32>> {
        let count = pieces.len();
        let pieces = Tensor::new(pieces, &Device::Cpu)?;
        let words = self.words.index_select(&pieces, 0)?;
        let mut state = self.norm.of(&(words + self.places.narrow(0, 0, count)?)?)?;
        for layer in &self.layers {
            state = layer.of(&state)?;
        }
        state.mean(0)?.to_vec1()
    }
}

impl Layer {
    fn read(get: &mut Get<'_>, name: &str, shape: &Shape) -> Result<Self, String> {
        let (hidden, wide) = (shape.hidden_size, shape.intermediate_size);
        let mut linear = |part: &str, from: usize, to: usize| {
            Linear::read(get, &format!("{name}.{part}"), from, to)
        };
        let attention = ["query", "key", "value"]
            .map(|part| linear(&format!("attention.self.{part}"), hidden, hidden));
        let [queries, keys, values] = attention;
        let attention =
            Linear::joined(&[queries?, keys?, values?]).map_err(|error| error.to_string())?;
        let attended = linear("attention.output.dense", hidden, hidden)?;
        let inner = linear("intermediate.dense", hidden, wide)?;
        let narrow = linear("output.dense", wide, hidden)?;
        Ok(Self {
            heads: shape.num_attention_heads,
            attention,
            attended,
            attended_norm: Norm::read(get, &format!("{name}.attention.output.LayerNorm"), shape)?,
            wide: inner,
            narrow,
            narrow_norm: Norm::read(get, &format!("{name}.output.LayerNorm"), shape)?,
        })
    }

    fn of(&self, state: &Tensor) -> candle_core::Result<Tensor> {
        let (count, hidden) = state.dims2()?;
        let width = hidden / self.heads;
        let looks = self
            .attention
            .of(state)?
            .reshape((count, 3, self.heads, width))?
            .permute((1, 2, 0, 3))?
            .contiguous()?;
        let (queries, keys, values) = (looks.get(0)?, looks.get(1)?, looks.get(2)?);
        #[expect(clippy::cast_precision_loss, reason = "at most 1,024")]
        let scale = (width as f64).sqrt().recip();
        let scores = (queries * scale)?.matmul(&keys.t()?)?;
        let seen = softmax_last_dim(&scores)?
            .matmul(&values)?
            .transpose(0, 1)?
            .reshape((count, hidden))?;
        let state = self
            .attended_norm
            .of(&(state + self.attended.of(&seen)?)?)?;
        let thought = self.narrow.of(&self.wide.of(&state)?.gelu_erf()?)?;
        self.narrow_norm.of(&(state + thought)?)
    }
}

/// Reads a tensor by its name and sizes.
type Get<'a> = dyn FnMut(&str, &[usize]) -> Result<Tensor, String> + 'a;

impl Linear {
    fn read(get: &mut Get<'_>, name: &str, from: usize, to: usize) -> Result<Self, String> {
        Ok(Self {
            weight: get(&format!("{name}.weight"), &[to, from])?,
            bias: get(&format!("{name}.bias"), &[to])?,
        })
    }

    fn joined(parts: &[Self]) -> candle_core::Result<Self> {
        let weights: Vec<&Tensor> = parts.iter().map(|part| &part.weight).collect();
        let biases: Vec<&Tensor> = parts.iter().map(|part| &part.bias).collect();
        Ok(Self {
            weight: Tensor::cat(&weights, 0)?,
            bias: Tensor::cat(&biases, 0)?,
        })
    }

    fn of(&self, state: &Tensor) -> candle_core::Result<Tensor> {
        state.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
    }
}

impl Norm {
    fn read(get: &mut Get<'_>, name: &str, shape: &Shape) -> Result<Self, String> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a small number; 1e-12 stays one"
        )]
        let epsilon = shape.layer_norm_eps as f32;
        Ok(Self {
            weight: get(&format!("{name}.weight"), &[shape.hidden_size])?,
            bias: get(&format!("{name}.bias"), &[shape.hidden_size])?,
            epsilon,
        })
    }

    fn of(&self, state: &Tensor) -> candle_core::Result<Tensor> {
        layer_norm(state, &self.weight, &self.bias, self.epsilon)
    }
}
