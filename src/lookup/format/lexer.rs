//! Tokens of the small languages that describe interfaces (GraphQL, protobuf), with their lines and comments.

use super::comment;

/// What begins a comment that ends with its line; block comments are `/* … */` where this is `//`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    Hash,
    Slashes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a number.
    Word,
    /// The inside of quotes.
    Text,
    /// One character.
    Mark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// From 1.
    pub(super) line: u32,
    /// The comment that ends right above, or before it on its line.
    pub(super) above: String,
    /// The comment behind it on its line.
    pub(super) behind: String,
}

/// Reads tokens one by one, so that a long file needs little memory.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    comments: Comments,
    ahead: Option<Token<'a>>,
    /// Lines of the braces that are open.
    braces: Vec<u32>,
    /// How many words were read.
    words: usize,
    /// Line of a text of several lines that never ends.
    unended: Option<u32>,
    /// Line where the last token that was taken ends.
    end: u32,
    /// The last comment behind a token that was taken, until somebody wants it.
    behind: String,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, comments: Comments) -> Self {
        let mut lexer = Self {
            text,
            at: 0,
            line: 1,
            comments,
            ahead: None,
            braces: Vec::new(),
            words: 0,
            unended: None,
            end: 1,
            behind: String::new(),
        };
        lexer.ahead = lexer.read();
        lexer
    }

    /// Returns the next token without taking it.
    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.ahead.as_ref()
    }

    /// Tells whether the next token is this mark or word.
    pub(super) fn is_next(&self, text: &str) -> bool {
        self.ahead
            .as_ref()
            .is_some_and(|token| token.kind != Kind::Text && token.text == text)
    }

    /// Takes the next token if it is this mark or word.
    pub(super) fn take(&mut self, text: &str) -> Option<Token<'a>> {
        if self.is_next(text) {
            self.next()
        } else {
            None
        }
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn take_kind(&mut self, kind: Kind) -> Option<Token<'a>> {
        let fits = self.ahead.as_ref().is_some_and(|token| token.kind == kind);
        if fits { self.next() } else { None }
    }

    /// Takes one value: a token, or everything between its brackets; returns how it is written.
    pub(super) fn take_value(&mut self) -> String {
        let mut depth = 0_usize;
        let mut written = String::new();
        while let Some(token) = self.peek() {
            let opens = token.kind == Kind::Mark && "([{<".contains(token.text);
            let closes = token.kind == Kind::Mark && ")]}>".contains(token.text);
            if closes && depth == 0 {
                break;
            }
            let Some(token) = self.next() else { break };
            if written.len() < VALUE_BYTES_MAX {
                let quote = if token.kind == Kind::Text { "\"" } else { "" };
                let follows = |letter: char| letter.is_alphanumeric() || ",\"".contains(letter);
                let is_word = token.kind == Kind::Word && written.ends_with(follows);
                let gap = if is_word || token.kind == Kind::Text && written.ends_with('"') {
                    " "
                } else {
                    ""
                };
                written.extend([gap, quote, token.text, quote]);
            } else if !written.ends_with('…') {
                written.push_str(" …");
            }
            depth += usize::from(opens);
            depth -= usize::from(closes);
            if depth == 0 {
                break;
            }
        }
        written
    }

    /// Returns the line where the last token that was taken ends.
    pub(super) fn end(&self) -> u32 {
        self.end
    }

    /// Returns the last comment behind a token that was taken since this was asked.
    pub(super) fn take_behind(&mut self) -> String {
        std::mem::take(&mut self.behind)
    }

    /// Returns why a file that was taken to its end is not whole, or what of it was left out, for people.
    pub(super) fn cut(&self) -> Option<String> {
        if self.ahead.is_some() {
            return None;
        }
        if self.words > WORDS_MAX {
            return Some(format!("what is beyond {WORDS_MAX} names"));
        }
        let brace = self.braces.last();
        let cut =
            |line: &u32, what: &str| format!("ends before the {what} of line {line} is closed");
        self.unended
            .map(|line| cut(&line, "text"))
            .or_else(|| brace.map(|line| cut(line, "`{`")))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on by `bytes` and returns what was there.
    fn advance(&mut self, bytes: usize) -> &'a str {
        let taken = self.rest().get(..bytes).unwrap_or(self.rest());
        self.at += taken.len();
        let ends = taken.matches('\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        taken
    }

    /// Takes white space and comments; returns what the comment says that touches what follows.
    fn gap(&mut self) -> String {
        let mut above = String::new();
        loop {
            let rest = self.rest();
            let spaces = rest.len()
                - rest
                    .trim_start_matches(|letter: char| {
                        letter.is_whitespace() || letter == '\u{feff}'
                    })
                    .len();
            if self.advance(spaces).matches('\n').count() > 1 {
                above.clear();
            }
            match self.comment() {
                Some(comment) => comment::add(&mut above, comment),
                None => return comment::whole(&above),
            }
        }
    }

    /// Takes a comment, with its marks.
    fn comment(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let marks = match self.comments {
            Comments::Hash => "#",
            Comments::Slashes => "//",
        };
        if rest.starts_with(marks) {
            let end = rest.find('\n').unwrap_or(rest.len());
            return Some(self.advance(end));
        }
        if self.comments == Comments::Slashes && rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
            return Some(self.advance(end));
        }
        None
    }

    /// Takes the comment behind a token on its line.
    fn behind(&mut self) -> String {
        let rest = self.rest();
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let after = rest.get(spaces..).unwrap_or_default();
        // A comment between stars is of what is before it if nothing but a brace follows on its line.
        let is_block = || {
            let line = after.lines().next().unwrap_or_default();
            let inside = line.strip_prefix("/*");
            let rest = inside.and_then(|line| line.split_once("*/"));
            let rest = rest.map(|(_, rest)| rest.trim());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('}'))
        };
        let is_comment = match self.comments {
            Comments::Hash => after.starts_with('#'),
            Comments::Slashes => after.starts_with("//") || is_block(),
        };
        let mut behind = String::new();
        if is_comment {
            self.advance(spaces);
            comment::add(&mut behind, self.comment().unwrap_or_default());
        }
        behind
    }

    fn read(&mut self) -> Option<Token<'a>> {
        let above = self.gap();
        let line = self.line;
        let rest = self.rest();
        let first = rest.chars().next()?;
        let (kind, text) = if let Some(end) = number_end(rest) {
            (Kind::Word, self.advance(end))
        } else if is_word(first) {
            let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            (Kind::Word, self.advance(end))
        } else if rest.starts_with("\"\"\"") {
            (Kind::Text, self.quoted("\"\"\""))
        } else if first == '"' {
            (Kind::Text, self.quoted("\""))
        } else if first == '\'' {
            (Kind::Text, self.quoted("'"))
        } else {
            (Kind::Mark, self.advance(first.len_utf8()))
        };
        self.words += usize::from(kind == Kind::Word);
        if self.words > WORDS_MAX {
            return None;
        }
        Some(Token {
            kind,
            text,
            line,
            above,
            behind: self.behind(),
        })
    }

    /// Takes a text between quotes; one that does not end on its line ends there, unless it has three quotes.
    fn quoted(&mut self, quote: &str) -> &'a str {
        let line = self.line;
        self.advance(quote.len());
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.char_indices().find(|&(at, letter)| {
            let ends = !escaped && rest.get(at..).is_some_and(|rest| rest.starts_with(quote));
            escaped = letter == '\\' && !escaped;
            ends || letter == '\n' && quote.len() == 1
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        let text = self.advance(end);
        if self.rest().starts_with(quote) {
            self.advance(quote.len());
        } else if quote.len() > 1 {
            self.unended = Some(line);
        }
        text
    }
}

