//! A revision of a local git repository: pages are read from its objects, whatever its work tree holds.
//!
//! The program `git` reads them, since nothing else knows all forms of a repository. It runs no hook, pager, filter or
//! monitor of the repository and connects to nothing: a repository that was copied from a stranger is data like any other.

mod watched;

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use self::watched::Watched;
use super::members::{Member, Members};
use super::{Choice, Content, FILE_BYTES_MAX, Found, Holding, Listing, LookupError, Source, Take};

/// Bytes of the longest revision that is asked for.
const REVISION_BYTES_MAX: usize = 200;
/// Bytes of the list of files: two million of them.
const LIST_BYTES_MAX: u64 = 256 << 20;
/// Bytes of an answer in a line or two.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// Bytes that `git` takes at once, as it writes numbers: the largest file that any documentation may have, and a little. Objects that
/// lead it round in a circle would have all memory there is.
const AT_ONCE_MAX: &str = "513m";
/// How long `git` may say nothing. On a slow disk of the network, one object or the way to an old revision takes it seconds, a minute at
/// worst; where the disk does not answer, it would wait for ever.
const SILENCE_MAX: Duration = Duration::from_secs(300);
/// Bytes of the line before an object: its name, kind and length.
const HEAD_BYTES_MAX: u64 = 200;
/// How a file begins whose content is kept elsewhere: <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
/// What a repository can have run, and what connects; said after its own settings, so it wins.
const SETTINGS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=",
    "core.pager=cat",
    "protocol.allow=never",
];
/// Variables that name another repository than the one at hand.
const VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
];

/// Revisions of repositories, where a person asks for one.
pub(super) struct Git;

impl Source for Git {
    fn open(
        &self,
        location: &Path,
        choice: &Choice,
    ) -> Result<Option<Box<dyn Holding>>, LookupError> {
        let Some(revision) = &choice.at else {
            return Ok(None);
        };
        check(revision)?;
        if !location.is_dir() {
            return Err(unreadable(location, "is no folder, so it has no revisions"));
        }
        let mut repository = Repository {
            folder: location.to_owned(),
            revision: revision.clone(),
            tree: String::new(),
            commit: String::new(),
            objects: Vec::new(),
            members: Members::default(),
            silence_max: SILENCE_MAX,
        };
        let inside = repository.ask(&["rev-parse", "--show-prefix"])?;
        let inside = inside.map_err(|why| {
            unreadable(
                location,
                format!("is in no git repository that can be read: {why}"),
            )
        })?;
        let commit = format!("{revision}^{{commit}}");
        let args = ["rev-parse", "--verify", "--end-of-options", &commit];
        let Ok(commit) = repository.ask(&args)? else {
            return Err(repository.without_commit()?);
        };
        let folder = inside.trim_end_matches(['\n', '/']);
        commit.trim_end().clone_into(&mut repository.commit);
        repository.tree = format!("{}:{folder}", repository.commit);
        Ok(Some(Box::new(repository)))
    }
}

/// Tells whether `folder` is a repository without a work tree, as `git` recognizes one: nothing in it is a file of the repository.
pub(crate) fn is_bare(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}

/// Refuses what `git` would take for an option, or nobody calls a revision.
fn check(revision: &str) -> Result<(), LookupError> {
    let is_fit = !revision.is_empty()
        && revision.len() <= REVISION_BYTES_MAX
        && !revision.starts_with('-')
        && !revision.contains(char::is_control)
        && !revision.contains(':');
    if is_fit {
        return Ok(());
    }
    Err(LookupError::Argument {
        what: format!("`{}` is no revision", revision.escape_debug()),
        hint: "give a tag, a branch or a commit, such as `v2.1`".to_owned(),
    })
}

fn unreadable(folder: &Path, why: impl Into<String>) -> LookupError {
    LookupError::Unreadable {
        path: folder.to_owned(),
        why: why.into(),
        hint: "give a folder of a local repository; without `--at` its files are read as they lie there".to_owned(),
    }
}

