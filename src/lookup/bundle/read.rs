//! A bundle → a source of the library.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::page::checked;
use super::{
    BODY_BYTES_MAX, BundleError, HEAD_BYTES_MAX, LOCATION, MAGIC, Manifest, PAGE_BYTES_MAX,
};
use crate::lookup::clean::visible;
use crate::lookup::library::{PAGES_PER_TRANSACTION, Progress, Reading};
use crate::lookup::{Index, naming};
use crate::store::Store;
use crate::store::documents::{FileStamp, NewPage};
use crate::store::editions::Edition;

/// A bundle that was opened: its manifest is read, its pages are not.
#[derive(Debug)]
pub struct Bundle {
    /// What it says that it holds.
    pub manifest: Manifest,
    /// The bytes that a signature is over.
    pub signed: Vec<u8>,
    /// The armoured signature, if somebody signed.
    pub signature: Option<String>,
    path: PathBuf,
    file: File,
    /// Where the pages begin.
    pages_at: u64,
}

/// Opens the bundle at `path` and reads what stands before its pages.
///
/// # Errors
/// [`BundleError::File`] and [`BundleError::Broken`].
pub fn open(path: &Path) -> Result<Bundle, BundleError> {
    let broken = |why: &str| BundleError::broken(path, why);
    let failed = |source| BundleError::file(path, source);
    let file = File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    (&file)
        .take(HEAD_BYTES_MAX as u64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let rest = head
        .strip_prefix(MAGIC.as_bytes())
        .ok_or_else(|| broken("it does not begin as a bundle of version 1"))?;
    let end = rest
        .windows(2)
        .position(|two| two == b"\n\n")
        .ok_or_else(|| broken("its first lines do not end"))?;
    let pages_at = MAGIC.len() + end + 2;
    let lines = rest.get(..end).unwrap_or_default();
    let lines = std::str::from_utf8(lines).map_err(|_| broken("its first lines are no text"))?;
    let (manifest_line, signature) = match lines.split_once('\n') {
        Some((line, signature)) => (line, Some(format!("{signature}\n"))),
        None => (lines, None),
    };
    let manifest: Manifest = serde_json::from_str(manifest_line)
        .map_err(|error| broken(&format!("its manifest cannot be read: {error}")))?;
    if manifest.bytes > BODY_BYTES_MAX {
        return Err(broken(&format!(
            "it has more than {} GiB of pages",
            BODY_BYTES_MAX >> 30
        )));
    }
    if manifest.signer.is_some() != signature.is_some() {
        return Err(broken("its signature or the key that made it is missing"));
    }
    Ok(Bundle {
        signed: format!("{MAGIC}{manifest_line}\n").into_bytes(),
        manifest,
        signature,
        path: path.to_owned(),
        file,
        pages_at: pages_at as u64,
    })
}

impl Bundle {
    /// Gives every page to `take`. The manifest says how many bytes there are; no more are unpacked.
    fn pages(
        &self,
        mut take: impl FnMut(NewPage) -> Result<(), BundleError>,
    ) -> Result<(), BundleError> {
        let broken = |why: &str| BundleError::broken(&self.path, why);
        let failed = |source| BundleError::file(&self.path, source);
        (&self.file)
            .seek(SeekFrom::Start(self.pages_at))
            .map_err(failed)?;
        let unpacked = zstd::Decoder::new(&self.file)
            .map_err(failed)?
            .take(self.manifest.bytes + 1);
        let mut unpacked = BufReader::new(unpacked);
        let mut hash = blake3::Hasher::new();
        let (mut bytes, mut pages) = (0, 0);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = unpacked
                .by_ref()
                .take(PAGE_BYTES_MAX)
                .read_until(b'\n', &mut line)
                .map_err(|error| broken(&format!("its pages cannot be unpacked: {error}")))?;
            if read == 0 {
                break;
            }
            hash.update(&line);
            bytes += read as u64;
            pages += 1;
            if !line.ends_with(b"\n") {
                return Err(broken("a page does not end"));
            }
            let page: NewPage = serde_json::from_slice(&line)
                .map_err(|error| broken(&format!("page {pages} cannot be read: {error}")))?;
            take(checked(page).map_err(|why| broken(&why))?)?;
        }
        let is_whole = bytes == self.manifest.bytes
            && pages == self.manifest.pages
            && hash.finalize().to_string() == self.manifest.blake3;
        if is_whole {
            Ok(())
        } else {
            Err(broken("its pages are not those that the manifest names"))
        }
    }
}

/// Makes the source `name` what `bundle` holds: pages with the same bytes stay, the others are replaced, and those that the
/// bundle lacks go away. All of the bundle is checked before anything changes.
///
/// # Errors
/// If the bundle is broken, the name is taken by a source of this machine, or the store fails.
pub fn import(
    store: &Store,
    index: &Index,
    bundle: &Bundle,
    name: &str,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Reading, BundleError> {
    bundle.pages(|_| Ok(()))?;
    let location = format!("{LOCATION}{}", visible(&bundle.manifest.location));
    naming::check(store, name, &location)?;
    let source = naming::taken(store, name, &location)?;
    // What other readers made of the same file is another page.
    store.read_with(source, bundle.manifest.readers)?;
    let stamps = store.page_stamps(source)?;
    let mut known: HashMap<String, FileStamp> = stamps.into_iter().collect();
    let mut reading = Reading::default();
    let mut waiting: Vec<NewPage> = Vec::new();
    let keep = |pages: &mut Vec<NewPage>| -> Result<(), BundleError> {
        store.keep_pages(source, pages)?;
        pages.clear();
        Ok(())
    };
    let all = bundle.manifest.pages;
    let promise = index.promise(store);
    let mut done = 0;
    bundle.pages(|page| {
        done += 1;
        progress(Progress::Reading(done, all));
        match known.remove(&page.path) {
            Some(stamp) if stamp.hash == page.stamp.hash => {
                reading.unchanged += 1;
                return Ok(());
            }
            Some(_) => reading.changed += 1,
            None => reading.added += 1,
        }
        reading.bytes += page.stamp.bytes;
        waiting.push(page);
        if waiting.len() < PAGES_PER_TRANSACTION {
            return Ok(());
        }
        keep(&mut waiting)
    })?;
    keep(&mut waiting)?;
    let gone: Vec<String> = known.into_keys().collect();
    reading.removed = gone.len() as u64;
    store.remove_pages(source, &gone)?;
    let edition = Edition {
        version: bundle.manifest.version.as_deref().map(visible),
        ..Edition::default()
    };
    store.keep_edition(source, &edition)?;
    let read_at = bundle.manifest.refreshed_at;
    store.source_was_read(source, read_at, &[])?;
    reading.notes.extend(index.follow(store, progress)?);
    drop(promise);
    Ok(reading)
}
