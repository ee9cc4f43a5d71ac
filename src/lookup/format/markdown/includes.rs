//! Files that pages of Microsoft's documentation have parts of: code that is built and tested elsewhere, words of several pages.

use super::super::taken::{self, LEVELS_MAX, Taken};
use super::super::{Beside, beside, comment};
use super::{hidden, learn};
use crate::lookup::clean;
use crate::lookup::passage::fence_around;

/// What a comment of some language begins with.
const COMMENTS: &[&str] = &["//", "<!--", "/*", "--", "#", "'", "%", ";"];

/// A line that stands for a part of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part<'t> {
    path: &'t str,
    /// The language of code; words have none.
    language: Option<&'t str>,
    /// What the part is called in the file.
    name: Option<&'t str>,
    /// Its lines there, from 1: `2-5,8,10-`.
    lines: Option<&'t str>,
}

impl<'t> Part<'t> {
    /// Returns the part that `line` stands for, if it does.
    fn of(line: &'t str) -> Option<Self> {
        let words = line.trim_start_matches([' ', '\t', '>']).trim_end();
        if let Some(said) = words.strip_prefix(":::code ") {
            return Some(Self {
                path: learn::attribute(said, "source")?,
                language: Some(learn::attribute(said, "language").unwrap_or_default()),
                name: learn::attribute(said, "id"),
                lines: learn::attribute(said, "range"),
            });
        }
        let (kind, rest) = words.strip_prefix("[!")?.split_once('[')?;
        let (_, address) = rest.split_once("](")?;
        let address = address.strip_suffix(")]")?;
        if kind.trim_end().eq_ignore_ascii_case("include") {
            return Some(Self {
                path: address,
                ..Self::default()
            });
        }
        let (called, language) = kind.split_at_checked("code".len())?;
        if !called.eq_ignore_ascii_case("code") {
            return None;
        }
        let (path, asked) = address.split_once(['?', '#']).unwrap_or((address, ""));
        let is_query = address.get(path.len()..)?.starts_with('?');
        let value = |key: &str| {
            let mut values = asked.split('&').filter_map(|value| value.split_once('='));
            values.find_map(|(known, value)| (is_query && known == key).then_some(value))
        };
        let region = (!is_query && !asked.is_empty()).then_some(asked);
        let is_number = |region: &&str| {
            region
                .strip_prefix('L')
                .is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
        };
        Some(Self {
            path,
            language: Some(language.trim_start_matches('-')),
            name: value("name").or_else(|| region.filter(|region| !is_number(region))),
            lines: value("range").or_else(|| region.filter(is_number)),
        })
    }

    /// Returns the part of `code`, without the lines that only say where parts are.
    fn cut(&self, code: &str) -> Option<String> {
        let lines: Vec<&str> = match (self.name, self.lines) {
            (Some(name), _) => named(code, name)?,
            (None, Some(numbers)) => {
                let is_meant = ranges(numbers);
                let lines = code.lines().zip(1..);
                lines
                    .filter(|(_, at)| is_meant(*at))
                    .map(|(line, _)| line)
                    .collect()
            }
            (None, None) => code.lines().collect(),
        };
        let code = comment::whole(&lines.join("\n"));
        let code = code.trim_end();
        (!code.trim().is_empty()).then(|| code.to_owned())
    }
}

/// Returns the lines of `code` between the marks of `name`.
fn named<'t>(code: &'t str, name: &str) -> Option<Vec<&'t str>> {
    let mut found = None;
    // The regions in the one that is meant, which end as it does.
    let mut regions = 0_usize;
    for line in code.lines() {
        let mark = Mark::of(line);
        let Some(lines) = &mut found else {
            let is_meant = match mark {
                Some(Mark::Begin(known) | Mark::Region(known)) => known.eq_ignore_ascii_case(name),
                _ => false,
            };
            if is_meant {
                found = Some(Vec::new());
                regions = usize::from(matches!(mark, Some(Mark::Region(_))));
            }
            continue;
        };
        match mark {
            None => lines.push(line),
            Some(Mark::Region(_)) if regions > 0 => regions += 1,
            Some(Mark::EndRegion) if regions > 0 => {
                regions -= 1;
                if regions == 0 {
                    break;
                }
            }
            Some(Mark::End(known)) if regions == 0 && known.eq_ignore_ascii_case(name) => break,
            Some(_) => {}
        }
    }
    found
}