struct Repository {
    folder: PathBuf,
    /// As the person calls it.
    revision: String,
    commit: String,
    /// The tree of the folder in that commit, as `git` calls it.
    tree: String,
    /// Names of the objects that are files.
    objects: Vec<String>,
    members: Members,
    /// How long `git` may say nothing.
    silence_max: Duration,
}

impl Repository {
    fn git(&self) -> Command {
        let mut command = Command::new("git");
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            // https://github.com/git/git/blob/v2.47.0/wrapper.c, memory_limit_check
            .env("GIT_ALLOC_LIMIT", AT_ONCE_MAX)
            .env("LC_ALL", "C")
            .current_dir(&self.folder)
            .arg("--no-pager");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Starts `git` as `command`; nothing else does.
    fn start(&self, command: &mut Command) -> Result<Watched, LookupError> {
        Watched::start(command, self.silence_max).map_err(|error| LookupError::Argument {
            what: format!("cannot start `git`: {error}"),
            hint: "install git, or check the revision out and add its folder without `--at`"
                .to_owned(),
        })
    }

    /// Says why `git` could not be heard to its end.
    fn unheard(&self, error: &io::Error) -> LookupError {
        LookupError::Unreadable {
            path: self.folder.clone(),
            why: format!("is a repository where `git` stopped: {error}"),
            hint: "see whether its disk answers; if it does, the repository is damaged: clone it again".to_owned(),
        }
    }

    /// Returns what `git` prints, or the first line of why it does not.
    fn ask(&self, args: &[&str]) -> Result<Result<String, String>, LookupError> {
        let output = self
            .start(self.git().args(args))?
            .output(ANSWER_BYTES_MAX)
            .map_err(|error| self.unheard(&error))?;
        if output.status.success() {
            return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().next().unwrap_or_default();
        Ok(Err(line.trim_start_matches("fatal: ").to_owned()))
    }

    /// Says why there is no commit at the revision that was asked for: the name is unknown, or what it names is not there.
    fn without_commit(&self) -> Result<LookupError, LookupError> {
        let args = ["rev-parse", "--verify", "--end-of-options", &self.revision];
        let (folder, revision) = (self.folder.display(), &self.revision);
        let Ok(object) = self.ask(&args)? else {
            return Ok(LookupError::Argument {
                what: format!("`{folder}` has no revision `{revision}`"),
                hint: "`git tag` lists its tags; fetch first if it is a newer one".to_owned(),
            });
        };
        let object = object.trim_end();
        Ok(match self.ask(&["cat-file", "-t", object])? {
            Ok(kind) if kind.trim_end() != "tag" => LookupError::Argument {
                what: format!(
                    "`{revision}` of `{folder}` is a {}, no commit",
                    kind.trim_end()
                ),
                hint: "give a tag, a branch or a commit, such as `v2.1`".to_owned(),
            },
            _ => LookupError::Argument {
                what: format!(
                    "`{folder}` knows `{revision}`, but its objects are missing or damaged"
                ),
                hint: "`git fsck` says which; fetch them, or clone the repository again".to_owned(),
            },
        })
    }

    /// Returns the list of all files as `git ls-tree` prints it.
    fn files(&self) -> Result<Vec<u8>, LookupError> {
        let args = ["ls-tree", "-r", "-z", "--long", "--full-tree", &self.tree];
        let listed = self.start(self.git().args(args))?.output(LIST_BYTES_MAX);
        let why = match listed {
            Ok(output) if output.status.success() => return Ok(output.stdout),
            // The top folder is in every revision.
            Ok(_) if self.tree.ends_with(':') => format!(
                "knows `{}`, but objects of it are missing or damaged",
                self.revision
            ),
            Ok(_) => format!("has no such folder at `{}`", self.revision),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                format!("has a list of files that is above {LIST_BYTES_MAX} bytes")
            }
            Err(error) => return Err(self.unheard(&error)),
        };
        Err(unreadable(&self.folder, why))
    }
}

impl Holding for Repository {
    fn stamp(&self) -> Option<String> {
        Some(self.tree.clone())
    }

