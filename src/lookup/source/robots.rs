//! Reads `robots.txt`: what a site asks programs to leave alone (RFC 9309).

use std::fmt::Write as _;
use std::time::Duration;

use crate::lookup::escape::escaped;

/// The name that a site calls us by.
const PRODUCT: &str = "mrconductor";
/// Bytes that are read: RFC 9309, 2.5 asks for 500 KiB at least.
pub(super) const BYTES_MAX: usize = 500 << 10;
/// Rules that are kept for one program: every address is compared with each.
const RULES_MAX: usize = 2_000;
/// Sitemaps that are kept.
const SITEMAPS_MAX: usize = 20;
/// Longest pause between requests that a site can ask for: a crawl of hundreds of pages ends the same day.
const DELAY_MAX: Duration = Duration::from_secs(10);

/// What a site asks of us.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Robots {
    rules: Vec<Rule>,
    /// Time between two requests.
    pub(super) delay: Duration,
    /// Addresses of sitemaps.
    pub(super) sitemaps: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    pattern: String,
    allows: bool,
}

/// What one program is told.
#[derive(Default)]
struct Group {
    named: bool,
    rules: Vec<Rule>,
    delay: Duration,
}

impl Robots {
    /// Reads the text of a `robots.txt`; what cannot be understood says nothing.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes.get(..BYTES_MAX).unwrap_or(bytes));
        let (mut ours, mut everyones) = (Group::default(), Group::default());
        let mut sitemaps = Vec::new();
        // Whether the lines read now are for us, for everyone, and whether a rule has been seen since the last name.
        let (mut for_us, mut for_everyone, mut in_rules) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((field, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            let field = field.trim().to_ascii_lowercase();
            match field.as_str() {
                "user-agent" => {
                    if in_rules {
                        (for_us, for_everyone, in_rules) = (false, false, false);
                    }
                    let is_ours = product(value).eq_ignore_ascii_case(PRODUCT);
                    ours.named |= is_ours;
                    for_us |= is_ours;
                    for_everyone |= value == "*";
                }
                "allow" | "disallow" => {
                    in_rules = true;
                    let rule = Rule {
                        pattern: normal(value),
                        allows: field == "allow",
                    };
                    let is_rule = !value.is_empty();
                    for (group, is_meant) in [(&mut ours, for_us), (&mut everyones, for_everyone)] {
                        if is_rule && is_meant && group.rules.len() < RULES_MAX {
                            group.rules.push(rule.clone());
                        }
                    }
                }
                "crawl-delay" => {
                    in_rules = true;
                    let seconds = value.parse::<f64>().unwrap_or(0.0);
                    let delay = Duration::try_from_secs_f64(seconds)
                        .unwrap_or_default()
                        .min(DELAY_MAX);
                    for (group, is_meant) in [(&mut ours, for_us), (&mut everyones, for_everyone)] {
                        if is_meant {
                            group.delay = delay;
                        }
                    }
                }
                "sitemap" if sitemaps.len() < SITEMAPS_MAX => sitemaps.push(value.to_owned()),
                _ => {}
            }
        }
        let group = if ours.named { ours } else { everyones };
        Self {
            rules: group.rules,
            delay: group.delay,
            sitemaps,
        }
    }

    /// Tells whether an address may be asked for; `path` is its path with its query.
    pub(super) fn allow(&self, path: &str) -> bool {
        let path = normal(path);
        // The longest rule holds; of two as long, the one that allows (RFC 9309, 2.2.2).
        self.rules
            .iter()
            .filter(|rule| matches(&rule.pattern, &path))
            .max_by_key(|rule| (rule.pattern.len(), rule.allows))
            .is_none_or(|rule| rule.allows)
    }
}

/// Tells whether `tag`, as it stands in `X-Robots-Tag` or in `<meta name="robots">`, asks us to leave a page out. A name
/// before a colon is of the program that the rest is for.
pub(super) fn is_unlisted(tag: &str) -> bool {
    let mut for_us = true;
    tag.split(',').any(|rule| {
        let rule = match rule.split_once(':') {
            Some((name, rule)) => {
                let name = name.trim();
                // Rules with a value look the same: `max-snippet: 20`.
                let is_program = !name.starts_with("max-") && name != "unavailable_after";
                if !is_program {
                    return false;
                }
                for_us = product(name).eq_ignore_ascii_case(PRODUCT) || name == "*";
                rule
            }
            None => rule,
        };
        let rule = rule.trim();
        for_us
            && ["noindex", "none"]
                .iter()
                .any(|word| rule.eq_ignore_ascii_case(word))
    })
}

/// Returns the name at the beginning of `value`, without a version.
fn product(value: &str) -> &str {
    let end = value
        .find(|letter: char| !(letter.is_ascii_alphabetic() || matches!(letter, '-' | '_')))
        .unwrap_or(value.len());
    value.get(..end).unwrap_or_default()
}

