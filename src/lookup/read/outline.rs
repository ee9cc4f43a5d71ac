//! The outline of what does not fit an answer: as many levels of headings as its share of the answer holds.

use super::Book;
use super::stretch::Stretch;
use crate::lookup::passage::Budget;
use crate::store::outline::HeadingRow;

impl Book {
    /// The headings of a stretch with their references and tokens, and how many they are: level by level, as long as all of a
    /// level fit. Below a title alone, the first ones of the next level. What is left is said.
    pub(super) fn outline_of(&self, stretch: &Stretch, share: Budget) -> (String, usize) {
        let all = self.outline.iter().zip(tokens_below(&self.outline));
        let is_inside = |byte: usize| byte >= stretch.bytes.0 && byte < stretch.bytes.1;
        let inside: Vec<(&HeadingRow, u64)> =
            all.filter(|(entry, _)| is_inside(entry.byte)).collect();
        // One heading is the one that is read: it says nothing new.
        if inside.len() < 2 {
            return (String::new(), 0);
        }
        let mut levels: Vec<u8> = inside.iter().map(|(entry, _)| entry.level).collect();
        levels.sort_unstable();
        levels.dedup();
        let top = levels.first().copied().unwrap_or_default();
        let lines: Vec<(&HeadingRow, String)> = inside
            .into_iter()
            .map(|(entry, tokens)| {
                let indent = "  ".repeat(usize::from(entry.level - top));
                let HeadingRow { title, anchor, .. } = entry;
                (
                    entry,
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
}

/// Returns the tokens of each heading with those below it, in one pass from the last: a page can have a hundred thousand.
fn tokens_below(outline: &[HeadingRow]) -> Vec<u64> {
    // What stands behind the heading at hand: each with all below it, the nearest last.
    let mut behind: Vec<(u8, u64)> = Vec::new();
    let sums = outline.iter().rev().map(|entry| {
        let mut sum = u64::from(entry.tokens);
        while let Some((_, below)) = behind.pop_if(|(level, _)| *level > entry.level) {
            sum += below;
        }
        behind.push((entry.level, sum));
        sum
    });
    let mut sums: Vec<u64> = sums.collect();
    sums.reverse();
    sums
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
    use super::*;
    use crate::lookup::read::tests::given;

    #[test]
    fn a_heading_counts_with_all_below_it_and_a_hundred_thousand_are_counted_at_once() {
        let heading = |level: u8, tokens: u32| HeadingRow {
            level,
            tokens,
            title: String::new(),
            anchor: String::new(),
            line: 1,
            byte: 0,
        };
        let levels = [
            (2, 1),
            (3, 10),
            (4, 100),
            (3, 1_000),
            (1, 10_000),
            (2, 100_000),
        ];
        let outline: Vec<_> = levels.map(|(level, tokens)| heading(level, tokens)).into();
        let sums = [1_111, 110, 100, 1_000, 110_000, 100_000];
        assert_eq!(tokens_below(&outline), sums);
        let many: Vec<_> = (0..100_000).map(|_| heading(2, 1)).collect();
        assert_eq!(tokens_below(&many).len(), many.len());
    }

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
