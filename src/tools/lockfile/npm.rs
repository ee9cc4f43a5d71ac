//! `package-lock.json`: JSON with `packages` by folder, or with `dependencies` by name where an old npm wrote it.

use serde_json::Value;

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    let whole: Value = serde_json::from_str(text).unwrap_or_default();
    let list = |key: &str| {
        whole
            .get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    for (folder, package) in list("packages") {
        // A folder below another package's holds what only that one uses.
        let name = folder.strip_prefix("node_modules/");
        if let Some(name) = name.filter(|name| !name.contains("/node_modules/"))
            && let Some(version) = package.get("version").and_then(Value::as_str)
        {
            says(name, version);
        }
    }
    for (name, package) in list("dependencies") {
        if let Some(version) = package.get("version").and_then(Value::as_str) {
            says(name, version);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn what_the_project_itself_uses_counts() {
        let text = r#"{"packages": {"": {"version": "0.1.0"}, "node_modules/react": {"version": "18.2.0"},
            "node_modules/@vue/core": {"version": "3.4.1"}, "node_modules/a/node_modules/react": {"version": "16.0.0"}}}"#;
        assert_eq!(
            said("package-lock.json", text),
            "react 18.2.0, vue-core 3.4.1"
        );
        assert_eq!(
            said(
                "package-lock.json",
                r#"{"dependencies": {"react": {"version": "17.0.2"}}}"#
            ),
            "react 17.0.2"
        );
        assert_eq!(said("package-lock.json", "{"), "");
    }
}
