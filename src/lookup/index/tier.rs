//! The sentence model of a person, beside the index: read at the first question or the first reading in, never before.
//!
//! Sections are embedded when documentation is read in. A question never waits for that: as long as the model has not read
//! everything, or cannot be read itself, questions are answered as if there were none, and the answer says so.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::meanings::Meanings;
use super::{Index, WriteLock};
use crate::lookup::error::LookupError;
use crate::lookup::library::Progress;
use crate::lookup::model::{Model, ModelError};
use crate::store::documents::Generation;
use crate::store::{Condition, Store};

/// A model that may be set, and what it made.
#[derive(Default)]
pub(super) struct Tier {
    /// Folder of the model; `None` if none is set.
    folder: Option<PathBuf>,
    /// Directory of what it made; `None` to keep it with the process.
    place: Option<PathBuf>,
    model: OnceLock<Result<Model, ModelError>>,
    opened: Mutex<Option<Arc<Meanings>>>,
}

/// A model and what it makes of the sections of a view.
#[derive(Clone)]
pub(crate) struct Modelled {
    pub(crate) meanings: Arc<Meanings>,
    tier: Arc<Tier>,
}

/// Why a model that is set is not used, in an answer's words.
#[derive(Debug)]
enum Without<'a> {
    Unusable(&'a ModelError),
    Behind,
    Failed(LookupError),
}

impl fmt::Display for Without<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (why, hint) = match self {
            Self::Unusable(error) => (error.to_string(), error.hint()),
            Self::Behind => (
                "the sentence model has not read all documentation".to_owned(),
                "run `mrconductor docs refresh`, or wait for it to end".to_owned(),
            ),
            Self::Failed(error) => (
                format!("the sentence model has not read all documentation: {error}"),
                error.hint(),
            ),
        };
        write!(formatter, "{why}; the built-in table is used\nhint: {hint}")
    }
}

impl Modelled {
    /// The model; there is one, or there would be no directions.
    pub(crate) fn model(&self) -> Option<&Model> {
        self.tier.model()?.ok()
    }
}

impl Tier {
    /// Returns the model, reading it the first time; `None` if none is set.
    fn model(&self) -> Option<Result<&Model, &ModelError>> {
        let folder = self.folder.as_deref()?;
        Some(self.model.get_or_init(|| Model::read(folder)).as_ref())
    }

    fn opened(&self) -> MutexGuard<'_, Option<Arc<Meanings>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what the model made of the sections of `wanted`, or else of another state.
    fn meanings(
        &self,
        place: Option<&PathBuf>,
        model: &Model,
        wanted: &Generation,
    ) -> Option<Arc<Meanings>> {
        let mut opened = self.opened();
        let held = opened.as_ref().map(|held| held.generation());
        if let Some(place) = place
            && held.as_ref() != Some(wanted)
            && let Some(newer) = Meanings::open(place, model)
        {
            *opened = Some(Arc::new(newer));
        }
        opened.clone()
    }
}

impl Index {
    /// Lets the model in `folder` help; what it makes is kept in the directory of the index, or with the process.
    #[must_use]
    pub fn with_model(self, folder: Option<PathBuf>) -> Self {
        let place = self
            .directory
            .as_ref()
            .map(|directory| directory.join("meanings"));
        self.with_model_kept_in(folder, place)
    }

    /// The same, with a directory of its own for what the model makes.
    pub(crate) fn with_model_kept_in(
        self,
        folder: Option<PathBuf>,
        place: Option<PathBuf>,
    ) -> Self {
        let tier = Arc::new(Tier {
            folder,
            place,
            ..Tier::default()
        });
        Self { tier, ..self }
    }

    /// Returns where to keep what the model makes of `store`: what will not last is kept with the process.
    fn place(&self, store: &Store) -> Option<&PathBuf> {
        let lasts = self.directory.is_none() || store.condition() == Condition::Durable;
        self.tier.place.as_ref().filter(|_| lasts)
    }

    /// Brings the index up to date with `store`, then what the model makes of it. Returns what a person should know of the model.
    pub(crate) fn follow(
        &self,
        store: &Store,
        progress: &dyn Fn(Progress),
    ) -> Result<Option<String>, LookupError> {
        self.update(store, progress)?;
        let Some(model) = self.tier.model() else {
            return Ok(None);
        };
        let embedded = match model {
            Ok(model) => self.embed(store, model, progress).map_err(Without::Failed),
            Err(error) => Err(Without::Unusable(error)),
        };
        Ok(embedded.err().map(|without| without.to_string()))
    }

    fn embed(
        &self,
        store: &Store,
        model: &Model,
        progress: &dyn Fn(Progress),
    ) -> Result<(), LookupError> {
        let place = self.place(store);
        let _lock = WriteLock::take(place.map(PathBuf::as_path), &|| {
            progress(Progress::Waiting);
        })?;
        let wanted = store.document_generation()?;
        let old = self.tier.meanings(place, model, &wanted);
        if old.as_ref().is_some_and(|old| old.generation() == wanted) {
            return Ok(());
        }
        let place = place.map(PathBuf::as_path);
        let new = Meanings::updated(place, old.as_deref(), model, store, &|done, all| {
            progress(Progress::Embedding(done, all));
        })?;
        *self.tier.opened() = Some(Arc::new(new));
        Ok(())
    }

    /// Returns the model with what it makes of the sections of `store` at `wanted`, or what to say where it cannot be used.
    pub(super) fn modelled(
        &self,
        store: &Store,
        wanted: &Generation,
    ) -> (Option<Modelled>, Option<String>) {
        let model = match self.tier.model() {
            None => return (None, None),
            Some(Err(error)) => return (None, Some(Without::Unusable(error).to_string())),
            Some(Ok(model)) => model,
        };
        let place = match store.condition() {
            Condition::ReadOnly { .. } => self.tier.place.as_ref(),
            Condition::Durable | Condition::Memory { .. } => self.place(store),
        };
        let meanings = self.tier.meanings(place, model, wanted);
        match meanings.filter(|meanings| meanings.generation() == *wanted) {
            Some(meanings) => {
                let tier = Arc::clone(&self.tier);
                (Some(Modelled { meanings, tier }), None)
            }
            None => (None, Some(Without::Behind.to_string())),
        }
    }
}
