//! The store under fire: many processes at once, killed at any moment, and a disk that is full.
//!
//! The processes are this test binary, started again with [`WORK`] set. Counts are modest unless `MRCONDUCTOR_TEST_FULL` is set.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use mrconductor::store::{Condition, Store};
use tempfile::TempDir;

/// Tells a worker what to do: `start`, or the number of bodies to write.
const WORK: &str = "MRCONDUCTOR_TEST_STORE_WORK";

/// Tells a worker where.
const PLACE: &str = "MRCONDUCTOR_TEST_STORE_PLACE";

/// Bytes that the write-ahead log may have at any moment: the limit of the store, and a transaction on top of it.
const LOG_BYTES_MAX: u64 = 64 << 20;

/// Returns `full` if the whole battery was asked for, else `modest`.
fn count(modest: usize, full: usize) -> usize {
    if std::env::var_os("MRCONDUCTOR_TEST_FULL").is_some() {
        full
    } else {
        modest
    }
}

/// A worker process: does what [`WORK`] says and prints one line for each thing that the store acknowledged.
#[test]
fn a_worker_of_the_tests_of_the_store() {
    let (Some(work), Some(place)) = (std::env::var_os(WORK), std::env::var_os(PLACE)) else {
        return;
    };
    let store = match Store::open(Path::new(&place)) {
        Ok(store) => store,
        Err(error) => return say(&format!("failed {error}")),
    };
    if store.condition() != Condition::Durable {
        return say(&format!("failed {:?}", store.condition()));
    }
    let bodies = work
        .to_str()
        .and_then(|work| work.parse().ok())
        .unwrap_or(1);
    for number in 0..bodies {
        let body = format!("{} {number}", std::process::id());
        let start = Instant::now();
        match store.keep_original(body.as_bytes()) {
            Ok(id) => say(&format!("kept {id} {} {body}", start.elapsed().as_millis())),
            Err(error) => return say(&format!("failed {error}")),
        }
    }
}

fn say(line: &str) {
    // The test harness may have begun a line of its own.
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    stdout.flush().unwrap();
}

fn worker(place: &Path, work: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "store::a_worker_of_the_tests_of_the_store",
            "--exact",
            "--nocapture",
        ])
        .env(WORK, work)
        .env(PLACE, place)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// What workers said: bodies by number, the longest write in milliseconds, and failures.
#[derive(Default)]
struct Said {
    kept: BTreeMap<i64, String>,
    slowest_ms: u64,
    failures: Vec<String>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        if let Some(kept) = line.strip_prefix("kept ") {
            let mut words = kept.splitn(3, ' ');
            let id = words.next().unwrap().parse().unwrap();
            self.slowest_ms = self.slowest_ms.max(words.next().unwrap().parse().unwrap());
            let body = words.next().unwrap().to_owned();
            let other = self.kept.insert(id, body.clone());
            assert!(
                other.is_none_or(|other| other == body),
                "h{id} was given twice, the second time to {body}"
            );
        } else if let Some(failure) = line.strip_prefix("failed ") {
            self.failures.push(failure.to_owned());
        }
    }

    /// Waits until all `children` have ended and takes up what they said.
    fn hear_all(&mut self, children: Vec<Child>) {
        let (sender, lines) = channel();
        let readers: Vec<_> = children
            .into_iter()
            .map(|mut child| {
                let sender = sender.clone();
                thread::spawn(move || {
                    let stdout = BufReader::new(child.stdout.take().unwrap());
                    for line in stdout.lines().map_while(Result::ok) {
                        sender.send(line).unwrap();
                    }
                    child.wait().unwrap();
                })
            })
            .collect();
        drop(sender);
        for line in lines {
            self.hear(&line);
        }
        for reader in readers {
            reader.join().unwrap();
        }
    }
}

/// Fails unless the database in `place` is sound and holds all that was acknowledged.
fn assert_kept(place: &Path, said: &Said) {
    let store = Store::open(place).unwrap();
    assert_eq!(
        (store.condition(), store.set_aside()),
        (Condition::Durable, None)
    );
    for (id, body) in &said.kept {
        let found = store.original(*id).unwrap();
        assert_eq!(
            found.as_deref(),
            Some(body.as_bytes()),
            "h{id} was acknowledged"
        );
    }
    drop(store);
    let connection = rusqlite::Connection::open(place.join("store.db")).unwrap();
    let integrity: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
}

