//! The name of an identity: short, plain, and safe in a file, a command and an `allowed_signers` line.

use std::fmt;
use std::str::FromStr;

use super::KeyError;

/// Bytes of a name.
const NAME_BYTES_MAX: usize = 64;

/// A name such as `release-2026`: 1 to 64 of `a-z`, `0-9` and `-`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityName(String);

impl IdentityName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdentityName {
    type Err = KeyError;

    fn from_str(typed: &str) -> Result<Self, KeyError> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if typed.len() <= NAME_BYTES_MAX
            && typed.bytes().all(allowed)
            && typed.starts_with(|first: char| first.is_ascii_lowercase())
        {
            Ok(Self(typed.to_owned()))
        } else {
            Err(KeyError::Name(typed.chars().take(NAME_BYTES_MAX).collect()))
        }
    }
}

impl fmt::Display for IdentityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_plain_and_begins_with_a_letter() {
        for good in ["a", "release-2026", "x9", &"n".repeat(64)] {
            assert_eq!(good.parse::<IdentityName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-a",
            "9a",
            "A",
            "a b",
            "a/b",
            "../a",
            "a\n",
            "ä",
            "a,b",
            "a*",
            &"n".repeat(65),
        ] {
            assert!(bad.parse::<IdentityName>().is_err(), "{bad}");
        }
    }
}
