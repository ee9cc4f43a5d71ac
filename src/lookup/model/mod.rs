//! A sentence model that a person provides: texts that mean the same become near directions, whatever their words.
//!
//! ```text
//! text → word pieces → encoder → the mean over the pieces → as many small numbers as the model has, of length 1
//! ```
//!
//! The model is a folder with `config.json` ([`shape`]), `tokenizer.json` and `model.safetensors` ([`tensors`]), as
//! sentence-transformers writes them; the [`encoder`] runs on the processor. Nothing is downloaded, and nothing of the
//! folder is believed: what is not as it must be is an error that says so. When it is read is for [`super::index`] to say,
//! what its directions count for [`super::rank`].

mod direction;
mod encoder;
mod error;
mod shape;
mod tensors;
#[cfg(test)]
pub(crate) mod tests;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) use self::direction::Direction;
use self::encoder::Encoder;
pub use self::error::ModelError;
use self::shape::{Pooling, Shape};
use self::tensors::Tensors;
use super::embedding::{Speller, Vocabulary};

/// Pieces of a text that are read, with the two that stand around it: the model was trained on fewer, and a section has
/// hardly more.
const PIECES_MAX: usize = 256;
/// Bytes of a text that are cut into pieces: [`PIECES_MAX`] words of documentation end far before.
const TEXT_BYTES_MAX: usize = 16 << 10;
/// Bytes of the longest `config.json` and `tokenizer.json`: a vocabulary of 65,536 pieces takes 2 MiB.
const JSON_BYTES_MAX: u64 = 16 << 20;
/// What sentence-transformers says beside a model of how pieces become one text.
const POOLING: &str = "1_Pooling/config.json";
/// Threads that embed at once: more share the memory that the numbers come through.
const THREADS_MAX: usize = 8;
/// Raised whenever the same model makes other directions.
const FORMAT: u32 = 1;

/// Length of the name of a model.
pub(crate) const FINGERPRINT_BYTES: usize = 32;

/// A model, read.
pub(crate) struct Model {
    folder: PathBuf,
    fingerprint: [u8; FINGERPRINT_BYTES],
    shape: Shape,
    vocabulary: Vocabulary,
    encoder: Encoder,
}

impl Model {
    /// Reads the model in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self, ModelError> {
        let failed = |name: &str, why: String| ModelError::new(folder, format!("`{name}`: {why}"));
        if !folder.is_dir() {
            return Err(ModelError::new(folder, "there is no such folder"));
        }
        let json = |name: &str| bytes(&folder.join(name)).map_err(|why| failed(name, why));
        let config = json("config.json")?;
        let shape = Shape::read(&config).map_err(|why| failed("config.json", why))?;
        if folder.join(POOLING).exists() {
            Pooling::check(&json(POOLING)?).map_err(|why| failed(POOLING, why))?;
        }
        let words = json("tokenizer.json")?;
        let vocabulary = Vocabulary::of_tokenizer(&words, shape.vocab_size)
            .map_err(|why| failed("tokenizer.json", why))?;
        let numbers = numbers_in(folder).map_err(|why| ModelError::new(folder, why))?;
        let name = numbers.file_name().unwrap_or_default().to_string_lossy();
        let failed = |why: String| failed(&name, why);
        let encoder = Tensors::open(&numbers)
            .and_then(|mut tensors| Encoder::read(&mut tensors, &shape))
            .map_err(failed)?;
        let mut hash = blake3::Hasher::new();
        hash.update(&FORMAT.to_le_bytes());
        for part in [&config, &words] {
            hash.update(blake3::hash(part).as_bytes());
        }
        File::open(&numbers)
            .and_then(|file| hash.update_reader(file).map(|_| ()))
            .map_err(|error| failed(error.to_string()))?;
        let model = Self {
            folder: folder.to_owned(),
            fingerprint: *hash.finalize().as_bytes(),
            shape,
            vocabulary,
            encoder,
        };
        // Whether it can be run is known before anything rests on it.
        model.embed(&["A sentence."])?;
        Ok(model)
    }

    /// Returns a name for what the model makes: directions of another name cannot be compared.
    pub(crate) fn fingerprint(&self) -> [u8; FINGERPRINT_BYTES] {
        self.fingerprint
    }

    /// Returns how many numbers a direction has.
    pub(crate) fn width(&self) -> usize {
        self.shape.hidden_size
    }

    /// Returns how many layers the encoder has.
    pub(crate) fn layers(&self) -> usize {
        self.shape.num_hidden_layers
    }

    /// Returns the directions of `texts`, in their order.
    pub(crate) fn embed<T: AsRef<str> + Sync>(
        &self,
        texts: &[T],
    ) -> Result<Vec<Direction>, ModelError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.min(THREADS_MAX).min(texts.len());
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<(usize, Direction)>, ModelError> {
            let mut speller = Speller::new(&self.vocabulary);
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(text) = texts.get(at) else { break };
                done.push((at, self.direction(&mut speller, text.as_ref())?));
            }
            Ok(done)
        };
        let mut all = if threads <= 1 {
            work()?
        } else {
            std::thread::scope(|scope| -> Result<Vec<(usize, Direction)>, ModelError> {
                let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                let mut all = Vec::with_capacity(texts.len());
                for worker in workers {
                    let ended = || ModelError::new(&self.folder, "a thread that runs it ended");
                    all.extend(worker.join().map_err(|_| ended())??);
                }
                Ok(all)
            })?
        };
        all.sort_unstable_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, direction)| direction).collect())
    }

    fn direction(&self, speller: &mut Speller<'_>, text: &str) -> Result<Direction, ModelError> {
        let numbers = self.numbers(speller, text)?;
        if numbers.iter().all(|number| number.is_finite()) {
            return Ok(Direction::of(&numbers));
        }
        Err(ModelError::new(
            &self.folder,
            "what it makes of a text is no number",
        ))
    }

    /// Returns what the encoder makes of `text`.
    fn numbers(&self, speller: &mut Speller<'_>, text: &str) -> Result<Vec<f32>, ModelError> {
        let text = text
            .get(..super::passage::letter_start(text, TEXT_BYTES_MAX))
            .unwrap_or(text);
        let most = PIECES_MAX.min(self.shape.max_position_embeddings);
        let pieces = speller.sentence(text, most);
        self.encoder
            .run(&pieces)
            .map_err(|error| ModelError::new(&self.folder, error.to_string()))
    }
}

/// Reads a small file.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(JSON_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > JSON_BYTES_MAX {
        return Err(format!("it is larger than {} MiB", JSON_BYTES_MAX >> 20));
    }
    Ok(bytes)
}

/// Returns the file with the numbers: `model.safetensors`, or the only one of its format.
fn numbers_in(folder: &Path) -> Result<PathBuf, String> {
    let usual = folder.join("model.safetensors");
    if usual.is_file() {
        return Ok(usual);
    }
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut found = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "safetensors"));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err("there is no `model.safetensors`".to_owned()),
        (Some(_), Some(_)) => Err("there are several `.safetensors` files; one is read".to_owned()),
    }
}
