//! The files that a file refers to, gathered from where it is kept, so that they are read with it.

use std::collections::{HashMap, HashSet};

use super::format::{self, Beside, References, beside};
use super::packing::Room;
use super::source::{Content, FILE_BYTES_MAX, Found, Holding};

/// Files that one may refer to, directly or through others: the largest descriptions in the open have some hundreds.
const FILES_MAX: usize = 2_000;
/// Files from the first to the last in a chain of references.
const LEVELS_MAX: usize = 32;

/// Returns how the files are found that the file at `path` refers to, if it does not stand alone.
pub(super) fn references(path: &str, bytes: &[u8]) -> Option<References> {
    let format = format::of_file(path, || format::head_of(bytes))?;
    format.references(bytes)
}

/// Returns the content of `file` with the files that it and they refer to. What `holding` does not have, what lies outside
/// of it and what is beyond the limits is not there: whoever reads the file says so.
///
/// # Errors
/// If `file` itself cannot be had.
pub(super) fn gathered(holding: &mut dyn Holding, file: &Found) -> Result<Content, String> {
    let bytes = holding.file(&file.path, FILE_BYTES_MAX)?;
    let bytes = Room::default().unpacked(bytes, FILE_BYTES_MAX)?;
    let mut content = Content::from(bytes);
    if let Some(references) = references(&file.path, &content.bytes) {
        content.beside.is_alone = file.alone;
        gather(holding, &file.path, &mut content, references);
    }
    Ok(content)
}

/// Gathers level by level, for some archives have to be read from their beginning each time.
fn gather(holding: &mut dyn Holding, path: &str, content: &mut Content, references: References) {
    let Content {
        bytes,
        beside: found,
    } = content;
    let further = |found: &Beside| match references {
        References::Of(of) => of(bytes),
        References::Wanted(wanted) => wanted(bytes, found),
    };
    let mut known: HashSet<String> = HashSet::new();
    let mut room = FILE_BYTES_MAX;
    let mut level: Vec<String> = further(found);
    for _ in 0..LEVELS_MAX {
        let mut names: HashMap<String, String> = HashMap::new();
        let mut wanted: Vec<Found> = Vec::new();
        for name in std::mem::take(&mut level) {
            // A path that still begins with `..` leads out of the source.
            let inside = beside(path, &name).filter(|path| !path.starts_with(".."));
            if known.len() == FILES_MAX || !known.insert(name.clone()) {
                continue;
            }
            let Some(file) = inside.and_then(|path| holding.found(&path)) else {
                continue;
            };
            if let Some(left) = room.checked_sub(file.bytes) {
                room = left;
                names.insert(file.path.clone(), name);
                wanted.push(file);
            }
        }
        if wanted.is_empty() {
            break;
        }
        let read = holding.read(wanted, &mut |file, content| {
            if let (Ok(content), Some(name)) = (content, names.remove(&file.path)) {
                if let References::Of(of) = references {
                    let further = of(&content.bytes);
                    level.extend(further.iter().filter_map(|further| beside(&name, further)));
                }
                found.files.insert(name, content.bytes);
            }
            true
        });
        if let References::Wanted(wanted) = references {
            level = wanted(bytes, found);
        }
        if read.is_err() {
            break;
        }
    }
}
