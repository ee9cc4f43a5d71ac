//! The lists of AsciiDoc that are open, one within the other. Their marks say how deep an item is, and not how far it is indented.

/// Lists within lists: what is deeper is written like the deepest of them.
const DEPTH_MAX: usize = 12;
/// Marks of an item.
const MARKS_MAX: usize = 5;
/// Bytes of the longest term.
const TERM_BYTES_MAX: usize = 300;
/// Ends of terms, the longest first.
const TERM_ENDS: [&str; 4] = ["::::", ":::", "::", ";;"];

/// What begins an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark<'a> {
    /// `*`, `**`, `-`.
    Bullet(&'a str),
    /// `.`, `..`; nothing where it is `1.`.
    Number(&'a str),
    /// `::` and its like.
    Term(&'a str),
    /// `<1>`.
    Callout,
}

/// A line that begins an item.
pub(super) struct Item<'a> {
    mark: Mark<'a>,
    /// What its term, or its words, can be found at.
    pub(super) anchor: Option<&'a str>,
    /// Its term, or its number in the text.
    pub(super) head: &'a str,
    /// The words behind that.
    pub(super) words: &'a str,
}

impl<'a> Item<'a> {
    /// Returns what `line` begins.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let (head, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let words = rest.trim_start();
        let is_all = |mark: char| {
            (1..=MARKS_MAX).contains(&head.len()) && head.chars().all(|letter| letter == mark)
        };
        let mark = if words.is_empty() {
            None
        } else if head == "-" || is_all('*') {
            Some(Mark::Bullet(head))
        } else if is_all('.') {
            Some(Mark::Number(head))
        } else if is_number(head.strip_suffix('.')) {
            Some(Mark::Number(""))
        } else {
            let number = head
                .strip_prefix('<')
                .and_then(|head| head.strip_suffix('>'));
            (is_number(number) || number == Some(".")).then_some(Mark::Callout)
        };
        match mark {
            Some(mark) => {
                let (anchor, words) = anchored(words);
                Some(Self {
                    mark,
                    anchor,
                    head,
                    words,
                })
            }
            None => Self::term(line),
        }
    }

    /// Returns the term that `line` begins with.
    fn term(line: &'a str) -> Option<Self> {
        let mut ends = line.match_indices([':', ';']).map(|(at, _)| at);
        let (at, end) = ends.find_map(|at| {
            let rest = line.get(at..)?;
            let end = TERM_ENDS.iter().find(|end| rest.starts_with(**end))?;
            let behind = rest.get(end.len()..)?;
            let is_end = behind.is_empty() || behind.starts_with([' ', '\t']);
            is_end.then_some((at, *end))
        })?;
        let (anchor, head) = anchored(line.get(..at)?);
        let words = line.get(at + end.len()..)?.trim_start();
        let is_whole = head.matches('`').count() % 2 == 0;
        let is_term = is_whole
            && head.contains(char::is_alphanumeric)
            && !head.ends_with([' ', ':'])
            && head.len() <= TERM_BYTES_MAX;
        is_term.then_some(Self {
            mark: Mark::Term(end),
            anchor,
            head,
            words,
        })
    }
}

/// Parts the anchor that `words` begin with from them: `[[id]]words`.
fn anchored(words: &str) -> (Option<&str>, &str) {
    let parts = words
        .strip_prefix("[[")
        .and_then(|rest| rest.split_once("]]"));
    match parts {
        Some((anchor, words)) => (anchor.split(',').next(), words.trim_start()),
        None => (None, words),
    }
}

fn is_number(text: Option<&str>) -> bool {
    text.is_some_and(|text| {
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The lists that are open at a line.
#[derive(Debug, Default)]
pub(super) struct Lists<'a> {
    open: Vec<List<'a>>,
    /// White space before all of them.
    pub(super) margin: usize,
}

#[derive(Debug)]
struct List<'a> {
    mark: Mark<'a>,
    indent: usize,
    /// White space before what its item holds.
    within: usize,
    items: usize,
    /// Whether nothing was said yet of the term that it ends with.
    is_due: bool,
}

impl<'a> Lists<'a> {
    /// Lists that all have `margin`.
    pub(super) fn within(margin: usize) -> Self {
        Self {
            open: Vec::new(),
            margin,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Ends all of them.
    pub(super) fn end(&mut self) {
        self.open.clear();
    }

    /// Ends as many as there are empty lines before what goes on with an item, but for the outermost.
    pub(super) fn leave(&mut self, levels: usize) {
        let left = self.open.len().saturating_sub(levels).max(1);
        self.open.truncate(left);
    }

    /// White space before what stands inside the innermost item.
    pub(super) fn indent(&self) -> usize {
        self.open.last().map_or(self.margin, |list| list.within)
    }

    /// Whether the last that was begun is a term of which nothing is said yet.
    pub(super) fn is_due(&self) -> bool {
        self.open.last().is_some_and(|list| list.is_due)
    }

    /// Whether what is said of that stands right below it.
    pub(super) fn is_joined(&self) -> bool {
        let last = self.open.last();
        last.is_some_and(|list| list.is_due && list.within > list.indent)
    }

    /// Makes the head of a definition of the term that was begun, if it is one and not within another list: what is said of it
    /// stands below, not indented. Tells whether it did.
    pub(super) fn define(&mut self) -> bool {
        match self.open.as_mut_slice() {
            [list] if matches!(list.mark, Mark::Term(_)) && list.indent == 0 => {
                list.within = 0;
                true
            }
            _ => false,
        }
    }

    /// Says that something was said.
    pub(super) fn said(&mut self) {
        if let Some(list) = self.open.last_mut() {
            list.is_due = false;
        }
    }

    /// Begins `item`; returns the white space before it and how it is written.
    pub(super) fn begin(&mut self, item: &Item<'a>) -> (usize, String) {
        if let Some(known) = self.open.iter().position(|list| list.mark == item.mark) {
            self.open.truncate(known + 1);
        } else {
            if self.open.len() >= DEPTH_MAX {
                self.open.pop();
            }
            self.said();
            self.open.push(List {
                mark: item.mark.clone(),
                indent: self.indent(),
                within: 0,
                items: 0,
                is_due: false,
            });
        }
        let Some(list) = self.open.last_mut() else {
            return (self.margin, item.words.to_owned());
        };
        list.items += 1;
        let (head, words) = (item.head, item.words);
        let (shown, within) = match item.mark {
            Mark::Bullet(_) => (format!("- {words}"), 2),
            Mark::Number(_) => (format!("{}. {words}", list.items), 3),
            Mark::Callout => (format!("- {head} {words}"), 2),
            Mark::Term(_) if words.is_empty() => (format!("{head}::"), 2),
            Mark::Term(_) => (format!("{head}:: {words}"), 2),
        };
        list.within = list.indent + within;
        list.is_due = words.is_empty();
        (list.indent, shown)
    }
}
