//! What a difference says twice: the counts of a hunk are those of its lines, where it is in the new file follows from
//! the hunks before, and the names of a file stand in four lines.
//!
//! ```text
//! #diff X is diff --git a/X b/X, …
//! diff src/a.rs                         diff --git a/src/a.rs b/src/a.rs
//! index 3c9472a..511c314 100644         the same, and --- a/src/a.rs and +++ b/src/a.rs behind it
//! @@ 118 @@ fn f()                      @@ -118,7 +120,9 @@ fn f()
//! ```
//!
//! What does not follow, because somebody edited the difference, stays as it is.

/// First line of packed text.
const LEGEND: &str = "#diff X is diff --git a/X b/X, --- and +++ follow from it; @@ 9 @@ is @@ -9,b +c,d @@, b and d counted below, c from the hunks before\n";

/// Hunks and files below which the first line costs more than it saves.
const SHORTER_MIN: usize = 8;

/// Leaves out of `text` what follows from the rest, or returns `None` if there is too little of it.
pub(in crate::distill) fn encode(text: &str) -> Option<String> {
    if !text.contains("\n@@ -") {
        return None;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut out = LEGEND.to_owned();
    let mut state = State::default();
    let mut shorter = 0;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at + 1..).unwrap_or_default();
        if state.names_follow()
            && let [next, hunk, ..] = rest
            && hunk.starts_with("@@ ")
            && state
                .names()
                .is_some_and(|(old, new)| *line == old && *next == new)
        {
            state.head = Head::default();
            at += 2;
            continue;
        }
        at += 1;
        let short = match Place::of(line) {
            Some(place) => {
                let is_known = place == state.place(place.old, rest, place.tail);
                state.shift = place.shift();
                is_known.then(|| format!("@@ {} @@{}", place.old, place.tail))
            }
            None => state.read(line).map(|name| format!("diff {name}")),
        };
        shorter += usize::from(short.is_some());
        out.push_str(short.as_deref().unwrap_or(line));
        out.push('\n');
    }
    out.pop();
    // A line of the text may look like a short one.
    (shorter >= SHORTER_MIN && decode(&out, text.len()).as_deref() == Some(text)).then_some(out)
}

/// Returns the text that `packed` was made from, or `None` if it is not packed or has more than `bytes_max` bytes.
pub(in crate::distill) fn decode(packed: &str, bytes_max: usize) -> Option<String> {
    let lines: Vec<&str> = packed.strip_prefix(LEGEND)?.split('\n').collect();
    let mut out = String::new();
    let mut state = State::default();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("@@ ")
            && state.names_follow()
            && let Some((old, new)) = state.names()
        {
            out.push_str(&old);
            out.push('\n');
            out.push_str(&new);
            out.push('\n');
            state.head = Head::default();
        }
        let rest = lines.get(at + 1..).unwrap_or_default();
        if let Some((old, tail)) = short_place(line) {
            let place = state.place(old, rest, tail);
            state.shift = place.shift();
            out.push_str(&place.spelled());
        } else if let Some(place) = Place::of(line) {
            state.shift = place.shift();
            out.push_str(line);
        } else if let Some(name) = short_name(line) {
            let whole = format!("diff --git a/{name} b/{name}");
            state.read(&whole);
            out.push_str(&whole);
        } else {
            state.read(line);
            out.push_str(line);
        }
        out.push('\n');
        if out.len() > bytes_max.saturating_add(1) {
            return None;
        }
    }
    out.pop();
    (out.len() <= bytes_max).then_some(out)
}

/// `diff src/a.rs`, but not `diff -u a b`.
fn short_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("diff ")?;
    (!name.starts_with('-')).then_some(name)
}

/// `@@ 118 @@ fn f()` → 118 and ` fn f()`.
fn short_place(line: &str) -> Option<(i64, &str)> {
    let (old, tail) = line.strip_prefix("@@ ")?.split_once(" @@")?;
    Some((number(old)?, tail))
}

