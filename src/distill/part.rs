//! Parts of an original: lines, matches, the lines of a template, a place in a JSON document.

use std::collections::HashMap;
use std::fmt::Write as _;

use regex::RegexBuilder;
use serde_json::value::RawValue;

/// Bytes of a compiled pattern: bounds memory, whatever was asked for.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// Matches that one answer lists; more would hide what was looked for.
pub const MATCHES_MAX: usize = 500;

/// Steps of a JSON path: no document is nested deeper than the parser goes.
const STEPS_MAX: usize = 128;

/// Keys that an error names: enough to see what there is.
const KEYS_SHOWN: usize = 20;

/// Why there is no such part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// Not `7` or `120-180`.
    #[error("`{0}` is no range of lines")]
    Range(String),
    /// Past the end.
    #[error("line {first} is past the end: there are {lines} lines")]
    PastEnd {
        /// First line asked for.
        first: usize,
        /// Lines there are.
        lines: usize,
    },
    /// The regular expression is broken or too large.
    #[error("`{pattern}` is no regular expression: {why}")]
    Pattern {
        /// What was asked for.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// No line matches.
    #[error("no line matches `{0}`")]
    NoMatch(String),
    /// The original is no JSON document.
    #[error("the original is not one JSON document: {0}")]
    NotJson(String),
    /// The path leads nowhere.
    #[error("nothing stands at `{path}`: {why}")]
    NoPlace {
        /// What was asked for.
        path: String,
        /// The step that failed.
        why: String,
    },
}

/// Returns lines `range` of `text`, counted from 1, ends included: `7`, `120-180`, `120-` or several with commas.
pub fn lines(text: &str, range: &str) -> Result<String, PartError> {
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let mut part = String::new();
    for piece in range.split(',').map(str::trim) {
        let (first, last) =
            bounds(piece, all.len()).ok_or_else(|| PartError::Range(range.to_owned()))?;
        if first > all.len() {
            return Err(PartError::PastEnd {
                first,
                lines: all.len(),
            });
        }
        part.extend(all.iter().take(last).skip(first - 1).copied());
    }
    Ok(part)
}

fn bounds(piece: &str, count: usize) -> Option<(usize, usize)> {
    let (first, last) = match piece.split_once('-') {
        Some((first, "")) => (first, count.max(1)),
        Some((first, last)) => (first, last.trim().parse().ok()?),
        None => (piece, piece.parse().ok()?),
    };
    let first: usize = first.trim().parse().ok()?;
    (first > 0 && first <= last).then_some((first, last))
}

/// Returns the lines of `text` that match `pattern`, each after its number; a pattern that is no regular expression is
/// looked for as it stands, and the name of a long identifier (`~3`) as that identifier.
pub fn grep(text: &str, pattern: &str) -> Result<String, PartError> {
    let pattern = super::identifier(text, pattern).unwrap_or(pattern);
    let compile = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(PATTERN_BYTES_MAX)
            .build()
    };
    let regex = compile(pattern)
        .or_else(|_| compile(&regex::escape(pattern)))
        .map_err(|error| PartError::Pattern {
            pattern: pattern.to_owned(),
            why: error.to_string(),
        })?;
    let mut part = String::new();
    let mut matches = 0_usize;
    for (number, line) in text.lines().enumerate() {
        if regex.is_match(line) {
            matches += 1;
            if matches <= MATCHES_MAX {
                let _ = writeln!(part, "{}:{line}", number + 1);
            }
        }
    }
    if matches == 0 {
        return Err(PartError::NoMatch(pattern.to_owned()));
    }
    if matches > MATCHES_MAX {
        let _ = writeln!(
            part,
            "… {} more matching lines: use a narrower pattern",
            matches - MATCHES_MAX
        );
    }
    Ok(part)
}

/// Returns the lines of template `number` of the digest of `text`, each after its number.
pub fn template(text: &str, number: usize) -> Option<String> {
    let numbers = super::template_lines(text, number)?;
    let all: Vec<&str> = text.lines().collect();
    let mut part = String::new();
    for number in numbers {
        let _ = writeln!(
            part,
            "{number}:{}",
            all.get(number - 1).copied().unwrap_or_default()
        );
    }
    Some(part)
}

