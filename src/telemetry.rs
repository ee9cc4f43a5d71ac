//! Log records: to a rotated file and to stderr, never to stdout.
//!
//! The file keeps what a person needs to see why a client had trouble. What passes through the server, questions, text
//! and results, is never in it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

pub use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Bytes of one file, after which the next is begun.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Files kept: a week of ordinary days.
const FILES_MAX: usize = 7;

/// How the name of a log file begins; the day and a number follow.
const PREFIX: &str = "mrconductor.";

/// Starts logging: to stderr from `level` on, and into `folder`, if there is one, from `info` or `level` on.
///
/// Touches no disk before the first record. A file that cannot be written is one line on stderr and no more.
pub fn start(folder: Option<&Path>, level: LevelFilter) {
    let to_file = folder.map(|folder| {
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(Mutex::new(LogFile::new(folder)))
            .with_filter(quiet(level.max(LevelFilter::INFO)))
    });
    let to_stderr = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .without_time()
        .with_writer(io::stderr)
        .with_filter(quiet(level));
    // Somebody who embeds the library may log already; then theirs it is.
    drop(
        tracing_subscriber::registry()
            .with(to_file)
            .with(to_stderr)
            .try_init(),
    );
}

/// rmcp writes whole messages at `info` and below, and what a client got wrong, which is no fault of ours, as warnings.
fn quiet(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level)
        .with_target("rmcp", level.min(LevelFilter::ERROR))
}

/// The file of today, opened at the first record.
///
/// Several processes write into one file, each record in one piece at its end; a full file is followed by one of the
/// next number, never renamed, so no process pulls it away from under another.
struct LogFile {
    folder: PathBuf,
    day: String,
    bytes: u64,
    file: Option<File>,
    has_failed: bool,
}

impl LogFile {
    fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            day: String::new(),
            bytes: 0,
            file: None,
            has_failed: false,
        }
    }

    fn append(&mut self, day: &str, record: &[u8]) -> io::Result<()> {
        if self.file.is_none() || self.day != day || self.bytes >= FILE_BYTES_MAX {
            let (file, bytes) = open(&self.folder, day)?;
            self.file = Some(file);
            self.bytes = bytes;
            day.clone_into(&mut self.day);
        }
        if let Some(file) = &mut self.file {
            file.write_all(record)?;
            self.bytes += record.len() as u64;
        }
        Ok(())
    }
}

impl Write for LogFile {
    #[expect(
        clippy::print_stderr,
        reason = "the log cannot say that the log cannot be written"
    )]
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        if !self.has_failed
            && let Err(error) = self.append(&today(), record)
        {
            self.has_failed = true;
            let folder = self.folder.display();
            eprintln!(
                "warning: cannot log to `{folder}`: {error}\nhint: make it writable, or set `MRCONDUCTOR_DATA_DIR`"
            );
        }
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the day in UTC as `2026-11-20`.
fn today() -> String {
    let mut now = String::new();
    // The clock of the records themselves, so that a record and the name of its file agree.
    if SystemTime.format_time(&mut Writer::new(&mut now)).is_err() {
        return "0000-00-00".to_owned();
    }
    now.truncate("2026-11-20".len());
    now
}

/// Opens the first file of `day` that is not full, and removes the oldest beyond [`FILES_MAX`].
fn open(folder: &Path, day: &str) -> io::Result<(File, u64)> {
    create_folder(folder)?;
    for number in 0_u32.. {
        let path = folder.join(format!("{PREFIX}{day}.{number:03}.log"));
        let is_new = !path.exists();
        let file = private().open(&path)?;
        let bytes = file.metadata()?.len();
        if bytes < FILE_BYTES_MAX {
            if is_new {
                remove_oldest(folder);
            }
            return Ok((file, bytes));
        }
    }
    Err(io::Error::other("every file of the day is full"))
}

fn private() -> fs::OpenOptions {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what is too old; another process that does the same at once has only done the work for us.
fn remove_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_log(path))
        .collect();
    // Day and number are of fixed width, so the order of names is the order of time.
    files.sort();
    let old = files.len().saturating_sub(FILES_MAX);
    for path in files.iter().take(old) {
        drop(fs::remove_file(path));
    }
}

fn is_log(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    name.starts_with(PREFIX) && path.extension().is_some_and(|extension| extension == "log")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_opened_at_the_first_record_and_private() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("logs");
        let mut log = LogFile::new(&folder);
        assert!(!folder.exists());
        log.append("2026-11-20", b"one\n").unwrap();
        log.append("2026-11-20", b"two\n").unwrap();
        let path = folder.join("mrconductor.2026-11-20.000.log");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            assert_eq!(
                fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
                0o700
            );
        }
    }

    #[test]
    fn a_full_file_is_followed_by_the_next_and_a_new_day_by_a_new_one() {
        let home = tempfile::tempdir().unwrap();
        let mut log = LogFile::new(home.path());
        let record = vec![b'x'; usize::try_from(FILE_BYTES_MAX).unwrap()];
        log.append("2026-11-20", &record).unwrap();
        log.append("2026-11-20", b"next\n").unwrap();
        log.append("2026-11-21", b"day\n").unwrap();
        assert_eq!(
            names(home.path()),
            [
                "mrconductor.2026-11-20.000.log",
                "mrconductor.2026-11-20.001.log",
                "mrconductor.2026-11-21.000.log"
            ]
        );
    }

    #[test]
    fn only_the_newest_files_are_kept_and_nothing_else_is_touched() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("notes.txt"), "mine").unwrap();
        let mut log = LogFile::new(home.path());
        for day in 10..20 {
            log.append(&format!("2026-11-{day}"), b"x\n").unwrap();
        }
        let names = names(home.path());
        assert_eq!(names.len(), FILES_MAX + 1);
        assert_eq!(names[0], "mrconductor.2026-11-13.000.log");
        assert_eq!(names[7], "notes.txt");
    }

    #[test]
    fn today_is_a_day() {
        let today = today();
        assert_eq!(today.len(), 10);
        assert_eq!(today.matches('-').count(), 2);
    }
}