/// A number as it is spelled by every tool: no sign, no zero in front.
fn number(text: &str) -> Option<i64> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(i64::from(number))
}

/// Where a hunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place<'t> {
    old: i64,
    old_count: i64,
    new: i64,
    new_count: i64,
    tail: &'t str,
}

impl<'t> Place<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let (places, tail) = line.strip_prefix("@@ -")?.split_once(" @@")?;
        let (old, new) = places.split_once(" +")?;
        let counted = |text: &str| match text.split_once(',') {
            Some((start, count)) => {
                Some((number(start)?, number(count).filter(|count| *count != 1)?))
            }
            None => Some((number(text)?, 1)),
        };
        let ((old, old_count), (new, new_count)) = (counted(old)?, counted(new)?);
        Some(Self {
            old,
            old_count,
            new,
            new_count,
            tail,
        })
    }

    /// By how many lines what follows is further down in the new file. Of no lines the place is the line before.
    fn shift(&self) -> i64 {
        let old_end = self.old + i64::from(self.old_count == 0) + self.old_count;
        let new_end = self.new + i64::from(self.new_count == 0) + self.new_count;
        new_end - old_end
    }

    fn spelled(&self) -> String {
        let counted = |start: i64, count: i64| match count {
            1 => start.to_string(),
            _ => format!("{start},{count}"),
        };
        let old = counted(self.old, self.old_count);
        let new = counted(self.new, self.new_count);
        format!("@@ -{old} +{new} @@{}", self.tail)
    }
}

/// What the lines so far say about the next.
#[derive(Default)]
struct State {
    shift: i64,
    head: Head,
}

/// The lines above the hunks of a file.
#[derive(Default)]
struct Head {
    old: Option<String>,
    new: Option<String>,
    /// Whether the line with the names of the contents was the last.
    is_indexed: bool,
}

