//! Which readers these are.

/// Number of the readers. Count it up with every change of what any of them makes of a file, or of how a page is cut into
/// sections: sources that others read are read anew at their next refresh, though their files did not change.
pub const READERS: u32 = 6;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::{Beside, head_of, of_file, read_file};
    use super::*;
    use crate::lookup::library;
    use crate::store::documents::FileStamp;

    /// The BLAKE3 hash of what the readers with this number make of the fixtures.
    const MADE: (u32, &str) = (
        6,
        "ea8cbed9658d3192fd658e3db7ce1ae46530d322f621e3e56198ea4fd9a3a405",
    );

    fn fixtures(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                fixtures(&path, found);
            } else if path
                .extension()
                .is_some_and(|extension| extension != "snap")
            {
                found.push(path);
            }
        }
    }

    #[test]
    fn readers_that_make_something_else_of_the_fixtures_have_another_number() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup");
        let mut files = Vec::new();
        fixtures(&folder, &mut files);
        files.sort();
        let mut hash = blake3::Hasher::new();
        let mut pages = 0;
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let path = file.strip_prefix(&folder).unwrap().display().to_string();
            let Some(format) = of_file(&path, || head_of(&bytes)) else {
                continue;
            };
            let read = read_file(format, &bytes, &Beside::default());
            let Ok(read) = read else { continue };
            let stamp = FileStamp {
                bytes: 0,
                modified: 0,
                hash: [0; 32],
            };
            for page in library::new_pages(&path, stamp, read) {
                hash.update(&serde_json::to_vec(&page).unwrap());
                pages += 1;
            }
        }
        assert!(pages > 20, "{pages}");
        let made = hash.finalize().to_hex();
        assert_eq!(
            MADE,
            (READERS, made.as_str()),
            "the readers, or the fixtures, changed: count READERS up if it was the readers, and write both here"
        );
    }
}
