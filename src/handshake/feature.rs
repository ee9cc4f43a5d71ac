//! The seven features that two sides agree on, and what this build has of each.

use serde_json::Value;

/// One thing that a session can have, in numbered versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Shortened text in ASCII marks alone: what every reader can take.
    Ascii,
    /// Marks beyond ASCII where a tokenizer makes them cheaper.
    Unicode,
    /// Shorter spellings of structured text: JSON tables, constant columns.
    Serialization,
    /// Dictionary packs, made and installed while sessions run.
    Packs,
    /// References between what was sent earlier and what is sent now.
    Relational,
    /// Originals kept under the hash of their bytes, and every shortened text decoded and compared before it is sent.
    Checksums,
    /// Revisions of the Model Context Protocol.
    Mcp,
}

/// Every feature, in the order in which agreements list them.
pub const FEATURES: [Feature; 7] = [
    Feature::Ascii,
    Feature::Unicode,
    Feature::Serialization,
    Feature::Packs,
    Feature::Relational,
    Feature::Checksums,
    Feature::Mcp,
];

impl Feature {
    /// Returns the key of the feature in offers and agreements.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Unicode => "unicode",
            Self::Serialization => "serialization",
            Self::Packs => "packs",
            Self::Relational => "relational",
            Self::Checksums => "checksums",
            Self::Mcp => "mcp",
        }
    }

    /// Returns the feature called `name`.
    pub fn named(name: &str) -> Option<Self> {
        FEATURES.into_iter().find(|feature| feature.name() == name)
    }

    /// Returns the versions that this build has; none means that it is answered off.
    pub fn built(self) -> &'static [u32] {
        match self {
            Self::Ascii | Self::Serialization | Self::Relational | Self::Checksums => &[1],
            Self::Unicode | Self::Packs => &[],
            Self::Mcp => &[20_241_105, 20_250_326, 20_250_618, 20_251_125, 20_260_728],
        }
    }

    /// Spells a version as offers do: a whole number, and for `mcp` the date of the revision.
    pub fn spell(self, version: u32) -> Value {
        if self == Self::Mcp {
            let (year, month, day) = (version / 10_000, version / 100 % 100, version % 100);
            Value::from(format!("{year:04}-{month:02}-{day:02}"))
        } else {
            Value::from(version)
        }
    }

    /// Returns a version for a sentence: as [`Self::spell`], without quotes.
    pub fn label(self, version: u32) -> String {
        match self.spell(version) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Reads what [`Self::spell`] spells; `None` for anything else.
    pub(super) fn read(self, spelled: &Value) -> Option<u32> {
        let version = if self == Self::Mcp {
            let digits: String = spelled.as_str()?.split('-').collect();
            digits.parse().ok()?
        } else {
            u32::try_from(spelled.as_u64()?).ok()?
        };
        // One spelling for each version, so that equal offers are equal texts.
        (version > 0 && self.spell(version) == *spelled).then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for feature in FEATURES {
            assert_eq!(Feature::named(feature.name()), Some(feature));
        }
        assert_eq!(Feature::named("x"), None);
    }

    #[test]
    fn versions_have_one_spelling() {
        for feature in FEATURES {
            for version in feature.built() {
                assert_eq!(feature.read(&feature.spell(*version)), Some(*version));
            }
        }
        for bad in [
            json!(0),
            json!(-1),
            json!(1.0),
            json!("1"),
            json!(4_294_967_296_u64),
            json!(null),
        ] {
            assert_eq!(Feature::Ascii.read(&bad), None, "{bad}");
        }
        for bad in [
            "2025-11-5",
            "20251125",
            "2025-1125",
            "-2025-11-25",
            "2025–11–25",
            "+025-11-25",
            "",
        ] {
            assert_eq!(Feature::Mcp.read(&json!(bad)), None, "{bad}");
        }
    }
}
