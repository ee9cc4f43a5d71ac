//! A section of several short headings, narrowed to the one that is asked for: lists of codes, options and members are joined
//! while they are cut, and whoever asks for one of them is to be shown that one under its own name.

use super::arity;
use super::passage::count;
use super::rank::Sought;
use super::section;
use crate::store::cuts::Cut;
use crate::store::documents::SectionRow;

/// What the part under one heading has to say of all that the section says of the question, by its worth.
const SHARE: f32 = 0.95;

/// Returns the part of `section` under one of its headings, if that heading speaks of what is `sought` and its part, alone among
/// them, says as much of it as the whole section, or is called so: another part may only mention it, or be called so with another
/// number (`map/2`, `map/3`). `text` is that of the page, whose title is `title`.
pub(super) fn narrowed(
    section: &SectionRow,
    (title, text): (&str, &str),
    cut: &Cut,
    sought: &Sought,
) -> Option<SectionRow> {
    let (start, end) = section.bytes;
    let first = cut.outline.partition_point(|entry| entry.byte < start);
    let last = cut.outline.partition_point(|entry| entry.byte < end);
    if last - first < 2 {
        return None;
    }
    // Most sections have no such heading: their text need not be looked through for that.
    let speaks = |at: &usize| {
        let entry = cut.outline.get(*at);
        entry.is_some_and(|entry| sought.found_in(&entry.title) != 0)
    };
    let mut spoken = (first..last).filter(speaks).peekable();
    spoken.peek()?;
    let all = sought.found_in(text.get(start..end)?);
    let enough = sought.worth(all) * SHARE;
    let (mut parts, mut called, mut counted) = (Vec::new(), Vec::new(), Vec::new());
    for at in spoken {
        let entry = cut.outline.get(at)?;
        // What stands below it is of it.
        let below = cut.outline.get(at + 1..last).unwrap_or_default();
        let next = below.iter().find(|next| next.level <= entry.level);
        let bytes = (entry.byte, next.map_or(end, |next| next.byte));
        let own = text.get(bytes.0..bytes.1)?;
        let path = section::path_to(&cut.outline, at);
        let above = path.iter().map(|title| sought.found_in(title));
        let found = above.fold(sought.found_in(own), |found, words| found | words);
        let name = arity::of_heading(&entry.title, &entry.anchor);
        let is_counted = name.is_some_and(|name| sought.is_counted(&name));
        if sought.worth(found & all) < enough && !is_counted {
            continue;
        }
        // The title of a page may be that of its first heading, which is no parent of those beside it.
        let is_heading = cut
            .outline
            .first()
            .is_some_and(|first| first.title == title);
        let page = Some(title).filter(|_| !is_heading);
        let (title, breadcrumb) = section::crumbs(page.into_iter().chain(path));
        let after = next.map_or(section.after.as_str(), |_| "");
        let row = SectionRow {
            title,
            breadcrumb,
            anchor: entry.anchor.clone(),
            part: 1,
            headings: entry.title.clone(),
            symbols: String::new(),
            lines: (
                entry.line,
                next.map_or(section.lines.1, |next| next.line - 1)
                    .max(entry.line),
            ),
            bytes,
            before: String::new(),
            after: after.to_owned(),
            tokens: u32::try_from(count(own) + count(after)).unwrap_or(u32::MAX),
        };
        let is_called = sought.worth(sought.found_in(&entry.title) & all) >= enough;
        match (is_counted, is_called) {
            (true, _) => counted.push(row),
            // All below a heading that is called so is asked for, whatever the headings there are called.
            (false, true) if within(called.last(), &row) => {}
            (false, true) => called.push(row),
            // Of a part and what is below it the lower one says as much in less.
            (false, false) => {
                parts.pop_if(|above| within(Some(above), &row));
                parts.push(row);
            }
        }
    }
    let part = match (counted.len(), called.len(), parts.len()) {
        (1, ..) => counted.pop(),
        (0, 1, _) => called.pop(),
        (0, 0, 1) => parts.pop(),
        _ => None,
    };
    part.filter(|part| part.bytes != section.bytes)
}

/// Tells whether `row` is part of `above`, which begins before it.
fn within(above: Option<&SectionRow>, row: &SectionRow) -> bool {
    above.is_some_and(|above| row.bytes.1 <= above.bytes.1)
}

#[cfg(test)]
mod tests {
    use crate::lookup::index::Index;
    use crate::lookup::library;
    use crate::lookup::search::tests::{self, found};
    use crate::lookup::search::{Detail, Found, Search};
    use crate::store::Store;

    const CODES: &str = "# Codes\n\nWhat may go wrong.\n\n## E_DEPTH\n\nThe water is too shallow.\n\n## E_DELTA_TYPE\n\nThe river has no such mouth.\n\n### Cause\n\nA map of before.\n\n## E_TYPE\n\nNo such ship.\n\n## E_TIDE\n\nThe water is away.\n";

    fn asked(library: &(Store, Index), query: &str, detail: Detail) -> Found {
        found(library, &tests::asked(query, detail), 1_000).unwrap()
    }

