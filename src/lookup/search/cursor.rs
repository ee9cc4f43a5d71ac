//! Where an answer stopped: a number, and a mark of the question that it counts for.

use super::{Detail, Search};
use crate::lookup::document::Kind;
use crate::lookup::error::{LookupError, shortened};
use crate::lookup::shelf::PASSAGES_MAX;

/// Letters of a cursor that are told where it is damaged.
const SHOWN: usize = 80;

/// Names the place `at` in the answers to `search`.
pub(super) fn cursor_at(at: usize, search: &Search) -> String {
    format!("{at}.{}", mark_of(search))
}

/// Letters of a cursor that tell its question from others.
const MARK_LETTERS: usize = 8;

/// Returns what tells the question of `search` from others.
fn mark_of(search: &Search) -> String {
    let kind = search.kind.map_or("", Kind::name);
    let source = search.source.as_deref().unwrap_or_default();
    let version = search.version.as_ref();
    let version = version.map_or_else(String::new, |version| format!("\0{version}"));
    // An outline counts sections, the others joined ones.
    let unit = if search.detail == Detail::Outline {
        "\0\0"
    } else {
        ""
    };
    let asked = format!("{}\0{source}\0{kind}{version}{unit}", search.query.trim());
    let hash = blake3::hash(asked.as_bytes());
    hash.to_hex().chars().take(MARK_LETTERS).collect()
}

/// Returns the place that `cursor` names in the answers to `search`.
///
/// # Errors
/// [`LookupError::Argument`] if it was never given, or for another question.
pub(super) fn start_of(cursor: &str, search: &Search) -> Result<usize, LookupError> {
    let parts = cursor.split_once('.');
    let parts = parts.and_then(|(at, mark)| Some((at.parse::<usize>().ok()?, mark)));
    let is_mark = |mark: &str| {
        mark.len() == MARK_LETTERS && mark.bytes().all(|letter| letter.is_ascii_hexdigit())
    };
    match parts {
        Some((at, mark)) if mark == mark_of(search) && at <= PASSAGES_MAX => Ok(at),
        Some((_, mark)) if is_mark(mark) && mark != mark_of(search) => Err(LookupError::Argument {
            what: "the cursor belongs to another question".to_owned(),
            hint: "repeat the query, source, version, kind and detail that the cursor came with, or leave the cursor out".to_owned(),
        }),
        _ => Err(LookupError::Argument {
            what: format!("the cursor `{}` is damaged", shortened(cursor, SHOWN).escape_debug()),
            hint: "give it as the answer before had it, or leave it out to begin anew".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::lookup::passage::Budget;
    use crate::lookup::search::{Detail, Found, Search, tests};
    use crate::lookup::{LookupError, library};

    fn asked(query: &str) -> Search {
        tests::asked(query, Detail::Snippet)
    }

    /// What is found among more pages than an answer of so many tokens holds.
    fn found(asked: &Search) -> Result<Found, LookupError> {
        let pages = (0..12).map(|number| {
            let text = format!("Anchor {number} in the bay holds well. ").repeat(20);
            (
                format!("{number}.md"),
                format!("# Port {number}\n\n{text}\n"),
            )
        });
        tests::found(&library::in_memory("s", pages)?, asked, 400)
    }

    #[test]
    fn a_cursor_that_leads_nowhere_says_why() {
        let mut asked = asked("anchor in the bay");
        let next = found(&asked).unwrap().next_cursor.unwrap();
        let (_, mark) = next.split_once('.').unwrap();
        asked.cursor = Some(format!("60.{mark}"));
        let spent = found(&asked).unwrap();
        assert!(spent.text().starts_with("there is nothing more"));
        assert_eq!(spent.used_tokens, Budget::of(&spent.text()).tokens);
        for (cursor, why) in [
            (format!("9999.{mark}"), "is damaged"),
            (format!("-1.{mark}"), "is damaged"),
            (next.replace('.', ""), "is damaged"),
            ("1.00000000".to_owned(), "another question"),
        ] {
            asked.cursor = Some(cursor);
            let told = found(&asked).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn an_answer_that_nothing_matches_counts_its_tokens() {
        let nothing = found(&asked("zyzzyva")).unwrap();
        assert!(nothing.text().starts_with("nothing matches"));
        assert_eq!(nothing.used_tokens, Budget::of(&nothing.text()).tokens);
        assert!(nothing.used_tokens > 0);
    }
}