/// Returns the value at `path` of the JSON document `text` exactly as it is spelled there.
///
/// A path is a JSON Pointer (`/items/0/name`, RFC 6901) or dotted (`items[0].name`, `$.items[0].name`); its last step may be
/// a range of an array's items, ends included (`items[2-97]`).
pub fn json<'t>(text: &'t str, path: &str) -> Result<&'t str, PartError> {
    let mut value: &RawValue =
        serde_json::from_str(text).map_err(|error| PartError::NotJson(error.to_string()))?;
    let mut steps = steps(path);
    steps.truncate(STEPS_MAX);
    let mut steps = steps.into_iter().peekable();
    while let Some(step) = steps.next() {
        let nowhere = |why: String| PartError::NoPlace {
            path: path.to_owned(),
            why,
        };
        let source = value.get();
        if source.starts_with('{') {
            let mut object: HashMap<String, &RawValue> = serde_json::from_str(source)
                .map_err(|error| PartError::NotJson(error.to_string()))?;
            value = object.remove(&step).ok_or_else(|| {
                let mut keys: Vec<_> = object.into_keys().collect();
                keys.sort_unstable();
                keys.truncate(KEYS_SHOWN);
                nowhere(format!(
                    "there is no key `{step}` among {}",
                    keys.join(", ")
                ))
            })?;
        } else if source.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(source)
                .map_err(|error| PartError::NotJson(error.to_string()))?;
            if steps.peek().is_none()
                && let Some(range) = range(source, &items, &step)
            {
                return Ok(range);
            }
            value = step
                .parse::<usize>()
                .ok()
                .and_then(|at| items.get(at).copied())
                .ok_or_else(|| {
                    nowhere(format!(
                        "`{step}` is no index of an array of {}",
                        items.len()
                    ))
                })?;
        } else {
            return Err(nowhere(format!(
                "`{step}` is asked of a value without members"
            )));
        }
    }
    Ok(value.get())
}

/// Returns the piece of the array `source` from one of its items to another, as `step` says: `2-97`.
fn range<'t>(source: &'t str, items: &[&'t RawValue], step: &str) -> Option<&'t str> {
    let (first, last) = step.split_once('-')?;
    let place = |index: &str| {
        let item = items.get(index.parse::<usize>().ok()?)?.get();
        // An item borrows from its array.
        let start = item.as_ptr().addr().checked_sub(source.as_ptr().addr())?;
        Some((start, start + item.len()))
    };
    let ((start, _), (_, end)) = (place(first)?, place(last)?);
    source.get(start..end)
}

fn steps(path: &str) -> Vec<String> {
    if path.starts_with('/') {
        return path
            .split('/')
            .skip(1)
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .collect();
    }
    path.strip_prefix('$')
        .unwrap_or(path)
        .split(['.', '[', ']'])
        .map(|step| step.trim_matches(['"', '\'']))
        .filter(|step| !step.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_given_with_their_ends() {
        let text = "a\r\nb\n\nd";
        assert_eq!(lines(text, "1").as_deref(), Ok("a\r\n"));
        assert_eq!(lines(text, "2-3").as_deref(), Ok("b\n\n"));
        assert_eq!(lines(text, "3-").as_deref(), Ok("\nd"));
        assert_eq!(lines(text, "4-9").as_deref(), Ok("d"));
        assert_eq!(lines(text, "1,4").as_deref(), Ok("a\r\nd"));
        assert_eq!(
            lines(text, "5"),
            Err(PartError::PastEnd { first: 5, lines: 4 })
        );
        for broken in ["", "0", "3-2", "x", "1-2-3", "-1"] {
            assert_eq!(
                lines(text, broken),
                Err(PartError::Range(broken.to_owned()))
            );
        }
    }

    #[test]
    fn matches_carry_their_line_numbers() {
        assert_eq!(grep("a1\nb\na2\n", "a[0-9]").as_deref(), Ok("1:a1\n3:a2\n"));
        assert_eq!(grep("f(x\n", "f(x").as_deref(), Ok("1:f(x\n"));
        assert_eq!(grep("a", "b"), Err(PartError::NoMatch("b".to_owned())));
    }

    #[test]
    fn a_json_value_keeps_its_spelling() {
        let text = r#"{"a": [1.50, {"b/c": 1e2, "d": [ ]}]}"#;
        assert_eq!(json(text, "a[0]"), Ok("1.50"));
        assert_eq!(json(text, "$.a[1].d"), Ok("[ ]"));
        assert_eq!(json(text, "/a/1/b~1c"), Ok("1e2"));
        assert_eq!(json(text, ""), Ok(text));
        assert_eq!(
            json("[10, 20 ,\n{\"a\":[1,2, 3,4]}]", "[0-1]"),
            Ok("10, 20")
        );
        assert_eq!(
            json("[10, 20 ,\n{\"a\":[1,2, 3,4]}]", "[2].a[1-2]"),
            Ok("2, 3")
        );
        for nowhere in ["[1-9]", "[1-0]", "[0-1].a", "[-1]"] {
            let found = json("[10,20]", nowhere);
            assert!(matches!(found, Err(PartError::NoPlace { .. })), "{nowhere}");
        }
        assert!(matches!(json(text, "a.b"), Err(PartError::NoPlace { .. })));
        assert!(matches!(json(text, "x"), Err(PartError::NoPlace { .. })));
        assert!(matches!(json("{", "x"), Err(PartError::NotJson(_))));
    }
}
