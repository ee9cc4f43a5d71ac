//! Whether what is kept lasts, and how that is said.

/// Whether the store keeps what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It lasts.
    Durable,
    /// What is there can be read; nothing new is kept.
    ReadOnly {
        /// Why.
        why: String,
    },
    /// It lives and ends with this process.
    Memory {
        /// Why.
        why: String,
    },
}

impl Condition {
    /// Returns the sentence that a person or a model needs to know about it; none if all is well.
    pub fn notice(&self) -> Option<String> {
        match self {
            Self::Durable => None,
            Self::ReadOnly { why } => Some(format!("store: read-only, nothing new is kept: {why}")),
            Self::Memory { why } => Some(format!(
                "store: in memory, handles end with this process: {why}"
            )),
        }
    }
}
