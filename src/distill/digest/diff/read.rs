//! Reads a difference: what `git`, `diff -u`, `hg` and `svn` print, in mail or not.

use std::ops::Range;

/// Lines that are shown together or not at all.
const PIECE_LINES: usize = 12;

/// Letters of the name of a commit that are enough to find it.
const COMMIT_LETTERS: usize = 12;

/// Bytes of the title of a message.
const TITLE_BYTES: usize = 200;

/// What is shown together: lines that changed, or some of the message above.
pub(super) struct Piece {
    pub(super) lines: Range<usize>,
    pub(super) added: usize,
    pub(super) removed: usize,
    /// Its number among those of its group: the first tells most.
    pub(super) turn: usize,
    /// Whether only spaces differ.
    pub(super) is_blank: bool,
    /// Line in the new file, if this is the first piece of its group.
    pub(super) at: Option<usize>,
}

pub(super) enum Part {
    /// A commit or a mail: its first line and its message.
    Message {
        title: String,
        lines: Range<usize>,
        pieces: Vec<Piece>,
    },
    File(File),
}

pub(super) struct File {
    pub(super) name: String,
    /// What happened to it besides: `new`, `renamed from x`.
    pub(super) notes: String,
    pub(super) lines: Range<usize>,
    pub(super) hunks: Vec<Hunk>,
}

pub(super) struct Hunk {
    /// What stands behind its place: the function, if the tool knew it.
    pub(super) function: String,
    /// Line of the new file where it begins to differ.
    pub(super) at: usize,
    pub(super) pieces: Vec<Piece>,
}

impl File {
    pub(super) fn sum(&self) -> (usize, usize) {
        let pieces = self.hunks.iter().flat_map(|hunk| &hunk.pieces);
        pieces.fold((0, 0), |(added, removed), piece| {
            (added + piece.added, removed + piece.removed)
        })
    }
}

/// Reads the parts of a difference in order.
pub(super) fn parts(lines: &[&str]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut message = 0;
    while let Some(line) = lines.get(at) {
        if is_file(lines, at) {
            push_message(lines, message..at, &mut parts);
            let file = file(lines, at);
            at = file.lines.end;
            message = at;
            parts.push(Part::File(file));
        } else {
            if is_commit(line) {
                push_message(lines, message..at, &mut parts);
                message = at;
            }
            at += 1;
        }
    }
    push_message(lines, message..lines.len(), &mut parts);
    parts
}

/// Whether a file begins at line `at`.
fn is_file(lines: &[&str], at: usize) -> bool {
    let starts = |at: usize, start: &str| lines.get(at).is_some_and(|line| line.starts_with(start));
    ["diff --git ", "diff -", "Index: ", "Only in "]
        .iter()
        .any(|start| starts(at, start))
        || starts(at, "--- ") && starts(at + 1, "+++ ")
}

