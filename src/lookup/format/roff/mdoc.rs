//! The macros of mdoc(7), which say what words are and call one another within a line.

use super::Reader;
use super::escape::Font;
use super::input::arguments;

/// Bytes of the longest name that is said again: each line may do so.
const NAME_BYTES_MAX: usize = 200;
/// Macros that words of a line are taken for.
const CALLABLE: &str = "Ac Ad Ao Ap Aq Ar At Bc Bo Bq Brc Bro Brq Bsx Bx Cd Cm Dc Do Dq Dv Dx Ec Em En Eo Er Es Ev Fa Fc Fl Fn Fo \
    Fr Ft Fx Ic In Li Lk Mt Ms Nd Nm No Ns Nx Oc Oo Op Ot Ox Pa Pc Pf Po Pq Qc Ql Qo Qq Sc So Sq St Sx Sy Ta Tn Ux Va Vt Xc Xo Xr An \
    Lb Fd Ex Rv Bt Ud";
/// What encloses the rest of a line.
const ENCLOSING: [(&str, &str, &str); 9] = [
    ("Op", "[", "]"),
    ("Aq", "<", ">"),
    ("Bq", "[", "]"),
    ("Brq", "{", "}"),
    ("Dq", "“", "”"),
    ("Pq", "(", ")"),
    ("Qq", "\"", "\""),
    ("Sq", "‘", "’"),
    ("En", "", ""),
];
/// What opens and closes as lines go on.
const OPENING: [(&str, &str); 8] = [
    ("Oo", "["),
    ("Ao", "<"),
    ("Bo", "["),
    ("Bro", "{"),
    ("Do", "“"),
    ("Po", "("),
    ("Qo", "\""),
    ("So", "‘"),
];
const CLOSING: [(&str, &str); 8] = [
    ("Oc", "]"),
    ("Ac", ">"),
    ("Bc", "]"),
    ("Brc", "}"),
    ("Dc", "”"),
    ("Pc", ")"),
    ("Qc", "\""),
    ("Sc", "’"),
];
/// Systems, as they are called.
const SYSTEMS: [(&str, &str); 6] = [
    ("Bsx", "BSD/OS"),
    ("Dx", "DragonFly"),
    ("Fx", "FreeBSD"),
    ("Nx", "NetBSD"),
    ("Ox", "OpenBSD"),
    ("Ux", "UNIX"),
];
const STANDARDS: [(&str, &str); 16] = [
    ("-ansiC", "ANSI X3.159-1989 (“ANSI C89”)"),
    ("-ansiC-89", "ANSI X3.159-1989 (“ANSI C89”)"),
    ("-isoC", "ISO/IEC 9899:1990 (“ISO C90”)"),
    ("-isoC-90", "ISO/IEC 9899:1990 (“ISO C90”)"),
    ("-isoC-99", "ISO/IEC 9899:1999 (“ISO C99”)"),
    ("-isoC-2011", "ISO/IEC 9899:2011 (“ISO C11”)"),
    ("-p1003.1", "IEEE Std 1003.1 (“POSIX.1”)"),
    ("-p1003.1-88", "IEEE Std 1003.1-1988 (“POSIX.1”)"),
    ("-p1003.1-90", "IEEE Std 1003.1-1990 (“POSIX.1”)"),
    ("-p1003.1-2001", "IEEE Std 1003.1-2001 (“POSIX.1”)"),
    ("-p1003.1-2004", "IEEE Std 1003.1-2004 (“POSIX.1”)"),
    ("-p1003.1-2008", "IEEE Std 1003.1-2008 (“POSIX.1”)"),
    ("-p1003.2", "IEEE Std 1003.2 (“POSIX.2”)"),
    ("-p1003.2-92", "IEEE Std 1003.2-1992 (“POSIX.2”)"),
    (
        "-susv2",
        "Version 2 of the Single UNIX Specification (“SUSv2”)",
    ),
    (
        "-xpg4.2",
        "X/Open Portability Guide Issue 4, Version 2 (“XPG4.2”)",
    ),
];

