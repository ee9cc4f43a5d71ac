//! Macros and references of AsciiDoc: what a reader sees of each.

use super::values::NAME_BYTES_MAX;
use crate::lookup::passage::letter_start;

/// Bytes of what a macro names, and of its words.
const TARGET_BYTES_MAX: usize = 400;
const WORDS_BYTES_MAX: usize = 2_000;
/// Macros within the words of others.
const DEPTH_MAX: usize = 3;
/// Macros that show their words and have no target.
const OF_WORDS: [&str; 9] = [
    "asciimath",
    "btn",
    "footnote",
    "footnoteref",
    "indexterm2",
    "kbd",
    "latexmath",
    "pass",
    "stem",
];
/// Macros that show nothing.
const SILENT: [&str; 4] = ["anchor", "bibanchor", "icon", "indexterm"];

/// Adds `text` as it is read to what is `shown`.
pub(super) fn read(text: &str, depth: usize, shown: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['`', '+', '<', '[', ':', '{']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        shown.push_str(before);
        let behind = code(from, shown)
            .or_else(|| passed(from, shown))
            .or_else(|| reference(from, depth, shown))
            .or_else(|| anchor(from, shown))
            .or_else(|| expanded(from, depth, shown));
        rest = behind.unwrap_or_else(|| {
            let mut letters = from.chars();
            shown.extend(letters.next());
            letters.as_str()
        });
    }
    shown.push_str(rest);
}

/// Adds the code that `from` begins with, as it is; returns what is behind it.
fn code<'a>(from: &'a str, shown: &mut String) -> Option<&'a str> {
    let (code, behind) = from.strip_prefix('`')?.split_once('`')?;
    // Quotation marks are written that way too.
    let quote = shown
        .chars()
        .next_back()
        .filter(|mark| "\"'".contains(*mark));
    if quote.is_some_and(|mark| behind.starts_with(mark)) {
        shown.push_str(code);
        return Some(behind);
    }
    let is_passed = |code: &&str| !code.is_empty();
    let passed = code
        .strip_prefix('+')
        .and_then(|code| code.strip_suffix('+'))
        .filter(is_passed);
    shown.push('`');
    shown.push_str(passed.unwrap_or(code));
    shown.push('`');
    Some(behind)
}

/// Adds what stands between marks that say that nothing in it is one: `+a*b+`.
fn passed<'a>(from: &'a str, shown: &mut String) -> Option<&'a str> {
    let marks = from
        .bytes()
        .take(4)
        .take_while(|byte| *byte == b'+')
        .count();
    let (mark, inner) = from.split_at_checked(marks)?;
    let is_apart = !shown.ends_with(|letter: char| is_of_word(letter) || letter == '+');
    if !(1..=3).contains(&marks) || !is_apart || inner.starts_with([' ', '\t']) {
        return None;
    }
    let (passed, behind) = inner.split_once(mark)?;
    let is_whole = !passed.is_empty()
        && !passed.ends_with([' ', '\t'])
        && !behind.starts_with(is_of_word)
        && !behind.starts_with('+');
    if is_whole {
        shown.push_str(passed);
    }
    is_whole.then_some(behind)
}

/// Adds the words of `<<id,words>>`, or else its name.
fn reference<'a>(from: &'a str, depth: usize, shown: &mut String) -> Option<&'a str> {
    let open = from.strip_prefix("<<")?;
    let (inner, _) = bounded(open, WORDS_BYTES_MAX).split_once(">>")?;
    let behind = open.get(inner.len() + 2..)?;
    let (id, words) = inner.split_once(',').unwrap_or((inner, ""));
    let words = words.trim();
    if id.is_empty() || !id.chars().all(is_of_id) || shown.ends_with(is_of_word) {
        return None;
    }
    if words.is_empty() {
        shown.push_str(&id.trim_matches(['#', '_']).replace('_', " "));
    } else if depth < DEPTH_MAX {
        read(words, depth + 1, shown);
    } else {
        shown.push_str(words);
    }
    Some(behind)
}

