//! Options, of whatever they are said: custom ones stand with their brackets, as `google.api.http` does.

use super::super::lexer::{Comments, Kind, Lexer};
use super::super::sheet::one_line;

/// An option of a file, a service, a call or a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stated {
    name: String,
    value: String,
}

/// Takes what stands between `option` and `;`, or nothing if it has no value.
pub(super) fn take(lexer: &mut Lexer<'_>) -> Option<Stated> {
    let mut name = String::new();
    let ends = |lexer: &Lexer<'_>| ["=", ";", "{", "}"].iter().any(|mark| lexer.is_next(mark));
    while lexer.peek().is_some() && !ends(lexer) {
        name.extend(lexer.next().map(|token| token.text.to_owned()));
    }
    lexer.take("=")?;
    let mut value = lexer.take_value();
    // Texts that follow one another are one.
    while lexer.peek().is_some_and(|token| token.kind == Kind::Text) {
        value.extend([" ", &lexer.take_value()]);
    }
    Some(Stated { name, value })
}

impl Stated {
    /// Tells whether it says that what it is of is deprecated.
    pub(super) fn is_deprecated(&self) -> bool {
        self.name == "deprecated" && self.value == "true"
    }

    /// Returns it as it is written.
    pub(super) fn written(&self) -> String {
        let written = format!("{} = {}", self.name, self.value);
        format!("`{}`", one_line(&written).replace('`', "'"))
    }

    /// Returns how a call is reached over HTTP as `google.api.http` writes it, each with the member that is the body.
    pub(super) fn http(&self) -> Vec<(String, String)> {
        let mut forms: Vec<(String, String)> = Vec::new();
        if !self.name.contains("http") {
            return forms;
        }
        // A form may be written as one member of the option too: `option (google.api.http).get = "/v1"`.
        let member = self.name.rsplit('.').next().unwrap_or_default();
        let written = format!("{member}: {}", self.value);
        let mut key = "";
        let mut custom = "";
        for token in Lexer::new(&written, Comments::Slashes) {
            match (token.kind, key) {
                (Kind::Word, _) => key = token.text,
                (Kind::Text, "get" | "put" | "post" | "delete" | "patch") => {
                    let line = format!("{} {}", key.to_uppercase(), one_line(token.text));
                    forms.push((line, String::new()));
                }
                (Kind::Text, "kind") => custom = token.text,
                (Kind::Text, "path") => {
                    let line = format!("{} {}", one_line(custom), one_line(token.text));
                    forms.push((line.trim().to_owned(), String::new()));
                }
                (Kind::Text, "body") => {
                    if let Some((_, body)) = forms.last_mut() {
                        *body = one_line(token.text);
                    }
                }
                _ => {}
            }
        }
        forms
    }
}

/// Takes the path of an import, with the word before it (`public`, `weak`).
pub(super) fn import(lexer: &mut Lexer<'_>) -> Option<String> {
    let word = lexer.take_kind(Kind::Word).map(|word| word.text);
    let path = lexer.take_kind(Kind::Text)?;
    let word = word.map_or_else(String::new, |word| format!("{word} "));
    Some(format!("{word}`{}`", one_line(path.text)))
}

/// Returns how an extension called `name` of the message `of` is written where it is used, if it is an option.
pub(super) fn as_option(package: &str, scope: &[String], of: &str, name: &str) -> Option<String> {
    let is_option = of.ends_with("Options") && of.contains("protobuf");
    let path = std::iter::once(package).chain(scope.iter().map(String::as_str));
    let path: Vec<&str> = path.filter(|part| !part.is_empty()).chain([name]).collect();
    is_option.then(|| format!("written as `({})`", one_line(&path.join("."))))
}

/// Takes the name of the syntax or the edition of a file.
pub(super) fn edition(lexer: &mut Lexer<'_>, word: &str) -> Option<String> {
    lexer.take("=")?;
    let name = lexer.take_kind(Kind::Text)?;
    Some(format!("{word} `{}`", one_line(name.text)))
}

/// Returns the options of a field as they are written between their brackets; what is deprecated is said in a word.
pub(super) fn of_field(written: &str) -> Vec<String> {
    let inside = written.trim_matches(['[', ']']);
    let deprecated = "deprecated=true";
    let rest = inside.replacen(deprecated, "", 1);
    let mut options = Vec::new();
    if rest.len() < inside.len() {
        options.push("deprecated".to_owned());
    }
    let rest = one_line(rest.trim_matches([',', ' ']));
    if !rest.is_empty() {
        options.push(format!("`{}`", rest.replace('`', "'")));
    }
    options
}
