//! The tables of an HTML page; one that only puts numbers beside the lines of code is that code.

use super::named::Anchors;
use super::page::{Page, Region};
use super::spans::Spans;
use crate::lookup::clean::one_line;
use crate::lookup::document::BlockKind;

/// Between the lines of code in a cell: a row is one line.
const LINE_END: &str = "<br>";
/// Between what a row says and what the one below it says of that.
const DESCRIBED: &str = " — ";
/// Letters of the longest cell that leads to another page.
const WAY_LETTERS_MAX: usize = 40;

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Table {
    /// Tables that are open, one within the other.
    depth: usize,
    rows: Vec<(Vec<String>, u32)>,
    /// Its cells that stand in several rows.
    spans: Spans,
    /// Whether the cell that is open keeps its lines, or is called a gutter.
    is_preformatted: bool,
    /// Whether the cell before held nothing but numbers of lines.
    has_gutter: bool,
    /// Whether code is read, of which the lines are kept.
    has_lines: bool,
    /// Whether what is read belongs to the last cell of the row above.
    goes_on: bool,
}

impl Table {
    /// Tells whether it is a row of ways to other pages, as Texinfo writes them: `[ < ] [ Up ] [ > ]`.
    fn only_leads_on(&self) -> bool {
        let is_way = |cell: &&String| {
            let inner = cell
                .strip_prefix('[')
                .and_then(|cell| cell.strip_suffix(']'));
            inner.is_some() && cell.len() <= WAY_LETTERS_MAX
        };
        let [(cells, _)] = self.rows.as_slice() else {
            return false;
        };
        let mut said = cells.iter().filter(|cell| !cell.is_empty());
        said.clone().count() > 1 && said.all(|cell| is_way(&cell))
    }

    /// The cell that has the first of several rows for itself: the name of the file, above code.
    fn title(&self) -> Option<(&str, u32)> {
        match self.rows.as_slice() {
            [(cells, line), _, ..] => match cells.as_slice() {
                [title] if !title.is_empty() => Some((title, *line)),
                _ => None,
            },
            _ => None,
        }
    }

    fn has_only_numbers(&self) -> bool {
        let titles = usize::from(self.title().is_some());
        let rows = self.rows.iter().skip(titles);
        rows.flat_map(|(cells, _)| cells)
            .all(|cell| cell.is_empty() || are_line_numbers(cell))
    }
}

/// A table of which one column is code.
pub(super) struct CodeTable {
    depth: usize,
    column: usize,
    /// The column that is open.
    at: usize,
    in_cell: bool,
}

impl CodeTable {
    /// Tells whether what is read now is code.
    pub(super) fn is_read(&self) -> bool {
        self.in_cell && self.at == self.column
    }
}

fn are_line_numbers(words: &str) -> bool {
    let mut words = words.split(|letter: char| letter.is_whitespace() || letter == '`');
    let mut has_number = false;
    words.all(|word| {
        has_number |= !word.is_empty();
        word.bytes().all(|byte| byte.is_ascii_digit())
    }) && has_number
}

impl Page {
    pub(super) fn begin_table(&mut self) {
        if let Some(code) = &mut self.code_table {
            code.depth += 1;
            return;
        }
        if let Some(table) = &mut self.table {
            table.depth += 1;
            return;
        }
        self.finish_region();
        self.region = Region::Paragraph;
        self.table = Some(Table {
            depth: 1,
            ..Table::default()
        });
    }

    /// Tells whether a table is open.
    pub(super) fn has_table(&self) -> bool {
        self.table.is_some() || self.code_table.is_some()
    }

    /// Tells whether the table that is open was found to be code.
    pub(super) fn is_code_table(&self) -> bool {
        self.code_table.is_some()
    }

    /// Tells whether the cells of the outermost table are being read.
    pub(super) fn in_table(&self) -> bool {
        self.code_table.is_some() || self.table.as_ref().is_some_and(|table| table.depth == 1)
    }

