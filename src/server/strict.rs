//! JSON as strictly as a protocol needs it: what two parsers could read in two ways is refused.
//!
//! A repeated key means one thing to the parser that keeps the first and another to the one that keeps the last; deep
//! nesting and NUL in keys have broken other servers. All of it is found in one pass, before anything is built.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Levels of arrays and objects in one message: ten times what MCP needs.
const DEPTH_MAX: usize = 64;

/// Why a line is no message.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Syntax(serde_json::Error),
    /// It is JSON that could be read in two ways, or too deep.
    #[error("refused JSON: {0}")]
    Ambiguous(serde_json::Error),
}

/// Reads all of `text` once and refuses broken, ambiguous or too deeply nested JSON.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| {
            if error.is_data() {
                Refusal::Ambiguous(error)
            } else {
                Refusal::Syntax(error)
            }
        })
}

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEPTH_MAX {
            return Err(E::custom(format_args!(
                "nested deeper than {DEPTH_MAX} levels"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut keys = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if key.contains('\0') {
                return Err(A::Error::custom("a key contains NUL"));
            }
            if let Some(twice) = keys.replace(key) {
                return Err(A::Error::custom(format_args!("key {twice:?} is repeated")));
            }
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_passes() {
        for text in [
            "{}",
            "[]",
            r#"{"a":[1,-2,1.5,"x",null,true,{"a":1}]}"#,
            " 3 ",
        ] {
            assert!(check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn broken_json_is_a_syntax_error() {
        let deep = "[".repeat(30);
        for text in [
            "",
            "{",
            "{]",
            "nul",
            r#""\ud800""#,
            "1e999",
            "{}{}",
            "'a'",
            deep.as_str(),
        ] {
            assert!(matches!(check(text), Err(Refusal::Syntax(_))), "{text}");
        }
    }

    #[test]
    fn a_repeated_key_is_refused_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"x":[{"b":{"a":1,"\u0061":2}}]}"#] {
            assert!(matches!(check(text), Err(Refusal::Ambiguous(_))), "{text}");
        }
        assert!(check(r#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn nul_in_a_key_is_refused_and_nul_in_a_value_is_text() {
        assert!(matches!(
            check(r#"{"method\u0000x":1}"#),
            Err(Refusal::Ambiguous(_))
        ));
        assert!(check(r#"{"a":"\u0000"}"#).is_ok());
    }

    #[test]
    fn nesting_is_refused_beyond_the_limit_without_using_the_stack() {
        let nested = |levels| "[".repeat(levels) + &"]".repeat(levels);
        assert!(check(&nested(DEPTH_MAX)).is_ok());
        assert!(matches!(
            check(&nested(DEPTH_MAX + 1)),
            Err(Refusal::Ambiguous(_))
        ));
        assert!(matches!(
            check(&nested(100_000)),
            Err(Refusal::Ambiguous(_))
        ));
    }
}
