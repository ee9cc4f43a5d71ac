//! MDX: Markdown with components. Imports and exports are program, not documentation, and are blanked.

use super::{Format, Pages, Unread, markdown, of_text};
use crate::lookup::document::Document;

/// `.mdx`.
pub(super) struct Mdx;

impl Format for Mdx {
    fn name(&self) -> &'static str {
        "MDX"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mdx"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        of_text(bytes, parse)
    }
}

fn parse(text: &str) -> Document {
    markdown::parse(&without_program(text))
}

/// Blanks `import` and `export` at the start of a line, each up to the next blank line, outside code fences.
fn without_program(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    let mut program = false;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| words.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) if !program => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        if fence.is_none() {
            program = (program && !words.is_empty())
                || ["import ", "export ", "import{", "export{"]
                    .iter()
                    .any(|word| line.starts_with(word));
        }
        kept.push_str(if program { "\n" } else { line });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_go_and_code_stays() {
        let text = "import A from 'a'\nexport const b = {\n  c: 1,\n}\n\n# T\n\n```js\nimport x from 'x'\n```\nimportant\n";
        assert_eq!(
            without_program(text),
            "\n\n\n\n\n# T\n\n```js\nimport x from 'x'\n```\nimportant\n"
        );
    }
}