    /// Begins what is a block outside tables.
    pub(super) fn begin_in_table(&mut self, region: Region) {
        self.space = true;
        let is_empty = self.words.trim().is_empty();
        let Some(table) = self.table.as_mut().filter(|table| table.depth == 1) else {
            return;
        };
        if !matches!(region, Region::Code(_)) {
            return;
        }
        table.is_preformatted = true;
        table.has_lines = true;
        if !is_empty && !self.words.ends_with('\n') {
            self.words.push('\n');
        }
        if table.has_gutter && is_empty {
            self.begin_code_table(region);
        }
    }

    /// Makes code of the cell that is open and of those below it, if nothing but numbers came before.
    fn begin_code_table(&mut self, region: Region) {
        let Some(table) = self.table.take_if(|table| table.has_only_numbers()) else {
            return;
        };
        let column = table.rows.last().map_or(0, |(cells, _)| cells.len());
        self.space = false;
        self.words.clear();
        self.word_lines.clear();
        if let Some((title, line)) = table.title() {
            self.paragraph("", title, &[line], false);
        }
        self.region = region;
        self.code_table = Some(CodeTable {
            depth: 1,
            column,
            at: column,
            in_cell: true,
        });
    }

    /// Ends a line of the code in a cell, if such code is open.
    pub(super) fn end_line_of_cell(&mut self) {
        let has_lines = self.table.as_ref().is_some_and(|table| table.has_lines);
        if has_lines && !self.words.is_empty() && !self.words.ends_with('\n') {
            self.words.push('\n');
        }
    }

    /// Ends the code in a cell.
    pub(super) fn end_code_of_cell(&mut self) {
        self.end_line_of_cell();
        if let Some(table) = &mut self.table {
            table.has_lines = false;
        }
    }

    /// Begins a row that only describes what stands in the last cell of the one above it.
    pub(super) fn row_goes_on(&mut self) {
        let is_below = |table: &Table| table.depth == 1 && !table.rows.is_empty();
        if self.code_table.is_some() || !self.table.as_ref().is_some_and(is_below) {
            self.row();
            return;
        }
        self.finish_cell();
        if let Some(table) = &mut self.table {
            table.goes_on = true;
        }
    }

    /// Begins a row of the outermost table; those of inner ones are text.
    pub(super) fn row(&mut self) {
        if let Some(code) = self.code_table.as_mut().filter(|code| code.depth == 1) {
            (code.at, code.in_cell) = (0, false);
            if !self.words.is_empty() && !self.words.ends_with('\n') {
                self.words.push('\n');
            }
            return;
        }
        self.finish_cell();
        let line = self.line;
        if let Some(table) = self.table.as_mut().filter(|table| table.depth == 1) {
            table.rows.push((Vec::new(), line));
            table.has_gutter = false;
            table.goes_on = false;
        }
    }

    /// Begins a cell, of which the page may say that it holds numbers of lines, or code.
    pub(super) fn cell(&mut self, is_gutter: bool, is_code: bool) {
        if let Some(code) = self.code_table.as_mut().filter(|code| code.depth == 1) {
            code.at += 1;
            code.in_cell = true;
            return;
        }
        self.finish_cell();
        let line = self.line;
        if let Some(table) = self.table.as_mut().filter(|table| table.depth == 1) {
            if table.rows.is_empty() {
                table.rows.push((Vec::new(), line));
            }
            if let Some((cells, _)) = table.rows.last_mut().filter(|_| !table.goes_on) {
                cells.push(String::new());
            }
            table.is_preformatted = is_gutter;
            table.has_lines = false;
            if table.has_gutter && is_code {
                self.begin_code_table(Region::Code(String::new()));
            }
        }
    }

