//! The pages of a source as a person pages through them.

use super::error::LookupError;
use super::reference::Reference;
use crate::store::Store;
use crate::store::documents::{PageRow, SourceRow};
use crate::store::outline::HeadingRow;

/// A page with its headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// What `docs_read` takes.
    pub reference: Reference,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub kind: String,
    /// Tokens of all its sections.
    pub tokens: u64,
    /// Its headings of the two highest levels, in order.
    pub headings: Vec<Heading>,
}

/// A heading of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its words.
    pub title: String,
    /// Where it is reached.
    pub anchor: String,
    /// Whether it is of the lower of the two levels.
    pub is_below: bool,
}

/// Returns at most `limit` pages of `source`, by path, those after the path `after`.
pub fn leaves(
    store: &Store,
    source: &SourceRow,
    after: &str,
    limit: usize,
) -> Result<Vec<Leaf>, LookupError> {
    let pages = store.pages_after(source.id, after, limit)?;
    let leaf = |page: PageRow| {
        let found = store.sound_page(page.id)?;
        let headings = found.map(|(_, _, cut)| top(&cut.outline));
        Ok(Leaf {
            reference: Reference::to_section(&source.name, &page.path, "", 1),
            title: page.title,
            kind: page.kind,
            tokens: page.tokens,
            headings: headings.unwrap_or_default(),
        })
    };
    pages.into_iter().map(leaf).collect()
}

/// Returns the headings of the two highest levels; below a title that stands alone on its level, those of the next two.
fn top(outline: &[HeadingRow]) -> Vec<Heading> {
    let highest = |above: u8| {
        let levels = outline.iter().map(|entry| entry.level);
        levels.filter(|level| *level > above).min()
    };
    let count = |level: u8| outline.iter().filter(|entry| entry.level == level).count();
    let mut first = highest(0).unwrap_or_default();
    if count(first) == 1 {
        first = highest(first).unwrap_or(first);
    }
    let second = highest(first).unwrap_or(first);
    let shown = outline
        .iter()
        .filter(|entry| (first..=second).contains(&entry.level));
    let heading = |entry: &HeadingRow| Heading {
        title: entry.title.clone(),
        anchor: entry.anchor.clone(),
        is_below: entry.level > first,
    };
    shown.map(heading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    #[test]
    fn pages_come_by_path_with_the_headings_below_their_title() {
        let text =
            "# A\n\nOne.\n\n## B\n\nTwo.\n\n### C\n\nThree.\n\n#### D\n\nFour.\n\n## E\n\nFive.\n";
        let pages = [
            ("b.md", text),
            ("a.md", "No heading.\n"),
            ("c.md", "# Only\n\nText.\n"),
        ];
        let (store, _) = library::in_memory("s", pages).unwrap();
        let source = library::named(&store, "s").unwrap();
        let all = leaves(&store, &source, "", 10).unwrap();
        let paths: Vec<&str> = all
            .iter()
            .map(|leaf| leaf.reference.path.as_str())
            .collect();
        assert_eq!(paths, ["a.md", "b.md", "c.md"]);
        let headings: Vec<(&str, bool)> = all[1]
            .headings
            .iter()
            .map(|heading| (heading.title.as_str(), heading.is_below))
            .collect();
        assert_eq!(headings, [("B", false), ("C", true), ("E", false)]);
        assert_eq!(all[1].reference.to_string(), "s:b.md");
        let rest = leaves(&store, &source, "a.md", 1).unwrap();
        assert_eq!(rest, all[1..2]);
    }
}
