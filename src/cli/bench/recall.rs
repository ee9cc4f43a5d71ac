//! How much of a JSON document a distilled text still shows: a measure of fidelity that needs no model.

use std::collections::HashSet;

use serde_json::Value;

/// Found ones and all.
pub(super) type Share = (usize, usize);

/// What of a document is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Recall {
    /// Distinct keys.
    pub(super) keys: Share,
    /// Distinct texts and numbers.
    pub(super) values: Share,
}

/// Returns what `shown` has of the JSON document, or of the documents one a line, `text`; nothing if it is neither.
pub(super) fn recall(text: &str, shown: &str) -> Option<Recall> {
    let (mut keys, mut values) = (HashSet::new(), HashSet::new());
    match serde_json::from_str::<Value>(text) {
        Ok(document) => collect(&document, &mut keys, &mut values),
        Err(_) => {
            for line in text.lines() {
                collect(&serde_json::from_str(line).ok()?, &mut keys, &mut values);
            }
        }
    }
    let share = |wanted: &HashSet<String>| {
        let found = wanted.iter().filter(|what| shown.contains(what.as_str()));
        (found.count(), wanted.len())
    };
    Some(Recall {
        keys: share(&keys),
        values: share(&values),
    })
}

impl Recall {
    /// Returns the sum of both.
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = |one: Share, other: Share| (one.0 + other.0, one.1 + other.1);
        Self {
            keys: sum(self.keys, other.keys),
            values: sum(self.values, other.values),
        }
    }

    /// Says that nothing is missing, because the text gives the document back.
    pub(super) fn whole(self) -> Self {
        Self {
            keys: (self.keys.1, self.keys.1),
            values: (self.values.1, self.values.1),
        }
    }
}

/// Collects keys and values as they are spelled between quotes.
fn collect(value: &Value, keys: &mut HashSet<String>, values: &mut HashSet<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => _ = values.insert(number.to_string()),
        Value::String(text) => _ = values.insert(spelled(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys, values)),
        Value::Object(members) => {
            for (key, member) in members {
                keys.insert(spelled(key));
                collect(member, keys, values);
            }
        }
    }
}

fn spelled(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inside = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_counted_once_and_looked_for_as_spelled() {
        let text = r#"{"id":7,"rows":[{"id":8,"say":"a \"b\""},{"id":7,"say":"c"}],"on":true}"#;
        let found = recall(text, r#"rows id 7 say: a \"b\" "#).unwrap();
        assert_eq!(
            found,
            Recall {
                keys: (3, 4),
                values: (2, 4)
            }
        );
        assert_eq!(
            found.whole().plus(found),
            Recall {
                keys: (7, 8),
                values: (6, 8)
            }
        );
        let lines = recall("{\"a\":1}\n{\"a\":2}\n", "a 2").unwrap();
        assert_eq!(
            lines,
            Recall {
                keys: (1, 1),
                values: (1, 2)
            }
        );
        assert_eq!(recall("no JSON", ""), None);
    }
}
