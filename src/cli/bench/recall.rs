//! How much of a JSON document a distilled text still shows: a measure of fidelity that needs no model.

use std::collections::HashSet;

use serde_json::Value;

use super::column::{Column, Sample, Shares};

/// Distinct keys, texts and numbers of JSON.
pub(super) struct Recall;

impl Column for Recall {
    fn name(&self) -> &'static str {
        "recall"
    }

    fn title(&self) -> &'static str {
        "JSON: distinct keys and values (texts and numbers) that the text still shows"
    }

    fn of(&self, sample: &Sample<'_>) -> Option<Shares> {
        let is_json = ["json", "jsonl"].contains(&sample.kind);
        is_json.then(|| recall(sample.text, sample.shown))?
    }
}

/// Returns what `shown` has of the JSON document, or of the documents one a line, `text`; nothing if it is neither.
fn recall(text: &str, shown: &str) -> Option<Shares> {
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
    Some(Shares(vec![
        ("keys", share(&keys)),
        ("values", share(&values)),
    ]))
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
        assert_eq!(found, Shares(vec![("keys", (3, 4)), ("values", (2, 4))]));
        let lines = recall("{\"a\":1}\n{\"a\":2}\n", "a 2").unwrap();
        assert_eq!(lines, Shares(vec![("keys", (1, 1)), ("values", (1, 2))]));
        assert_eq!(recall("no JSON", ""), None);
    }
}
