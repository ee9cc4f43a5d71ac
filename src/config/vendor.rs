//! A vendor of the settings, ready to use: its headers filled in from the environment, or the reason why it is off.

use std::time::Duration;

use secrecy::SecretString;

use super::env::Environment;
use super::settings::Upstream;

/// One vendor server.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// Its name: the part of a tool's name before `__`.
    pub name: String,
    /// Address of its MCP endpoint.
    pub url: String,
    /// Headers of every request; values are secrets.
    pub headers: Vec<(String, SecretString)>,
    /// The vendor's tools that are offered.
    pub tools: Vec<String>,
    /// Longest wait for a session.
    pub connect_timeout: Duration,
    /// Longest silence during a call.
    pub call_timeout: Duration,
    /// Whether the person wants it at all.
    pub enabled: bool,
    /// Why it is not used, if so.
    pub off: Option<Off>,
}

/// Why a vendor is not used, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Off {
    /// Why.
    pub why: String,
    /// What to do.
    pub hint: String,
}

/// A `${VAR}` in a header's value.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Literal(&'a str),
    Variable(&'a str, Option<&'a str>),
}

impl Vendor {
    /// Joins what the settings say of `name` with the environment.
    pub(super) fn resolve(name: &str, settings: &Upstream, environment: &Environment) -> Self {
        let mut off = None;
        let mut headers = Vec::new();
        for (header, template) in &settings.headers {
            match expand(template, environment) {
                Ok(value) => headers.push((header.clone(), SecretString::from(value))),
                Err(missing) => {
                    off.get_or_insert(Off {
                        why: format!("header `{header}` needs {missing}"),
                        hint: format!(
                            "set it where the client starts this program (the `env` of its MCP entry), or change `upstream.{name}.headers`"
                        ),
                    });
                }
            }
        }
        if settings.url.is_none() {
            off = Some(Off {
                why: "it has no `url`".to_owned(),
                hint: format!("set `upstream.{name}.url` in your settings file"),
            });
        }
        if !settings.enabled {
            off = Some(Off {
                why: "it is switched off".to_owned(),
                hint: format!("set `upstream.{name}.enabled = true` in your settings file"),
            });
        }
        Self {
            name: name.to_owned(),
            url: settings.url.clone().unwrap_or_default(),
            headers,
            tools: settings.tools.clone(),
            connect_timeout: Duration::from_millis(settings.connect_timeout_ms),
            call_timeout: Duration::from_millis(settings.call_timeout_ms),
            enabled: settings.enabled,
            off,
        }
    }

    /// Returns whether `tool`, by the vendor's own name, is offered.
    pub fn selects(&self, tool: &str) -> bool {
        self.tools
            .iter()
            .any(|chosen| chosen == "*" || chosen == tool)
    }

    /// Returns a warning if the vendor's headers cross a network in the clear.
    pub(super) fn unencrypted(&self) -> Option<String> {
        let rest = self.url.strip_prefix("http://")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let here = ["localhost", "127.", "[::1]"]
            .iter()
            .any(|start| authority.starts_with(start));
        (!here && !self.headers.is_empty()).then(|| {
            format!(
                "vendor `{}` is reached without encryption: whoever is on the way can read its headers; use `https://`",
                self.name
            )
        })
    }

    /// Returns the address without what may hold a secret: everything from the `?` on.
    pub fn shown_url(&self) -> &str {
        shown_url(&self.url)
    }
}

/// Returns an address up to its `?`.
pub fn shown_url(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Returns a header's value as a person may see it: the variables it names, and nothing of the rest.
pub fn shown_header(template: &str) -> String {
    let variables: Vec<_> = pieces(template)
        .into_iter()
        .flatten()
        .filter_map(|piece| match piece {
            Piece::Variable(name, _) => Some(format!("${{{name}}}")),
            Piece::Literal(_) => None,
        })
        .collect();
    if variables.is_empty() {
        "[hidden]".to_owned()
    } else {
        format!("[hidden, from {}]", variables.join(" "))
    }
}

fn expand(template: &str, environment: &Environment) -> Result<String, String> {
    let pieces = pieces(template).ok_or("`${` closed by `}`")?;
    let mut value = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => value.push_str(text),
            Piece::Variable(name, otherwise) => {
                // A client that could not expand its own placeholder passes it on as it stands.
                let set = environment.text(name).filter(|text| !text.contains("${"));
                match set.or(otherwise) {
                    Some(text) => value.push_str(text),
                    None => {
                        return Err(format!(
                            "the variable `{name}`, which is not set in this environment"
                        ));
                    }
                }
            }
        }
    }
    if value.chars().any(char::is_control) {
        return Err("a value without control characters".to_owned());
    }
    Ok(value)
}

/// Cuts a template into its pieces; `None` if a `${` is not closed.
fn pieces(template: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, tail) = after.split_once('}')?;
        let variable = match inside.split_once(":-") {
            Some((name, otherwise)) => Piece::Variable(name, Some(otherwise)),
            None => Piece::Variable(inside, None),
        };
        pieces.push(Piece::Literal(before));
        pieces.push(variable);
        rest = tail;
    }
    pieces.push(Piece::Literal(rest));
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        [
            ("KEY", "s3cret"),
            ("EMPTY", ""),
            ("LITERAL", "${input:key}"),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn placeholders_are_filled_from_the_environment() {
        let cases = [
            ("plain", Ok("plain")),
            ("Bearer ${KEY}", Ok("Bearer s3cret")),
            ("${KEY}${KEY}", Ok("s3crets3cret")),
            ("${NONE:-x}", Ok("x")),
            ("${NONE:-}", Ok("")),
            ("${KEY:-x}", Ok("s3cret")),
            ("$KEY", Ok("$KEY")),
        ];
        for (template, expected) in cases {
            assert_eq!(
                expand(template, &environment()).as_deref().map_err(|_| ()),
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn what_cannot_be_filled_is_an_error_that_names_the_variable() {
        for template in ["${NONE}", "x ${EMPTY}", "${LITERAL}", "${KEY"] {
            let error = expand(template, &environment()).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert!(
            expand("${NONE}", &environment())
                .unwrap_err()
                .contains("`NONE`")
        );
    }

    #[test]
    fn a_vendor_with_an_unset_variable_is_off_and_says_which() {
        let settings = Upstream {
            url: Some("https://a.example/mcp".to_owned()),
            headers: [("authorization".to_owned(), "Bearer ${NONE}".to_owned())].into(),
            ..Upstream::default()
        };
        let off = Vendor::resolve("acme", &settings, &environment())
            .off
            .unwrap();
        assert_eq!(
            off.why,
            "header `authorization` needs the variable `NONE`, which is not set in this environment"
        );
    }

    #[test]
    fn a_header_is_shown_by_the_variables_it_names_only() {
        assert_eq!(shown_header("Bearer abc"), "[hidden]");
        assert_eq!(shown_header("Bearer ${KEY}-x"), "[hidden, from ${KEY}]");
        let vendor = Vendor::resolve(
            "acme",
            &Upstream {
                url: Some("https://a.example/mcp?key=abc".to_owned()),
                headers: [("authorization".to_owned(), "${KEY}".to_owned())].into(),
                ..Upstream::default()
            },
            &environment(),
        );
        assert_eq!(vendor.shown_url(), "https://a.example/mcp");
        assert!(!format!("{vendor:?}").contains("s3cret"));
    }
}
