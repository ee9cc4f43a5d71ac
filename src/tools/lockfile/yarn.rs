//! `yarn.lock`: `react@^18.0.0:` and below it `version "18.2.0"`, or `version: 18.2.0` since yarn 2.

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    let mut name: Option<&str> = None;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) {
            let first = line.split(',').next().unwrap_or_default();
            let first = first.trim_matches(['"', ':', ' ']);
            let at = first
                .get(1..)
                .and_then(|rest| rest.find('@'))
                .map(|at| at + 1);
            name = at.and_then(|at| first.get(..at));
        } else if let Some(version) = line.trim().strip_prefix("version")
            && let Some(name) = name.take()
        {
            says(name, version.trim_matches([' ', ':', '"']));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn both_forms_name_a_version_below_the_name() {
        let text = "# yarn lockfile v1\n\n\"@vue/core@^3.0.0\", \"@vue/core@^3.4.0\":\n  version \"3.4.1\"\n  resolved \"x\"\n\n\
                    \"react@npm:^18.0.0\":\n  version: 18.2.0\n  dependencies:\n    version: 9\n";
        assert_eq!(said("yarn.lock", text), "react 18.2.0, vue-core 3.4.1");
    }
}
