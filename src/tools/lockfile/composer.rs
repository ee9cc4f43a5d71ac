//! `composer.lock`: JSON with lists of packages. A package of its own vendor (`twig/twig`) is known by one word as well.

use serde_json::Value;

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    let whole: Value = serde_json::from_str(text).unwrap_or_default();
    for key in ["packages", "packages-dev"] {
        let packages = whole.get(key).and_then(Value::as_array);
        for package in packages.into_iter().flatten() {
            let word = |key: &str| package.get(key).and_then(Value::as_str);
            if let (Some(name), Some(version)) = (word("name"), word("version")) {
                says(name, version);
                if let Some((_, own)) = name.split_once('/').filter(|(vendor, own)| vendor == own) {
                    says(own, version);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn packages_of_both_lists_count() {
        let text = r#"{"packages": [{"name": "twig/twig", "version": "v3.8.0"}], "packages-dev": [{"name": "a/b", "version": "1.2"}]}"#;
        assert_eq!(
            said("composer.lock", text),
            "a-b 1.2, twig v3.8.0, twig-twig v3.8.0"
        );
        assert_eq!(said("composer.lock", "[]"), "");
    }
}