    /// Says that the cell that is open stands in so many `rows`.
    pub(super) fn cell_in_rows(&mut self, rows: usize) {
        let table = self.table.as_mut().filter(|table| table.depth == 1);
        if let Some(table) = table.filter(|table| !table.goes_on)
            && let Some(row) = table.rows.len().checked_sub(1)
            && let Some(place) = table
                .rows
                .last()
                .and_then(|(cells, _)| cells.len().checked_sub(1))
        {
            table.spans.add(row, place, rows);
        }
    }

    pub(super) fn end_cell(&mut self) {
        if let Some(code) = self.code_table.as_mut().filter(|code| code.depth == 1) {
            code.in_cell = false;
        }
    }

    fn finish_cell(&mut self) {
        if self.table.as_ref().is_none_or(|table| table.depth != 1) {
            self.space = true;
            return;
        }
        self.close_code();
        let words = std::mem::take(&mut self.words);
        self.word_lines.clear();
        self.spans.clear();
        self.space = false;
        self.script = None;
        let Some(table) = &mut self.table else {
            return;
        };
        table.has_gutter = table.is_preformatted && are_line_numbers(&words);
        if let Some((cells, _)) = table.rows.last_mut()
            && let Some(cell) = cells.last_mut()
        {
            let lines = words.lines().map(one_line).filter(|line| !line.is_empty());
            let lines: Vec<String> = lines.collect();
            let end = if table.has_gutter { " " } else { LINE_END };
            if !(cell.is_empty() || lines.is_empty()) {
                cell.push_str(DESCRIBED);
            }
            cell.push_str(&lines.join(end).replace('|', "\\|"));
        }
    }

