//! The language of code as an element round the code names it, and what else stands in that element: the same name again, for
//! a person to see, and the numbers of the lines.

use super::element::Element;
use super::open::Open;
use super::page::{Page, Region};
use crate::lookup::document::BlockKind;

/// Elements that stand round code and may name its language.
const AROUND: &[&str] = &["div", "figure"];
/// How their classes begin if they do. What begins with `lang-` may be a language that people speak.
const PREFIXES: &[&str] = &["language-", "highlight-"];
/// Blocks that may stand above the code in such an element, as the name of a file does: one that has more is no frame of code.
const ABOVE_MAX: usize = 1;
/// Such elements within each other.
const DEPTH_MAX: usize = 8;

/// Tells whether `element` stands round code, and names the language of that.
pub(super) fn is_named(element: Element<'_>) -> bool {
    let begins = |class: &str| PREFIXES.iter().any(|prefix| class.starts_with(prefix));
    AROUND.contains(&element.name) && element.classes().any(begins)
}

#[derive(Debug)]
struct Around {
    element: Open,
    language: String,
    /// Blocks that the page had when it began.
    blocks: usize,
}

/// The elements that are open and name the language of the code in them.
#[derive(Debug, Default)]
pub(super) struct Languages(Vec<Around>);

impl Languages {
    /// Notes that the element `name` ends.
    pub(super) fn end(&mut self, name: &str) {
        let Some(at) = self.0.iter().rposition(|around| around.element.is(name)) else {
            return;
        };
        self.0.truncate(at + 1);
        drop(self.0.pop_if(|around| around.element.end(name)));
    }
}

impl Page {
    /// Notes that `element` begins, which may name the language of the code in it.
    pub(super) fn begin_around(&mut self, element: Element<'_>) {
        let open = &mut self.languages.0;
        let mut innermost = open.iter_mut().rev();
        if is_named(element) && innermost.len() < DEPTH_MAX {
            open.push(Around {
                element: Open::new(element.name),
                language: element.language(),
                blocks: self.blocks.len(),
            });
        } else {
            innermost.any(|around| around.element.begin(element.name));
        }
    }

    /// Returns the language of the code that is open, of which the code itself says that it is `own`.
    pub(super) fn language_of(&self, own: String) -> String {
        match self.languages.0.last() {
            Some(around) if own.is_empty() && self.blocks.len() <= around.blocks + ABOVE_MAX => {
                around.language.clone()
            }
            _ => own,
        }
    }

    /// Tells whether `words` only stand beside code: the name of its language above it, or the numbers of its lines below.
    pub(super) fn is_beside_code(&self, region: &Region, words: &str) -> bool {
        let Some(around) = self.languages.0.last() else {
            return false;
        };
        if !matches!(region, Region::Paragraph | Region::Item(_)) {
            return false;
        }
        if self.blocks.len() == around.blocks {
            return around.language.eq_ignore_ascii_case(words.trim());
        }
        let is_code = |kind: &BlockKind| matches!(kind, BlockKind::Code { .. });
        self.blocks.last().is_some_and(|last| is_code(&last.kind))
            && (1..)
                .zip(words.split_whitespace())
                .all(|(number, word)| word.parse() == Ok::<usize, _>(number))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn an_element_round_code_names_its_language() {
        let sh = "```sh\nhaul\n```\n";
        for (page, wanted) in [
            (
                "<div class='language-sh highlight'><pre><code>haul</code></pre></div>",
                sh,
            ),
            (
                "<div class='highlight-sh notranslate'><div class=highlight><pre>haul\n</pre></div></div>",
                sh,
            ),
            (
                "<div class='highlight highlight-source-sh'><pre>haul</pre></div>",
                sh,
            ),
            (
                "<figure data-language=sh class=language-x><pre>haul</pre></figure>",
                sh,
            ),
            ("<pre><code language=sh>haul</code></pre>", sh),
            (
                "<div class='language-sh highlight'><table><tr><td class=linenos><pre>1</pre></td><td class=code><div><pre>\
                 <code>haul\n</code></pre></div></td></tr></table></div>",
                sh,
            ),
            (
                "<div class='language-sh highlight'><span class=filename>a.sh</span><pre>haul</pre></div>",
                "a.sh\n\n```sh\nhaul\n```\n",
            ),
            (
                "<div class=language-js><pre><code class=language-sh>haul</code></pre></div>",
                sh,
            ),
            (
                "<div class=highlight-default><pre>haul</pre></div>",
                "```\nhaul\n```\n",
            ),
            (
                "<div class=lang-en><pre>haul</pre></div>",
                "```\nhaul\n```\n",
            ),
            (
                "<div class=language-sh><div><p>a</p></div><p>b</p><pre>haul</pre></div>",
                "a\n\nb\n\n```\nhaul\n```\n",
            ),
        ] {
            assert_eq!(parse(page).text, wanted, "{page}");
            let after = "<pre>tow</pre>";
            let wanted = format!("{wanted}\n```\ntow\n```\n");
            assert_eq!(parse(&format!("{page}{after}")).text, wanted, "{page}");
        }
    }

    #[test]
    fn the_name_of_a_language_beside_its_code_and_the_numbers_of_its_lines_are_no_text() {
        for page in [
            "<p>Do:</p><div class=language-sh><button>Copy</button><span>sh</span><pre>haul\ntow</pre></div><p>End.</p>",
            "<p>Do:</p><div class=language-sh><div>SH</div><pre>haul\ntow</pre><div><i>1</i><br><i>2</i><br></div></div><p>End.</p>",
        ] {
            assert_eq!(
                parse(page).text,
                "Do:\n\n```sh\nhaul\ntow\n```\n\nEnd.\n",
                "{page}"
            );
        }
        let page = "<p>sh</p><pre class=language-sh>haul</pre><p>1</p><div class=language-sh>zsh<pre>haul</pre>1 3</div>";
        assert_eq!(
            parse(page).text,
            "sh\n\n```sh\nhaul\n```\n\n1\n\nzsh\n\n```sh\nhaul\n```\n\n1 3\n"
        );
    }
}
