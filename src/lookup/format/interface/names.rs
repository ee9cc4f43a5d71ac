//! Names of operations: as they are written, as clients spell them, and as paths of pages.

use std::collections::{HashMap, HashSet};

/// Letters of the longest name in the path of a page.
const PAGE_LETTERS_MAX: usize = 120;

/// Returns the names that the operation called `id` goes by: `issues/list-for-repo` is `listForRepo` in a client.
pub(in crate::lookup::format) fn of_operation(id: &str) -> Vec<String> {
    let mut names = vec![id.to_owned()];
    let last = id.rsplit(['/', '.', '#']).next().unwrap_or(id);
    for name in [last.to_owned(), camel(last)] {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns `name` with every word but the first begun by a capital; a name without marks stays as it is.
fn camel(name: &str) -> String {
    let mut words = name.split(['-', '_', ' ']).filter(|word| !word.is_empty());
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        joined.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        joined.push_str(letters.as_str());
    }
    joined
}

/// Returns the words that people use for what `method` does to `path`: a summary has one of them, a question another.
///
/// Of a `POST` only one that makes something is told: others do whatever the last step of their path says.
pub(in crate::lookup::format) fn verbs(method: &str, path: &str) -> Option<&'static str> {
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let is_list = last.ends_with('s') && !last.ends_with("ss");
    match method {
        "GET" if is_list => Some("list, show all"),
        "GET" => Some("get, show, look up"),
        "POST" if is_list || last == "create" => Some("create, add, make new"),
        "PUT" | "PATCH" => Some("update, change, set, edit"),
        "DELETE" => Some("delete, remove"),
        _ => None,
    }
}

/// Gives out paths of pages, each once.
#[derive(Default)]
pub(in crate::lookup::format) struct PagePaths {
    taken: HashSet<String>,
    /// How often a path was wanted, so that a name shared by thousands is not tried from the first number on.
    wanted: HashMap<String, usize>,
}

impl PagePaths {
    /// Returns `wanted` as a path that can stand in a reference; with a number where it is taken.
    pub(in crate::lookup::format) fn give(&mut self, wanted: &str) -> String {
        let mut path = String::new();
        for letter in wanted.chars().take(PAGE_LETTERS_MAX) {
            let fits = letter.is_alphanumeric() || "-_.@".contains(letter);
            if fits {
                path.push(letter);
            } else if letter == '/' && !path.is_empty() {
                path.truncate(path.trim_end_matches(['-', '/']).len());
                path.push(letter);
            } else if !path.is_empty() && !path.ends_with(['-', '/']) {
                path.push('-');
            }
        }
        let path = path.trim_end_matches(['-', '/', '.']);
        let path = if path.is_empty() { "page" } else { path };
        // Compared in lower case: people and models write references from memory.
        let times = self.wanted.entry(path.to_lowercase()).or_default();
        let mut given = path.to_owned();
        while !self.taken.insert(given.to_lowercase()) {
            *times += 1;
            given = format!("{path}-{}", *times + 1);
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_goes_by_the_names_that_clients_give_it() {
        assert_eq!(
            of_operation("issues/list-for-repo"),
            ["issues/list-for-repo", "list-for-repo", "listForRepo"]
        );
        assert_eq!(of_operation("listPets"), ["listPets"]);
    }

    #[test]
    fn a_method_is_told_in_the_words_of_its_callers() {
        assert_eq!(verbs("GET", "/pets"), Some("list, show all"));
        assert_eq!(verbs("GET", "/pets/{id}"), Some("get, show, look up"));
        assert_eq!(verbs("POST", "/pets/"), Some("create, add, make new"));
        assert_eq!(verbs("POST", "/pets/{id}/feed"), None);
    }

    #[test]
    fn paths_are_plain_and_each_is_given_once() {
        let mut paths = PagePaths::default();
        assert_eq!(paths.give("issues/list for repo"), "issues/list-for-repo");
        assert_eq!(paths.give("Issues/list-for-repo"), "Issues/list-for-repo-2");
        assert_eq!(paths.give("GET /a/{b}"), "GET/a/b");
        assert_eq!(paths.give("#~?"), "page");
    }
}
