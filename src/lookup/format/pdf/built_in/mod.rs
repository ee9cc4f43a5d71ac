//! The letters that a font itself has for its codes, by their names: what counts where a file does not say more, as in
//! most of what TeX makes.

mod cff;
mod type1;

use super::file::File;
use super::object::{Dict, Object};

/// Names of letters by their codes.
pub(super) type Names = Vec<(u8, String)>;

/// Bytes of a name: none of a letter is longer, and a font may have 256 of them.
const NAME_BYTES_MAX: usize = 64;

/// Returns the names in the font that `descriptor` embeds; `None` if there are none, or those of the standard.
pub(super) fn names(file: &File<'_>, descriptor: &Dict) -> Option<Names> {
    if let Some(program) = descriptor.get("FontFile") {
        return type1::names(&file.unpacked(program).ok()?);
    }
    let program = file.get(descriptor, "FontFile3")?;
    let is_cff = |kind: &str| matches!(kind, "Type1C" | "OpenType");
    let kind = file.get(program.dict()?, "Subtype");
    if !kind.as_ref().and_then(Object::name).is_some_and(is_cff) {
        return None;
    }
    cff::names(&file.unpacked(&program).ok()?)
}

/// Returns a name as text, if it can be one.
fn name(bytes: &[u8]) -> Option<String> {
    let is_name = (1..=NAME_BYTES_MAX).contains(&bytes.len()) && bytes.is_ascii();
    is_name.then(|| String::from_utf8_lossy(bytes).into_owned())
}
