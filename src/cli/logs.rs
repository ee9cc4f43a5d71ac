//! `mrconductor logs`: where the log of the server is, and its last lines.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::{Failure, Global, out};

/// Bytes read from the end of a file: far more than the lines of a usual request have.
const TAIL_BYTES_MAX: u64 = 1 << 20;

/// Pause between two looks at a log that is followed: a person does not notice it, a processor neither.
const FOLLOW_PAUSE: Duration = Duration::from_millis(250);

/// Shows the log of the server.
///
/// The server of every editor window writes into one file a day. Questions, texts and results are never in it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// How many of the last lines to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 40)]
    lines: usize,
    /// Go on with new lines as they are written, until Ctrl-C
    #[arg(long, short = 'f', conflicts_with = "json")]
    follow: bool,
}

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = global.config_with_problems();
    let Some(folder) = config.log_dir else {
        return Err(Failure::new(
            "no directory for logs is known: no home directory is set",
            "set `HOME` or `MRCONDUCTOR_DATA_DIR`",
        )
        .into());
    };
    let newest = newest(&folder)?;
    let text = match &newest {
        Some(path) => tail(path, args.lines)?,
        None => String::new(),
    };
    if global.json {
        let lines: Vec<_> = text.lines().collect();
        let (folder, newest) = (out::path(&folder), newest.as_deref().map(out::path));
        out::write_json(&json!({"folder": folder, "file": newest, "lines": lines}))?;
        return Ok(ExitCode::SUCCESS);
    }
    match &newest {
        Some(path) => note(&path.display().to_string()),
        None => note(&format!(
            "no log yet in {}: a server writes it when an IDE starts one",
            folder.display()
        )),
    }
    out::write(text.as_bytes())?;
    if args.follow {
        follow(&folder, newest)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says on stderr which file is shown, so that stdout has its lines only.
#[expect(clippy::print_stderr, reason = "stderr is for people")]
fn note(text: &str) {
    eprintln!("{text}");
}

/// Returns the newest log in `folder`: day and number have a fixed width, so the order of names is that of time.
fn newest(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.with_context(|| format!("cannot read `{}`", folder.display()))?,
    };
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .max())
}

/// Returns the last `lines` lines of the file, or those in its last megabyte.
fn tail(path: &Path, lines: usize) -> anyhow::Result<String> {
    let length = fs::metadata(path).map_or(0, |file| file.len());
    let bytes = read_from(path, length.saturating_sub(TAIL_BYTES_MAX))?;
    let text = String::from_utf8_lossy(&bytes);
    let all = text.split_inclusive('\n');
    let skipped = all.clone().count().saturating_sub(lines);
    Ok(all.skip(skipped).collect())
}

fn read_from(path: &Path, start: u64) -> anyhow::Result<Vec<u8>> {
    let read = || {
        let mut bytes = Vec::new();
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        file.take(TAIL_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    };
    read().with_context(|| format!("cannot read `{}`", path.display()))
}

/// Writes what is added to the newest log, goes over to a newer one when it appears, and ends when nobody reads any more.
fn follow(folder: &Path, mut shown: Option<PathBuf>) -> anyhow::Result<()> {
    let length = |path: &PathBuf| fs::metadata(path).map_or(0, |file| file.len());
    let mut at = shown.as_ref().map_or(0, length);
    let mut stdout = io::stdout();
    loop {
        thread::sleep(FOLLOW_PAUSE);
        if let Some(path) = &shown {
            let bytes = read_from(path, at)?;
            at += bytes.len() as u64;
            if stdout
                .write_all(&bytes)
                .and_then(|()| stdout.flush())
                .is_err()
            {
                return Ok(());
            }
        }
        let found = newest(folder)?;
        if found != shown {
            (shown, at) = (found, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_log_is_that_of_the_last_day_with_the_highest_number() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(&folder.path().join("none")).unwrap(), None);
        for name in [
            "mrconductor.2026-03-01.001.log",
            "mrconductor.2026-03-02.000.log",
            "mrconductor.2026-02-28.004.log",
            "zz.txt",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = newest(folder.path()).unwrap().unwrap();
        assert!(
            found.ends_with("mrconductor.2026-03-02.000.log"),
            "{}",
            found.display()
        );
    }

    #[test]
    fn the_tail_is_the_last_lines_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        fs::write(&path, "one\ntwo\nthree\n").unwrap();
        assert_eq!(tail(&path, 2).unwrap(), "two\nthree\n");
        assert_eq!(tail(&path, 9).unwrap(), "one\ntwo\nthree\n");
        assert_eq!(tail(&path, 0).unwrap(), "");
        fs::write(&path, b"bad \xFF byte\nlast").unwrap();
        assert_eq!(tail(&path, 1).unwrap(), "last");
    }
}