/// Returns `path` in the one spelling that is compared: letters that need no escape have none, all others have one.
fn normal(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, after @ ..] = rest {
        let found = escaped(after).filter(|_| *byte == b'%');
        let is_escaped = found.is_some();
        let letter;
        (letter, rest) = found.unwrap_or((*byte, after));
        let needs_no_escape = letter.is_ascii_alphanumeric() || b"-._~".contains(&letter);
        if needs_no_escape || letter.is_ascii_graphic() && !is_escaped {
            out.push(char::from(letter));
        } else {
            let _ = write!(out, "%{letter:02X}");
        }
    }
    out
}

/// Tells whether `pattern` describes the beginning of `path`: `*` stands for anything, `$` at the end for the end.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        // Each piece is taken where it first stands; only the last may have to stand at the end.
        if let Some(piece) = last.replace(piece) {
            let Some((_, after)) = rest.split_once(piece) else {
                return false;
            };
            rest = after;
        }
    }
    match (last, to_end) {
        (None, true) => rest.is_empty(),
        (None, false) => true,
        (Some(last), true) => rest.ends_with(last),
        (Some(last), false) => rest.contains(last),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn robots(text: &str) -> Robots {
        Robots::read(text.as_bytes())
    }

    #[test]
    fn the_group_that_names_us_holds_and_else_the_one_for_everyone() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: MrConductor/1.0\nDisallow: /private\nCrawl-delay: 2\n";
        let named = robots(text);
        assert!(named.allow("/docs") && !named.allow("/private/x"));
        assert_eq!(named.delay, Duration::from_secs(2));
        let everyone = robots(
            "user-agent: *\r\ndisallow: /private # really\r\nuser-agent: other\r\ndisallow: /\r\n",
        );
        assert!(everyone.allow("/docs") && !everyone.allow("/private"));
    }

    #[test]
    fn the_longest_rule_holds_and_of_two_as_long_the_kind_one() {
        let robots = robots(
            "User-agent: *\nDisallow: /docs\nAllow: /docs/api\nDisallow: /page\nAllow: /page\n",
        );
        assert!(!robots.allow("/docs/x") && robots.allow("/docs/api/x") && robots.allow("/page"));
    }

    #[test]
    fn patterns_have_stars_and_an_end() {
        for (pattern, path, expected) in [
            ("/fish", "/fishheads/yummy.html", true),
            ("/fish*", "/fish", true),
            ("/fish/", "/fish", false),
            ("/*.php", "/folder/a.php?x", true),
            ("/*.php$", "/a.php?x", false),
            ("/*.php$", "/a.php.php", true),
            ("/a*b*c", "/a-c-b", false),
            ("/%7Ejoe", "/~joe/", true),
            ("/ä", "/%C3%A4", true),
            ("/a%2fb", "/a/b", false),
            ("/a%+1b", "/a%01b", false),
            ("/a%+1b", "/a%+1b/c", true),
        ] {
            assert_eq!(
                matches(&normal(pattern), &normal(path)),
                expected,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn a_page_may_ask_to_be_left_out() {
        for (tag, expected) in [
            ("", false),
            ("noindex", true),
            ("nofollow, NoIndex", true),
            ("max-snippet: 20, none", true),
            ("max-image-preview: none", false),
            ("googlebot: noindex, nofollow", false),
            ("googlebot: nofollow, mrconductor: noindex", true),
            ("noindexed", false),
        ] {
            assert_eq!(is_unlisted(tag), expected, "{tag}");
        }
    }

    #[test]
    fn sitemaps_stand_outside_groups_and_delays_have_a_limit() {
        let robots = robots(
            "Sitemap: https://h.example/s.xml\nUser-agent: *\nCrawl-delay: 1e300\nDisallow:\n",
        );
        assert_eq!(robots.sitemaps, ["https://h.example/s.xml"]);
        assert!(robots.allow("/anything") && robots.delay <= DELAY_MAX);
        assert_eq!(
            super::Robots::read(b"User-agent: *\nCrawl-delay: 86400").delay,
            DELAY_MAX
        );
    }

    /// A matcher that tries every way.
    fn slow(pattern: &[u8], path: &[u8]) -> bool {
        match pattern {
            [] => true,
            [b'$'] => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|from| slow(rest, &path[from..])),
            [first, rest @ ..] => path.first() == Some(first) && slow(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_matches_as_if_every_way_were_tried(pattern in "/[ab*]{0,8}\\$?", path in "/[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern, &path), slow(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn anything_can_be_read_and_asked(text in ".{0,200}", path in "\\PC{0,60}") {
            robots(&text).allow(&path);
        }

        #[test]
        fn what_is_disallowed_is_so_with_all_below(path in "/[a-zA-Z0-9%ä._-]{1,20}", more in "[a-z/]{0,10}") {
            let robots = robots(&format!("User-agent: *\nDisallow: {path}\n"));
            let is_allowed = robots.allow(&format!("{path}{more}"));
            // An escape that the end of the path cuts is completed by what follows.
            prop_assume!(!path.contains('%'));
            prop_assert!(!is_allowed);
        }
    }
}
