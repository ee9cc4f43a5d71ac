//! Tells what a text is, by what parses and by the look of its lines. The kind is a fact for the reader and steers
//! digests; every exact strategy is tried on every kind.

use serde::de::IgnoredAny;

use super::severity;
use super::strategy::lines::split;
use super::strategy::table;

/// Lines looked at: enough to tell, and constant time for large texts.
const SAMPLE_LINES: usize = 400;

/// Lines in which the end of a quotation is looked for.
const FENCED_LINES_MAX: usize = 1000;

/// Words of a line of running text.
const RUNNING_WORDS_MIN: usize = 6;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One JSON document.
    Json,
    /// A JSON document on each line.
    JsonLines,
    /// Lines with time stamps or levels.
    Log,
    /// Output of compilers, linters, test runners.
    Build,
    /// A unified diff.
    Diff,
    /// Stack traces.
    Trace,
    /// Separated values.
    Table,
    /// Markdown.
    Markdown,
    /// HTML or XML.
    Html,
    /// Source code.
    Code,
    /// Anything else.
    Text,
}

impl Kind {
    /// The word for it on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Log => "log",
            Self::Build => "build",
            Self::Diff => "diff",
            Self::Trace => "trace",
            Self::Table => "table",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Code => "code",
            Self::Text => "text",
        }
    }

    /// Tells the kind of `text`.
    pub fn of(text: &str) -> Self {
        let start = text.trim_start();
        if start.starts_with(['{', '[', '"']) && serde_json::from_str::<IgnoredAny>(text).is_ok() {
            return Self::Json;
        }
        if is_markup(start) {
            return Self::Html;
        }
        let first = text.lines().next().unwrap_or("");
        if !split::has_stamp(first) && table::has_header(text) {
            return Self::Table;
        }
        let sample = Sample::of(text);
        let share =
            |count: usize, percent: usize| count * 100 >= sample.lines * percent && count > 0;
        if share(sample.records, 60) {
            Self::Log
        } else if share(sample.objects, 90) {
            Self::JsonLines
        } else if sample.hunks > 0 && sample.changes > 0 && share(sample.differences, 50) {
            Self::Diff
        } else if share(sample.stamps, 40) {
            Self::Log
        } else if sample.frames >= 2 && share(sample.frames, 20) {
            Self::Trace
        } else if sample.is_page() && !share(sample.code, 35) {
            Self::Markdown
        } else if share(sample.commits, 60) {
            Self::Text
        } else if !share(sample.code, 40)
            && (sample.places > 0 || !share(sample.prose, 40))
            && share(sample.diagnostics(), 2)
        {
            Self::Build
        } else if sample.separators_agree {
            Self::Table
        } else if share(sample.code, 35) {
            Self::Code
        } else {
            Self::Text
        }
    }
}

/// Counts over the first lines of a text.
#[derive(Default)]
struct Sample<'t> {
    lines: usize,
    /// The lines, without the marks of quotations.
    read: Vec<&'t str>,
    records: usize,
    objects: usize,
    hunks: usize,
    changes: usize,
    /// Lines that a difference could have.
    differences: usize,
    stamps: usize,
    frames: usize,
    /// Lines with a place, as compilers name it.
    places: usize,
    /// Lines of running text: a line of a page that begins with `error` is none of a compiler.
    prose: usize,
    commits: usize,
    code: usize,
    headings: usize,
    /// Headings between empty lines: what else begins with `#` stands above something.
    titles: usize,
    fences: usize,
    links: usize,
    separators_agree: bool,
}

impl<'t> Sample<'t> {
    /// Whether the text is Markdown by its signs.
    fn is_page(&self) -> bool {
        self.headings > 0 && self.fences + self.links > 0 || self.titles > 1
    }

    /// Lines that tell of trouble or name a place. Looking for them takes longer than all else, and few texts come to it.
    fn diagnostics(&self) -> usize {
        let is_diagnostic =
            |line: &&&str| severity::is_placed(line) || severity::of(line).is_some();
        self.read.iter().filter(is_diagnostic).count()
    }