    pub(super) fn end_table(&mut self) {
        if let Some(code) = &mut self.code_table {
            code.depth -= 1;
            if code.depth == 0 {
                self.code_table = None;
                self.finish_region();
            }
            return;
        }
        self.finish_cell();
        self.anchors = Anchors::default();
        let Some(mut table) = self.table.take() else {
            return;
        };
        if table.depth > 1 {
            table.depth -= 1;
            self.table = Some(table);
            return;
        }
        std::mem::take(&mut table.spans).spread(&mut table.rows);
        table
            .rows
            .retain(|(cells, _)| cells.iter().any(|cell| !cell.is_empty()));
        let Some((first, line)) = table.rows.first() else {
            return;
        };
        if table.only_leads_on() {
            return;
        }
        let columns = first.len();
        self.begin_block(BlockKind::Table { head: 2 }, *line, false);
        for (number, (cells, line)) in table.rows.iter().enumerate() {
            self.push_line(format!("| {} |", cells.join(" | ")), *line);
            if number == 0 {
                self.push_line(format!("|{}", " --- |".repeat(columns)), *line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    const CODE: &str = "```\ndef f(x):\n    return 1\n```\n";

    #[test]
    fn code_beside_its_line_numbers_is_code() {
        for page in [
            "<table class=highlighttable><tr><td class=linenos><div><pre>1\n2</pre></div></td>\
             <td class=code><div>\n<pre><b>def</b> f(x):\n    return 1\n</pre></div></td></tr></table>",
            "<pre><code><table class=rouge-table><tr><td class='gutter gl'><pre class=lineno>1\n2\n</pre></td>\
             <td class=code><pre>def f(x):\n    return 1\n</pre></td></tr></table></code></pre>",
            "<figure class=highlight><table><tr><td class=gutter><pre><span>1</span><br><span>2</span></pre></td>\
             <td class=code><pre><i>def f(x):</i><br><i>    return 1</i><br></pre></td></tr></table></figure>",
            "<table><tr><td class=lntd><pre><code>1\n2\n</code></pre></td>\
             <td class=lntd><pre><code>def f(x):\n    return 1\n</code></pre></td></tr></table>",
            "<table><tr>\n<td><pre>1</pre></td>\n<td><pre>def f(x):\n</pre></td>\n</tr>\n\
             <tr>\n<td><pre>2</pre></td>\n<td><pre>    return 1\n</pre></td>\n</tr></table>",
            "<table><tr><td class=gutter>1\n2</td><td class=code>def f(x):\n    return 1</td></tr></table>",
        ] {
            assert_eq!(parse(page).text, CODE, "{page}");
            let text = parse(&format!("{page}<p>End.</p>")).text;
            assert_eq!(text, format!("{CODE}\nEnd.\n"), "{page}");
        }
    }

    #[test]
    fn a_row_of_one_cell_above_numbered_code_is_its_title() {
        let page = "<table class=highlighttable><tr><th colspan=2 class=filename><span class=filename>sort.py</span></th></tr>\
            <tr><td class=linenos><div><pre><span></span>1\n2</pre></div></td><td class=code><div><pre><span></span>\
            <code>def f(x):\n    return 1\n</code></pre></div></td></tr></table><p>End.</p>";
        assert_eq!(parse(page).text, format!("sort.py\n\n{CODE}\nEnd.\n"));
    }

    #[test]
    fn a_table_with_numbers_and_code_among_other_cells_stays_a_table() {
        let page = "<table><tr><th>No<th>Call</tr><tr><td><pre>1</pre></td><td><pre>f(x)</pre></td></tr></table>";
        let text = parse(page).text;
        assert!(text.contains("f(x) |") && !text.contains("```"), "{text}");
    }

    #[test]
    fn lines_of_code_in_a_cell_stay_apart() {
        let row = "<td>None</td></tr><tr><td>More</td><td>None</td></tr><tr><td>More</td><td>None</td></tr></table>";
        for code in [
            "<pre>Vector4d v4;\nVectorXf v5; // empty\nArrayXf v6(size);</pre>",
            "<div class=fragment><div class=line>Vector4d  v4;</div><div class=line>VectorXf v5; <i>// empty</i></div>\n\
             <div class=line>ArrayXf v6(size);</div></div>",
        ] {
            let text = parse(&format!("<table><tr><th>Objects</th><th>Notes</th></tr><tr><td>Of one\ndimension {code}</td>{row}")).text;
            let lines =
                "Of one dimension<br>Vector4d v4;<br>VectorXf v5; // empty<br>ArrayXf v6(size);";
            assert!(text.contains(&format!("| {lines} | None |\n")), "{text}");
        }
    }

    #[test]
    fn a_row_that_describes_the_one_above_goes_on_with_it() {
        let page = "<table class=memberdecls><tr class='memitem:'><td>class &#160;</td><td>Rope&lt; T &gt;</td></tr>\
            <tr class='memdesc:'><td>&#160;</td><td>What holds.<br></td></tr><tr class='separator:'><td colspan=2>&#160;</td></tr>\
            <tr class='memitem:'><td>class</td><td>Knot</td></tr></table>";
        let text = parse(page).text;
        assert!(
            text.contains("| class | Rope< T > — What holds. |\n"),
            "{text}"
        );
        assert!(text.ends_with("| class | Knot |\n"), "{text}");
    }

    #[test]
    fn a_row_of_ways_to_other_pages_is_left_out() {
        let row = "<tr><td>[<a href=a> &lt; </a>]</td><td>[<a href=b> Up </a>]</td><td> &nbsp; </td><td>[<a href=c>Top</a>]</td></tr>";
        let page = format!(
            "<table>{row}</table><h1>Ropes</h1><table>{row}<tr><td>[one]</td><td>more</td></tr></table>"
        );
        let text = parse(&page).text;
        assert!(text.starts_with("# Ropes\n\n| [ < ] |"), "{text}");
    }

    #[test]
    fn a_gutter_that_is_no_gutter_is_read() {
        let page =
            "<table><tr><td class=gutter>Words of the margin</td><td><p>Text</p></td></tr></table>";
        assert!(parse(page).text.contains("Words of the margin | Text"));
    }
}
