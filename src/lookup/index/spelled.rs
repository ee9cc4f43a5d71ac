//! Names that are defined, as the index holds them to tell them apart: as they are written, but one for all ways to write it.
//!
//! `A::B#c`, `A::B.c` and `A::B::c` are `A.B.c`. `GET /users/{id}`, `GET /users/:id` and `GET /users/<id>/` are
//! `GET /users/{}`, held whole, and so is a name with a number: `findall/3`.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::words::{WORD_BYTES_MAX, Words};
use crate::lookup::arity;

/// What stands for a parameter in a path.
pub(crate) const PARAMETER: &str = "{}";
/// Bytes of the longest path held: longer ones are no paths of interfaces.
const PATH_BYTES_MAX: usize = 200;

/// Returns `name` with a point wherever its parts meet.
pub(crate) fn spelled(name: &str) -> String {
    name.replace("::", ".")
}

/// Returns the parts of `path`, which begins with `/`, with `{}` for each that holds a parameter; nothing if it is no path.
pub(crate) fn steps(path: &str) -> Option<Vec<String>> {
    let inner = path.strip_prefix('/')?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let is_path = path.len() <= PATH_BYTES_MAX && !path.contains(char::is_whitespace);
    is_path.then(|| inner.split('/').map(step).collect())
}

/// Returns a part of a path with `{}` for the name of a parameter.
fn step(written: &str) -> String {
    let is_marked = written.len() > 1 && written.starts_with(':');
    if is_marked || written.starts_with('<') && written.ends_with('>') {
        return PARAMETER.to_owned();
    }
    let mut step = String::with_capacity(written.len());
    let mut left = written;
    while let Some((before, (_, after))) = left
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        step.push_str(before);
        step.push_str(PARAMETER);
        left = after;
    }
    step + left
}

/// Returns the path of `steps`, behind `method` if there is one.
pub(crate) fn request(method: Option<&str>, steps: &[impl AsRef<str>]) -> String {
    let mut request = method.map_or_else(String::new, |method| format!("{method} "));
    for step in steps {
        request.push('/');
        request.push_str(step.as_ref());
    }
    request
}

/// Returns what `line`, one name that is defined, is held as if it is a path, with or without a method before it.
fn path(line: &str) -> Option<String> {
    let (method, path) = match line.split_once(' ') {
        Some((method, path)) => (Some(method), path),
        None => (None, line),
    };
    let is_method = |method: &str| method.bytes().all(|byte| byte.is_ascii_uppercase());
    let steps = steps(path).filter(|_| method.is_none_or(is_method))?;
    Some(request(method, &steps))
}

/// Takes names apart, one a line.
#[derive(Clone, Default)]
pub(super) struct NameTokenizer;

/// The names of one text.
pub(super) struct NameStream {
    names: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for NameTokenizer {
    type TokenStream<'a> = NameStream;

    fn token_stream(&mut self, text: &str) -> NameStream {
        let mut names = Vec::new();
        for line in text.lines() {
            if let Some(path) = path(line) {
                names.push(path);
                continue;
            }
            let counted = arity::name_of(line);
            names.extend(counted.map(|_| arity::held(line)));
            names.extend(
                Words::of(counted.unwrap_or(line))
                    .filter(|(_, word)| word.len() <= WORD_BYTES_MAX)
                    .map(|(_, word)| spelled(word)),
            );
        }
        NameStream {
            names: names.into_iter(),
            token: Token::default(),
        }
    }
}

impl TokenStream for NameStream {
    fn advance(&mut self) -> bool {
        let Some(name) = self.names.next() else {
            return false;
        };
        self.token.text = name;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> Vec<String> {
        let mut tokenizer = NameTokenizer;
        let mut stream = tokenizer.token_stream(text);
        let mut names = Vec::new();
        while let Some(token) = stream.next() {
            names.push(token.text.clone());
        }
        names
    }

    #[test]
    fn a_path_is_one_name_whatever_its_parameters_are_called() {
        for path in [
            "/users/{id}/posts",
            "/users/:id/posts",
            "/users/<int:id>/posts/",
        ] {
            assert_eq!(held(path), ["/users/{}/posts"], "{path}");
            assert_eq!(held(&format!("GET {path}")), ["GET /users/{}/posts"]);
        }
        assert_eq!(held("/a/{x}.{y}:copy"), ["/a/{}.{}:copy"]);
        assert_eq!(held("/"), ["/"]);
        assert_eq!(held("/{a"), ["/{a"]);
    }

    #[test]
    fn a_name_is_held_as_it_is_written_save_for_what_joins_its_parts() {
        assert_eq!(
            held("A::B.c_d\nuseEffect\n--no-cache"),
            ["A.B.c_d", "useEffect", "--no-cache"]
        );
        assert_eq!(held("either / or"), ["either", "or"]);
    }

    #[test]
    fn a_name_with_a_number_is_held_whole_and_without_it() {
        assert_eq!(
            held("findall/3\nlists:keyfind/3\n24/7"),
            [
                "findall/3",
                "findall",
                "lists.keyfind/3",
                "lists",
                "keyfind",
                "24",
                "7"
            ]
        );
    }
}