    fn of(text: &'t str) -> Self {
        let mut sample = Self::default();
        let mut separators: Vec<usize> = Vec::new();
        let mut fence: Option<&str> = None;
        let mut lines = text.lines().peekable();
        let mut is_after_blank = true;
        while let Some(line) = lines.next() {
            let line = line.get(..4096).unwrap_or(line);
            let trimmed = line.trim();
            if trimmed.is_empty() {
                is_after_blank = true;
                continue;
            }
            let is_title = is_after_blank
                && is_heading(line)
                && lines.peek().is_none_or(|next| next.trim().is_empty());
            is_after_blank = false;
            if sample.lines == SAMPLE_LINES {
                break;
            }
            // What is quoted in a document says nothing about the document.
            if let Some(mark) = fence {
                if trimmed == mark {
                    fence = None;
                }
                continue;
            }
            sample.lines += 1;
            if let Some(mark) = ["```", "~~~"].iter().find(|mark| line.starts_with(**mark)) {
                sample.fences += 1;
                let closing = lines.clone().take(FENCED_LINES_MAX);
                let is_closed = closing.into_iter().any(|line| line.trim() == *mark);
                fence = Some(*mark).filter(|_| is_closed);
                continue;
            }
            sample.read.push(line);
            sample.records += usize::from(severity::is_record(line));
            let is_object = trimmed.starts_with('{') && trimmed.ends_with('}');
            sample.objects += usize::from(is_object);
            // A file that is only renamed has no hunks.
            let is_git = line.starts_with("diff --git ");
            sample.hunks += usize::from(is_git || line.starts_with("@@ "));
            sample.changes +=
                usize::from(is_git || line.starts_with("+++ ") || line.starts_with("--- "));
            sample.differences += usize::from(differs(line));
            sample.stamps += usize::from(split::has_stamp(line));
            sample.frames += usize::from(severity::is_frame(line));
            sample.places += usize::from(severity::is_placed(line));
            sample.prose += usize::from(is_running(trimmed));
            sample.commits += usize::from(is_commit(line));
            sample.code += usize::from(is_code(trimmed));
            sample.headings += usize::from(is_heading(line));
            sample.titles += usize::from(is_title);
            sample.links += usize::from(trimmed.contains("]("));
            separators.push(line.matches([',', '\t', ';']).count());
        }
        sample.separators_agree = separators.len() > 3
            && separators.first().is_some_and(|first| *first > 1)
            && separators
                .windows(2)
                .filter(|pair| pair.first() == pair.last())
                .count()
                * 10
                >= (separators.len() - 1) * 8;
        sample
    }
}

/// Whether a text begins as a page does, or a part of one.
fn is_markup(text: &str) -> bool {
    const WHOLE: &[&str] = &["!doctype", "?xml", "html", "head", "body"];
    const PARTS: &[&str] = &[
        "article", "div", "h1", "h2", "header", "main", "nav", "ol", "p", "section", "table", "ul",
    ];
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some((_, after)) = rest
        .strip_prefix("<!--")
        .and_then(|comment| comment.split_once("-->"))
    {
        rest = after.trim_start();
    }
    let Some(tag) = rest.strip_prefix('<') else {
        return false;
    };
    let name: String = tag
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "!?".contains(*letter))
        .take(9)
        .collect();
    let name = name.to_ascii_lowercase();
    // Markdown likes to begin with a picture in a paragraph of HTML.
    let is_markdown = || {
        let mut lines = text.lines().take(SAMPLE_LINES).map(str::trim_start);
        lines.any(|line| {
            ["# ", "## ", "```"]
                .iter()
                .any(|mark| line.starts_with(mark))
        })
    };
    WHOLE.contains(&name.as_str()) || PARTS.contains(&name.as_str()) && !is_markdown()
}

/// Whether `line` is a heading of Markdown.
fn is_heading(line: &str) -> bool {
    let level = line.len() - line.trim_start_matches('#').len();
    (1..=6).contains(&level) && line.get(level..).is_some_and(|rest| rest.starts_with(' '))
}

/// Whether most of `line` is words, and there are enough of them.
fn is_running(line: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        !word.is_empty() && word.chars().all(char::is_alphabetic)
    };
    let words = line.split_whitespace().filter(is_word).count();
    words >= RUNNING_WORDS_MIN && words * 5 >= line.split_whitespace().count() * 4
}

