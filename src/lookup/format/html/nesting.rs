//! The divisions that are open round what is read: which heading is within what another heads, and which divisions are
//! the rows and cells of a table.

use super::element::Element;
use super::page::Page;

/// Divisions round a heading, or round an end, that are looked at.
const AROUND_MAX: usize = 8;
/// Level of the lowest heading.
const LEVEL_MAX: u8 = 6;
/// What the class of a switch has in it that shows the source of what is defined beside it.
const SWITCH: &str = "view-source";

/// What a division is of a table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    None,
    /// A table by its role.
    Table,
    /// A table because its divisions call themselves columns: whether the last of a row was read.
    Grid {
        row_ended: bool,
    },
    Cell,
}

#[derive(Debug, Default)]
struct Division {
    name: String,
    id: Option<String>,
    /// Elements that had begun before this one had content.
    begun: usize,
    /// Level of the highest heading that stands in this division and in none within; 0 if there is none.
    head: u8,
    /// By how much its headings are lower than the page says.
    lower: u8,
    part: Part,
    /// Whether it begins with the head of a definition: its headings are parts of that.
    is_definition: bool,
    /// Whether a switch in it shows the source of what it defines.
    has_switch: bool,
    /// Whether the heading that it has is a name with the number of its parameters.
    is_counted: bool,
}

/// The divisions that are open.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<Division>,
    /// Elements that have begun.
    begun: usize,
    sections: usize,
    /// Whether there was a heading, and one of the highest level.
    pub(super) has_heading: bool,
    has_title: bool,
    /// Id of the division that ended last without having had content.
    empty: Option<String>,
}

impl Nesting {
    /// Counts an element that begins.
    pub(super) fn element(&mut self) {
        self.begun += 1;
    }

    /// Tells whether a section is open: what heads it is no head of the site.
    pub(super) fn in_section(&self) -> bool {
        self.sections > 0
    }

    /// Begins a division, which may be a part of a table.
    pub(super) fn begin(&mut self, element: Element<'_>, page: &mut Page) {
        self.sections += usize::from(element.name == "section");
        let part = self.part(element, page);
        self.open.push(Division {
            name: element.name.to_owned(),
            id: element.id().map(str::to_owned),
            begun: self.begun,
            head: 0,
            lower: self.open.last().map_or(0, |around| around.lower),
            part,
            is_definition: false,
            has_switch: false,
            is_counted: false,
        });
    }

    fn part(&mut self, element: Element<'_>, page: &mut Page) -> Part {
        match element.role {
            "table" | "grid" | "treegrid" => {
                page.begin_table();
                return Part::Table;
            }
            "row" if page.in_table() => page.row(),
            "cell" | "gridcell" | "columnheader" | "rowheader" if page.in_table() => {
                page.cell(false, false);
                return Part::Cell;
            }
            _ => {}
        }
        let column = element
            .classes()
            .find_map(|class| class.strip_prefix("col-"));
        let (Some(column), Some(around)) = (column, self.open.last_mut()) else {
            return Part::None;
        };
        match around.part {
            Part::None if column == "first" && !page.has_table() => {
                page.begin_table();
                page.row();
            }
            Part::Grid { row_ended: true } => page.row(),
            Part::Grid { .. } => {}
            _ => return Part::None,
        }
        around.part = Part::Grid {
            row_ended: column == "last",
        };
        page.cell(false, false);
        Part::Cell
    }

    /// Ends the innermost division `name`.
    pub(super) fn end(&mut self, name: &str, page: &mut Page) {
        let mut around = self.open.iter().rev().take(AROUND_MAX);
        let Some(within) = around.position(|open| open.name == name) else {
            return;
        };
        for _ in 0..=within {
            let Some(division) = self.open.pop() else {
                return;
            };
            self.sections -= usize::from(division.name == "section");
            match division.part {
                Part::Table | Part::Grid { .. } => page.end_table(),
                Part::Cell => page.end_cell(),
                Part::None => {}
            }
            // Whoever goes to a division that is over does not come to the heading after it, unless nothing was in it.
            let is_own = division.id.is_some() && division.id == page.anchor;
            if is_own && division.begun == self.begun {
                self.empty = division.id;
                continue;
            }
            let is_within = self.empty.is_some() && self.empty == page.anchor;
            if is_own || is_within && division.begun + 1 < self.begun {
                page.anchor = None;
            }
        }
    }

