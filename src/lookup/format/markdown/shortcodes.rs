//! Shortcodes of Hugo and tags of Liquid that stand round code, and those that make an address: to a parser of Markdown what is
//! within is text, with headings where the code has comments.

use std::borrow::Cow;
use std::ops::Range;

use super::edits::Edits;
use super::hidden::fenced;
use crate::lookup::passage::fence_of;

/// Words in the names of what stands round code.
const OF_CODE: [&str; 10] = [
    "highlight",
    "code",
    "codeblock",
    "example",
    "examples",
    "cli",
    "console",
    "terminal",
    "shell",
    "snippet",
];
/// What begins a line at a prompt.
const PROMPTS: [&str; 3] = ["$ ", ">>> ", "127.0.0.1:"];
/// What opens and closes a shortcode, or a tag.
const BRACKETS: [(&str, &str); 3] = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}")];
/// What makes an address of a page.
const REFERENCES: [&str; 4] = ["{{< relref ", "{{< ref ", "{{% relref ", "{{% ref "];

/// Returns `text` with fences instead of the shortcodes round code, and with addresses instead of those that make one; the number
/// of lines stays.
pub(super) fn without_shortcodes(text: &str) -> Cow<'_, str> {
    if !BRACKETS.iter().any(|(open, _)| text.contains(open)) {
        return text.into();
    }
    let is_fenced = fenced(text);
    let mut edits = Edits::default();
    let mut open: Option<Open<'_>> = None;
    let mut start = 0;
    for (line, is_fenced) in text.split_inclusive('\n').zip(is_fenced) {
        let range = start..start + line.trim_end().len();
        start += line.len();
        if let Some(code) = &mut open {
            if called(line).is_some_and(|called| code.ends(called)) {
                code.show(text, range, &mut edits);
                open = None;
                continue;
            }
            code.add(line, is_fenced);
        }
        if is_fenced {
            continue;
        }
        if let Some(called) = called(line)
            && let Some(found) = Open::of(called, range.clone())
        {
            open = Some(found);
        } else {
            references(line, range.start, &mut edits);
        }
    }
    edits.written(text.to_owned()).into()
}

/// A shortcode that is open.
struct Open<'t> {
    name: &'t str,
    language: &'t str,
    line: Range<usize>,
    /// Whether its name is of code, or what it holds begins at a prompt.
    is_code: bool,
    is_empty: bool,
    /// Whether code is fenced in it.
    has_fence: bool,
}

impl<'t> Open<'t> {
    /// Returns what the shortcode `called` so opens.
    fn of(called: &'t str, line: Range<usize>) -> Option<Self> {
        let mut words = called.split_whitespace();
        let name = words.next()?;
        let is_name = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
        let is_closed = called.ends_with('/');
        if is_closed || !name.starts_with(char::is_alphabetic) || !name.chars().all(is_name) {
            return None;
        }
        let language = words.next().unwrap_or_default().trim_matches('"');
        let is_language = language
            .chars()
            .all(|it| it.is_alphanumeric() || "+-#".contains(it));
        Some(Self {
            name,
            language: if is_language { language } else { "" },
            line,
            is_code: name.split(['-', '_']).any(|part| OF_CODE.contains(&part)),
            is_empty: true,
            has_fence: false,
        })
    }

    /// Tells whether what is `called` so ends it.
    fn ends(&self, called: &str) -> bool {
        let end = called.strip_prefix('/').map(str::trim_start);
        end.or(called.strip_prefix("end")) == Some(self.name)
    }

    /// Adds a line of what it holds.
    fn add(&mut self, line: &str, is_fenced: bool) {
        self.has_fence |= is_fenced || fence_of(line).is_some();
        let line = line.trim_start();
        if self.is_empty && !line.is_empty() {
            self.is_empty = false;
            self.is_code |= PROMPTS.iter().any(|prompt| line.starts_with(prompt));
        }
    }

