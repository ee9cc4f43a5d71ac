//! `Gemfile.lock`: lines such as `    rails (7.1.2)`; what a gem needs stands two spaces deeper.

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    for line in text.lines() {
        let gem = line
            .strip_prefix("    ")
            .filter(|gem| !gem.starts_with(' '));
        let found = gem.and_then(|gem| gem.trim_end().strip_suffix(')')?.split_once(" ("));
        if let Some((name, version)) = found {
            says(name, version);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn gems_count_and_what_they_need_does_not() {
        let text = "GEM\n  specs:\n    rails (7.1.2)\n      rack (>= 2.0)\n    rack (3.0.8)\n\nDEPENDENCIES\n  rails (~> 7.1)\n";
        assert_eq!(said("Gemfile.lock", text), "rack 3.0.8, rails 7.1.2");
    }
}
