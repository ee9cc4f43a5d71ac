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
        for glob in meant(pattern) {
            let glob = GlobBuilder::new(&glob)
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
    }
    set.build().map_err(|error| fault(error.to_string()))
}

/// Returns the globs that `pattern` stands for: the name of a folder, `sub` or `./sub/`, means what is in it.
fn meant(pattern: &str) -> Vec<String> {
    let path = pattern.trim_start_matches("./").trim_start_matches('/');
    let folder = path.trim_end_matches('/');
    let is_plain = !path.contains(['*', '?', '[', '{']);
    if folder.is_empty() || (!is_plain && folder == path) {
        return vec![path.to_owned()];
    }
    let mut meant = vec![format!("{folder}/**")];
    if folder == path {
        meant.push(path.to_owned());
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_folder_means_what_is_in_it() {
        for pattern in ["sub", "sub/", "./sub", "./sub/**", "/sub/", "s*/"] {
            let globs = Globs::new(&[], &[pattern.to_owned()]).unwrap();
            assert!(!globs.admit("sub/a.md"), "{pattern}");
            assert!(!globs.admit("sub/deep/a.md"), "{pattern}");
            assert!(globs.admit("a.md") && globs.admit("other/sub/a.md"));
        }
        let one = Globs::new(&["a.md".to_owned(), "*.txt".to_owned()], &[]).unwrap();
        assert!(one.admit("a.md") && one.admit("b.txt"));
        assert!(!one.admit("sub/b.txt") && !one.admit("sub/a.md"));
    }
}