impl State {
    /// Takes in a line that is no place of a hunk; returns the name of a file that is the same before and after.
    fn read<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        if let Some(names) = line.strip_prefix("diff --git ") {
            // `a/X b/X`: both names are as long.
            let half = names.len().checked_sub(1)? / 2;
            let both = names.get(..half).zip(names.get(half + 1..));
            let name = both.and_then(|(old, new)| {
                let name = old.strip_prefix("a/")?;
                (new.strip_prefix("b/") == Some(name) && names.get(half..=half) == Some(" "))
                    .then_some(name)
            });
            self.shift = 0;
            self.head = Head {
                old: name.map(|name| format!("--- a/{name}")),
                new: name.map(|name| format!("+++ b/{name}")),
                is_indexed: false,
            };
            return name.filter(|name| !name.starts_with('-'));
        }
        self.head.is_indexed = line.starts_with("index ");
        if line.starts_with("new file mode ") {
            self.head.old = Some("--- /dev/null".to_owned());
        } else if line.starts_with("deleted file mode ") {
            self.head.new = Some("+++ /dev/null".to_owned());
        } else if let Some(name) = line.strip_prefix("rename from ") {
            self.head.old = Some(format!("--- a/{name}"));
        } else if let Some(name) = line.strip_prefix("rename to ") {
            self.head.new = Some(format!("+++ b/{name}"));
        } else if line.starts_with("+++ ") {
            self.shift = 0;
        }
        None
    }

    fn names_follow(&self) -> bool {
        self.head.is_indexed
    }

    fn names(&self) -> Option<(String, String)> {
        self.head.old.clone().zip(self.head.new.clone())
    }

    /// The place of a hunk that begins at line `old` of the old file and is followed by `rest`.
    fn place<'t>(&self, old: i64, rest: &[&str], tail: &'t str) -> Place<'t> {
        let (mut old_count, mut new_count) = (0, 0);
        for line in rest {
            match line.as_bytes().first() {
                Some(b' ') => (old_count, new_count) = (old_count + 1, new_count + 1),
                Some(b'-') => old_count += 1,
                Some(b'+') => new_count += 1,
                Some(b'\\') => {}
                _ => break,
            }
        }
        let new = old + i64::from(old_count == 0) + self.shift - i64::from(new_count == 0);
        Place {
            old,
            old_count,
            new,
            new_count,
            tail,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIFF: &str = "commit 0123456\n\n    Why.\n\ndiff --git a/src/a.rs b/src/a.rs\nindex 1..2 100644\n--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,3 +1,4 @@\n a\n+b\n c\n d\n@@ -10,2 +11 @@ fn f()\n-x\n y\n@@ -20,0 +21,2 @@\n+m\n+n\n@@ -30 +31,0 @@\n-o\n\\ No newline at end of file\ndiff --git a/old.md b/new.md\nsimilarity index 90%\nrename from old.md\nrename to new.md\nindex 3..4 100644\n--- a/old.md\n+++ b/new.md\n@@ -5,2 +5,2 @@\n-p\n+q\n r\ndiff --git a/n b/n\nnew file mode 100644\nindex 0..5\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+s\ndiff --git a/g b/g\ndeleted file mode 100644\nindex 5..0\n--- a/g\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-t\n-u\n";

    #[test]
    fn what_follows_from_the_rest_is_left_out() {
        let packed = encode(DIFF).unwrap();
        assert_eq!(
            packed.strip_prefix(LEGEND).unwrap(),
            "commit 0123456\n\n    Why.\n\ndiff src/a.rs\nindex 1..2 100644\n@@ 1 @@\n a\n+b\n c\n d\n@@ 10 @@ fn f()\n-x\n y\n@@ 20 @@\n+m\n+n\n@@ 30 @@\n-o\n\\ No newline at end of file\ndiff --git a/old.md b/new.md\nsimilarity index 90%\nrename from old.md\nrename to new.md\nindex 3..4 100644\n@@ 5 @@\n-p\n+q\n r\ndiff n\nnew file mode 100644\nindex 0..5\n@@ 0 @@\n+s\ndiff g\ndeleted file mode 100644\nindex 5..0\n@@ 1 @@\n-t\n-u\n"
        );
        assert_eq!(decode(&packed, DIFF.len()).as_deref(), Some(DIFF));
        assert_eq!(decode(&packed, DIFF.len() - 1), None);
    }

    #[test]
    fn what_does_not_follow_stays() {
        for (from, to) in [
            ("@@ -10,2 +11 @@", "@@ -10,2 +12 @@"),
            ("@@ -10,2 +11 @@", "@@ -10,3 +11 @@"),
            ("@@ -10,2 +11 @@", "@@ -10,2 +11,1 @@"),
            ("@@ -10,2 +11 @@", "@@ -010,2 +11 @@"),
            ("+++ b/src/a.rs", "+++ b/src/b.rs"),
            ("--- a/src/a.rs\n+++ b/src/a.rs\n", ""),
            (" y\n", " y\r\n"),
            ("    Why.", "diff Why."),
            ("    Why.", "@@ 9 @@ Why."),
        ] {
            let text = DIFF.replace(from, to);
            assert_ne!(text, DIFF);
            if let Some(packed) = encode(&text) {
                assert_eq!(decode(&packed, text.len()), Some(text));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_comes_back_exactly(places in prop::collection::vec(0..DIFF.lines().count(), 0..90), ends in any::<bool>()) {
            let lines: Vec<&str> = DIFF.lines().collect();
            let mut text: String = DIFF.repeat(usize::from(ends));
            for place in places {
                text.push_str(lines[place]);
                text.push('\n');
            }
            if let Some(packed) = encode(&text) {
                prop_assert_eq!(decode(&packed, text.len()), Some(text));
            }
        }

        #[test]
        fn no_packed_text_panics(lines in prop::collection::vec("@@ [0-9]{0,20} @@|diff x|index |[-+ ]|\\PC{0,9}", 0..40)) {
            let packed = format!("{LEGEND}{}", lines.join("\n"));
            let decoded = decode(&packed, 4000);
            prop_assert!(decoded.is_none_or(|text| text.len() <= 4000));
        }
    }
}
