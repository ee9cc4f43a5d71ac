//! The lists of an HTML page: what mark each item bears.

use super::element::Element;

/// Lists within lists that are indented: each item repeats the indentation.
const DEPTH_MAX: usize = 32;

/// Class of an item that is a task, of which a box shows whether it is done.
const TASKS: &[&str] = &["task-list-item"];

/// The lists that are open.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The number of the next item of each, or `None` for bullets.
    next: Vec<Option<i32>>,
    /// Whether the item that began last says that it is a task.
    pub(super) has_task: bool,
}

impl Lists {
    pub(super) fn begin_bullets(&mut self) {
        self.next.push(None);
    }

    pub(super) fn begin_numbers(&mut self, start: Option<&str>) {
        self.next.push(Some(start.and_then(number).unwrap_or(1)));
    }

    pub(super) fn end(&mut self) {
        self.next.pop();
        self.has_task = false;
    }

    /// Returns the mark of `item`, the next one, indented.
    pub(super) fn mark(&mut self, item: Element<'_>) -> String {
        self.has_task = item.has_class(TASKS);
        let depth = self.next.len().saturating_sub(1).min(DEPTH_MAX);
        let mark = match self.next.last_mut() {
            Some(Some(next)) => {
                let number = item.attribute("value").and_then(number).unwrap_or(*next);
                *next = number.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
        format!("{}{mark}", "  ".repeat(depth))
    }

    /// Returns what a checkbox at the head of an item says: one that nobody can click, or that of a task, shows what is done.
    pub(super) fn check(&self, input: Element<'_>) -> Option<&'static str> {
        let kind = input.attribute("type");
        let is_box = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
        let is_task = self.has_task || input.attribute("disabled").is_some();
        let is_done = input.attribute("checked").is_some();
        (is_box && is_task).then_some(if is_done { "[x] " } else { "[ ] " })
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
    fn items_show_whether_they_are_done() {
        let checkbox = "<input type=checkbox";
        for item in ["<li>", "<li class='task-list-item'>", "<li><p>"] {
            let page = format!(
                "<ul>{item}{checkbox} disabled checked> haul<li>{checkbox}\ndisabled='' /> tow</ul>"
            );
            assert_eq!(parse(&page).text, "- [x] haul\n- [ ] tow\n", "{item}");
        }
        let page = format!(
            "<ol><li class='task-list-item'><label>{checkbox} checked><i></i></label> haul\
             <li class='task-list-item'>{checkbox} id=t><label for=t>tow</label></ol>"
        );
        assert_eq!(parse(&page).text, "1. [x] haul\n2. [ ] tow\n");
        let page = format!(
            "<ul><li>{checkbox} checked>all<li>{checkbox} checked><label>fold</label>menu<li>a {checkbox} disabled></ul>{checkbox} disabled>"
        );
        assert_eq!(parse(&page).text, "- all\n- menu\n- a\n");
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
