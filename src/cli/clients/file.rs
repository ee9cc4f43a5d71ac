//! Writing someone else's configuration file: a backup beside it, then one atomic exchange.
//!
//! A symbolic link is followed, not replaced; the mode is kept; a file that changed since it was read is left alone.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::Scope;
use crate::cli::Failure;

/// Largest configuration file that is read: Claude Code's grows to some MB, anything beyond is no configuration.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Names tried for a backup in one millisecond before giving up.
const NAMES_MAX: i64 = 100;

/// Marks our backups: `mcp.json.mrconductor-20261120T074543.000Z.bak`.
const MARK: &str = ".mrconductor-";
/// Ending of a backup that holds what the file held.
const KEPT: &str = ".bak";
/// Ending of an empty backup that says there was no file.
const ABSENT: &str = ".absent";

/// A configuration file as it was read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The file itself, after links.
    pub(crate) path: PathBuf,
    /// What it held; `None` if there is none.
    pub(crate) text: Option<String>,
}

impl Snapshot {
    /// Reads the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let path = resolved(path)?;
        let text = text_of(&path)?;
        Ok(Self { path, text })
    }

    /// Returns the text, empty for no file.
    pub(crate) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or("")
    }

    /// Keeps a backup, then puts `text` in the place of the file, and returns the backup.
    pub(crate) fn replace(
        &self,
        text: &str,
        scope: Scope,
        unix_ms: i64,
    ) -> Result<Backup, Failure> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder).map_err(|error| failed("make the folder", folder, &error))?;
        self.unchanged()?;
        let backup = self.keep(unix_ms)?;
        self.exchange(text, scope)?;
        Ok(backup)
    }

    /// Puts `backup` back in the place of the file and takes the backup away.
    pub(crate) fn restore(&self, backup: &Backup, scope: Scope) -> Result<(), Failure> {
        self.unchanged()?;
        match &backup.text {
            Some(text) => self.exchange(text, scope)?,
            None => remove(&self.path)?,
        }
        remove(&backup.path)
    }

    /// Returns our backups of the file, the newest first.
    pub(crate) fn backups(&self) -> Result<Vec<Backup>, Failure> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("list", folder, &error)),
        };
        let start = format!("{}{MARK}", self.file_name());
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(&start))
            .filter(|name| name.ends_with(KEPT) || name.ends_with(ABSENT))
            .collect();
        names.sort_unstable();
        names
            .iter()
            .rev()
            .map(|name| {
                let path = folder.join(name);
                let text = if name.ends_with(ABSENT) {
                    None
                } else {
                    text_of(&path)?
                };
                Ok(Backup { path, text })
            })
            .collect()
    }

    fn file_name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// An IDE may write the same file at any moment; its change must not be lost.
    fn unchanged(&self) -> Result<(), Failure> {
        if text_of(&self.path)? == self.text {
            return Ok(());
        }
        Err(Failure::new(
            format!(
                "`{}` changed while it was being edited",
                self.path.display()
            ),
            "run the same command again",
        ))
    }

    fn keep(&self, unix_ms: i64) -> Result<Backup, Failure> {
        let (ending, body) = match &self.text {
            Some(text) => (KEPT, text.as_str()),
            None => (ABSENT, ""),
        };
        for attempt in 0..NAMES_MAX {
            let name = format!(
                "{}{MARK}{}{ending}",
                self.file_name(),
                stamp(unix_ms + attempt)
            );
            let path = self.path.with_file_name(name);
            let mut file = match create_like(&path, &self.path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(failed("make the backup", &path, &error)),
            };
            return match file
                .write_all(body.as_bytes())
                .and_then(|()| file.sync_all())
            {
                Ok(()) => Ok(Backup {
                    path,
                    text: self.text.clone(),
                }),
                Err(error) => Err(failed("write the backup", &path, &error)),
            };
        }
        Err(Failure::new(
            format!("no free name for a backup of `{}`", self.path.display()),
            "run the same command again",
        ))
    }

    fn exchange(&self, text: &str, scope: Scope) -> Result<(), Failure> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let write = || {
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            if scope == Scope::Project {
                use std::os::unix::fs::PermissionsExt as _;
                // A new file that a team shares is as readable as the person's umask says.
                builder.permissions(fs::Permissions::from_mode(0o666));
            }
            #[cfg(not(unix))]
            let _ = scope;
            let mut new = builder.prefix(".mrconductor-").tempfile_in(folder)?;
            new.write_all(text.as_bytes())?;
            if let Ok(old) = fs::metadata(&self.path) {
                new.as_file().set_permissions(old.permissions())?;
            }
            new.as_file().sync_all()?;
            new.persist(&self.path).map_err(|error| error.error)?;
            // The name lasts only once its folder is on disk; where a folder cannot be opened, that is up to the system.
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .or(Ok(()))
        };
        write().map_err(|error: io::Error| failed("write", &self.path, &error))
    }
}

