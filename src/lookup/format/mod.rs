//! From a file's bytes to a [`Document`]: one file per format, and [`FORMATS`], the registry.

mod asciidoc;
mod html;
mod html_page;
mod markdown;
mod mdx;
mod plain;
mod rst;

use super::document::Document;

/// A kind of file that can be read as documentation.
pub trait Format: Sync {
    /// Name, for people.
    fn name(&self) -> &'static str;
    /// File name extensions, lower case.
    fn extensions(&self) -> &'static [&'static str];
    /// Tells whether line n of the document is line n of the file.
    fn keeps_lines(&self) -> bool {
        true
    }
    /// Reads the text of a file. Never fails: what cannot be understood is prose.
    fn parse(&self, text: &str) -> Document;
}

/// Every format; the first that claims an extension reads it.
pub const FORMATS: &[&dyn Format] = &[
    &markdown::Markdown,
    &mdx::Mdx,
    &html::Html,
    &rst::Rst,
    &asciidoc::AsciiDoc,
    &plain::Plain,
];

/// What reads a file that no format claims, when a person names it.
pub const FALLBACK: &dyn Format = &plain::Plain;

/// Returns the format that reads files named like `path`, or `None` if such files are not documentation.
pub fn of_path(path: &str) -> Option<&'static dyn Format> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return is_known_name(file).then_some(&plain::Plain as &dyn Format);
    };
    let extension = extension.to_lowercase();
    FORMATS
        .iter()
        .copied()
        .find(|format| format.extensions().contains(&extension.as_str()))
        .filter(|_| !stem.is_empty())
}

/// Tells whether a file without extension is documentation by custom.
fn is_known_name(file: &str) -> bool {
    matches!(
        file.to_uppercase().as_str(),
        "README"
            | "CHANGELOG"
            | "CHANGES"
            | "NEWS"
            | "INSTALL"
            | "HACKING"
            | "CONTRIBUTING"
            | "FAQ"
    )
}
