//! The paths that a person wants of a source: those that some globs match, without those that others match.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::LookupError;

/// Globs on each side: a list that a person writes.
const GLOBS_MAX: usize = 100;

/// A choice among paths.
#[derive(Debug, Clone)]
pub(crate) struct Globs {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Globs {
    /// Reads the globs. Without any to include, all paths are.
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Result<Self, LookupError> {
        let include = if include.is_empty() {
            None
        } else {
            Some(set(include)?)
        };
        let exclude = set(exclude)?;
        Ok(Self { include, exclude })
    }

    /// Tells whether `path` is wanted.
    pub(crate) fn admit(&self, path: &str) -> bool {
        let included = |globs: &GlobSet| globs.is_match(path);
        !self.exclude.is_match(path) && self.include.as_ref().is_none_or(included)
    }
}

fn set(patterns: &[String]) -> Result<GlobSet, LookupError> {
    let fault = |what: String| LookupError::Argument {
        what,
        hint: "give globs of paths, such as `guide/**` or `**/v1/*`".to_owned(),
    };
    if patterns.len() > GLOBS_MAX {
        return Err(fault(format!("there are more than {GLOBS_MAX} globs")));
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern.trim_start_matches('/'))
            .literal_separator(true)
            .build()
            .map_err(|error| {
                fault(format!(
                    "cannot read the glob `{pattern}`: {}",
                    error.kind()
                ))
            })?;
        set.add(glob);
    }
    set.build().map_err(|error| fault(error.to_string()))
}
