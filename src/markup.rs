//! The tokens of a page of markup, in bounded time: what the digest of a page and the reader of HTML documentation share.
//!
//! The tokenizer compares each attribute of a tag with all before it: one tag of some megabytes would take it minutes.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Bytes that the tokenizer is given at a time.
const PIECE_BYTES: usize = 1024;

/// Comparisons of attributes: a second.
const COMPARISONS_MAX: usize = 1_000_000_000;

/// Gives every token of `text` to `sink`, and returns it.
///
/// # Errors
/// The sink with the tokens up to there, if a tag has so many attributes that it would take too long.
pub(crate) fn read<S: TokenSink<Handle = ()>>(text: &str, sink: S) -> Result<S, S> {
    let sink = Watched {
        sink,
        has_token: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    let (mut rest, mut attributes, mut comparisons) = (text, 0, 0_usize);
    while !rest.is_empty() {
        let piece = piece(rest);
        rest = rest.get(piece.len()..).unwrap_or_default();
        input.push_back(StrTendril::from(piece));
        let _scripts = tokenizer.feed(&input);
        // A piece without a token is all within a tag, and every attribute there has one of these before it.
        let is_between = |byte: &u8| byte.is_ascii_whitespace() || b"/\"'".contains(byte);
        let more = piece.bytes().filter(is_between).count();
        attributes = if tokenizer.sink.has_token.take() {
            0
        } else {
            comparisons = comparisons.saturating_add(attributes * more + more * more / 2);
            attributes + more
        };
        if comparisons > COMPARISONS_MAX {
            return Err(tokenizer.sink.sink);
        }
    }
    tokenizer.end();
    Ok(tokenizer.sink.sink)
}

/// Gives every token of `text` to `take`, each with its line, from 1. Of a text that would take too long, what comes before.
pub(crate) fn each(text: &str, take: impl FnMut(Token, u64)) {
    let (Ok(_) | Err(_)) = read(text, Taker(RefCell::new(take)));
}

struct Taker<F>(RefCell<F>);

impl<F: FnMut(Token, u64)> TokenSink for Taker<F> {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let take = &mut *self.0.borrow_mut();
        take(token, line);
        TokenSinkResult::Continue
    }
}

/// Returns the value of the attribute of `tag` called `name`, in small letters.
pub(crate) fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let mut attributes = tag.attrs.iter();
    let found = attributes.find(|attribute| &*attribute.name.local == name)?;
    Some(&found.value)
}

/// Tells whether an element of this style is not shown: text in it would reach the model behind a person's back.
pub(crate) fn hides(style: &str) -> bool {
    let style: String = style
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
    rules.any(|(name, value)| {
        let value = value.trim_end_matches("!important");
        let number = value.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == '%');
        match name {
            "display" => value == "none",
            "visibility" => value == "hidden",
            "font-size" | "opacity" => {
                !number.is_empty() && number.chars().all(|digit| matches!(digit, '0' | '.'))
            }
            _ => false,
        }
    })
}

/// Returns how the content of elements of this name is read that is no markup.
pub(crate) fn raw(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

/// Where a page sends its reader on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Onward<'t> {
    /// The address as it is written.
    pub(crate) target: &'t str,
    /// Whether without a delay, as a page does that has moved.
    pub(crate) is_at_once: bool,
}

/// Returns where `tag` sends the reader of its page, if it is `<meta http-equiv=refresh content="0; url=…">`.
pub(crate) fn onward(tag: &Tag) -> Option<Onward<'_>> {
    let is_start = tag.kind == TagKind::StartTag && &*tag.name == "meta";
    if !is_start || !attribute(tag, "http-equiv")?.eq_ignore_ascii_case("refresh") {
        return None;
    }
    let (before, target) = attribute(tag, "content")?.split_once('=')?;
    let seconds = before
        .split([';', ',', ' '])
        .find(|part| !part.is_empty())?;
    Some(Onward {
        target: target.trim().trim_matches(['"', '\'']),
        is_at_once: seconds.trim_matches(['0', '.']).is_empty(),
    })
}

/// The beginning of `text` that is read at once.
fn piece(text: &str) -> &str {
    let end = (0..=PIECE_BYTES.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or(text)
}

/// A sink that tells whether it was given anything.
struct Watched<S> {
    sink: S,
    has_token: Cell<bool>,
}

impl<S: TokenSink> TokenSink for Watched<S> {
    type Handle = S::Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<S::Handle> {
        if !matches!(token, Token::ParseError(_)) {
            self.has_token.set(true);
        }
        self.sink.process_token(token, line)
    }

    fn end(&self) {
        self.sink.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.sink
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Collects texts and the names of tags.
    #[derive(Default)]
    struct Words(RefCell<String>);

    impl TokenSink for Words {
        type Handle = ();

        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            let mut words = self.0.borrow_mut();
            match token {
                Token::TagToken(tag) => words.extend(["<", &tag.name, ">"]),
                Token::CharacterTokens(text) => words.push_str(&text),
                _ => {}
            }
            TokenSinkResult::Continue
        }
    }

    #[test]
    fn pieces_cut_no_letter_no_tag_and_no_reference() {
        for shift in 0..40 {
            let text = format!("{}<p class=\"ünï\">&amp;é</p>\r\n", "ä".repeat(490 + shift));
            let words = read(&text, Words::default()).unwrap_or_else(|_| Words::default());
            let wanted = format!("{}<p>&é<p>\n", "ä".repeat(490 + shift));
            assert_eq!(words.0.into_inner(), wanted);
        }
    }

    #[test]
    fn a_style_hides_what_has_no_size_and_nothing_that_is_small() {
        for style in [
            "display: none",
            "color:red;DISPLAY:none !important;",
            "visibility:hidden",
            "font-size:0",
            "font-size: 0px; color: red",
            "opacity:0",
            "opacity:0.0;",
        ] {
            assert!(hides(style), "{style}");
        }
        for style in [
            "font-size:0.8em",
            "opacity: 0.5;",
            "font-size:.9rem",
            "display:block",
            "font-size:",
            "",
        ] {
            assert!(!hides(style), "{style}");
        }
    }

    #[test]
    fn a_tag_with_attributes_without_end_ends_the_page() {
        let attribute = |number: usize| format!("a{number} ");
        let endless = (0..60_000).map(attribute).collect::<Vec<_>>().concat();
        let text = format!("<p>before</p><p {endless}>behind");
        let Err(words) = read(&text, Words::default()) else {
            panic!("the tag was read");
        };
        assert_eq!(words.0.into_inner(), "<p>before<p>");
    }
}
