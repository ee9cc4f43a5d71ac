//! Code within the words of an HTML page; what has lines of its own is a block.

use super::page::{Page, Region};

/// A stretch of code that is open within words.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// Its text with its lines, and the space that the page does not let collapse.
    text: String,
    /// Line of the file where it began.
    line: u32,
    /// Byte of its mark in the words.
    start: usize,
    /// Elements of code that are open within it.
    within: usize,
}

impl Inline {
    pub(super) fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\u{a0}' => self.text.push(' '),
                letter if !letter.is_whitespace() => self.text.push(letter),
                _ if self.text.is_empty() || self.text.ends_with(['\n', ' ']) => {}
                _ => self.text.push(' '),
            }
        }
    }

    pub(super) fn line_break(&mut self) {
        self.text.push('\n');
    }

    /// Whether it has lines of its own.
    fn is_block(&self) -> bool {
        let mut lines = self.text.lines().filter(|line| !line.trim().is_empty());
        let is_apart =
            || self.text.starts_with('\n') && self.text.trim_end_matches(' ').ends_with('\n');
        lines.next().is_some() && (lines.next().is_some() || is_apart())
    }
}

impl Page {
    /// Begins or ends a stretch of code within words.
    pub(super) fn code(&mut self, begins: bool) {
        let verbatim = matches!(self.region, Region::Code(_) | Region::Definition);
        if verbatim {
            return;
        }
        match (self.in_code, begins) {
            (false, true) => self.begin_code(),
            (true, true) => self.inline.within += 1,
            (true, false) if self.inline.within > 0 => self.inline.within -= 1,
            (true, false) => self.end_code(),
            (false, false) => {}
        }
    }

    /// Ends the stretch of code that is open, with all that is open within it: its block is over.
    pub(super) fn close_code(&mut self) {
        if self.in_code {
            self.end_code();
        }
    }

    fn begin_code(&mut self) {
        self.in_code = true;
        if self.words.is_empty() {
            self.word_lines.push(self.line);
        } else if self.space && !self.words.ends_with(['\n', ' ']) {
            self.words.push(' ');
        }
        self.space = false;
        self.spans.push(String::new());
        self.inline = Inline {
            text: String::new(),
            line: self.line,
            start: self.words.len(),
            within: 0,
        };
        self.words.push('`');
    }

    fn end_code(&mut self) {
        self.in_code = false;
        let inline = std::mem::take(&mut self.inline);
        let Some((before, words)) = self.words.split_at_checked(inline.start) else {
            return;
        };
        let Some(words) = words.strip_prefix('`') else {
            return;
        };
        let is_empty = words.trim().is_empty();
        let is_text =
            self.table.is_none() && matches!(self.region, Region::Paragraph | Region::Item(_));
        let is_block = is_text && inline.is_block();
        if !(is_empty || is_block) {
            if let Some(span) = self.spans.last_mut() {
                span.push_str(words.trim_end());
            }
            let end = self.words.trim_end().len();
            self.keep(end);
            self.words.push('`');
            return;
        }
        let end = before.trim_end().len();
        self.keep(end);
        self.spans.pop();
        if !is_empty {
            self.begin(Region::Code(String::new()));
            self.words = inline.text;
            self.word_lines.push(inline.line);
            self.finish_region();
        }
    }

    /// Takes back the words behind byte `end`, up to which none is white space.
    pub(super) fn keep(&mut self, end: usize) {
        self.space |= end < self.words.len();
        self.words.truncate(end);
        let lines = self.words.matches('\n').count() + usize::from(end > 0);
        self.word_lines.truncate(lines);
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn code_within_words_that_has_lines_is_a_block() {
        let page = "<p>The type is\n<tt><br>\ndata&nbsp;Maybe&nbsp;a&nbsp;=&nbsp;Nothing |\nJust&nbsp;a<br>\n\
            &nbsp;&nbsp;deriving&nbsp;Eq<br>\n</tt> and so on.</p><ul><li>See <code>a<br>b</code></ul><p><tt><br>x = 1<br></tt>End.";
        assert_eq!(
            parse(page).text,
            "The type is\n\n```\ndata Maybe a = Nothing | Just a\n  deriving Eq\n```\n\nand so on.\n\n- See\n\n```\na\nb\n```\n\n\
             ```\nx = 1\n```\n\nEnd.\n"
        );
        let page = "<p>Call <code>f(x)<br></code> or\n<code>g</code>.</p><table><tr><td><tt>a<br>b</tt></td><td>c</td></tr></table>";
        assert_eq!(
            parse(page).text,
            "Call `f(x)` or `g`.\n\n| `a b` | c |\n| --- | --- |\n"
        );
    }

    #[test]
    fn code_may_have_the_marks_of_code_in_it() {
        let page = "<p>Write <code>`name/arity`</code> to link, <code>`Hello ${name}`</code> and <code>a `b` c</code>.</p>\
            <ul><li>One <code>x `y`</code> end.</ul>";
        assert_eq!(
            parse(page).text,
            "Write ``name/arity`` to link, ``Hello ${name}`` and `a `b` c`.\n\n- One `x `y`` end.\n"
        );
    }

    #[test]
    fn code_within_code_does_not_end_it() {
        let page = "<dl><dt><code>\\z [ <a href='#p'><em><code>pattern</code></em></a> ]</code></dt><dd>Lists.</dd></dl>\
            <p>Use <code>\\set <tt>name</tt> [ <kbd>value</kbd> [ ... ] ]</code> to set it.</p><p><code>a <code>b</p><p>c</code> d <code>e</code></p>\
            <h2><code>f <code>g</code></h2><table><tr><td><code>h <code>i</td><td>j</td></tr></table>";
        assert_eq!(
            parse(page).text,
            "`\\z [ pattern ]`\n: Lists.\n\nUse `\\set name [ value [ ... ] ]` to set it.\n\n`a b`\n\nc d `e`\n\n## `f g`\n\n\
             | `h i` | j |\n| --- | --- |\n"
        );
    }

    #[test]
    fn code_without_a_letter_leaves_nothing() {
        let page = "<h2>5<tt>&nbsp;&nbsp;</tt>Modules</h2><p><code></code>Press <kbd></kbd> + <code>0</code> <tt> </tt></p>";
        let document = parse(page);
        assert_eq!(document.text, "## 5 Modules\n\nPress + `0`\n");
        assert_eq!(document.title.as_deref(), None);
    }
}