/// Passes over `[[id]]`, which shows nothing.
fn anchor<'a>(from: &'a str, shown: &str) -> Option<&'a str> {
    let inner = from.strip_prefix("[[").filter(|_| !shown.ends_with('['))?;
    let (id, _) = bounded(inner, TARGET_BYTES_MAX).split_once("]]")?;
    let name = id.split(',').next().unwrap_or(id);
    let is_id = name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && name.chars().all(is_of_id);
    inner.get(id.len() + 2..).filter(|_| is_id)
}

/// Adds what the macro shows whose name ends what is `shown`, and which `from` goes on with: `:target[words]`.
fn expanded<'a>(from: &'a str, depth: usize, shown: &mut String) -> Option<&'a str> {
    // An attribute that is given a value elsewhere is the beginning of an address.
    let (inner, begins) = match from.strip_prefix('{') {
        Some(inner) => (inner, ""),
        None => (from.strip_prefix(':')?, name_at_end(shown)?),
    };
    let before = shown.len() - begins.len();
    if shown.get(..before)?.ends_with(['\\', '$']) {
        return None;
    }
    let head = bounded(inner, TARGET_BYTES_MAX);
    let end = head.find(|letter: char| letter.is_whitespace() || "[`\"<>|".contains(letter))?;
    let (target, open) = inner.split_at_checked(end)?;
    let (words, behind) = bracketed(open)?;
    let is_macro = match target.split_once('}') {
        Some((name, _)) if begins.is_empty() => is_name(name) && !words.is_empty(),
        _ => !begins.is_empty() && is_target(begins, target),
    };
    if !is_macro {
        return None;
    }
    let name = begins.to_owned();
    shown.truncate(before);
    show(&name, target, words, depth, shown);
    Some(behind)
}

/// Adds what the macro `name` shows of its `target` and its `given` words.
fn show(name: &str, target: &str, given: &str, depth: usize, shown: &mut String) {
    let is_of_words = OF_WORDS.contains(&name);
    let (words, attributes) = if is_of_words {
        (given, "")
    } else {
        parted(given)
    };
    if SILENT.contains(&name) || words.is_empty() && is_of_words {
        return;
    }
    let words = words.replace("\\]", "]");
    let mut inner = String::new();
    if depth < DEPTH_MAX {
        read(&words, depth + 1, &mut inner);
    } else {
        inner.push_str(&words);
    }
    let is_image = name == "image";
    if name.starts_with("footnote") {
        // The words are behind a name where they are referred to again.
        let words = inner.split_once(',').filter(|_| name == "footnoteref");
        let words = words.map_or(inner.as_str(), |(_, words)| words);
        let gap = if shown.ends_with(' ') { "" } else { " " };
        shown.extend([gap, "(", words.trim(), ")"]);
    } else if name == "menu" {
        let gap = if inner.is_empty() { "" } else { " > " };
        shown.extend([target, gap, &inner]);
    } else if (1..=2).contains(&inner.len())
        && inner.starts_with(|letter: char| letter.is_ascii_digit())
    {
        // A page of a manual and its section.
        shown.extend([target, "(", &inner, ")"]);
    } else if let Some(address) = address_of(name, target).filter(|_| !is_image) {
        if inner.is_empty() {
            shown.push_str(&address);
        } else {
            shown.extend([inner.as_str(), " (", &address, ")"]);
        }
    } else if inner.is_empty() && !is_image {
        let is_annotation = attributes.contains("=annotation");
        let mark = if is_annotation { "@" } else { "" };
        shown.extend(["`", mark, last_of(target), "`"]);
    } else {
        shown.push_str(&inner);
    }
}

/// Returns where a link leads that is no name of a page beside this one.
pub(super) fn address_of(name: &str, target: &str) -> Option<String> {
    if target.starts_with("//") {
        return Some(format!("{name}:{target}"));
    }
    Some(target.to_owned()).filter(|_| target.contains("://"))
}

