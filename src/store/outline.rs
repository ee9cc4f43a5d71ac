//! The headings of a page, and how they travel.

use serde::{Deserialize, Serialize};

/// A heading of a page, for outlines and anchors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadingRow {
    /// 1 to 6, or 7 for a definition.
    pub level: u8,
    /// Its words.
    pub title: String,
    /// Where it is reached, unique in the page.
    pub anchor: String,
    /// First byte in the page's text.
    pub byte: usize,
    /// Line in the file, from 1.
    pub line: u32,
    /// Tokens up to the next heading of any level.
    pub tokens: u32,
}

/// Outlines travel as the text that they were kept as when bundles began.
pub(super) mod as_text {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::HeadingRow;

    pub(in crate::store) fn serialize<S: Serializer>(
        outline: &[HeadingRow],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(outline).map_err(S::Error::custom)?;
        text.serialize(serializer)
    }

    pub(in crate::store) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<HeadingRow>, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}