/// What a file held before one of our edits.
#[derive(Debug)]
pub(crate) struct Backup {
    /// Where it is kept.
    pub(crate) path: PathBuf,
    /// What the file held; `None` if there was none.
    pub(crate) text: Option<String>,
}

/// Returns whether the backup at `path` says that there was no file.
pub(crate) fn is_absence(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ABSENT)
}

/// Follows links to the file that is meant. A link to nothing is an error: what it should hold is not ours to decide.
fn resolved(path: &Path) -> Result<PathBuf, Failure> {
    match fs::canonicalize(path) {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if path.is_symlink() {
                return Err(Failure::new(
                    format!("`{}` is a link to a file that is not there", path.display()),
                    "make that file or remove the link, then run this again",
                ));
            }
            Ok(path.to_owned())
        }
        Err(error) => Err(failed("find", path, &error)),
    }
}

fn text_of(path: &Path) -> Result<Option<String>, Failure> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path, &error)),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed("read", path, &error))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::new(
            format!(
                "`{}` is larger than {} MiB",
                path.display(),
                FILE_BYTES_MAX >> 20
            ),
            "edit it by hand: `mrconductor print-config CLIENT` prints the entry",
        ));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        Failure::new(
            format!("`{}` is not UTF-8 at byte {good}", path.display()),
            "save it as UTF-8, then run this again",
        )
    })
}

/// Creates `path` anew, readable by nobody who may not read `model`.
fn create_like(path: &Path, model: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    if let Ok(model) = fs::metadata(model) {
        file.set_permissions(model.permissions())?;
    }
    Ok(file)
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| failed("remove", path, &error))
}

fn failed(action: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot {action} `{}`: {error}", path.display()),
        "check the permissions and the free space of that folder",
    )
}

/// Returns the UTC time as `20261120T074543.123Z`; names with it sort by time.
fn stamp(unix_ms: i64) -> String {
    let (days, ms) = (
        unix_ms.div_euclid(86_400_000),
        unix_ms.rem_euclid(86_400_000),
    );
    // Days to a date in the proleptic Gregorian calendar, in eras of 400 years that start on 1 March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let seconds = ms / 1_000;
    format!(
        "{year:04}{month:02}{day:02}T{:02}{:02}{:02}.{:03}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        ms % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_utc_dates_that_sort_by_time() {
        assert_eq!(stamp(0), "19700101T000000.000Z");
        assert_eq!(stamp(951_782_399_999), "20000228T235959.999Z");
        assert_eq!(stamp(951_782_400_000), "20000229T000000.000Z");
        assert_eq!(stamp(1_795_160_743_123), "20261120T074543.123Z");
    }

    #[test]
    fn a_file_is_exchanged_with_a_backup_and_restored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mcp.json");
        fs::write(&path, "old").unwrap();
        let backup = Snapshot::read(&path)
            .unwrap()
            .replace("new", Scope::User, 0)
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_to_string(&backup.path).unwrap(), "old");

        let now = Snapshot::read(&path).unwrap();
        let backups = now.backups().unwrap();
        assert_eq!(backups.len(), 1);
        now.restore(&backups[0], Scope::User).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(now.backups().unwrap().len(), 0);
    }

    #[test]
    fn a_file_that_was_not_there_is_gone_after_the_undo() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".cursor/mcp.json");
        Snapshot::read(&path)
            .unwrap()
            .replace("new", Scope::Project, 0)
            .unwrap();
        let now = Snapshot::read(&path).unwrap();
        now.restore(&now.backups().unwrap()[0], Scope::Project)
            .unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn the_newest_backup_comes_first_also_within_one_millisecond() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mcp.json");
        for text in ["1", "2", "3"] {
            Snapshot::read(&path)
                .unwrap()
                .replace(text, Scope::User, 5)
                .unwrap();
        }
        let backups = Snapshot::read(&path).unwrap().backups().unwrap();
        let texts: Vec<_> = backups
            .iter()
            .map(|backup| backup.text.as_deref())
            .collect();
        assert_eq!(texts, [Some("2"), Some("1"), None]);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mcp.json");
        fs::write(&path, "old").unwrap();
        let snapshot = Snapshot::read(&path).unwrap();
        fs::write(&path, "of the IDE").unwrap();
        assert!(snapshot.replace("new", Scope::User, 0).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "of the IDE");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_the_mode_is_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (
            folder.path().join("dotfiles.json"),
            folder.path().join("mcp.json"),
        );
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&target, &link).unwrap();
        let backup = Snapshot::read(&link)
            .unwrap()
            .replace("new", Scope::User, 0)
            .unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        for path in [&target, &backup.path] {
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o640, "{}", path.display());
        }
        fs::remove_file(&target).unwrap();
        assert!(Snapshot::read(&link).is_err(), "a link to nothing");
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mcp.json");
        fs::write(&path, b"{}\xff").unwrap();
        let error = Snapshot::read(&path).unwrap_err();
        assert!(
            error.to_string().ends_with("is not UTF-8 at byte 2"),
            "{error}"
        );
    }
}
