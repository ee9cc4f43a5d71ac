//! `pnpm-lock.yaml`: YAML whose `packages` have keys such as `/react@18.2.0:` or `'@vue/core@3.4.1(peer@1)':`, before pnpm 8
//! `/react/18.2.0:` or `/@vue/core/3.4.1_peer@1:`.

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
        if let Some((name, version)) = of_before(key) {
            says(name, version);
            continue;
        }
        if let Some((name, version)) = key.rsplit_once('@').filter(|(name, _)| !name.is_empty()) {
            says(name, version);
        }
    }
}

/// Returns the name and the version in a key as pnpm before 8 wrote it.
fn of_before(key: &str) -> Option<(&str, &str)> {
    let (name, version) = key.rsplit_once('/')?;
    let version = version.split('_').next()?;
    let is_version = version.starts_with(|letter: char| letter.is_ascii_digit());
    (is_version && !version.contains('@')).then_some((name, version))
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

    #[test]
    fn the_keys_of_an_older_pnpm_are_read_too() {
        let text = "lockfileVersion: 5.4\npackages:\n\n  /express/4.18.2:\n    dev: false\n  /@vue/core/3.4.1_react@17.0.2:\n    dev: false\n  '/@x/7zip@1.0.0':\n";
        assert_eq!(
            said("pnpm-lock.yaml", text),
            "express 4.18.2, vue-core 3.4.1, x-7zip 1.0.0"
        );
    }
}
