//! `go.mod`: `require example.org/gin-gonic/gin v1.9.1`, alone or in a block. A module is also known by its last word.

pub(super) fn read(text: &str, says: &mut dyn FnMut(&str, &str)) {
    let mut is_block = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let required = line.strip_prefix("require ").map(str::trim);
        if required == Some("(") {
            is_block = true;
            continue;
        }
        if line == ")" {
            is_block = false;
        }
        let Some(required) = required.or(Some(line).filter(|_| is_block)) else {
            continue;
        };
        let Some((module, version)) = required.split_once(' ') else {
            continue;
        };
        let is_major = |word: &str| {
            let number = word.strip_prefix('v');
            number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let mut words = module.rsplit('/').skip_while(|word| is_major(word));
        says(module, version.trim());
        if let Some(word) = words.next() {
            says(word, version.trim());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tools::lockfile::tests::said;

    #[test]
    fn a_module_is_known_by_its_path_and_by_its_last_word() {
        let text = "module example.org/app\n\ngo 1.22\n\nrequire (\n\texample.org/redis/v9 v9.0.1 // indirect\n)\n\n\
                    require example.org/gin v1.9.1\nreplace a => b v1\n";
        assert_eq!(
            said("go.mod", text),
            "example-org-gin v1.9.1, example-org-redis-v9 v9.0.1, gin v1.9.1, redis v9.0.1"
        );
    }
}
