//! Secrets in configuration files: found by what stands before them, never printed.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A text that follows a key whose name says that it is a secret, and the text after `Bearer`.
const SECRET: &str = r#"(?ix)
    ( (?: key | token | secret | passw | auth | credential ) [\w.-]* ["']? \s* [:=] \s* ["'] | \b bearer \s )
    ( (?: [^"'\\] | \\. )+ )"#;
/// How a text starts that names a variable in place of a secret.
const VARIABLE_MARKS: &[&str] = &["${", "$", "{env:", "Bearer ${"];

#[expect(clippy::expect_used, reason = "a constant; the tests below run it")]
static PATTERN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(SECRET).expect("the pattern is valid"));

/// Returns `line` with `…` in the place of every secret.
pub(crate) fn hidden(line: &str) -> String {
    PATTERN
        .replace_all(line, |found: &Captures<'_>| {
            let (key, value) = parts(found);
            format!("{key}{}", if names_variable(value) { value } else { "…" })
        })
        .into_owned()
}

/// Returns the 1-based numbers of the lines of `text` that hold a secret.
pub(crate) fn lines(text: &str) -> Vec<usize> {
    let holds_secret = |line: &str| {
        PATTERN
            .captures_iter(line)
            .any(|found| !names_variable(parts(&found).1))
    };
    let numbered = text.lines().zip(1..);
    numbered
        .filter(|(line, _)| holds_secret(line))
        .map(|(_, number)| number)
        .collect()
}

fn parts<'a>(found: &Captures<'a>) -> (&'a str, &'a str) {
    let group = |number| found.get(number).map_or("", |part| part.as_str());
    (group(1), group(2))
}

fn names_variable(value: &str) -> bool {
    VARIABLE_MARKS.iter().any(|mark| value.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_the_rest_is_kept() {
        for (line, expected) in [
            (r#" "API_KEY": "sk-1","#, r#" "API_KEY": "…","#),
            (
                r#" "Authorization": "Bearer x""#,
                r#" "Authorization": "…""#,
            ),
            (
                r#" GITHUB_TOKEN = "g\"h" # x"#,
                r#" GITHUB_TOKEN = "…" # x"#,
            ),
            (
                r#" "gh": {"env": {"A_TOKEN":"g"}, "b": "c"}"#,
                r#" "gh": {"env": {"A_TOKEN":"…"}, "b": "c"}"#,
            ),
            (
                r#" "args": ["-H", "X: bearer abc"]"#,
                r#" "args": ["-H", "X: bearer …"]"#,
            ),
        ] {
            assert_eq!(hidden(line), expected);
            assert_eq!(lines(&format!("{{\n{line}")), [2], "{line}");
        }
    }

    #[test]
    fn variables_and_plain_values_are_no_secrets() {
        for line in [
            r#"+"VENDOR_KEY": "${env:VENDOR_KEY}""#,
            r#" "Authorization": "Bearer ${VENDOR_KEY}""#,
            r#" "VENDOR_KEY": "{env:VENDOR_KEY}""#,
            r#"+"command": "m","#,
            r#" "maxTokens": 12,"#,
            r#" env_vars = ["VENDOR_KEY"]"#,
        ] {
            assert_eq!(hidden(line), line);
            assert_eq!(lines(line), Vec::<usize>::new(), "{line}");
        }
    }
}
