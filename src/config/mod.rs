//! Layered, typed settings: defaults < user file < project file < environment < flags. The only reader of the environment.

use std::path::PathBuf;

/// The settings of one process, resolved once at the rim and passed on as values.
#[derive(Debug, Clone)]
pub struct Config {
    /// Directory of the store and of everything derived from it.
    pub data_dir: PathBuf,
    /// The project whose files tools may read by relative path, if one is known.
    pub project: Option<PathBuf>,
}
