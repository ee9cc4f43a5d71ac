//! `requirements.txt`: lines such as `Django==4.2.7 ; python_version > "3.8"`; what is not pinned says nothing.

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    for line in text.lines() {
        let line = line.split(['#', ';']).next().unwrap_or_default();
        let Some((name, version)) = line.split_once("==") else {
            continue;
        };
        let name = name.split('[').next().unwrap_or_default().trim();
        let version = version.trim_start_matches('=').split([' ', ',', '\\']);
        let version = version.map(str::trim).find(|word| !word.is_empty());
        if let Some(version) =
            version.filter(|version| !version.contains('*') && !name.contains([' ', '<', '>']))
        {
            says(name, version);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn pinned_lines_count() {
        let text = "-r base.txt\n# a==1\nDjango[argon2]==4.2.7 ; python_version > \"3.8\"\nzope.interface == 5.1 \\\n    --hash=sha256:x\n\
                    numpy>=1.2\nflask==2.*\n";
        assert_eq!(
            said("requirements.txt", text),
            "django 4.2.7, zope-interface 5.1"
        );
    }
}
