//! A client's request id: a string or an integer, kept as the client wrote it.

use serde_json::Value;

/// Bytes of an id: it is kept for every request in flight, and echoed.
const ID_BYTES_MAX: usize = 256;

/// The id of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Id {
    /// Its digits, so that any size is echoed unchanged.
    Integer(Box<str>),
    /// Its characters, so that two spellings of one string are one id.
    Text(Box<str>),
}

impl Id {
    /// Reads the JSON of an id; `None` where it is neither a string nor an integer, or longer than any client's.
    pub(super) fn parse(json: &str) -> Option<Self> {
        if json.len() > ID_BYTES_MAX {
            return None;
        }
        let json = json.trim();
        if json.starts_with('"') {
            return serde_json::from_str(json).ok().map(Self::Text);
        }
        let digits = json.strip_prefix('-').unwrap_or(json);
        let is_integer = !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits == "0" || !digits.starts_with('0'));
        is_integer.then(|| Self::Integer(json.into()))
    }

    /// Returns the id as JSON.
    pub(super) fn to_json(&self) -> String {
        match self {
            Self::Integer(digits) => digits.to_string(),
            Self::Text(text) => Value::from(text.as_ref()).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_integers_of_any_size_are_ids_and_are_echoed() {
        for json in [
            "0",
            "-1",
            "7",
            "123456789012345678901234567890",
            "\"\"",
            "\"a\"",
            "\"1\"",
        ] {
            assert_eq!(
                Id::parse(json).map(|id| id.to_json()).as_deref(),
                Some(json)
            );
        }
        assert_eq!(Id::parse(r#""\u0061""#), Id::parse("\"a\""));
        assert_ne!(Id::parse("1"), Id::parse("\"1\""));
    }

    #[test]
    fn nothing_else_is_an_id() {
        for json in [
            "", "-", "1.5", "1.0", "1e3", "null", "true", "{}", "[1]", "01", "\"a",
        ] {
            assert_eq!(Id::parse(json), None, "{json}");
        }
        assert_eq!(Id::parse(&"9".repeat(ID_BYTES_MAX + 1)), None);
    }
}