/// What a page in mdoc said so far.
#[derive(Debug, Default)]
pub(super) struct State {
    is_on: bool,
    /// What it is about: `Nm` alone says it again.
    name: String,
    lists: Vec<List>,
    /// Whether each display that is open is code.
    displays: Vec<bool>,
    /// Terms that go on in the next line.
    terms: usize,
    /// Whether words stand without a space between them.
    is_close: bool,
    /// Whether the parameters of a function are being told, and one was.
    call: Option<bool>,
    /// Whether a reference is being told, and a part of it was.
    reference: Option<bool>,
}

impl State {
    /// Tells whether the page is one of mdoc, as `name` may be the first to say.
    pub(super) fn is_mdoc(&mut self, name: &str) -> bool {
        self.is_on |= matches!(name, "Dd" | "Dt" | "Os");
        self.is_on
    }
}

#[derive(Debug)]
struct List {
    kind: Kind,
    count: usize,
    /// Of one in columns, the rows, and the cells of the one that is open.
    rows: Vec<Vec<String>>,
    row: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bullets,
    Numbers,
    Plain,
    Terms,
    Columns,
}

impl Reader<'_> {
    /// Does what a macro of mdoc says; tells whether `name` is one.
    pub(super) fn mdoc(&mut self, name: &str, rest: &str) -> bool {
        match name {
            "Dd" | "Os" | "Bk" | "Ek" | "Bf" | "Ef" | "Db" | "Hf" => {}
            "Dt" => {
                let mut words = arguments(rest).into_iter();
                self.page.name = words.next().unwrap_or_default();
                self.page.section = words.next().unwrap_or_default();
            }
            "Sh" | "Ss" => {
                let words = arguments(rest).into_iter();
                let words: Vec<String> = words.filter(|word| !is_callable(word)).collect();
                self.mdoc.lists.clear();
                self.heading(if name == "Sh" { 2 } else { 3 }, &words.join(" "));
            }
            "Pp" | "Lp" => self.page.end_paragraph(),
            "Bl" => self.begin_list(rest),
            "It" => self.item(rest),
            "El" => self.end_list(),
            "Bd" => {
                let is_code = ["-literal", "-unfilled"]
                    .iter()
                    .any(|kind| rest.contains(kind));
                self.mdoc.displays.push(is_code);
                self.page.end_paragraph();
                self.page.set_code(is_code);
            }
            "Ed" => {
                self.mdoc.displays.pop();
                self.page.end_paragraph();
                let is_code = self.mdoc.displays.last().copied().unwrap_or_default();
                self.page.set_code(is_code);
            }
            "Dl" | "D1" => {
                let is_code = self.page.is_code;
                self.page.break_line();
                self.page.set_code(is_code || name == "Dl");
                self.inline(&arguments(rest));
                self.page.words.is_joined = false;
                self.page.end_line();
                self.page.break_line();
                self.page.set_code(is_code);
            }
            "Sm" => {
                self.page.words.space();
                self.mdoc.is_close = rest.trim() == "off";
            }
            "Rs" => self.mdoc.reference = Some(false),
            "Re" => {
                if self.mdoc.reference.take() == Some(true) {
                    self.write_on(".");
                }
            }
            _ if name.starts_with('%') => {
                if self.mdoc.reference == Some(true) {
                    self.write_on(",");
                }
                self.inline(&arguments(rest));
                self.mdoc.reference = self.mdoc.reference.map(|_| true);
            }
            _ if is_callable(name) => {
                let is_own_line = ["Nm", "Fd", "In", "Ft", "Vt", "Cd", "Fo"].contains(&name);
                let follows_type = name == "Fo" && !self.page.words.is_empty();
                if self.page.is_synopsis
                    && is_own_line
                    && !follows_type
                    && self.mdoc.lists.is_empty()
                {
                    self.page.break_line();
                }
                let mut words = vec![name.to_owned()];
                words.extend(arguments(rest));
                self.inline(&words);
                if self.page.is_synopsis && matches!(name, "Fn" | "Fc") {
                    self.write_on(";");
                    self.page.break_line();
                }
                self.end_mdoc_line();
            }
            _ => return false,
        }
        true
    }

    fn end_mdoc_line(&mut self) {
        if self.mdoc.terms == 0 && !self.is_in_columns() {
            self.page.end_line();
        }
    }

    fn is_in_columns(&self) -> bool {
        self.mdoc
            .lists
            .last()
            .is_some_and(|list| list.row.is_some())
    }

    fn begin_list(&mut self, rest: &str) {
        let kinds = [
            (Kind::Bullets, &["-bullet", "-dash", "-hyphen"][..]),
            (Kind::Numbers, &["-enum"]),
            (Kind::Plain, &["-item"]),
            (Kind::Columns, &["-column"]),
        ];
        let is_said = |name: &&str| rest.split_whitespace().any(|word| word == *name);
        let kind = kinds.iter().find(|(_, names)| names.iter().any(is_said));
        self.page.begin_list();
        self.mdoc.lists.push(List {
            kind: kind.map_or(Kind::Terms, |(kind, _)| *kind),
            count: 0,
            rows: Vec::new(),
            row: None,
        });
    }

    fn item(&mut self, rest: &str) {
        self.end_row();
        let Some(list) = self.mdoc.lists.last_mut() else {
            self.page.paragraph();
            self.inline(&arguments(rest));
            return;
        };
        list.count += 1;
        match list.kind {
            Kind::Bullets => self.page.begin_item("- ".to_owned()),
            Kind::Numbers => {
                let mark = format!("{}. ", list.count);
                self.page.begin_item(mark);
            }
            Kind::Plain => self.page.paragraph(),
            Kind::Columns => {
                list.row = Some(Vec::new());
                for (at, part) in rest.split('\t').enumerate() {
                    if at > 0 {
                        self.end_cell();
                    }
                    self.inline(&arguments(part));
                }
                return;
            }
            Kind::Terms => self.page.begin_term(),
        }
        self.mdoc.terms = 0;
        self.inline(&arguments(rest));
        if self.mdoc.terms == 0 {
            self.page.words.is_joined = false;
            self.page.end_line();
        }
    }

    fn end_cell(&mut self) {
        let cell = self.page.words.take();
        let list = self.mdoc.lists.last_mut();
        if let Some(row) = list.and_then(|list| list.row.as_mut()) {
            row.push(cell.trim().to_owned());
        }
    }

    fn end_row(&mut self) {
        if !self.is_in_columns() {
            return;
        }
        self.end_cell();
        if let Some(list) = self.mdoc.lists.last_mut()
            && let Some(row) = list.row.take()
        {
            list.rows.push(row);
        }
    }

    fn end_list(&mut self) {
        self.end_row();
        self.mdoc.terms = 0;
        let Some(List { mut rows, .. }) = self.mdoc.lists.pop() else {
            return;
        };
        self.page.end_indent();
        if !rows.is_empty() {
            let most = rows.iter().map(Vec::len).max().unwrap_or_default();
            for row in &mut rows {
                row.resize(most, String::new());
            }
            self.page.table(&rows);
        }
    }

    /// Shows the words of a line, of which some are macros.
    fn inline(&mut self, words: &[String]) {
        let closing = words
            .iter()
            .rev()
            .take_while(|word| is_closing(word))
            .count();
        let count = words.len() - closing;
        let (shown, behind) = words.split_at_checked(count).unwrap_or((words, &[]));
        let mut closers: Vec<&str> = Vec::new();
        let mut rest = shown;
        while let Some((word, behind)) = rest.split_first() {
            rest = behind;
            if let Some((_, open, close)) = ENCLOSING.iter().find(|(name, _, _)| name == word) {
                self.open(open);
                closers.push(close);
            } else if is_callable(word) {
                rest = self.called(word, rest);
            } else {
                self.delimited(word, Font::Plain, "");
            }
        }
        for close in closers.iter().rev() {
            self.close(close);
        }
        for word in behind {
            self.close(word);
        }
    }

    /// Does what a macro within a line says of the words behind it; returns those it leaves.
    fn called<'w>(&mut self, name: &str, words: &'w [String]) -> &'w [String] {
        let is_word = |word: &&String| !is_callable(word) && !is_closing(word);
        let first = words.first().filter(is_word).map(String::as_str);
        let behind = |count: usize| words.get(count..).unwrap_or_default();
        if let Some((_, open)) = OPENING.iter().find(|(known, _)| *known == name) {
            self.open(open);
            return words;
        }
        if let Some((_, close)) = CLOSING.iter().find(|(known, _)| *known == name) {
            self.close(close);
            return words;
        }
        if let Some((_, system)) = SYSTEMS.iter().find(|(known, _)| *known == name) {
            self.word(system, Font::Plain);
            return words;
        }
        match name {
            "Ns" => self.page.words.is_joined = true,
            "Ap" => {
                self.write_on("'");
                self.page.words.is_joined = true;
            }
            "Pf" => {
                self.word(first.unwrap_or_default(), Font::Plain);
                self.page.words.is_joined = true;
                return behind(1);
            }
            "Eo" => {
                self.open(first.unwrap_or_default());
                return behind(usize::from(first.is_some()));
            }
            "Ec" => {
                self.close(first.unwrap_or_default());
                return behind(usize::from(first.is_some()));
            }
            "Xo" => self.mdoc.terms += 1,
            "Xc" => self.mdoc.terms = self.mdoc.terms.saturating_sub(1),
            "Ta" => self.end_cell(),
            "Xr" => {
                let section = words.get(1).filter(is_word);
                self.word(first.unwrap_or_default(), Font::Marked);
                if let Some(section) = section {
                    self.write_on(&format!("({section})"));
                }
                return behind(usize::from(first.is_some()) + usize::from(section.is_some()));
            }
            "Fn" => {
                self.word(first.unwrap_or_default(), Font::Marked);
                let count = words.iter().skip(1).take_while(is_word).count();
                let parameters = words.get(1..=count).unwrap_or_default();
                self.write_on(&format!("({})", parameters.join(", ")));
                return behind(1 + count);
            }
            "Fo" => {
                self.word(first.unwrap_or_default(), Font::Marked);
                self.write_on("(");
                self.page.words.is_joined = true;
                self.mdoc.call = Some(false);
                return behind(1);
            }
            "Fc" => {
                self.mdoc.call = None;
                self.close(")");
            }
            "Fa" => {
                let count = words.iter().take_while(is_word).count();
                for (at, word) in words.iter().take(count).enumerate() {
                    if at > 0 || self.mdoc.call == Some(true) {
                        self.write_on(",");
                    }
                    self.word(word, Font::Marked);
                }
                self.mdoc.call = self.mdoc.call.map(|_| true);
                return behind(count);
            }
            "In" => {
                let include = if self.page.is_synopsis {
                    "#include "
                } else {
                    ""
                };
                self.word(
                    &format!("{include}<{}>", first.unwrap_or_default()),
                    Font::Marked,
                );
                return behind(1);
            }
            "Lk" => {
                let count = words.iter().skip(1).take_while(is_word).count();
                let said = words.get(1..=count).unwrap_or_default();
                for word in said {
                    self.word(word, Font::Plain);
                }
                if !said.is_empty() {
                    self.write_on(":");
                }
                self.word(first.unwrap_or_default(), Font::Plain);
                return behind(1 + count);
            }
            "St" => {
                let known = STANDARDS.iter().find(|(known, _)| Some(*known) == first);
                let text = known.map_or(first.unwrap_or_default(), |(_, text)| *text);
                self.word(text, Font::Plain);
                return behind(1);
            }
            "At" => {
                let version = first.and_then(|first| first.strip_prefix('v'));
                if let Some(version) = version {
                    self.word(&format!("Version {version}"), Font::Plain);
                }
                self.word("AT&T UNIX", Font::Plain);
                return behind(usize::from(version.is_some()));
            }
            "Bx" => {
                let variant = words.get(1).filter(is_word).filter(|_| first.is_some());
                self.word(&format!("{}BSD", first.unwrap_or_default()), Font::Plain);
                if let Some(variant) = variant {
                    self.write_on(&format!("-{variant}"));
                }
                return behind(usize::from(first.is_some()) + usize::from(variant.is_some()));
            }
            "Ex" | "Rv" => {
                let names: Vec<&str> = words
                    .iter()
                    .map(String::as_str)
                    .filter(|word| *word != "-std")
                    .collect();
                let names = if names.is_empty() {
                    vec![self.mdoc.name.as_str()]
                } else {
                    names
                };
                let text = said_of_ends(name, &names.join(", "));
                self.word(&text, Font::Plain);
                return &[];
            }
            "Lb" => {
                self.word(
                    &format!("library “{}”", first.unwrap_or_default()),
                    Font::Plain,
                );
                return behind(1);
            }
            "Bt" => self.word("is currently in beta test.", Font::Plain),
            "Ud" => self.word("currently under development.", Font::Plain),
            "Nd" => self.word("–", Font::Plain),
            "An" if matches!(first, Some("-split" | "-nosplit")) => return behind(1),
            "Nm" if first.is_none() => {
                let own = self.mdoc.name.clone();
                self.word(&own, Font::Marked);
            }
            _ => return self.marked(name, words),
        }
        words
    }

    /// Shows the words up to the next macro as `name` has them.
    fn marked<'w>(&mut self, name: &str, words: &'w [String]) -> &'w [String] {
        let count = words
            .iter()
            .take_while(|word| !is_callable(word) && !is_enclosing(word))
            .count();
        let (own, rest) = words.split_at_checked(count).unwrap_or((words, &[]));
        let font = match name {
            "No" | "Tn" | "An" => Font::Plain,
            "Ql" | "Li" => Font::Code,
            _ => Font::Marked,
        };
        if name == "Nm" && self.mdoc.name.is_empty() {
            let name = own.first().filter(|name| name.len() <= NAME_BYTES_MAX);
            self.mdoc.name = name.cloned().unwrap_or_default();
        }
        let before = if name == "Fl" { "\\-" } else { "" };
        match name {
            "Ar" if own.is_empty() => {
                self.word("file", font);
                self.word("...", font);
            }
            "Fl" if own.is_empty() => {
                self.word("\\-", font);
                self.page.words.is_joined = !rest.is_empty();
            }
            "Pa" if own.is_empty() && rest.is_empty() => self.word("~", font),
            _ => own
                .iter()
                .for_each(|word| self.delimited(word, font, before)),
        }
        rest
    }

    /// Shows a word that is a mark beside others, or else in a font behind `before`.
    fn delimited(&mut self, word: &str, font: Font, before: &str) {
        if is_closing(word) {
            self.close(word);
        } else if matches!(word, "(" | "[") {
            self.open(word);
        } else if word == "|" {
            self.word(word, Font::Plain);
        } else {
            self.word(&format!("{before}{word}"), font);
        }
    }

    fn word(&mut self, word: &str, font: Font) {
        if !self.mdoc.is_close {
            self.page.words.space();
        }
        self.styled_on(word, font);
    }

    fn open(&mut self, mark: &str) {
        self.word(mark, Font::Plain);
        self.page.words.is_joined = true;
    }

    fn close(&mut self, mark: &str) {
        self.styled_on(mark, Font::Plain);
    }
}

fn is_callable(word: &str) -> bool {
    (2..=3).contains(&word.len()) && CALLABLE.split_whitespace().any(|known| known == word)
}

fn is_enclosing(word: &str) -> bool {
    ENCLOSING.iter().any(|(name, _, _)| *name == word)
}

fn is_closing(word: &str) -> bool {
    matches!(word, "." | "," | ":" | ";" | ")" | "]" | "?" | "!")
}

/// Returns what a page says of how programs or functions end.
fn said_of_ends(name: &str, names: &str) -> String {
    if name == "Ex" {
        format!("The {names} utility exits 0 on success, and >0 if an error occurs.")
    } else {
        format!(
            "The {names}() function returns the value 0 if successful; otherwise the value -1 is returned and the global variable errno \
             is set to indicate the error."
        )
    }
}