fn is_commit(line: &str) -> bool {
    let name = line
        .strip_prefix("commit ")
        .or_else(|| line.strip_prefix("From "));
    name.and_then(|name| name.split(' ').next())
        .is_some_and(|name| name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn push_message(lines: &[&str], range: Range<usize>, parts: &mut Vec<Part>) {
    let text = lines.get(range.clone()).unwrap_or_default();
    let Some(first) = text.iter().position(|line| !line.trim().is_empty()) else {
        return;
    };
    let head = text.get(first).copied().unwrap_or_default();
    if head.trim_end() == "--" {
        // The end of a mail: a rule and a version.
        return;
    }
    // The subject: of a mail in its head, of a commit its first indented line.
    let named = text.iter().position(|line| {
        ["Subject: ", "summary: "]
            .iter()
            .any(|start| line.starts_with(start))
    });
    let indented = || {
        let is_subject = |line: &&str| line.starts_with("    ") && !line.trim().is_empty();
        text.iter().position(is_subject).filter(|_| is_commit(head))
    };
    let subject = named.or_else(indented);
    let mut title = if is_commit(head) {
        let name = head.split(' ').nth(1).unwrap_or_default();
        format!("commit {}", super::clip(name, COMMIT_LETTERS))
    } else {
        super::clip(head.trim(), TITLE_BYTES).to_owned()
    };
    if let Some(line) = subject.and_then(|at| text.get(at)) {
        let line = ["Subject: ", "summary: "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .unwrap_or(line);
        title.push(' ');
        title.push_str(super::clip(line.trim(), TITLE_BYTES));
    }
    let start = range.start + subject.unwrap_or(first) + 1;
    let mut pieces = Vec::new();
    let mut from = start;
    while from < range.end {
        let to = range.end.min(from + PIECE_LINES);
        let mut lines_of = from..to;
        let is_blank = |line: usize| lines.get(line).is_none_or(|line| line.trim().is_empty());
        while !lines_of.is_empty() && is_blank(lines_of.start) {
            lines_of.start += 1;
        }
        while !lines_of.is_empty() && is_blank(lines_of.end - 1) {
            lines_of.end -= 1;
        }
        if !lines_of.is_empty() {
            pieces.push(Piece {
                lines: lines_of,
                added: 0,
                removed: 0,
                turn: pieces.len(),
                is_blank: false,
                at: None,
            });
        }
        from = to;
    }
    parts.push(Part::Message {
        title,
        lines: range.start + first..range.end,
        pieces,
    });
}

/// Reads the file that begins at line `first`.
fn file(lines: &[&str], first: usize) -> File {
    let mut file = File {
        name: String::new(),
        notes: String::new(),
        lines: first..first + 1,
        hunks: Vec::new(),
    };
    let mut at = first;
    let mut has_names = false;
    while let Some(line) = lines.get(at) {
        if line.starts_with("@@") {
            let Some((hunk, end)) = hunk(lines, at) else {
                break;
            };
            file.hunks.push(hunk);
            at = end;
            continue;
        }
        let is_next = at > first
            && is_file(lines, at)
            && (!file.hunks.is_empty() || has_names || line.starts_with("diff "));
        if is_next || !file.hunks.is_empty() && !line.starts_with('\\') {
            break;
        }
        if !read_head(line, &mut file) {
            break;
        }
        has_names |= line.starts_with("+++ ");
        at += 1;
    }
    file.lines.end = at.max(first + 1);
    file
}

/// Takes in a line above the hunks; false if it is none.
fn read_head(line: &str, file: &mut File) -> bool {
    let bare = |name: &str| {
        let name = name.split('\t').next().unwrap_or(name);
        let name = name
            .strip_prefix(['a', 'b'])
            .and_then(|name| name.strip_prefix('/'))
            .unwrap_or(name);
        name.to_owned()
    };
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "diff" => {
            file.name = rest.rsplit_once(" b/").map_or_else(
                || bare(rest.rsplit(' ').next().unwrap_or(rest)),
                |(_, name)| name.to_owned(),
            );
        }
        "Index:" => rest.clone_into(&mut file.name),
        "Only" => line.clone_into(&mut file.name),
        "---" | "+++" if rest.starts_with("/dev/null") => {
            let note = if word == "---" { " new" } else { " deleted" };
            if !file.notes.contains(note) {
                file.notes.push_str(note);
            }
        }
        "---" if file.name.is_empty() => file.name = bare(rest),
        "+++" => file.name = bare(rest),
        "new" if rest.starts_with("file") => file.notes.push_str(" new"),
        "deleted" => file.notes.push_str(" deleted"),
        "rename" | "copy" => {
            if let Some(name) = rest.strip_prefix("from ") {
                file.notes = format!("{} {word} from {name}", file.notes);
            }
        }
        "old" | "new" => file.notes = format!("{} {line}", file.notes),
        "Binary" | "GIT" => file.notes.push_str(" binary"),
        "index" | "similarity" | "dissimilarity" | "---" => {}
        _ => return line.starts_with("====") || file.notes.ends_with(" binary"),
    }
    true
}

/// Reads the hunk whose place stands in line `first`, and returns the line behind it.
fn hunk(lines: &[&str], first: usize) -> Option<(Hunk, usize)> {
    let head = lines.get(first)?;
    let parents = head.bytes().take_while(|byte| *byte == b'@').count() - 1;
    let signs = head.get(..=parents)?;
    let (places, function) = head.get(parents + 1..)?.split_once(signs)?;
    let mut numbers = places.split_whitespace().map(place);
    let (_, mut old) = numbers.next()??;
    let (start, mut new) = numbers.next_back()??;
    let mut body = Vec::new();
    for line in lines.iter().skip(first + 1) {
        let sign = match line.get(..parents.min(line.len())) {
            Some(signs) if signs.contains('+') => '+',
            Some(signs) if signs.contains('-') => '-',
            Some(signs) if signs.starts_with('\\') => '\\',
            Some(signs) if signs.trim().is_empty() => ' ',
            _ => break,
        };
        // The counts end a hunk: a line of dashes may be of the next file. Those of a merge are of several files.
        let is_over = parents == 1 && old == 0 && new == 0 && sign != '\\';
        if is_over || parents > 1 && line.is_empty() {
            break;
        }
        old -= usize::from(matches!(sign, '-' | ' ') && old > 0);
        new -= usize::from(matches!(sign, '+' | ' ') && new > 0);
        body.push(sign);
    }
    let pieces = pieces(lines, first + 1, &body, start, parents);
    let hunk = Hunk {
        function: function.trim_end().to_owned(),
        at: pieces.first().and_then(|piece| piece.at).unwrap_or(start),
        pieces,
    };
    Some((hunk, first + 1 + body.len()))
}

/// `-118,7` → 118 and 7; `+5` → 5 and 1.
fn place(text: &str) -> Option<(usize, usize)> {
    let numbers = text.get(1..)?;
    match numbers.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((numbers.parse().ok()?, 1)),
    }
}

/// Cuts the lines that changed from those around them; `start` is the line of the new file that the first is.
fn pieces(lines: &[&str], first: usize, body: &[char], start: usize, width: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut line = start;
    let mut at = 0;
    while at < body.len() {
        let group = body
            .iter()
            .skip(at)
            .take_while(|sign| **sign != ' ')
            .count();
        if group == 0 {
            line += 1;
            at += 1;
            continue;
        }
        let text_of = |sign: char| -> String {
            let of = body.iter().enumerate().skip(at).take(group);
            of.filter(|(_, other)| **other == sign)
                .filter_map(|(at, _)| lines.get(first + at)?.get(width..))
                .flat_map(str::split_whitespace)
                .collect()
        };
        let is_blank = text_of('+') == text_of('-');
        for turn in 0..group.div_ceil(PIECE_LINES) {
            let from = at + turn * PIECE_LINES;
            let to = (at + group).min(from + PIECE_LINES);
            let count = |sign: char| {
                let signs = body.get(from..to).unwrap_or_default();
                signs.iter().filter(|other| **other == sign).count()
            };
            pieces.push(Piece {
                lines: first + from..first + to,
                added: count('+'),
                removed: count('-'),
                turn,
                is_blank,
                at: (turn == 0).then_some(line),
            });
        }
        let signs = body.get(at..at + group).unwrap_or_default();
        line += signs.iter().filter(|sign| **sign == '+').count();
        at += group;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let lines: Vec<&str> = text.lines().collect();
        parts(&lines)
            .into_iter()
            .map(|part| match part {
                Part::File(file) => {
                    let (added, removed) = file.sum();
                    format!(
                        "{}{} +{added} -{removed} {}",
                        file.name,
                        file.notes,
                        file.hunks.len()
                    )
                }
                Part::Message { title, pieces, .. } => format!("{title} {}", pieces.len()),
            })
            .collect()
    }

    #[test]
    fn what_every_tool_prints_is_read() {
        let git = "commit 0123456789abcdef0123456789abcdef01234567\nAuthor: A <a@b.example>\nDate:   Now\n\n    Lock it\n\n    Because.\n\ndiff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 1..2 100644\n--- a/x\n+++ b/y\n@@ -1,2 +1,2 @@ fn f()\n-a\n+b\n c\ndiff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\n";
        assert_eq!(
            names(git),
            [
                "commit 0123456789ab Lock it 1",
                "y rename from x +1 -1 1",
                "i.png binary +0 -0 0"
            ]
        );
        // Lines of dashes and pluses inside of a hunk are lines of it; the next file needs no line of its own.
        let plain = "--- one.sql\t2026\n+++ two.sql\t2026\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n x\n--- a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\nOnly in b: c\n";
        assert_eq!(
            names(plain),
            [
                "two.sql +1 -1 1",
                "a deleted +0 -1 1",
                "Only in b: c +0 -0 0"
            ]
        );
        let mail = "From 0123456789abcdef Mon Sep 17 00:00:00 2001\nFrom: A <a@b.example>\nSubject: [PATCH] Lock it\n\nWhy.\n---\n x | 2 +-\n\ndiff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n-- \n2.43.0\n";
        assert_eq!(
            names(mail),
            ["commit 0123456789ab [PATCH] Lock it 1", "x new +1 -0 1"]
        );
        let merge = "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,2 @@@ f\n  a\n+ b\n ++c\n";
        assert_eq!(names(merge), ["x +2 -0 1"]);
    }

    #[test]
    fn changes_have_the_line_of_the_new_file() {
        let lines = [
            "@@ -10,5 +20,6 @@",
            " a",
            "-b",
            "+b",
            "+c",
            " d",
            "-e",
            "+  e",
            " f",
        ];
        let (hunk, end) = hunk(&lines, 0).unwrap();
        assert_eq!((hunk.at, end), (21, 9));
        let found: Vec<_> = hunk
            .pieces
            .iter()
            .map(|piece| (piece.lines.clone(), piece.at, piece.is_blank))
            .collect();
        assert_eq!(found, [(2..5, Some(21), false), (6..8, Some(24), true)]);
    }
}
