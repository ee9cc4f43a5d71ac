//! The lists of an HTML page: what mark each item bears.

/// Lists within lists that are indented: each item repeats the indentation.
const DEPTH_MAX: usize = 32;

/// The lists that are open: the number of the next item of each, or `None` for bullets.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<Option<i32>>);

impl Lists {
    pub(super) fn begin_bullets(&mut self) {
        self.0.push(None);
    }

    pub(super) fn begin_numbers(&mut self, start: Option<&str>) {
        self.0.push(Some(start.and_then(number).unwrap_or(1)));
    }

    pub(super) fn end(&mut self) {
        self.0.pop();
    }

    /// Returns the mark of the next item, indented; `value` is the number that the page gives it.
    pub(super) fn mark(&mut self, value: Option<&str>) -> String {
        let depth = self.0.len().saturating_sub(1).min(DEPTH_MAX);
        let mark = match self.0.last_mut() {
            Some(Some(next)) => {
                let number = value.and_then(number).unwrap_or(*next);
                *next = number.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
        format!("{}{mark}", "  ".repeat(depth))
    }
}

fn number(text: &str) -> Option<i32> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn items_made_of_paragraphs_keep_their_bullet_number_and_level() {
        let page = "<ul><li><p>one</p><ul><li><p>deep</p></li></ul></li><li>two</li></ul>\
            <ol><li><div>first</div><p>more</p></li><li></li><li><p>third</p></li></ol><p>End.</p>";
        assert_eq!(
            parse(page).text,
            "- one\n  - deep\n- two\n1. first\n\nmore\n\n3. third\n\nEnd.\n"
        );
    }

    #[test]
    fn numbers_are_those_that_the_page_gives() {
        let page = "<ol start=3><li>three<li>four<li value=9>nine<li>ten</ol>\
            <ol start=x><li value=2147483647>last<li>again</ol>";
        assert_eq!(
            parse(page).text,
            "3. three\n4. four\n9. nine\n10. ten\n2147483647. last\n2147483647. again\n"
        );
    }

    #[test]
    fn an_item_that_is_code_keeps_its_number_and_an_empty_one_leaves_none() {
        let page = "<ol><li><pre>make</pre></li></ol><ul><li></li></ul><p>End.</p>";
        assert_eq!(parse(page).text, "1.\n\n```\nmake\n```\n\nEnd.\n");
    }
}
