//! A page that only sends its reader on, as is left where a page has moved.

use html5ever::tokenizer::Token;

use crate::markup;

/// Bytes of text from which a page says something by itself.
const SAYING_BYTES_MIN: usize = 100;

/// Tells whether the page `html`, which says `text`, does nothing but send its reader on, at once.
pub(super) fn only_sends_on(html: &[u8], text: &str) -> bool {
    if text.trim().len() >= SAYING_BYTES_MIN {
        return false;
    }
    let mut is_sent_on = false;
    markup::each(&String::from_utf8_lossy(html), |token, _| {
        if let Token::TagToken(tag) = token {
            is_sent_on |= markup::onward(&tag).is_some_and(|onward| onward.is_at_once);
        }
    });
    is_sent_on
}
