//! Words as Americans spell them: documentation and questions follow different dictionaries, and stems differ with them.

/// British endings, with what stands for them; the longest that fits counts.
const ENDINGS: &[(&str, &str)] = &[
    ("isations", "izations"),
    ("isation", "ization"),
    ("ouring", "oring"),
    ("logues", "logs"),
    ("lysing", "lyzing"),
    ("lysers", "lyzers"),
    ("ising", "izing"),
    ("isers", "izers"),
    ("oured", "ored"),
    ("oural", "oral"),
    ("logue", "log"),
    ("lysed", "lyzed"),
    ("lyser", "lyzer"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("iser", "izer"),
    ("ours", "ors"),
    ("lyse", "lyze"),
    ("ise", "ize"),
    ("our", "or"),
];
/// Letters of the shortest word that can have another spelling: `raise` and `four` have none, `colour` has.
const LETTERS_MIN: usize = 6;
/// What stands before `is` in words that everybody spells so, and that are other words' kin: `revise`, `exercise`, `otherwise`.
const SHARED: &[&str] = &["v", "c", "w", "pr"];

/// Returns `word`, in small letters, as Americans spell it, if they do so otherwise. The same word always becomes the same, so that one
/// that has no other spelling is found all the same.
pub(super) fn american(word: &str) -> Option<String> {
    if word.len() < LETTERS_MIN || !word.is_ascii() {
        return None;
    }
    let ending = ENDINGS.iter().find(|(british, _)| word.ends_with(british));
    let (british, other) = ending?;
    let before = word.strip_suffix(british)?;
    let is_shared =
        british.starts_with("is") && SHARED.iter().any(|shared| before.ends_with(shared));
    let has_stem = before.len() > 2;
    (has_stem && !is_shared).then(|| format!("{before}{other}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_dictionaries_become_the_same_and_others_stay() {
        for (british, american_one) in [
            ("serialised", "serialized"),
            ("organisation", "organization"),
            ("optimiser", "optimizer"),
            ("colours", "colors"),
            ("behaviour", "behavior"),
            ("behavioural", "behavioral"),
            ("catalogue", "catalog"),
            ("analysing", "analyzing"),
        ] {
            assert_eq!(american(british).as_deref(), Some(american_one));
            assert_eq!(american(american_one), None, "{american_one}");
        }
        for word in [
            "revised",
            "exercise",
            "otherwise",
            "enterprise",
            "advise",
            "raise",
            "noise",
            "user",
            "four",
            "hour",
            "source",
            "resources",
            "course",
            "promises-",
            "größe",
            "",
        ] {
            assert_eq!(american(word), None, "{word}");
        }
    }
}
