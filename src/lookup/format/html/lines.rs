//! Lines of code that are elements of their own: within `<pre>`, a division begins a line and no paragraph.

use super::page::{Page, Region};
use super::table::CodeTable;

/// Elements that are a line, or hold lines, where they stand within code.
pub(super) const LINES: &[&str] = &["div", "li", "p"];
/// Elements round an end within code that are looked at.
const AROUND_MAX: usize = 64;

/// What is known of the lines of the code that is open.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Elements that are open within the code.
    open: Vec<String>,
    /// Whether one of them has ended, and its line has not.
    is_over: bool,
}

impl Page {
    /// Begins the element `name` if code is open, of which it is a line then; tells whether it did.
    pub(super) fn begin_line(&mut self, name: &str) -> bool {
        if !self.is_in_code() {
            return false;
        }
        self.code_lines.open.push(name.to_owned());
        self.end_line();
        true
    }

    /// Ends the element `name` if it began within the code that is open; tells whether it did.
    pub(super) fn end_element(&mut self, name: &str) -> bool {
        let open = &mut self.code_lines.open;
        let mut innermost = open.iter().rev().take(AROUND_MAX);
        let Some(within) = innermost.position(|open| open == name) else {
            return false;
        };
        open.truncate(open.len() - within - 1);
        self.code_lines.is_over = true;
        true
    }

    /// Begins a line of code that is an element of its own, and the code if this is its first line.
    pub(super) fn code_line(&mut self) {
        if self.is_in_code() {
            self.end_line();
        } else {
            self.begin(Region::Code(String::new()));
        }
    }

    /// Writes `text` into the code that is open.
    pub(super) fn code_text(&mut self, text: &str) {
        if self.code_lines.is_over {
            // What stands between two lines is neither's, but for a line end that the file has as well.
            if text.trim_matches([' ', '\t']).is_empty() {
                return;
            }
            if !text.starts_with('\n') {
                self.end_line();
            }
            self.code_lines.is_over = false;
        }
        if self.words.is_empty() {
            self.word_lines.push(self.line);
        }
        self.words.push_str(text);
    }

    fn end_line(&mut self) {
        self.code_lines.is_over = false;
        let is_read = self.code_table.as_ref().is_none_or(CodeTable::is_read);
        if is_read && !self.words.is_empty() && !self.words.ends_with('\n') {
            self.words.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    const CODE: &str = "```\nif x:\n    y()\n\nz()\n```\n";

    #[test]
    fn elements_within_code_are_its_lines() {
        for page in [
            // Docusaurus
            "<pre><code><div>if x:<br></div><div>    y()<br></div><div><br></div><div>z()<br></div></code></pre>",
            // Expressive Code
            "<pre><code><div><div>if x:</div></div><div><div><i>    </i>y()</div></div><div><div>\n</div></div>\
             <div><div>z()</div></div></code></pre>",
            "<pre><div>if x:</div>\n<div>    y()</div>\n\n<div>z()</div>\n</pre>",
            "<pre><div><button>Copy</button></div><code>if x:\n    y()\n\nz()</code></pre>",
            "<pre>if x:<div>    y()</div>  <p>\nz()</pre>",
            "<pre><ol><li>if x:<li><div>    y()</div></li><li>\n</li><li>z()</li></ol></pre>",
            "<table><tr><td><pre><div>1</div><div>2</div></pre></td><td><pre><div>if x:</div><div>    y()</div>\
             <div>\n</div><div>z()</div></pre></td></tr></table>",
        ] {
            assert_eq!(parse(page).text, CODE, "{page}");
            let page = format!("<div>Before{page}</div><p>End.");
            assert_eq!(
                parse(&page).text,
                format!("Before\n\n{CODE}\nEnd.\n"),
                "{page}"
            );
        }
    }

    #[test]
    fn code_without_end_is_over_with_the_element_round_it() {
        let page = "<div><pre><div>a</div>b</div><p>Words.</p><ul><li><pre>c</li><li>d</li></ul>";
        assert_eq!(
            parse(page).text,
            "```\na\nb\n```\n\nWords.\n\n```\nc\n```\n\n- d\n"
        );
    }

    #[test]
    fn lines_of_code_that_are_one_in_the_file_are_of_that_line() {
        let page = "<p>a</p>\n<pre><div>b</div><div>c</div><div>d</div></pre>\n<p>e</p>";
        let page = parse(page);
        assert_eq!(page.text, "a\n\n```\nb\nc\nd\n```\n\ne\n");
        assert_eq!(page.file_lines, Some(vec![1, 2, 2, 2, 2, 2, 2, 3, 3]));
    }
}