    /// Notes that a definition begins: unless a heading came before it in its division, that is all of the definition.
    pub(super) fn defines(&mut self) {
        if let Some(division) = self.open.last_mut() {
            division.is_definition |= division.head == 0;
        }
    }

    /// As [`Nesting::defines`], for the division that is open at this anchor.
    pub(super) fn defines_at(&mut self, anchor: Option<&str>) {
        let mut around = self.open.iter_mut().rev().take(AROUND_MAX);
        if anchor.is_some()
            && let Some(division) = around.find(|open| open.id.as_deref() == anchor)
        {
            division.is_definition |= division.head == 0;
        }
    }

    /// Notes an element that may be a switch, which shows the source of what the division that is open defines.
    pub(super) fn start_switch(&mut self, element: Element<'_>) {
        let is_switch =
            element.name == "input" && element.classes().any(|class| class.contains(SWITCH));
        if let Some(division) = self.open.last_mut() {
            division.has_switch |= is_switch;
        }
    }

    /// Tells whether the element is the source that a switch beside it shows.
    pub(super) fn is_source(&mut self, element: Element<'_>) -> bool {
        let is_code =
            element.name == "div" && element.classes().any(|class| class.contains("code"));
        let beside = self.open.last_mut().filter(|_| is_code);
        beside.is_some_and(|division| std::mem::take(&mut division.has_switch))
    }

    /// Tells whether what is read belongs to a definition that is a division.
    pub(super) fn in_definition(&self) -> bool {
        let mut around = self.open.iter().rev().take(AROUND_MAX);
        around.any(|division| division.is_definition)
    }

    /// Notes that the last heading is a name with the number of its parameters.
    pub(super) fn heads_counted(&mut self) {
        let mut around = self.open.iter_mut().rev().take(AROUND_MAX);
        if let Some(division) = around.find(|open| open.head > 0) {
            division.is_counted = true;
        }
    }

    /// Tells whether a heading at level `given` is a label within what such a name heads: the page says that it is higher, and what
    /// stands beside its division is none of its.
    pub(super) fn is_label(&self, given: u8) -> bool {
        let mut around = self.open.iter().rev().take(AROUND_MAX);
        let is_first = around.next().is_some_and(|division| division.head == 0);
        let head = around.find(|open| open.head > 0).filter(|_| is_first);
        head.is_some_and(|open| open.is_counted && open.head > given)
    }