    /// Shows fences instead of it, and of what ends it at `end`, if it holds code.
    fn show(&self, text: &str, end: Range<usize>, edits: &mut Edits) {
        if !self.is_code || self.is_empty || self.has_fence {
            return;
        }
        let line = text.get(self.line.clone()).unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        let start = self.line.start + indent;
        edits.show(start..self.line.end, format!("```{}", self.language));
        // As far in as what opens it, for in an item it would be elsewhere.
        let indent = line.get(..indent).unwrap_or_default();
        edits.show(end, format!("{indent}```"));
    }
}

/// Returns what is between the brackets of a shortcode or a tag that is all of `line`.
fn called(line: &str) -> Option<&str> {
    let line = line.trim();
    BRACKETS.iter().find_map(|(open, close)| {
        let inside = line.strip_prefix(open)?.strip_suffix(close)?;
        let inside = inside.trim_matches(['-', ' ', '\t']);
        let is_one = !BRACKETS.iter().any(|(open, _)| inside.contains(open));
        is_one.then_some(inside)
    })
}

/// Shows the addresses that shortcodes in `line`, which begins at `start`, make.
fn references(line: &str, start: usize, edits: &mut Edits) {
    for (at, _) in line.match_indices("{{") {
        let rest = line.get(at..).unwrap_or_default();
        let Some(given) = REFERENCES.iter().find_map(|name| rest.strip_prefix(name)) else {
            continue;
        };
        let Some((address, close)) = given
            .trim_start()
            .strip_prefix('"')
            .and_then(|it| it.split_once('"'))
        else {
            continue;
        };
        let close = close.trim_start();
        let Some(behind) = [">}}", "%}}"]
            .iter()
            .find_map(|end| close.strip_prefix(end))
        else {
            continue;
        };
        if !address.contains(char::is_whitespace) {
            let end = start + line.len() - behind.len();
            edits.show(start + at..end, address.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn shortcodes_round_code_are_fences() {
        let text = "# T\n\n{{< highlight bash >}}\n# Start it\nserve\n{{< /highlight >}}\n\n- One\n\n  {{% redis-cli %}}\n  SET a b\n  {{% /redis-cli %}}\n\n\
                    {{<clients-example set=\"a b\">}}\n> GET a\n* two\n{{</clients-example>}}\n\n{% highlight ruby %}\n# No\n{% endhighlight %}\n\n\
                    {{< tab >}}\n$ ls\n{{< /tab >}}\n";
        let page = parse(text);
        assert_eq!(
            page.text,
            "# T\n\n```bash\n# Start it\nserve\n```\n\n- One\n\n  ```\n  SET a b\n  ```\n\n\
             ```\n> GET a\n* two\n```\n\n```ruby\n# No\n```\n\n```\n$ ls\n```\n"
        );
        assert_eq!(headings(&page.blocks).count(), 1);
    }

    #[test]
    fn shortcodes_round_text_or_fences_or_without_an_end_stay() {
        for text in [
            "{{< note >}}\n# Heading\n> Words.\n{{< /note >}}\n",
            "{{< code-tabs >}}\n```\na\n```\n{{< /code-tabs >}}\n",
            "{{< highlight sh >}}\n# Heading\n",
            "```\n{{< highlight sh >}}\na\n{{< /highlight >}}\n```\n",
            "```\n[a]({{< relref \"/b\" >}})\n```\n",
            "{{< highlight >}}\n{{< /highlight >}}\n",
        ] {
            assert_eq!(parse(text).text, text);
        }
    }

    #[test]
    fn shortcodes_that_make_an_address_are_that() {
        let text = "See [`DEL`]({{< relref \"/commands/del\" >}}), [b]({{% ref \"c.md#d\" %}}) and {{< relref x >}}.\n";
        assert_eq!(
            parse(text).text,
            "See [`DEL`](/commands/del), [b](c.md#d) and {{< relref x >}}.\n"
        );
    }
}
