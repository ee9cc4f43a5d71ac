//! Pages that generators of references make of the files they read: nothing but source, each line with a number.
//!
//! They hold every name of the reference once more, so they are told from it.

use std::collections::BTreeMap;

/// Of so many bytes one may stand outside the code: the name of the file and the way to it.
const AROUND_PART: usize = 5;
/// Of so many lines one has to have an anchor: some generators leave out those of comments, some write all numbers in a block of
/// their own.
const NUMBERED_PART: usize = 3;

/// What tells a listing, counted while a page is read.
#[derive(Debug, Default)]
pub(super) struct Listing {
    bytes: usize,
    lines: usize,
    /// Lines with an anchor that counts on from the one before, and the number of the last, by what stands before the number.
    numbered: BTreeMap<String, (usize, u64)>,
    leads_back: bool,
}

impl Listing {
    /// Counts a block of code.
    pub(super) fn code(&mut self, words: &str) {
        self.bytes += words.len();
        self.lines += words.lines().count();
    }

    /// Counts an anchor within code: `1`, `line-1`, `l00001`.
    pub(super) fn line(&mut self, anchor: &str) {
        let name = anchor.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let number = anchor
            .get(name.len()..)
            .and_then(|number| number.parse().ok());
        let Some(number) = number else {
            return;
        };
        // Names within the code may be numbered as well, in their own way.
        let (numbered, last) = self.numbered.entry(name.to_owned()).or_default();
        if number > *last {
            *numbered += 1;
            *last = number;
        }
    }

    /// Notes that what is defined leads to where it is documented, as Sphinx writes it into the files it read.
    pub(super) fn leads_back(&mut self) {
        self.leads_back = true;
    }

    /// Tells whether `text` is nothing but a listing.
    pub(super) fn is_all_of(&self, text: &str) -> bool {
        let around = text.len().saturating_sub(self.bytes);
        let numbered = self.numbered.values().map(|(numbered, _)| *numbered).max();
        let is_numbered = numbered.is_some_and(|numbered| numbered * NUMBERED_PART >= self.lines);
        self.lines > 0 && around * AROUND_PART <= text.len() && (self.leads_back || is_numbered)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::Kind;

    #[test]
    fn a_page_that_lists_a_file_of_source_is_no_documentation() {
        let lines = |line: fn(u32) -> String| (1..9).map(line).collect::<String>();
        for page in [
            // rustdoc, as it was and as it is
            format!(
                "<title>lib.rs - source</title><main><pre class=line-numbers>{}</pre><pre class=rust><code>{}</code></pre></main>",
                lines(|line| format!("<span id={line}>{line}</span>\n")),
                "pub fn haul(rope: Rope) {}\n".repeat(8)
            ),
            format!(
                "<pre class=rust><code>{}</code></pre>",
                lines(|line| format!(
                    "<a href=#{line} id={line}>{line}</a>pub fn haul(rope: Rope);\n"
                ))
            ),
            // Haddock
            format!(
                "<pre><span class=hs-pragma>-- |</span>\n{}</pre>",
                lines(|line| format!(
                    "<span id=line-{line}></span><span id=local-69895866{line}99><span class=annot><span class=annottext>haul :: forall                      (rope :: Type) a. (Hauled rope, Monad a) =&gt; rope -&gt; a rope\n</span>haul</span></span> = tow\n"
                ))
            ),
            // Javadoc
            format!(
                "<pre>{}</pre>",
                lines(|line| format!(
                    "<span class=source-line-no>00{line}</span><span id=line-{line}>void haul();</span>\n"
                ))
            ),
            // Doxygen
            format!(
                "<div class=title>rope.h</div><div class=fragment>{}</div>",
                lines(|line| format!(
                    "<div class=line><a name=l0000{line}></a><span class=lineno>    {line}</span> void haul(rope_t *rope);</div>"
                ))
            ),
            // Sphinx
            format!(
                "<h1>Source code for ship</h1><pre>{}<div class=viewcode-block id=haul><a class=viewcode-back href=a.html>[docs]</a>def haul(rope):</div></pre>",
                lines(|_| "# A line of the licence, which stands above.\n".to_owned())
            ),
        ] {
            assert_eq!(parse(&page).kind, Some(Kind::Meta), "{page}");
        }
    }

    #[test]
    fn a_page_with_code_is_documentation() {
        let code = "let rope = haul();\n".repeat(9);
        for page in [
            format!("<h1>RFC</h1><pre>{code}</pre>"),
            format!(
                "<p>{}</p><pre><a id=l1></a>{code}<a id=l2></a></pre>",
                "Words of a text. ".repeat(20)
            ),
        ] {
            assert_eq!(parse(&page).kind, None, "{page}");
        }
    }
}
