//! Words as a search compares them: lower case, without endings, names also by their parts.
//!
//! ```text
//! Sorting     `useReducer`s   →   sort, usereducer, use, reducer, s
//! ```

/// Words that questions are made of and that say nothing about what is asked for.
const FILLERS: &[&str] = &[
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "does", "for", "from", "get", "had", "has", "have", "how", "i",
    "if", "in", "into", "is", "it", "its", "me", "my", "no", "of", "on", "or", "our", "should",
    "so", "some", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "to", "us", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will",
    "with", "would", "you", "your",
];

/// Calls `take` with each word of `text`.
pub(super) fn each(text: &str, mut take: impl FnMut(&str)) {
    for run in text.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        if run.is_empty() {
            continue;
        }
        if run.is_ascii() {
            of_name(run, &mut take);
        } else {
            of_script(run, &mut take);
        }
    }
}

/// Returns the words of a question, each once, without those that only make it a question, unless it has no others.
pub(super) fn asked(query: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    each(query, |word| {
        if !all.iter().any(|known| known == word) {
            all.push(word.to_owned());
        }
    });
    let telling: Vec<String> = all
        .iter()
        .filter(|word| !is_filler(word))
        .cloned()
        .collect();
    if telling.is_empty() { all } else { telling }
}

/// Whether `word` says nothing about what a text is about.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.binary_search(&word).is_ok()
}

/// A name of ASCII letters: as a whole, and by its parts if it has some.
fn of_name(run: &str, take: &mut impl FnMut(&str)) {
    let parts = parts(run);
    if parts.len() > 1 {
        take(&run.to_ascii_lowercase());
    }
    for part in parts {
        let mut word = part.to_ascii_lowercase();
        stem(&mut word);
        take(&word);
    }
}

/// Splits at `_` and where a capital follows a small letter.
fn parts(run: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in run.split('_').filter(|part| !part.is_empty()) {
        let mut start = 0;
        let bytes = part.as_bytes();
        for (at, pair) in bytes.windows(2).enumerate() {
            if let [before, after] = pair
                && before.is_ascii_lowercase()
                && after.is_ascii_uppercase()
            {
                parts.extend(part.get(start..=at));
                start = at + 1;
            }
        }
        parts.extend(part.get(start..));
    }
    parts
}

/// A run with letters beyond ASCII. Scripts without spaces have no words to split at: each pair of letters is one.
fn of_script(run: &str, take: &mut impl FnMut(&str)) {
    let lower = run.to_lowercase();
    if !lower.contains(is_unspaced) {
        take(&lower);
        return;
    }
    let starts: Vec<usize> = lower.char_indices().map(|(at, _)| at).collect();
    let end = |number: usize| starts.get(number).copied().unwrap_or(lower.len());
    for (number, start) in starts.iter().enumerate() {
        if number + 1 < starts.len() || starts.len() == 1 {
            take(lower.get(*start..end(number + 2)).unwrap_or_default());
        }
    }
}

/// Whether `letter` is of a script that is written without spaces.
pub(super) fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0E00}'..='\u{0EFF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}')
}

/// Takes the endings off an English word in lower case, so that `caches`, `cached`, `caching` are one.
fn stem(word: &mut String) {
    if word.len() < 4 || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let cut = |word: &mut String, ending: &str, least: usize| -> bool {
        let stays = word.strip_suffix(ending).map_or(0, str::len);
        let is_cut = stays >= least;
        if is_cut {
            word.truncate(stays);
        }
        is_cut
    };
    if cut(word, "ies", 2) {
        word.push('y');
    } else if ["ss", "us", "is"].iter().all(|end| !word.ends_with(end)) {
        _ = ["sses", "ches", "shes", "xes"]
            .iter()
            .any(|end| word.ends_with(end))
            && cut(word, "es", 2)
            || cut(word, "s", 3);
    }
    let has_vowel = |word: &str| word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    for ending in ["ing", "ed"] {
        let stays = word.strip_suffix(ending).unwrap_or_default();
        if stays.len() >= 3 && has_vowel(stays) {
            word.truncate(stays.len());
            // Running, stopped: but not called, passed.
            let mut last = word.bytes().rev();
            if let (Some(one), Some(other)) = (last.next(), last.next())
                && one == other
                && !matches!(one, b'l' | b's' | b'z')
            {
                word.pop();
            }
            break;
        }
    }
    _ = (word.ends_with("tion") || word.ends_with("sion")) && cut(word, "ion", 4)
        || cut(word, "e", 3);
    cut(word, "at", 5);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn forms_of_a_word_are_one() {
        for forms in [
            "cache caches cached caching",
            "run runs running",
            "configure configures configured configuring configuration configurations",
            "migrate migrated migration migrations",
            "initialize initializing initialization",
            "entry entries",
            "pass passes passed passing",
            "parse parses parsed parsing",
        ] {
            let mut stems = words(forms);
            stems.dedup();
            assert_eq!(stems.len(), 1, "{stems:?}");
        }
        assert_eq!(words("bus this sing bed"), ["bus", "this", "sing", "bed"]);
    }

    #[test]
    fn names_are_words_and_so_are_their_parts() {
        assert_eq!(
            words("call useReducer(serde_json) U64"),
            [
                "call",
                "usereducer",
                "use",
                "reducer",
                "serde_json",
                "serd",
                "json",
                "u64"
            ]
        );
    }

    #[test]
    fn scripts_without_spaces_are_read_by_pairs_of_letters() {
        assert_eq!(
            words("配置文件 Größe 中"),
            ["配置", "置文", "文件", "größe", "中"]
        );
    }

    #[test]
    fn a_question_is_what_it_asks_for() {
        assert_eq!(asked("How do I sort the sorted lists?"), ["sort", "list"]);
        assert_eq!(asked("what is it"), ["what", "is", "it"]);
        assert!(FILLERS.is_sorted());
    }
}
