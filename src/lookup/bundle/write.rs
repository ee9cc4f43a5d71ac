//! A source of the library → a bundle.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

use super::{BundleError, MAGIC, Manifest, PAGE_BYTES_MAX};
use crate::lookup::library::named;
use crate::store::Store;
use crate::store::documents::{NewPage, SourceRow};

/// Level of zstd: a bundle is made once and carried by hand.
const ZSTD_LEVEL: i32 = 12;

/// Returns the armoured signature of a text, or says why there is none.
pub type Sign<'s> = dyn Fn(&[u8]) -> Result<String, String> + 's;

/// Who signs a bundle: the public key as a line of OpenSSH, and what signs a text for [`super::NAMESPACE`].
pub struct Signer<'s> {
    /// The public key.
    pub key: String,
    /// What signs.
    pub sign: Box<Sign<'s>>,
}

/// Writes the source called `name` into the file at `path`, which appears when it is whole; `made` is the time, in seconds
/// since 1970.
///
/// # Errors
/// If there is no such source, or the file cannot be written or signed. A file that was there before stays; one that is no bundle
/// stays in any case.
pub fn export(
    store: &Store,
    name: &str,
    made: i64,
    signer: Option<&Signer<'_>>,
    path: &Path,
) -> Result<Manifest, BundleError> {
    let failed = |source| BundleError::file(path, source);
    refuse_another(path)?;
    let source = named(store, name)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // The manifest stands before the pages and holds their hash: they wait in a file of their own.
    let mut pages = tempfile::tempfile_in(folder).map_err(failed)?;
    let mut manifest = write_pages(store, &source, made, &mut pages, &failed)?;
    manifest.signer = signer.map(|signer| signer.key.trim_end().to_owned());
    let manifest_line = serde_json::to_string(&manifest).map_err(|error| failed(error.into()))?;
    let signed = format!("{MAGIC}{manifest_line}\n");
    let signature = match signer {
        Some(signer) => (signer.sign)(signed.as_bytes()).map_err(BundleError::Unsigned)?,
        None => String::new(),
    };
    let mut whole = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut write = || -> io::Result<()> {
        whole.write_all(signed.as_bytes())?;
        whole.write_all(signature.trim_end().as_bytes())?;
        let line_end: &[u8] = if signature.is_empty() { b"\n" } else { b"\n\n" };
        whole.write_all(line_end)?;
        pages.rewind()?;
        io::copy(&mut pages, &mut whole)?;
        whole.as_file().sync_all()
    };
    write().map_err(failed)?;
    // Writing took a while.
    refuse_another(path)?;
    whole.persist(path).map_err(|error| failed(error.error))?;
    Ok(manifest)
}

/// Refuses a `path` that something else than a bundle has: only an older bundle is replaced.
fn refuse_another(path: &Path) -> Result<(), BundleError> {
    let taken = |what: &'static str| {
        let path = path.to_owned();
        Err(BundleError::Taken { path, what })
    };
    // Not followed: it is the link that would be replaced.
    let Ok(facts) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if facts.is_dir() {
        return taken("is a folder");
    }
    if facts.is_symlink() {
        return taken("is a link");
    }
    if !facts.is_file() {
        return taken("is no ordinary file");
    }
    let mut begins = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begins));
    if read.is_err() || begins != *MAGIC.as_bytes() {
        return taken("is there, and no bundle");
    }
    Ok(())
}

/// Writes the pages of `source` into `file`, and returns the manifest of a bundle nobody has signed; `failed` says which file it is
/// that could not be written.
fn write_pages(
    store: &Store,
    source: &SourceRow,
    made: i64,
    file: &mut File,
    failed: &dyn Fn(io::Error) -> BundleError,
) -> Result<Manifest, BundleError> {
    let packed = zstd::Encoder::new(BufWriter::new(file), ZSTD_LEVEL);
    let mut packed = packed.map_err(failed)?;
    let mut hash = blake3::Hasher::new();
    let (mut pages, mut bytes) = (0, 0);
    let mut skipped: HashMap<String, Vec<String>> = HashMap::new();
    for (path, what) in store.skipped(source.id)? {
        skipped.entry(path).or_default().push(what);
    }
    let mut stamps = store.page_stamps(source.id)?;
    stamps.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (path, stamp) in stamps {
        // A page that another process has removed meanwhile is gone from the bundle as well.
        let found = store.pages_at(Some(source.id), &path)?;
        let Some((row, text, cut)) = found
            .first()
            .map(|row| store.page_with_cut(row.id))
            .transpose()?
            .flatten()
        else {
            continue;
        };
        let page = NewPage {
            skipped: skipped.remove(&path).unwrap_or_default(),
            path,
            title: row.title,
            kind: row.kind,
            stamp,
            outline: cut.outline,
            text,
            sections: cut.sections,
            url: row.url,
            file_lines: store.file_lines(row.id)?,
        };
        let mut line = serde_json::to_vec(&page).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        if line.len() as u64 > PAGE_BYTES_MAX {
            let (path, most) = (page.path, PAGE_BYTES_MAX >> 20);
            return Err(BundleError::TooLarge { path, most });
        }
        hash.update(&line);
        packed.write_all(&line).map_err(failed)?;
        pages += 1;
        bytes += line.len() as u64;
    }
    let written = packed.finish().and_then(|mut file| file.flush());
    written.map_err(failed)?;
    Ok(Manifest {
        source: source.name.clone(),
        location: source.location.clone(),
        refreshed_at: source.refreshed_at,
        made,
        pages,
        bytes,
        blake3: hash.finalize().to_string(),
        version: store.edition(source.id)?.version,
        readers: store.readers(source.id)?.unwrap_or_default(),
        signer: None,
    })
}
