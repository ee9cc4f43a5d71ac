//! Files with what is wrong with them, as people are told.

/// Files with the same fault from which they are told in one line.
const ALIKE_MIN: usize = 4;

/// Returns a line for each file, or for the many that have the same fault, in the order of the first of them.
pub(super) fn lines(files: &[(String, String)]) -> Vec<String> {
    let mut faults: Vec<(&str, Vec<&str>)> = Vec::new();
    for (path, why) in files {
        match faults.iter_mut().find(|(fault, _)| fault == why) {
            Some((_, paths)) => paths.push(path),
            None => faults.push((why, vec![path])),
        }
    }
    let mut lines = Vec::new();
    for (why, paths) in faults {
        if let Some((first, more)) = paths.split_first()
            && paths.len() >= ALIKE_MIN
        {
            lines.push(format!("{} and {} more: {why}", named(first), more.len()));
        } else {
            lines.extend(paths.iter().map(|path| format!("{}: {why}", named(path))));
        }
    }
    lines
}

/// Names a file that could not be read; what fails as a whole has no path.
pub(super) fn named(path: &str) -> &str {
    if path.is_empty() { "the rest" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_have_a_line_each_and_many_with_the_same_fault_one() {
        let files = |paths: &[&str], why: &str| -> Vec<(String, String)> {
            let files = paths
                .iter()
                .map(|path| ((*path).to_owned(), why.to_owned()));
            files.collect()
        };
        let all = [
            files(&["a", ""], "is empty"),
            files(&["b", "c", "d"], "is binary"),
            files(&["e"], "is lost"),
            files(&["f"], "is binary"),
        ];
        assert_eq!(
            lines(&all.concat()),
            [
                "a: is empty",
                "the rest: is empty",
                "b and 3 more: is binary",
                "e: is lost"
            ]
        );
    }
}