/// A line of code that says where a part of it begins or ends.
enum Mark<'t> {
    Begin(&'t str),
    End(&'t str),
    Region(&'t str),
    EndRegion,
}

impl<'t> Mark<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let line = line.trim();
        let said = COMMENTS
            .iter()
            .find_map(|begins| line.strip_prefix(begins))?;
        let said = said.trim().trim_start_matches('#').trim();
        if let Some(name) = said.strip_prefix("region") {
            return Some(Self::Region(name.trim()));
        }
        if said.starts_with("endregion") {
            return Some(Self::EndRegion);
        }
        let (name, behind) = said.strip_prefix('<')?.split_once('>')?;
        let is_all = matches!(behind.trim(), "" | "-->" | "*/");
        let is_name = !name.is_empty() && !name.contains([' ', '"', '<']);
        (is_all && is_name).then(|| match name.strip_prefix('/') {
            Some(name) => Self::End(name),
            None => Self::Begin(name),
        })
    }
}

/// Returns which lines `numbers` means: `2-5,8,10-` or `L2-L5`.
fn ranges(numbers: &str) -> impl Fn(usize) -> bool {
    let number = |text: &str| text.trim().trim_start_matches('L').parse().ok();
    taken::ranges(numbers.split(','), move |range| {
        match range.split_once('-') {
            Some((first, last)) => Some((number(first)?, number(last).unwrap_or(usize::MAX))),
            None => number(range).map(|only| (only, only)),
        }
    })
}

/// Returns the paths of the files that a page, the bytes of a file, has parts of.
pub(super) fn references(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    if !has_any(&text) {
        return Vec::new();
    }
    let parts = text.lines().filter_map(Part::of);
    let mut paths: Vec<String> = parts
        .filter(|part| !part.path.contains("://") && !part.path.starts_with(['~', '/']))
        .map(|part| part.path.to_owned())
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Tells whether `text` may have parts of other files.
pub(super) fn has_any(text: &str) -> bool {
    let has_kind = |(at, mark): (usize, &str)| {
        let kind = text.get(at + mark.len()..).unwrap_or_default();
        ["code", "include"].iter().any(|known| {
            kind.get(..known.len())
                .is_some_and(|kind| kind.eq_ignore_ascii_case(known))
        })
    };
    text.contains(":::code ") || text.match_indices("[!").any(has_kind)
}

/// Returns `text` with what it has of files `beside` it, and the line of the file (from 1) that each of its lines is of.
pub(super) fn written(text: &str, beside: &Beside) -> (String, Vec<u32>) {
    let mut writer = Writer(Taken::of(beside, text.len()));
    writer.page(&clean::visible(text), "", None, 0);
    writer.0.done()
}

struct Writer<'a>(Taken<'a>);

