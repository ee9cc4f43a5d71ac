//! The outline of what does not fit an answer: as many levels of headings as its share of the answer holds.

use super::Book;
use super::stretch::Stretch;
use crate::lookup::passage::Budget;
use crate::store::outline::HeadingRow;

impl Book {
    /// The headings of a stretch with their references and tokens, and how many they are: level by level, as long as all of a
    /// level fit. Below a title alone, the first ones of the next level. What is left is said.
    pub(super) fn outline_of(&self, stretch: &Stretch, share: Budget) -> (String, usize) {
        let inside: Vec<&HeadingRow> = self
            .outline
            .iter()
            .filter(|entry| entry.byte >= stretch.bytes.0 && entry.byte < stretch.bytes.1)
            .collect();
        // One heading is the one that is read: it says nothing new.
        if inside.len() < 2 {
            return (String::new(), 0);
        }
        let mut levels: Vec<u8> = inside.iter().map(|entry| entry.level).collect();
        levels.sort_unstable();
        levels.dedup();
        let top = levels.first().copied().unwrap_or_default();
        let lines: Vec<(&HeadingRow, String)> = inside
            .iter()
            .map(|entry| {
                let indent = "  ".repeat(usize::from(entry.level - top));
                let tokens = self.tokens_below(entry);
                let HeadingRow { title, anchor, .. } = entry;
                (
                    *entry,
                    format!("{indent}- {title} #{anchor} ({tokens} tokens)\n"),
                )
            })
            .collect();
        let mut whole = (String::new(), 0);
        for level in levels {
            let down_to = lines.iter().filter(|(entry, _)| entry.level <= level);
            let down_to: Vec<&(&HeadingRow, String)> = down_to.collect();
            let left = lines.len() - down_to.len();
            let left = if left == 0 {
                String::new()
            } else {
                format!("- … {left} more headings below these: name one to see its own\n")
            };
            let all = listed(&down_to, &left);
            if share.fits(&all) {
                whole = (all, down_to.len());
            } else if whole.1 < 2 {
                return first_that_fit(&down_to, stretch.lines.1, share);
            } else {
                break;
            }
        }
        whole
    }

    fn tokens_below(&self, entry: &HeadingRow) -> u64 {
        self.outline
            .iter()
            .skip_while(|other| other.byte != entry.byte)
            .enumerate()
            .take_while(|(at, other)| *at == 0 || other.level > entry.level)
            .map(|(_, other)| u64::from(other.tokens))
            .sum()
    }
}

/// The first of `lines` that fit, how many they are, and where the others are up to line `last`.
fn first_that_fit(lines: &[&(&HeadingRow, String)], last: u32, share: Budget) -> (String, usize) {
    let first = |shown: usize| {
        let (shown, others) = lines.split_at_checked(shown).unwrap_or((lines, &[]));
        let left = others.first().map(|(entry, _)| {
            let (left, line) = (others.len(), entry.line);
            format!("- … {left} more headings: read lines \"{line}-{last}\" to see them\n")
        });
        listed(shown, &left.unwrap_or_default())
    };
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if share.fits(&first(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    (first(low), low)
}

/// The lines of an outline, and what is said below them.
fn listed(lines: &[&(&HeadingRow, String)], left: &str) -> String {
    let lines = lines.iter().map(|(_, line)| line.as_str());
    lines.chain([left, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use crate::lookup::read::tests::given;

    #[test]
    fn an_outline_below_one_title_says_which_headings_are_left_and_where() {
        let versions = (0..200).map(|at| format!("## Version {at}\n\nFixed this and that.\n\n"));
        let text = format!("# Changes\n\n{}", versions.collect::<String>());
        let all = given("c.md", &text, None, None, 1_000);
        let shown = all.matches("  - Version ").count();
        assert!(shown > 5, "{all}");
        let left = 200 - shown;
        let line = 3 + 4 * shown;
        let said = format!("- … {left} more headings: read lines \"{line}-802\" to see them\n");
        assert!(all.contains(&said), "{said} {all}");
        let rest = given("c.md", &text, None, Some(&format!("{line}-802")), 1_000);
        assert!(rest.contains(&format!("- Version {shown} #")), "{rest}");
    }

    #[test]
    fn an_outline_of_a_whole_level_says_how_many_headings_are_below() {
        let parts = (0..10).map(|part| {
            let steps = (0..20).map(|step| format!("### Step {part}.{step}\n\nDo it.\n\n"));
            format!("## Part {part}\n\n{}", steps.collect::<String>())
        });
        let text = format!("# Book\n\n{}", parts.collect::<String>());
        let all = given("b.md", &text, None, None, 1_000);
        assert_eq!(all.matches("  - Part ").count(), 10, "{all}");
        assert!(
            all.contains("- … 200 more headings below these: name one"),
            "{all}"
        );
    }
}
