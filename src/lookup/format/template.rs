//! Templates that pages are made of (Jinja, Liquid, Handlebars, Go): what they say is what is put between.

use std::cell::RefCell;

use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};

use crate::markup;

/// What begins and ends what is put in: a statement, a value.
const MARKS: [(&str, &str); 2] = [("{%", "%}"), ("{{", "}}")];
/// Elements in which pages show such marks, and others whose text is no words.
const SHOWN: &[&str] = &[
    "pre", "code", "tt", "kbd", "samp", "textarea", "script", "style",
];
/// Letters of the longest mark: a longer one is none, and its end is not looked for in the whole page.
const MARK_LETTERS_MAX: usize = 400;
/// Words for each mark that make a page of a template: a few marks stand in pages that are written.
const WORDS_PER_MARK: usize = 8;

/// Lines of a page of Markdown to each that is a statement, in a template at most.
const LINES_PER_STATEMENT: usize = 10;

/// Tells whether a page of Markdown is a template of Handlebars: one line in ten is a statement (`{{#each}}`, `{{> part}}`), and
/// one ends another. `is_code` tells it of each line.
pub(super) fn is_template_of_markdown(text: &str, is_code: impl Fn(usize) -> bool) -> bool {
    if !text.contains("{{/") {
        return false;
    }
    let lines = text.lines().enumerate();
    let said = lines.filter(|(at, line)| !line.trim().is_empty() && !is_code(*at));
    let (mut lines, mut statements, mut ends) = (0, 0, 0);
    for (_, line) in said {
        lines += 1;
        let inside = line.trim().strip_prefix("{{");
        let Some(inside) = inside.and_then(|rest| rest.strip_suffix("}}")) else {
            continue;
        };
        let inside = inside.trim_start_matches('~');
        statements += usize::from(inside.starts_with(['#', '/', '>', '*']));
        ends += usize::from(inside.starts_with('/'));
    }
    ends > 0 && statements * LINES_PER_STATEMENT >= lines
}

/// Tells whether the page `html` is a template: it has so many marks outside of code that there are few words for each.
pub(super) fn is_template(html: &str) -> bool {
    if !MARKS.iter().any(|(begin, _)| html.contains(begin)) {
        return false;
    }
    let (Ok(sink) | Err(sink)) = markup::read(html, Sink::default());
    let Text {
        words, mut marks, ..
    } = sink.0.into_inner();
    let mut left = words.as_str();
    let mut said = 0;
    while let Some((before, rest)) = left.find('{').and_then(|at| left.split_at_checked(at)) {
        said += before.split_whitespace().count();
        let behind = mark(rest);
        marks += usize::from(behind.is_some());
        left = behind.or_else(|| rest.get(1..)).unwrap_or_default();
    }
    said += left.split_whitespace().count();
    marks > 0 && said < marks * WORDS_PER_MARK
}

/// Returns what stands behind the mark that `text` begins with, if it does.
fn mark(text: &str) -> Option<&str> {
    let (begin, end) = MARKS.iter().find(|(begin, _)| text.starts_with(begin))?;
    let near = text.char_indices().nth(MARK_LETTERS_MAX);
    let near = near.map_or(Some(text), |(at, _)| text.get(..at))?;
    let at = near.get(begin.len()..)?.find(end)?;
    text.get(begin.len() + at + end.len()..)
}

#[derive(Default)]
struct Text {
    /// What stands between tags, outside of code.
    words: String,
    /// Marks within tags.
    marks: usize,
    /// Such elements, one inside the other.
    shown: usize,
}

#[derive(Default)]
struct Sink(RefCell<Text>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut text = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(words) if text.shown == 0 => text.words.push_str(&words),
            Token::TagToken(tag) => {
                let name: &str = &tag.name;
                text.words.push(' ');
                if SHOWN.contains(&name) {
                    text.shown = match tag.kind {
                        TagKind::StartTag => text.shown + 1,
                        TagKind::EndTag => text.shown.saturating_sub(1),
                    };
                }
                if text.shown == 0 {
                    let values = tag.attrs.iter().map(|attribute| &attribute.value);
                    text.marks += values
                        .filter(|value| MARKS.iter().any(|(begin, _)| value.contains(begin)))
                        .count();
                }
                let raw = markup::raw(name).filter(|_| tag.kind == TagKind::StartTag);
                if let Some(kind) = raw {
                    return TokenSinkResult::RawData(kind);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_told_from_a_page_about_templates() {
        for html in [
            "{% extends \"base.html\" %}\n{% block title %}Ropes{% endblock %}",
            "<html><head><title>{{ site }}</title></head><body><p>All of the articles by: {{ author }}</p></body>",
            "{{ define \"main\" }}<h1>{{ .Title }}</h1>{{ .Content }}{{ end }}",
            "<ul>{{#each ropes}}<li><a href=\"{{url}}\">{{name}}</a></li>{{/each}}</ul>",
        ] {
            assert!(is_template(html), "{html}");
        }
        let prose =
            "A template says where the values of a page stand, and what is said for each of them. ";
        for html in [
            "<p>No marks at all.</p>".to_owned(),
            format!(
                "<p>{prose}</p><pre>{{% for rope in ropes %}}{{{{ rope }}}}{{% endfor %}}</pre>"
            ),
            "<p>Write <code>{{ rope }}</code> or <tt>{% if %}</tt>.</p>".to_owned(),
            format!("{{% include nav.html %}}<p>{prose}{prose}</p>"),
            "<p>Ropes.</p><script>let a = '{{ x }}';</script>".to_owned(),
            "<p>A set {{ of ropes.</p>".to_owned(),
        ] {
            assert!(!is_template(&html), "{html}");
        }
    }

    #[test]
    fn a_template_of_markdown_has_a_statement_in_ten_lines_and_one_that_ends() {
        let no_code = |_: usize| false;
        let template = "# x(1)\n{{~*set name=\"x\"}}\n\n{{#options}}\n\n{{> options-release }}\n\n{{/options}}\n";
        assert!(is_template_of_markdown(template, no_code));
        assert!(!is_template_of_markdown(template, |_| true));
        let long = format!("{template}{}", "Words.\n".repeat(40));
        for text in [
            "{{#include a.md}}\n",
            "Write {{#if}} and\n{{/if}} here.\n",
            &long,
        ] {
            assert!(!is_template_of_markdown(text, no_code), "{text}");
        }
    }
}