/// Parts the words of a macro from attributes behind them: `words,window=_blank`.
pub(super) fn parted(given: &str) -> (&str, &str) {
    let given = given.trim().trim_end_matches('^');
    let Some((head, _)) = given.split_once('=') else {
        return (given, "");
    };
    let at = head.rfind(',').map_or(0, |at| at + 1);
    let is_attribute = head.get(at..).is_some_and(|name| is_name(name.trim()));
    if !is_attribute {
        return (given, "");
    }
    let words = head.get(..at.saturating_sub(1)).unwrap_or_default();
    let words = words.trim().trim_matches('"').trim_end_matches('^');
    (words, given.get(at..).unwrap_or_default())
}

/// Returns what a person would call `target`: the place in a page, a class without its package.
fn last_of(target: &str) -> &str {
    let place = target
        .split_once(".adoc#")
        .map_or(target, |(_, place)| place);
    let place = place.rsplit('/').next().unwrap_or(place).trim_matches('#');
    let mut from = 0;
    for (at, _) in place.match_indices('.') {
        let part = place.get(from..at).unwrap_or_default();
        let is_package = !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_lowercase() || letter.is_ascii_digit() || letter == '_');
        if !is_package {
            break;
        }
        from = at + 1;
    }
    let class = place.get(from..).unwrap_or_default();
    if class.starts_with(char::is_uppercase) {
        class
    } else {
        place
    }
}

/// Returns the name that `shown` ends with, unless a word runs into it.
fn name_at_end(shown: &str) -> Option<&str> {
    let mut letters = shown.bytes().rev().take(NAME_BYTES_MAX + 1);
    let length = letters.position(|byte| {
        !byte.is_ascii_lowercase() && !byte.is_ascii_digit() && !matches!(byte, b'-' | b'_')
    });
    let length = match length {
        Some(length) => length,
        None if shown.len() <= NAME_BYTES_MAX => shown.len(),
        None => return None,
    };
    // The mark of a footnote stands right behind the word that it is of.
    if shown.ends_with("footnote") {
        return Some("footnote");
    }
    let (before, name) = shown.split_at_checked(shown.len() - length)?;
    let is_apart =
        !before.ends_with(|letter: char| is_of_word(letter) || ":./@$`".contains(letter));
    Some(name).filter(|name| is_apart && is_name(name))
}

pub(super) fn is_name(name: &str) -> bool {
    name.len() > 1
        && name.len() <= NAME_BYTES_MAX
        && name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
}

/// Tells whether the macro `name` may have `target`: what is no name, as the number of a port, has no words.
pub(super) fn is_target(name: &str, target: &str) -> bool {
    if target.is_empty() {
        return OF_WORDS.contains(&name) || name == "indexterm";
    }
    let is_known = ["xref", "link", "image", "footnote"].contains(&name);
    let begins = |letter: char| letter.is_alphabetic() || "#_/{.@".contains(letter);
    is_known && !target.starts_with(':') || target.starts_with(begins)
}

/// Parts what stands in the brackets that `text` begins with from what is behind them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let mut open = 0usize;
    let mut first = None;
    let mut is_escaped = false;
    for (at, byte) in inner.bytes().take(WORDS_BYTES_MAX).enumerate() {
        match byte {
            _ if is_escaped => {}
            b'[' => open += 1,
            b']' if open == 0 => {
                first = Some(at);
                break;
            }
            b']' => {
                first = first.or(Some(at));
                open -= 1;
            }
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    let (words, behind) = inner.split_at_checked(first?)?;
    Some((words, behind.strip_prefix(']')?))
}

/// Returns the beginning of `text`, of so many bytes at most.
fn bounded(text: &str, bytes_max: usize) -> &str {
    text.get(..letter_start(text, bytes_max)).unwrap_or(text)
}

pub(super) fn is_of_id(letter: char) -> bool {
    letter.is_alphanumeric() || "-_.#:/$".contains(letter)
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