impl Writer<'_> {
    /// Writes the file at `own`, in the place of `line` of the page if it is not that itself.
    fn page(&mut self, text: &str, own: &str, line: Option<u32>, level: usize) {
        let fenced = hidden::fenced(text);
        for ((words, is_code), at) in text.lines().zip(fenced).zip(1..) {
            let line = line.unwrap_or(at);
            match Part::of(words).filter(|_| !is_code) {
                Some(part) => self.part(&part, words, own, line, level),
                None => self.0.line(words, line),
            }
        }
    }

    /// Writes what `words` stand for, or the name of the file if it is not there.
    fn part(&mut self, part: &Part<'_>, words: &str, own: &str, line: u32, level: usize) {
        let marks = words.len() - words.trim_start_matches([' ', '\t', '>']).len();
        let before = words.get(..marks).unwrap_or_default();
        let path = match own {
            "" => Some(part.path.to_owned()),
            own => beside(own, part.path),
        };
        let Some(language) = part.language else {
            let text = path.as_ref().filter(|_| level < LEVELS_MAX);
            let text = text.and_then(|path| self.0.look(path));
            let text = text.filter(|text| self.0.take(text.len()));
            if let (Some(text), Some(path)) = (text, path) {
                let (_, text) = super::super::front::split(&text);
                self.page(text.trim_matches('\n'), &path, Some(line), level + 1);
            } else {
                self.0.line("", line);
            }
            return;
        };
        let code = path.and_then(|path| part.cut(&self.0.look(&path)?));
        if let Some(code) = code.filter(|code| self.0.take(code.len())) {
            let fence = fence_around(&code);
            self.0.line(&format!("{before}{fence}{language}"), line);
            for of_code in code.lines() {
                self.0.line(&format!("{before}{of_code}"), line);
            }
            self.0.line(&format!("{before}{fence}"), line);
        } else {
            let name = part.path.rsplit(['/', '\\']).next().unwrap_or(part.path);
            self.0
                .line(&format!("{before}`{}`", name.replace('`', "")), line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Format as _;
    use super::super::Markdown;
    use super::*;
    use crate::lookup::document::Document;

    const CODE: &str = "using A;\n\n// <snippet_x>\nvar x = 1;\n#region Inner\nvar y = 2;\n#endregion\n// </snippet_x>\n\n    #region Main\n    main();\n    #region B\n        b();\n    #endregion\n    #endregion\n";

    fn read(text: &str) -> Document {
        let files = [
            ("../code/A.cs", CODE),
            (
                "inc/a.md",
                "---\ntitle: N\n---\n\nWords.\n\n[!code[](../../code/A.cs?range=1)]\n",
            ),
        ];
        let beside = Beside {
            files: files
                .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
                .into(),
            ..Beside::default()
        };
        Markdown
            .read_beside(text.as_bytes(), &beside)
            .unwrap()
            .first
    }

    #[test]
    fn code_of_other_files_stands_where_a_page_refers_to_it() {
        for (line, shown) in [
            (
                "[!code-csharp[Main](../code/A.cs#Main)]",
                "```csharp\nmain();\n    b();\n```",
            ),
            (
                "[!code-csharp[M](../code/A.cs?name=Snippet_X&highlight=1)]",
                "```csharp\nvar x = 1;\nvar y = 2;\n```",
            ),
            (
                ":::code language=\"csharp\" source=\"../code/A.cs\" id=\"Inner\":::",
                "```csharp\nvar y = 2;\n```",
            ),
            (
                "  [!code[](../code/A.cs?range=1,4-4)]",
                "  ```\n  using A;\n  var x = 1;\n  ```",
            ),
            ("[!code-csharp[Main](../code/B.cs#Main)]", "`B.cs`"),
            ("[!code-csharp[Main](../code/A.cs#None)]", "`A.cs`"),
            ("[!INCLUDE [a](none.md)]", ""),
        ] {
            let page = read(&format!("# T\n\n{line}\n\nEnd.\n"));
            assert_eq!(page.text, format!("# T\n\n{shown}\n\nEnd.\n"));
            let lines = page.file_lines.unwrap();
            assert_eq!(lines.len(), page.text.lines().count());
            assert_eq!(
                (lines.first(), lines.get(2), lines.last()),
                (Some(&1), Some(&3), Some(&5))
            );
        }
    }

    #[test]
    fn words_of_another_page_stand_where_a_page_includes_it_with_what_it_refers_to() {
        let page = read("# T\n\n[!INCLUDE [a](inc/a.md)]\n\n```\n[!code[](../code/A.cs)]\n```\n");
        assert_eq!(
            page.text,
            "# T\n\nWords.\n\n```\nusing A;\n```\n\n```\n[!code[](../code/A.cs)]\n```\n"
        );
        assert_eq!(page.file_lines.unwrap(), [1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn the_files_that_a_page_has_parts_of_are_named_and_of_others_none() {
        let text = b"[!code-cs[A](b/A.cs?name=x)]\n[!code-cs[A](b/A.cs)]\n:::code source=\"C.cs\":::\n[!INCLUDE[x](~/a.md)]\n[!NOTE]\n";
        assert_eq!(references(text), ["C.cs", "b/A.cs"]);
        assert!(Markdown.references(text).is_some());
        assert!(Markdown.references(b"> [!NOTE]\n> A codes.\n").is_none());
    }
}
