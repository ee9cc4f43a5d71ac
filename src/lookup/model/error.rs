//! Why a sentence model cannot be used.

use std::path::{Path, PathBuf};

/// What is wrong with the folder of a model. Search goes on without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sentence model in `{}` cannot be used: {why}", folder.display())]
pub struct ModelError {
    folder: PathBuf,
    why: String,
}

impl ModelError {
    pub(super) fn new(folder: &Path, why: impl Into<String>) -> Self {
        Self {
            folder: folder.to_owned(),
            why: why.into(),
        }
    }

    /// Returns what to do next.
    pub fn hint(&self) -> String {
        "give `lookup.model_dir` a folder with `model.safetensors`, `tokenizer.json` and `config.json` of a BERT sentence model \
         such as all-MiniLM-L6-v2, or take the setting away"
            .to_owned()
    }
}
