//! What stands within a line of AsciiDoc, as a reader sees it: the words of macros and references instead of their marks, and the
//! values of attributes instead of their names.

mod macros;
#[cfg(test)]
mod tests;
mod values;

use std::borrow::Cow;

use self::macros::{address_of, is_name, is_of_id, is_target, parted, read};
pub(super) use self::values::Values;

/// Reads what stands within lines.
#[derive(Debug, Default)]
pub(super) struct Inline {
    values: Values,
    /// What ends the words of a macro that began in the line above, and what is told behind them.
    close: Option<(&'static str, String)>,
}

impl Inline {
    /// Takes over what `:name: value` says; what goes on with it stands in the lines `below`.
    pub(super) fn give(&mut self, line: &str, below: &[&str]) {
        self.values.give(line, below);
    }

    /// Forgets a macro that began in the lines above: another block begins.
    pub(super) fn begin(&mut self) {
        self.close = None;
    }

    /// Returns `line` as it is read. The words of a macro may end in the line `below`.
    pub(super) fn shown<'a>(&mut self, line: &'a str, below: &str) -> Cow<'a, str> {
        let valued = self.values.valued(line);
        let is_plain = !valued.contains(['[', '<', '+', '`']);
        if self.close.is_none() && is_plain {
            return valued;
        }
        let mut shown = String::with_capacity(valued.len());
        let mut rest: &str = &valued;
        if let Some((close, told)) = self.close.take()
            && let Some((words, behind)) = rest.split_once(close)
        {
            read(parted(words).0, 1, &mut shown);
            shown.push_str(&told);
            rest = behind;
        }
        let begun = begun(rest, below);
        if let Some(begun) = &begun {
            rest = begun.before;
        }
        read(rest, 0, &mut shown);
        if let Some(begun) = begun {
            read(begun.words, 1, &mut shown);
            self.close = Some((begun.close, begun.told));
        }
        Cow::Owned(shown)
    }
}

/// A macro or reference at the end of a line whose words end in the next.
struct Begun<'a> {
    before: &'a str,
    words: &'a str,
    close: &'static str,
    told: String,
}

/// Returns what is begun at the end of `line` and ends in the line `below`.
fn begun<'a>(line: &'a str, below: &str) -> Option<Begun<'a>> {
    if let Some(at) = line.rfind("<<")
        && let (before, inner) = line.split_at_checked(at)?
        && !inner.contains(">>")
        && let Some((id, words)) = inner.strip_prefix("<<")?.split_once(',')
        && id.chars().all(is_of_id)
        && !below.split(">>").next()?.contains("<<")
        && below.contains(">>")
    {
        return Some(Begun {
            before,
            words: words.trim_start(),
            close: ">>",
            told: String::new(),
        });
    }
    let at = line.rfind('[')?;
    let (head, inner) = line.split_at_checked(at)?;
    let words = inner.strip_prefix('[')?;
    let is_begun = !words.contains(']')
        && head.matches('`').count().is_multiple_of(2)
        && below
            .split_once(']')
            .is_some_and(|(words, _)| !words.contains('['));
    let word = head.rfind([' ', '\t', '(']).map_or(0, |at| at + 1);
    let (before, macro_head) = head.split_at_checked(word)?;
    let (name, target) = macro_head.split_once(':')?;
    let is_macro = is_name(name) && is_target(name, target);
    let address = address_of(name, target);
    (is_begun && is_macro).then(|| Begun {
        before,
        words,
        close: "]",
        told: address.map_or_else(String::new, |address| format!(" ({address})")),
    })
}