    fn version(&self) -> Option<String> {
        Some(self.revision.clone())
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        let list = self.files()?;
        let mut members = Members::default();
        self.objects.clear();
        for line in list.split(|&byte| byte == 0) {
            let Some((mode, object, bytes, name)) = listed(line) else {
                continue;
            };
            match mode {
                "100644" | "100755" | "100664" => {
                    let place = self.objects.len();
                    self.objects.push(object.to_owned());
                    members.add(name, Member { place, bytes });
                }
                "160000" => members.fail(
                    String::from_utf8_lossy(name),
                    "is a submodule: add it as a source of its own",
                ),
                // Links are not followed.
                _ => {}
            }
        }
        let listing = members.listing();
        self.members = members;
        Ok(listing)
    }

    fn found(&mut self, path: &str) -> Option<Found> {
        self.members.found(path)
    }

    fn file(&mut self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String> {
        let found = self.members.found(path).ok_or("is missing")?;
        let mut file = Err("is missing".to_owned());
        self.give(vec![found], bytes_max, &mut |_, content| {
            file = content.map(|content| content.bytes);
            false
        })?;
        file
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        self.give(wanted, FILE_BYTES_MAX, take)
    }
}

impl Repository {
    /// Gives each of `wanted` to `take`, none larger than `bytes_max`.
    fn give(&self, wanted: Vec<Found>, bytes_max: u64, take: &mut Take<'_>) -> Result<(), String> {
        let mut command = self.git();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        let mut git = self
            .start(&mut command)
            .map_err(|error| error.to_string())?;
        let mut stdin = git.stdin().ok_or("`git` has no input")?;
        let mut stdout = BufReader::new(git);
        let give = || -> io::Result<()> {
            for found in wanted {
                let Some(object) = self.objects.get(found.place) else {
                    continue;
                };
                writeln!(stdin, "{object}")?;
                stdin.flush()?;
                let content = object_from(&mut stdout, bytes_max)?;
                if !take(found, content.map(Content::from)) {
                    break;
                }
            }
            Ok(())
        };
        give().map_err(|error| format!("`git` stopped: {error}"))
    }
}

/// Takes a line of the list apart: mode, object, length and path.
fn listed(line: &[u8]) -> Option<(&str, &str, u64, &[u8])> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let (facts, name) = line.split_at_checked(tab)?;
    let mut facts = std::str::from_utf8(facts).ok()?.split_ascii_whitespace();
    let (mode, _, object) = (facts.next()?, facts.next()?, facts.next()?);
    let bytes = facts.next()?.parse().unwrap_or_default();
    Some((mode, object, bytes, name.get(1..)?))
}

/// Reads one object as `git cat-file --batch` gives it; the inner error is about this object alone.
fn object_from(
    stdout: &mut BufReader<impl io::Read>,
    bytes_max: u64,
) -> io::Result<Result<Vec<u8>, String>> {
    let mut head = String::new();
    stdout.take(HEAD_BYTES_MAX).read_line(&mut head)?;
    let mut words = head.split_ascii_whitespace().skip(1);
    let bytes = match (words.next(), words.next().map(str::parse::<u64>)) {
        (Some("blob"), Some(Ok(bytes))) if bytes <= bytes_max => bytes,
        (Some("missing"), _) => return Ok(Err("is not in the repository".to_owned())),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let mut content = Vec::new();
    stdout.take(bytes).read_to_end(&mut content)?;
    stdout.read_exact(&mut [0])?;
    if content.starts_with(LFS_POINTER) {
        let why = "is kept in Git LFS, not in the repository";
        return Ok(Err(why.to_owned()));
    }
    Ok(Ok(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_git_that_says_nothing_is_ended_whatever_it_was_asked() {
        let folder = tempfile::tempdir().unwrap();
        let run = |program: &str, args: &[&str]| {
            let mut command = Command::new(program);
            let output = command.args(args).current_dir(&folder).output();
            output.is_ok_and(|output| output.status.success())
        };
        if !run("git", &["init", "-q"]) {
            return; // `tests/it/revisions.rs` says whether it may be missing
        }
        // `git` waits for whoever would write into it.
        std::fs::remove_file(folder.path().join(".git/HEAD")).unwrap();
        assert!(run("mkfifo", &[".git/HEAD"]));
        let repository = Repository {
            folder: folder.path().to_owned(),
            revision: "v1".to_owned(),
            commit: "v1".to_owned(),
            tree: "v1:".to_owned(),
            objects: vec!["8e1ac9a7".to_owned()],
            members: Members::default(),
            silence_max: Duration::from_millis(30),
        };
        let found = Found {
            path: "a.md".to_owned(),
            place: 0,
            bytes: 9,
            modified: None,
            alone: false,
        };
        let asked = repository.ask(&["rev-parse", "HEAD"]).unwrap_err();
        let listed = repository.files().unwrap_err();
        let given = repository.give(vec![found], 9, &mut |_, _| true);
        let told = [asked.to_string(), listed.to_string(), given.unwrap_err()];
        for told in told {
            assert!(told.contains("said nothing for"), "{told}");
        }
        for error in [asked, listed] {
            assert!(error.hint().contains("clone it again"), "{error}");
        }
    }

    #[test]
    fn objects_that_are_made_of_themselves_lead_git_round_for_a_moment_only() {
        if Command::new("git").arg("--version").output().is_err() {
            return; // `tests/it/revisions.rs` says whether it may be missing
        }
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, content: &[u8]| {
            let path = folder.path().join(".git").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        };
        write("HEAD", b"3f2b9e93d27c14f624a4d3bd7b272613e63377a4\n");
        write("refs/heads/.keep", b"");
        // Its one file is an object that says how it differs from itself.
        write(
            "objects/pack/pack-5ddd9d23d8ff8846efbc68a346e66a838d217d71.pack",
            include_bytes!("../../../../tests/fixtures/lookup/circle/circle.pack"),
        );
        write(
            "objects/pack/pack-5ddd9d23d8ff8846efbc68a346e66a838d217d71.idx",
            include_bytes!("../../../../tests/fixtures/lookup/circle/circle.idx"),
        );
        let choice = Choice {
            at: Some("HEAD".to_owned()),
            ..Choice::default()
        };
        let mut repository = Git.open(folder.path(), &choice).unwrap().unwrap();
        let error = repository.list().unwrap_err().to_string();
        assert!(error.contains("missing or damaged"), "{error}");
    }

    #[test]
    fn what_could_be_an_option_or_a_path_is_no_revision() {
        for wrong in [
            "",
            "-v",
            "--upload-pack=x",
            "a\nb",
            "HEAD:docs",
            &"x".repeat(300),
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
        for right in [
            "v2.1",
            "main",
            "HEAD~3",
            "release/1.x",
            "8e1ac9a7",
            "@{upstream}",
        ] {
            assert!(check(right).is_ok(), "{right}");
        }
    }

    #[test]
    fn lines_of_the_list_are_taken_apart_and_others_left() {
        let line = b"100644 blob 8e1ac9a7      12\tdocs/a\tb.md".as_slice();
        let expected = ("100644", "8e1ac9a7", 12, b"docs/a\tb.md".as_slice());
        assert_eq!(listed(line), Some(expected));
        let module = b"160000 commit 8e1ac9a7       -\tvendor".as_slice();
        assert_eq!(listed(module).map(|facts| facts.2), Some(0));
        for other in [b"".as_slice(), b"100644", b"100644 blob\ta.md", b"\t"] {
            assert_eq!(listed(other), None);
        }
    }

    #[test]
    fn an_object_is_read_to_its_length_and_no_further() {
        let mut stream = BufReader::new(b"aa blob 3\nabc\nbb missing\ncc blob 9\nab".as_slice());
        let mut next = || object_from(&mut stream, 99);
        assert_eq!(next().unwrap(), Ok(b"abc".to_vec()));
        assert!(next().unwrap().is_err());
        assert!(next().is_err());
        let pointer = format!("a blob 41\n{}1\n", String::from_utf8_lossy(LFS_POINTER));
        let mut stream = BufReader::new(pointer.as_bytes());
        assert!(
            object_from(&mut stream, 99)
                .unwrap()
                .unwrap_err()
                .contains("LFS")
        );
    }
}
