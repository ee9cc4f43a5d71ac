//! `pnpm-lock.yaml`: YAML whose `packages` have keys such as `/react@18.2.0:` or `'@vue/core@3.4.1(peer@1)':`.

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    let mut is_inside = false;
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            is_inside = matches!(line.trim_end(), "packages:" | "snapshots:");
            continue;
        }
        let key = line
            .strip_prefix("  ")
            .filter(|key| is_inside && !key.starts_with(' '));
        let Some(key) = key.and_then(|key| key.trim_end().strip_suffix(':')) else {
            continue;
        };
        let key = key.trim_matches(['\'', '"']).trim_start_matches('/');
        let key = key.split('(').next().unwrap_or_default();
        if let Some((name, version)) = key.rsplit_once('@').filter(|(name, _)| !name.is_empty()) {
            says(name, version);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn the_keys_of_the_packages_are_names_with_versions() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  x@1.0.0:\npackages:\n\n  react@18.2.0:\n    resolution: {integrity: x}\n  \
                    '@vue/core@3.4.1(react@18.2.0)':\n    peerDependencies:\n      vue@2: 1\n  /zod@3.1.0:\n";
        assert_eq!(
            said("pnpm-lock.yaml", text),
            "react 18.2.0, vue-core 3.4.1, zod 3.1.0"
        );
    }
}
