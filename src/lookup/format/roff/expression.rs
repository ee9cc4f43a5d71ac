//! What a page makes depend on something: what it is shown on, what is defined, which number is larger.

/// Parentheses within parentheses.
const DEPTH_MAX: usize = 32;

/// A condition, decided as far as nothing of the page has to be known for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition<'t> {
    Known(bool),
    /// Whether a string or a macro is defined, or whether it is not.
    Defined(&'t str, bool),
    /// Whether a number is.
    Number(&'t str, bool),
}

impl<'t> Condition<'t> {
    /// Reads the condition at the beginning of `text`; returns what stands behind it.
    pub(super) fn of(text: &'t str) -> (Self, &'t str) {
        let bare = text.trim_start();
        let text = bare.trim_start_matches('!');
        let is_not = (bare.len() - text.len()) % 2 == 1;
        let mut letters = text.chars();
        let first = letters.next().unwrap_or_default();
        let rest = letters.as_str();
        let named = || {
            let rest = rest.trim_start();
            let end = rest.find([' ', '\t', '\\']).unwrap_or(rest.len());
            rest.split_at(end)
        };
        match first {
            // Pages are made for terminals and for paper; this is neither, but the first are plainer.
            'n' | 'o' => (Self::Known(!is_not), rest),
            't' | 'e' | 'v' => (Self::Known(is_not), rest),
            'd' => {
                let (name, rest) = named();
                (Self::Defined(name, is_not), rest)
            }
            'r' => {
                let (name, rest) = named();
                (Self::Number(name, is_not), rest)
            }
            'c' | 'm' | 'F' | 'S' => {
                let (_, rest) = named();
                (Self::Known((first == 'c') != is_not), rest)
            }
            _ if first.is_ascii_digit() || "(+-.|\\".contains(first) => {
                let mut reader = Reader {
                    rest: text,
                    depth: 0,
                };
                let value = reader.sum();
                (Self::Known((value > 0) != is_not), reader.rest)
            }
            _ if first.is_ascii_punctuation() => {
                let mut parts = rest.splitn(3, first);
                let one = parts.next().unwrap_or_default();
                let other = parts.next().unwrap_or_default();
                let is_same = one == other;
                (
                    Self::Known(is_same != is_not),
                    parts.next().unwrap_or_default(),
                )
            }
            _ => (Self::Known(is_not), text),
        }
    }
}

/// Returns the number that `text` begins with, as it is calculated.
pub(super) fn value(text: &str) -> i64 {
    Reader {
        rest: text,
        depth: 0,
    }
    .sum()
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    /// Calculates from the left to the right: no sign goes before another.
    fn sum(&mut self) -> i64 {
        let mut value = self.term();
        loop {
            let signs = [
                "<=", ">=", "==", "<>", "<?", ">?", "+", "-", "*", "/", "%", "<", ">", "=", "&",
                ":",
            ];
            let sign = signs.into_iter().find(|sign| self.rest.starts_with(sign));
            let Some(sign) = sign else { return value };
            self.rest = self.rest.get(sign.len()..).unwrap_or_default();
            let other = self.term();
            value = match sign {
                "+" => value.saturating_add(other),
                "-" => value.saturating_sub(other),
                "*" => value.saturating_mul(other),
                "/" => value.checked_div(other).unwrap_or_default(),
                "%" => value.checked_rem(other).unwrap_or_default(),
                "<=" => i64::from(value <= other),
                ">=" => i64::from(value >= other),
                "<" => i64::from(value < other),
                ">" => i64::from(value > other),
                "=" | "==" => i64::from(value == other),
                "<>" => i64::from(value != other),
                "<?" => value.min(other),
                ">?" => value.max(other),
                "&" => i64::from(value > 0 && other > 0),
                _ => i64::from(value > 0 || other > 0),
            };
        }
    }

    fn term(&mut self) -> i64 {
        let bare = self.rest.trim_start_matches(['+', '-', '!', '|']);
        let signs = self
            .rest
            .get(..self.rest.len() - bare.len())
            .unwrap_or_default();
        let (is_minus, is_not) = (signs.contains('-'), signs.contains('!'));
        self.rest = bare;
        let value = match self.rest.strip_prefix('(') {
            Some(inner) if self.depth < DEPTH_MAX => {
                self.rest = inner;
                self.depth += 1;
                let value = self.sum();
                self.depth -= 1;
                self.rest = self.rest.strip_prefix(')').unwrap_or(self.rest);
                value
            }
            _ => self.number(),
        };
        if is_not {
            i64::from(value <= 0)
        } else if is_minus {
            value.saturating_neg()
        } else {
            value
        }
    }

    fn number(&mut self) -> i64 {
        let end = self.rest.find(|letter: char| !letter.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        // What is behind a point is no more than a part of a line.
        let rest = match rest.strip_prefix('.') {
            Some(part) => part.trim_start_matches(|letter: char| letter.is_ascii_digit()),
            None => rest,
        };
        let is_unit = |letter: char| "cfimMnpPsuvz".contains(letter);
        self.rest = rest.strip_prefix(is_unit).unwrap_or(rest);
        digits.parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_decided_as_for_a_terminal() {
        for (text, holds) in [
            ("n x", true),
            ("t x", false),
            ("!t x", true),
            ("'a'a' x", true),
            ("!\"\"\" x", false),
            ("1>23 x", false),
            ("(2:(1==0)) x", true),
            ("(1&(0)) x", false),
            ("1.5v+2=3 x", true),
            ("-1 x", false),
            ("4/0 x", false),
        ] {
            let known = Condition::Known(holds);
            assert_eq!(Condition::of(text), (known, " x"), "{text}");
        }
        assert_eq!(
            Condition::of("d xx \\{"),
            (Condition::Defined("xx", false), " \\{")
        );
        assert_eq!(Condition::of("!rF x"), (Condition::Number("F", true), " x"));
        assert_eq!(value(&"(".repeat(100_000)), 0);
    }
}