#[test]
fn sixteen_processes_that_start_first_at_once_all_have_the_store() {
    let rounds = count(6, 100);
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds {
        let home = TempDir::new().unwrap();
        let place = home.path().join("data");
        let start = Instant::now();
        let children = (0..16)
            .map(|_| worker(&place, "1").spawn().unwrap())
            .collect();
        let mut said = Said::default();
        said.hear_all(children);
        slowest = slowest.max(start.elapsed());
        assert_eq!(
            (said.failures.as_slice(), said.kept.len()),
            ([].as_slice(), 16)
        );
        assert_kept(&place, &said);
    }
    eprintln!("{rounds} × 16 first starts: 0 failures, slowest round {slowest:?}");
}

#[test]
fn processes_that_find_the_damage_at_once_set_one_file_aside_and_lose_nothing() {
    for _ in 0..count(10, 100) {
        let place = TempDir::new().unwrap();
        let junk = "no database ".repeat(1_000);
        std::fs::write(place.path().join("store.db"), &junk).unwrap();
        let children = (0..8)
            .map(|_| worker(place.path(), "1").spawn().unwrap())
            .collect();
        let mut said = Said::default();
        said.hear_all(children);
        assert_eq!(said.failures, Vec::<String>::new());
        assert_eq!(said.kept.len(), 8);
        assert_kept(place.path(), &said);
        let damaged: Vec<_> = std::fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_string_lossy().contains("damaged"))
            .collect();
        assert_eq!(damaged.len(), 1, "{damaged:?}");
        assert_eq!(std::fs::read_to_string(&damaged[0]).unwrap(), junk);
    }
}

#[test]
fn sixteen_processes_that_write_at_once_are_never_told_to_come_back() {
    let bodies = count(40, 500);
    let home = TempDir::new().unwrap();
    let start = Instant::now();
    let children = (0..16)
        .map(|_| worker(home.path(), &bodies.to_string()).spawn().unwrap())
        .collect();
    let mut said = Said::default();
    said.hear_all(children);
    let took = start.elapsed();
    assert_eq!(
        (said.failures.as_slice(), said.kept.len()),
        ([].as_slice(), 16 * bodies)
    );
    assert_kept(home.path(), &said);
    eprintln!(
        "16 × {bodies} durable writes in {took:?}: 0 refused, slowest {} ms",
        said.slowest_ms
    );
}

#[test]
fn what_was_acknowledged_outlasts_a_kill_at_any_moment() {
    let rounds = count(15, 500);
    let home = TempDir::new().unwrap();
    let mut said = Said::default();
    for round in 0..rounds {
        let mut children: Vec<_> = (0..4)
            .map(|_| worker(home.path(), "1000000").spawn().unwrap())
            .collect();
        let mut lines: Vec<_> = children
            .iter_mut()
            .map(|child| {
                BufReader::new(child.stdout.take().unwrap())
                    .lines()
                    .map_while(Result::ok)
            })
            .collect();
        // Every second round is killed while it opens or begins, the others while they write.
        if round % 2 == 1 {
            let first = lines[0].find(|line| line.starts_with("kept "));
            said.hear(&first.expect("a worker ended by itself"));
        }
        thread::sleep(Duration::from_micros((round as u64 * 7_919) % 40_000));
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for line in lines.into_iter().flatten() {
            said.hear(&line);
        }
        assert_eq!(said.failures, Vec::<String>::new(), "round {round}");
        let log = std::fs::metadata(home.path().join("store.db-wal")).map_or(0, |log| log.len());
        assert!(log <= LOG_BYTES_MAX, "the log has {log} bytes");
        if round % 25 == 24 {
            assert_kept(home.path(), &said);
        }
    }
    assert_kept(home.path(), &said);
    assert!(said.kept.len() >= rounds / 2);
    eprintln!(
        "{} kills, {} acknowledged writes: 0 lost",
        rounds * 4,
        said.kept.len()
    );
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_what_was_kept_before_stays() {
    let home = TempDir::new().unwrap();
    let mut said = Said::default();
    said.hear_all(vec![worker(home.path(), "1").spawn().unwrap()]);
    assert_eq!(said.kept.len(), 1);
    // A file may not grow beyond 256 KiB: the system refuses the write as a full disk does.
    let limited = |work: &str| {
        let inner = worker(home.path(), work);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' XFSZ; ulimit -f 512; exec \"$0\" \"$@\""])
            .arg(inner.get_program())
            .args(inner.get_args())
            .envs(
                inner
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        shell.spawn().unwrap()
    };
    let mut full = Said::default();
    full.hear_all(vec![limited("100000")]);
    let failure = full.failures.first().expect("the limit was not reached");
    assert!(failure.starts_with("cannot write store `"), "{failure}");
    assert!(!full.kept.is_empty());
    said.kept.extend(full.kept);
    assert_kept(home.path(), &said);
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_from_the_start_gives_a_store_in_memory() {
    let home = TempDir::new().unwrap();
    let inner = worker(home.path(), "1");
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\" | cat"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("failed Memory { why: \"cannot write store `"),
        "{text}"
    );
}
