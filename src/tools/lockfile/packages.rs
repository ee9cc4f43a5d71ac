//! `Cargo.lock`, `uv.lock`, `poetry.lock`: TOML with a `[[package]]` for each.

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    let mut name: Option<&str> = None;
    for line in text.lines() {
        let value = |key: &str| {
            let (found, value) = line.split_once('=')?;
            let is_key = found.trim() == key;
            value
                .trim()
                .strip_prefix('"')?
                .split('"')
                .next()
                .filter(|_| is_key)
        };
        if line.starts_with('[') {
            name = None;
        } else if let Some(found) = value("name") {
            name = Some(found);
        } else if let Some(version) = value("version")
            && let Some(name) = name.take()
        {
            says(name, version);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn each_package_has_its_version() {
        let text = "version = 4\n\n[[package]]\nname = \"serde_json\"\nversion = \"1.0.1\"\ndependencies = [\n \"itoa\",\n]\n\n\
                    [[package]]\nname = \"itoa\"\nversion = \"1.0.9\"\n\n[metadata]\nname = \"x\"\n";
        assert_eq!(said("Cargo.lock", text), "itoa 1.0.9, serde-json 1.0.1");
        assert_eq!(said("uv.lock", text), said("poetry.lock", text));
    }
}