    #[test]
    fn one_of_several_joined_headings_is_cited_and_shown_by_itself() {
        let library = library::in_memory("s", [("c.md", CODES)]).unwrap();
        let found = asked(&library, "E_DELTA_TYPE", Detail::Snippet);
        let first = &found.passages[0];
        assert_eq!(first.reference.to_string(), "s:c.md#e_delta_type");
        assert_eq!(first.breadcrumb, "Codes › E_DELTA_TYPE");
        assert_eq!(
            (first.lines, first.text.as_str()),
            (
                (9, 16),
                "## E_DELTA_TYPE\n\nThe river has no such mouth.\n\n### Cause\n\nA map of before."
            )
        );
        let named = asked(&library, "E_DELTA_TYPE", Detail::Outline);
        assert_eq!(named.passages[0].reference, first.reference);
    }

    #[test]
    fn of_names_that_differ_in_their_number_the_one_that_is_asked_for_is_shown() {
        let page = "# lists\n\n## map/1\n\nMaps nothing, as map/2 with one list and map/3 with 2 do.\n\n## map/2\n\nMaps a list.\n\n\
            ## map(list, other, fun) {#map/3}\n\nMaps two.\n\n## filter/2\n\nTakes some.\n";
        let library = library::in_memory("s", [("l.md", page)]).unwrap();
        for (query, reference) in [
            ("map/1", "s:l.md#map1"),
            ("lists:map/2", "s:l.md#map2"),
            ("what does map/3 take", "s:l.md#map/3"),
        ] {
            let found = asked(&library, query, Detail::Snippet);
            assert_eq!(found.passages[0].reference.to_string(), reference);
        }
        let found = asked(&library, "map/2 and map/3", Detail::Snippet);
        let text = &found.passages[0].text;
        assert!(
            text.contains("Maps a list.") && text.contains("Maps two."),
            "{text}"
        );
    }

    #[test]
    fn what_several_headings_speak_of_is_shown_as_it_was_joined() {
        let library = library::in_memory("s", [("c.md", CODES)]).unwrap();
        for query in ["water", "shallow mouth", "types of a delta and of a ship"] {
            let found = asked(&library, query, Detail::Snippet);
            assert_eq!(found.passages[0].reference.to_string(), "s:c.md", "{query}");
        }
    }

    #[test]
    fn a_heading_with_nothing_but_headings_below_it_is_shown_with_them() {
        let page = "# Codes\n\n## Depth\n\n### E_DEEP\n\nNo ground.\n\n### E_FLAT\n\nNo water.\n\n## Mouth\n\nAs of a river.\n";
        let library = library::in_memory("s", [("c.md", page)]).unwrap();
        let found = asked(&library, "depth", Detail::Snippet);
        let first = &found.passages[0];
        assert!(first.text.contains("No ground."), "{}", first.text);
    }

    #[test]
    fn what_stands_below_a_heading_is_shown_with_it_and_by_itself_where_that_is_asked_for() {
        let page = "# Client\n\nOf a library.\n\n## createClient()\n\nCreates a client.\n\n### Parameters\n\n- url: where the harbour \
            is.\n\n### Returns\n\nA promise.\n\n## closeClient()\n\nCloses it.\n\n### Returns\n\nNothing.\n";
        let library = library::in_memory("s", [("c.md", page)]).unwrap();
        for (query, reference, lines) in [
            ("createClient", "s:c.md#createclient", (5, 16)),
            (
                "what does createClient take",
                "s:c.md#createclient",
                (5, 16),
            ),
            ("createClient parameters", "s:c.md#parameters", (9, 12)),
            ("closeClient returns", "s:c.md#returns-1", (21, 23)),
        ] {
            let found = asked(&library, query, Detail::Snippet);
            let first = &found.passages[0];
            let shown = (first.reference.to_string(), first.lines);
            assert_eq!(shown, (reference.to_owned(), lines), "{query}");
        }
    }

    #[test]
    fn of_parts_that_have_all_words_the_one_that_is_called_so_is_shown() {
        let page = "# Session\n\nOf a ship.\n\n## session_send_async\n\nBegins to send.\n\n## session_send_finish\n\nEnds what \
            `session_send_async` began.\n\n## session_send\n\nSends, and waits.\n";
        let library = library::in_memory("s", [("c.md", page)]).unwrap();
        let cited = |query: &str| {
            let found = asked(&library, query, Detail::Snippet);
            found.passages[0].reference.to_string()
        };
        assert_eq!(cited("session_send_async"), "s:c.md#session_send_async");
        assert_eq!(cited("session_send_finish"), "s:c.md#session_send_finish");
    }

    #[test]
    fn a_part_that_was_shown_is_not_shown_again() {
        let library = library::in_memory("s", [("c.md", CODES)]).unwrap();
        let first = asked(&library, "E_TIDE", Detail::Snippet);
        let again = Search {
            known: first.told.iter().cloned().collect(),
            ..tests::asked("E_TIDE", Detail::Snippet)
        };
        let again = found(&library, &again, 1_000).unwrap();
        assert_eq!(again.before, ["s:c.md#e_tide"]);
    }
}
