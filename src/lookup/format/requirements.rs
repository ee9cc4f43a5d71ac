//! Lists of what a program needs, as pip reads and writes them: one requirement a line, and no words.

/// Options of pip that such lists hold.
const OPTIONS: &[&str] = &[
    "-r",
    "-c",
    "-e",
    "-i",
    "-f",
    "--requirement",
    "--constraint",
    "--editable",
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--no-index",
    "--no-binary",
    "--only-binary",
    "--prefer-binary",
    "--require-hashes",
    "--hash",
    "--pre",
    "--trusted-host",
    "--use-feature",
];

/// What stands between a package and a version, longer ones first.
const COMPARISONS: &[&str] = &["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

/// Tells whether `text` is such a list. At least one line must be more than a word, for a list of words may be anything.
pub(super) fn is_list(text: &str) -> bool {
    let mut says_more = false;
    for line in text.lines() {
        let line = line.split_once(" #").map_or(line, |(line, _)| line).trim();
        let line = line.strip_suffix('\\').unwrap_or(line).trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_more = match requirement(line) {
            Some(is_more) => is_more,
            None if is_option(line) || is_place(line) => true,
            None => return false,
        };
        says_more |= is_more;
    }
    says_more
}

fn is_option(line: &str) -> bool {
    let name = line.split([' ', '=']).next().unwrap_or_default();
    OPTIONS.contains(&name)
}

/// Tells whether `line` is where a package lies.
fn is_place(line: &str) -> bool {
    let is_one = !line.contains(char::is_whitespace);
    is_one && (line.starts_with("git+") || line.starts_with("./") || line.starts_with(".["))
}

/// Reads a package with its extras, versions and conditions; tells whether there is more than its name.
fn requirement(line: &str) -> Option<bool> {
    let (line, condition) = match line.split_once(';') {
        Some((line, condition)) => (line.trim_end(), Some(condition)),
        None => (line, None),
    };
    // Conditions compare with something quoted: `; python_version < "3.8"`.
    if condition.is_some_and(|condition| !condition.contains(['"', '\''])) {
        return None;
    }
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let rest = line.trim_start_matches(is_of_name);
    if rest.len() == line.len() || line.starts_with(['-', '.']) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    if let Some(place) = rest.strip_prefix('@') {
        return place.contains("://").then_some(true);
    }
    let inside = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let versions = inside.unwrap_or(rest);
    let is_sound = versions.is_empty() || versions.split(',').all(is_version);
    // pip writes what a file must be behind the version.
    is_sound.then_some(!versions.is_empty() || condition.is_some())
}

/// Tells whether `part` compares with a version: `>= 1.0`.
fn is_version(part: &str) -> bool {
    let part = part.trim();
    let mut comparisons = COMPARISONS.iter();
    let version = comparisons.find_map(|comparison| part.strip_prefix(comparison));
    let version = version.unwrap_or_default().trim_start();
    let mut words = version.split_whitespace();
    let first = words.next().unwrap_or_default();
    first.starts_with(|letter: char| letter.is_ascii_digit())
        && words.all(|word| word.starts_with("--hash="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_requirements_is_told_from_text() {
        for text in [
            "# For the docs.\nsphinx>=4,<7  # not 7\nfuro\n\nropes[knots] ~= 2.0 ; python_version < \"3.8\"\n",
            "-r base.txt\n--index-url https://pypi.org/simple\nmast\n",
            "mast==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via -r a.in\n",
            "mast @ https://h.example/mast.whl\ngit+https://h.example/mast.git\n./local\n",
        ] {
            assert!(is_list(text), "{text}");
        }
        for text in [
            "",
            "# Ropes\n",
            "knots\nropes\n",
            "mast==1.0\nThe mast must be there.\n",
            "Requirements\n============\n\nmast>=1.0\n",
            "--verbose  says more\n",
            "return;\nbreak;\n",
            "depth >= shallow\n",
        ] {
            assert!(!is_list(text), "{text}");
        }
    }
}