/// Words of a file, names and numbers: beyond that it is data. Whatever a file declares has one, and each may cost some hundred bytes
/// while the file is read.
const WORDS_MAX: usize = 1_000_000;
/// Bytes of a value that are quoted: a default of many pages is data.
const VALUE_BYTES_MAX: usize = 2_000;

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.ahead.take()?;
        let below = token.text.matches('\n').count();
        let below = u32::try_from(below).unwrap_or(u32::MAX);
        self.end = token.line.saturating_add(below);
        if !token.behind.is_empty() {
            self.behind.clone_from(&token.behind);
        }
        match (token.kind, token.text) {
            (Kind::Mark, "{") => self.braces.push(token.line),
            (Kind::Mark, "}") => drop(self.braces.pop()),
            _ => {}
        }
        self.ahead = self.read();
        Some(token)
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Returns where the number ends that `text` begins with: `-1`, `0.5`, `1e-9`, `0x1F`.
fn number_end(text: &str) -> Option<usize> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let is_hex = digits.starts_with("0x") || digits.starts_with("0X");
    let mut before = '0';
    let end = digits.char_indices().find(|&(at, letter)| {
        let rest = digits.get(at + letter.len_utf8()..).unwrap_or_default();
        let is_followed = rest.starts_with(|next: char| next.is_ascii_digit());
        let belongs = is_word(letter)
            || letter == '.' && is_followed
            || matches!(letter, '+' | '-') && matches!(before, 'e' | 'E') && !is_hex && is_followed;
        before = letter;
        !belongs
    });
    let end = end.map_or(digits.len(), |(at, _)| at);
    Some(end + text.len() - digits.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_come_with_their_lines_and_comments() {
        let text = "// gone\n\n// One.\n/* Two. */\nrpc Get ( \"a\\\"b\" ); // behind\n}";
        let tokens: Vec<Token<'_>> = Lexer::new(text, Comments::Slashes).collect();
        let shown: Vec<(&str, u32)> = tokens
            .iter()
            .map(|token| (token.text, token.line))
            .collect();
        assert_eq!(
            shown,
            [
                ("rpc", 5),
                ("Get", 5),
                ("(", 5),
                ("a\\\"b", 5),
                (")", 5),
                (";", 5),
                ("}", 6)
            ]
        );
        assert_eq!(tokens[0].above.trim(), "One.\nTwo.");
        assert_eq!(tokens[5].behind, "behind");
    }

    #[test]
    fn a_value_is_taken_with_its_brackets() {
        let mut lexer = Lexer::new("{a: [1, \"x\"], b: y} next", Comments::Hash);
        assert_eq!(lexer.take_value(), "{a:[1,\"x\"], b:y}");
        assert!(lexer.is_next("next"));
    }

    #[test]
    fn a_number_is_one_token_with_its_sign_and_what_is_behind_its_point() {
        let text = "-1 0.5 -2.5e-9 0x1F 15 to 20 v1.2 a-b 3.";
        let tokens = Lexer::new(text, Comments::Hash).map(|token| token.text);
        assert_eq!(
            tokens.collect::<Vec<_>>(),
            [
                "-1", "0.5", "-2.5e-9", "0x1F", "15", "to", "20", "v1", ".", "2", "a", "-", "b",
                "3", "."
            ]
        );
    }

    #[test]
    fn a_comment_between_stars_behind_a_token_is_of_it() {
        let text = "a; /* One. */\nb; /* Two. */ c /* Three\n */ d /* Four. */ }";
        let tokens: Vec<Token<'_>> = Lexer::new(text, Comments::Slashes).collect();
        assert_eq!(tokens[1].behind.trim(), "One.");
        assert_eq!(tokens[3].behind, "");
        assert_eq!(tokens[4].above.trim(), "Two.");
        assert_eq!(tokens[5].behind.trim(), "Four.");
    }

    #[test]
    fn a_file_that_ends_early_says_where_it_was() {
        let cut = |text: &str| {
            let mut lexer = Lexer::new(text, Comments::Hash);
            while lexer.next().is_some() {}
            lexer.cut()
        };
        assert_eq!(cut("a {\n b { } }"), None);
        assert_eq!(
            cut("a {\n b {\n c }").as_deref(),
            Some("ends before the `{` of line 1 is closed")
        );
        assert_eq!(
            cut("a {\n \"\"\" words\n").as_deref(),
            Some("ends before the text of line 2 is closed")
        );
    }

    proptest! {
        #[test]
        fn any_text_has_tokens_and_an_end(text in "[ -~\n\"'#/*\u{e9}{}()]{0,200}") {
            for comments in [Comments::Hash, Comments::Slashes] {
                prop_assert!(Lexer::new(&text, comments).count() <= text.len());
                let mut lexer = Lexer::new(&text, comments);
                while lexer.peek().is_some() {
                    lexer.take_value();
                    lexer.next();
                }
            }
        }
    }
}