/// Whether `line` could be of a difference, or of what stands above one.
fn differs(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "diff ",
        "index ",
        "commit ",
        "rename ",
        "similarity ",
        "new file",
        "deleted file",
        "Binary files",
        "old mode",
        "new mode",
        "Author:",
        "Date:",
        "Only in ",
        "Index: ",
    ];
    line.starts_with(['+', '-', ' ', '@', '\\'])
        || STARTS.iter().any(|start| line.starts_with(start))
}

/// Whether `line` starts with the hash of a commit: what commits say of errors is no output of a build.
fn is_commit(line: &str) -> bool {
    let hash = line.split(' ').next().unwrap_or_default();
    (7..=40).contains(&hash.len())
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_code(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "fn ",
        "pub ",
        "use ",
        "let ",
        "def ",
        "class ",
        "import ",
        "from ",
        "return",
        "const ",
        "function ",
        "export ",
        "#include",
        "//",
        "if (",
        "if ",
        "for ",
        "static ",
        "public ",
        "private ",
        "package ",
        "func ",
        "var ",
        "@",
    ];
    line.ends_with([';', '{', '}'])
        || line.ends_with("):")
        || line.ends_with("},")
        || STARTS.iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_content() {
        for (text, expected) in [
            ("{\"a\": [1, 2]}\n", "json"),
            ("{\"a\": 1}\n{\"a\": 2}\n", "jsonl"),
            (
                "{\"level\":\"info\",\"ts\":1795160743.1,\"msg\":\"up\"}\n{\"level\":\"warn\",\"ts\":1795160744.2,\"msg\":\"slow\"}\n",
                "log",
            ),
            (
                "ts=2026-11-20T07:49:56.215Z caller=a.go:5 err=failed\nts=2026-11-20T07:49:57.215Z caller=a.go:5 err=failed\n",
                "log",
            ),
            (
                "2026-11-20 07:45:43 INFO up\n2026-11-20 07:45:44 INFO down\n",
                "log",
            ),
            (
                "src/a.rs:3:5: error: no such name\nsrc/b.rs:9:1: warning: unused\n",
                "build",
            ),
            (
                "Whoever sees that the lock is taken waits for it and then asks\nagain. It is no use to wait for a lock that nobody gives back. An\nerror of this kind is told apart from all others by its number, and a\nwarning is written to the log which the others can read.\n",
                "text",
            ),
            (
                "# example/x\n./main.go:3:5: undefined: x\n./main.go:4:9: declared and not used: y\n",
                "build",
            ),
            ("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", "diff"),
            (
                "Error: x\n    at f (a.js:1:2)\n    at g (b.js:3:4)\n",
                "trace",
            ),
            ("a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "table"),
            (
                "id,at,state\n1,2026-11-20T07:49:56Z,error\n2,2026-11-20T07:49:57Z,failed\n",
                "table",
            ),
            ("name;error\na;\"x; y\"\nb;\n", "table"),
            (
                "20261120-22:15:29:606|Step|30002312|error\n20261120-22:15:29:607|Step|30002312|up\n",
                "log",
            ),
            ("# T\n\nSee [x](y).\n", "markdown"),
            (
                "# T\n\n```js\nconst x = 1;\nlet y = 2;\n```\n\nError: no such name\n",
                "markdown",
            ),
            (
                "# T\n\nIt changes this:\n\n```diff\n--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n```\n",
                "markdown",
            ),
            ("# One\n\nIt is so.\n\n## Two\n\nNot so.\n", "markdown"),
            (
                "# where it listens\nport = 1\n\n# how long\nms = 2\n",
                "text",
            ),
            (
                "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
                "diff",
            ),
            (
                "commit 0123456789abcdef0123456789abcdef01234567\nAuthor: A <a@b.example>\n\n    Why.\n\ndiff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
                "diff",
            ),
            ("<!DOCTYPE html><p>x", "html"),
            ("<!-- saved -->\n<DIV class=a>x</DIV>", "html"),
            (
                "<p align=center><img src=a.png></p>\n\n# T\n\nSee [x](y).\n",
                "markdown",
            ),
            ("<pre>x", "text"),
            ("fn main() {\n    let x = 1;\n}\n", "code"),
            (
                "9f8a3b1c fix: an error\n1d7e2a0b fail early\n4c6d1f9a warn of errors\n",
                "text",
            ),
            ("Once upon a time there was a king.\n", "text"),
            ("", "text"),
        ] {
            assert_eq!(Kind::of(text).name(), expected, "{text}");
        }
    }
}