    /// Returns the level of a heading that the page puts at `given`.
    ///
    /// One that is higher than the heading of a division round its own is below that: text with headings of its own was
    /// put into a page that had some.
    pub(super) fn level(&mut self, given: u8) -> u8 {
        let had_title = self.has_title;
        self.has_title |= given == 1;
        self.has_heading = true;
        let Some((division, around)) = self.open.split_last_mut() else {
            return given;
        };
        if division.head == 0 && had_title {
            let mut heads = around
                .iter()
                .rev()
                .take(AROUND_MAX)
                .map(|around| around.head);
            let head = heads.find(|head| *head > 0).unwrap_or(0);
            if head > given + division.lower {
                division.lower = head + 1 - given;
            }
        }
        let level = (given + division.lower).min(LEVEL_MAX);
        if division.head == 0 || level < division.head {
            division.head = level;
        }
        level
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document;

    #[test]
    fn divisions_that_are_columns_or_have_the_roles_of_a_table_are_its_rows() {
        let table = "Words\n\n| Type | Name |\n| --- | --- |\n| `int` | `haul()` Hauls. |\n| | `belay()` |\n\nEnd.\n";
        let columns = "<div><p>Words</p><div class='summary-table'><div class='table-header col-first'>Type</div>\
            <div class='table-header col-last'>Name</div>\n<div class='col-first odd'><code>int</code></div>\
            <div class='col-last odd'><code>haul()</code><div class=block>Hauls.</div></div><div class='col-first'></div>\
            <div class='col-last'><code>belay()</code></div></div></div><div>End.</div>";
        let roles = "<p>Words</p><div role=table><div role=rowgroup><div role=row><div role=columnheader>Type</div>\
            <div role=columnheader>Name</div></div></div><div role=rowgroup><div role=row><div role=cell><code>int</code></div>\
            <div role=cell><p><code>haul()</code><p>Hauls.</div></div><div role=row><div role=cell></div>\
            <div role=cell><code>belay()</code></div></div></div></div>End.";
        for page in [columns, roles] {
            let text = parse(page).text.replace("|  |", "| |");
            assert_eq!(text, table, "{page}");
        }
    }

    #[test]
    fn columns_of_a_layout_are_no_table() {
        let page = "<div class=row><div class=col-md-6><p>One</p></div><div class=col-6><p>Two</p></div></div>";
        assert_eq!(parse(page).text, "One\n\nTwo\n");
    }

    /// The headings of a page with their level and anchor.
    fn headings(page: &str) -> Vec<(u8, String, String)> {
        let page = parse(page);
        let headings = document::headings(&page.blocks).cloned().map(|heading| {
            let anchor = heading.anchor.unwrap_or_default();
            (heading.level, heading.title, anchor)
        });
        headings.collect()
    }

    #[test]
    fn a_heading_within_what_a_lower_one_heads_is_below_that() {
        let page = "<div><h1>Rope</h1><div><h4>Description</h4><div><p>Words.<h1>Use</h1><p>Words.<h2>More</h2></div></div>\
            <div><h4>Ancestors</h4></div></div>";
        let levels = headings(page).into_iter().map(|(level, ..)| level);
        assert_eq!(levels.collect::<Vec<_>>(), [1, 4, 5, 6, 4]);
        let page =
            "<div><h4>Menu</h4><div><h1>Rope</h1><div><h1>Use</h1><h2>More</h2></div></div></div>";
        let levels = headings(page).into_iter().map(|(level, ..)| level);
        assert_eq!(levels.collect::<Vec<_>>(), [4, 1, 1, 2]);
    }

    #[test]
    fn the_anchor_of_a_division_that_is_over_is_not_that_of_the_heading_after_it() {
        let anchors = |page: &str| {
            let anchors = headings(page).into_iter().map(|(.., anchor)| anchor);
            anchors.collect::<Vec<_>>()
        };
        assert_eq!(
            anchors("<div id=find><form><input id=box></form></div><h1>Rope</h1>"),
            [""]
        );
        assert_eq!(anchors("<div id=rope></div><h1>Rope</h1>"), ["rope"]);
        assert_eq!(
            anchors("<div id=rope><p>Class</p><h1>Rope</h1></div>"),
            ["rope"]
        );
    }

    #[test]
    fn an_empty_division_of_what_stands_beside_the_page_is_no_anchor_of_its_heading() {
        let anchor = |page: &str| {
            let page = parse(page);
            let last = document::headings(&page.blocks).last().cloned();
            last.and_then(|heading| heading.anchor)
        };
        let beside =
            "<div class=x><div><p>Words.</p></div><div id=beside></div></div><h1>Title</h1>";
        assert_eq!(anchor(beside), None);
        for page in [
            "<p>Words.</p><div id=own></div><h1>Title</h1>",
            "<p>Words.</p><div><div id=own></div></div><h1>Title</h1>",
        ] {
            assert_eq!(anchor(page).as_deref(), Some("own"), "{page}");
        }
    }

    #[test]
    fn source_that_a_switch_shows_is_left_out_and_code_in_what_is_said_stays() {
        let page = "<h1>rope</h1><section id=haul><input class=view-source-state type=checkbox aria-hidden=true><div><span \
            class=name>haul</span>()<label class=view-source-button>View Source</label></div>\
            <div class='x-code hl'><pre>def haul():\n  pass</pre></div><div class=doc><p>So:</p><div class='x-code hl'><pre>haul()</pre></div>\
            </div><div class=x-code><pre>tow()</pre></div></section>";
        assert_eq!(
            parse(page).text,
            "# rope\n\n`haul()`\n\nSo:\n\n```\nhaul()\n```\n\n```\ntow()\n```\n"
        );
    }
}
