//! From a file's bytes to its [`Pages`]: one file or folder per format, and [`FORMATS`], the registry.
//!
//! Beside them lies what several share. [`charset`] makes letters of bytes, [`tree`] nodes of JSON and YAML, [`lexer`] tokens of
//! small languages, [`comment`] what their comments say. A [`sheet`] is a page that is written where people do not read the file as
//! it is. [`interface`] is what descriptions of interfaces have in common, and [`shape`] the types that they declare. [`manual`] and
//! [`overstrike`] know pages of the manual as terminals show them.

mod above;
mod asciidoc;
mod asyncapi;
mod charset;
mod comment;
mod docx;
mod epub;
mod front;
mod graphql;
mod html;
mod info;
mod interface;
mod jupyter;
mod lexer;
mod manual;
mod markdown;
mod mdx;
mod openapi;
mod overstrike;
mod pdf;
mod plain;
mod protobuf;
mod readers;
mod requirements;
mod roff;
mod rst;
mod rustdoc;
mod schema;
mod shape;
mod sheet;
mod taken;
mod template;
mod tree;
mod xhtml;

use std::collections::BTreeMap;
use std::io::Cursor;

pub(super) use self::charset::{read_as as text_as, why_binary};
pub(super) use self::interface::joined::beside;
pub use self::readers::READERS;
use super::document::Document;
use super::{packing, zip};

/// Bytes of the largest file read as documentation, if its format says nothing else: beyond that it is data.
pub(crate) const FILE_BYTES_MAX: u64 = 16 << 20;

/// A kind of file that can be read as documentation.
pub trait Format: Sync {
    /// Name, for people.
    fn name(&self) -> &'static str;
    /// File name extensions, lower case.
    fn extensions(&self) -> &'static [&'static str];
    /// Tells whether files with this `extension`, lower case, may be of the format.
    fn claims(&self, extension: &str) -> bool {
        self.extensions().contains(&extension)
    }
    /// Tells by the beginning of a file whether it can be of this format; asked where other files have the extension too.
    fn recognizes(&self, head: &str) -> bool {
        let _ = head;
        true
    }
    /// Returns the version of what a file documents, where its beginning says it.
    fn version(&self, head: &str) -> Option<String> {
        let _ = head;
        None
    }
    /// Returns what places in a file are counted in.
    fn counts(&self) -> &'static str {
        "lines"
    }
    /// Tells whether files are text, in whatever encoding.
    fn is_text(&self) -> bool {
        true
    }
    /// Returns the bytes of the largest file that is read.
    fn bytes_max(&self) -> u64 {
        FILE_BYTES_MAX
    }
    /// Reads the bytes of a file. What cannot be understood is prose, or named as skipped.
    ///
    /// # Errors
    /// [`Unread`] if there is nothing in it to be read.
    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread>;
    /// Returns how files are found that a file refers to and that have to be read with it; `None` if it stands alone.
    fn references(&self, bytes: &[u8]) -> Option<References> {
        let _ = bytes;
        None
    }
    /// Returns where in `text`, which was read of such a file, lies what is called `name` there and is no heading.
    fn place_of(&self, text: &str, name: &str) -> Option<usize> {
        let _ = (text, name);
        None
    }
    /// Reads the bytes of a file with what lies beside it.
    ///
    /// # Errors
    /// [`Unread`] if there is nothing in it to be read.
    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        let _ = beside;
        self.read(bytes)
    }
}

/// Bytes of a version: the longest are those of builds, with their hash.
const VERSION_BYTES_MAX: usize = 100;

/// Returns `text` if it can be a version as people write them.
fn fit_version(text: &str) -> Option<String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-+_".contains(letter);
    let is_fit = (1..=VERSION_BYTES_MAX).contains(&text.len()) && text.chars().all(is_plain);
    is_fit.then(|| text.to_owned())
}

/// How the files are found that a file refers to, by their path from its folder.
#[derive(Debug, Clone, Copy)]
pub enum References {
    /// Each file says which others it refers to.
    Of(fn(&[u8]) -> Vec<String>),
    /// The file says which it wants beside those that are there: where some lie is said in others.
    Wanted(fn(&[u8], &Beside) -> Vec<String>),
}

/// What lies beside a file and belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// What an index says is defined in it.
    pub names: Vec<Name>,
    /// The files that it and they refer to, by their path from its folder.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether it is the whole source, so that none of these is a page of its own.
    pub is_alone: bool,
}

/// A name that an index beside a file says is defined in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The anchor it is found at; `""` for the page itself.
    pub fragment: String,
    /// What is defined there.
    pub name: String,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    /// The page at the path of the file itself.
    pub first: Document,
    /// Pages below it, by their path from there: `x.json` holds `x.json/users`.
    pub below: Vec<(String, Document)>,
    /// What could not be read, for people.
    pub skipped: Vec<String>,
}

#[cfg(test)]
impl Pages {
    /// The page at `path` below the first.
    fn at(&self, path: &str) -> &Document {
        let found = self.below.iter().find(|(known, _)| known == path);
        let paths: Vec<&String> = self.below.iter().map(|(path, _)| path).collect();
        &found
            .unwrap_or_else(|| panic!("{path} is not in {paths:?}"))
            .1
    }
}

impl From<Document> for Pages {
    fn from(first: Document) -> Self {
        Self {
            first,
            ..Self::default()
        }
    }
}

/// Why a file gives no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It only looked like the format: it is something else, and nobody misses it.
    Foreign,
    /// It should have been readable; why it is not, for people.
    Broken(String),
}

/// Every format; the first that claims a file reads it.
pub const FORMATS: &[&dyn Format] = &[
    &markdown::Markdown,
    &mdx::Mdx,
    &html::Html,
    &xhtml::Xhtml,
    &rst::Rst,
    &asciidoc::AsciiDoc,
    &plain::Plain,
    &roff::Roff,
    &schema::Schema,
    &openapi::OpenApi,
    &asyncapi::AsyncApi,
    &rustdoc::Rustdoc,
    &graphql::GraphQl,
    &protobuf::Protobuf,
    &jupyter::Jupyter,
    &docx::Docx,
    &epub::Epub,
    &pdf::Pdf,
    &info::Info,
];

/// What reads a file that no format claims, when a person names it.
pub const FALLBACK: &dyn Format = &plain::Plain;

/// Bytes of a file that formats look at to recognize it: a banner and the first keys fit.
pub const HEAD_BYTES: usize = 4 << 10;

/// Returns the format that reads files named like `path` that begin with `head`, or `None` if such files are not
/// documentation. `head` is asked for only where the name does not decide.
pub fn of_file(path: &str, head: impl FnOnce() -> String) -> Option<&'static dyn Format> {
    let file = unpacked_name(path);
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return is_known_name(file).then_some(FALLBACK);
    };
    if stem.is_empty() {
        return None;
    }
    let first = of_extension(extension).next()?;
    if first.recognizes("") {
        return Some(first);
    }
    let head = head();
    of_extension(extension).find(|format| format.recognizes(&head))
}

/// Tells whether files named like `path` may be documentation; their beginning may say that one is not.
pub(super) fn claims(path: &str) -> bool {
    let file = unpacked_name(path);
    match file.rsplit_once('.') {
        Some(("", _)) => false,
        Some((_, extension)) => of_extension(extension).next().is_some(),
        None => is_known_name(file),
    }
}

/// Returns what places in the file at `path`, or in a page below it, are counted in: `lines` or `pages`.
pub(super) fn counted_in(path: &str) -> &'static str {
    of_path(path).map_or("lines", |format| format.counts())
}

/// Returns where in `text`, the page at `path`, lies what is called `name` there and is no heading.
pub(super) fn place_of(path: &str, text: &str, name: &str) -> Option<usize> {
    of_path(path)?.place_of(text, name)
}

/// Returns what a file is called that says nothing of it: its name without what says how it is kept.
pub(super) fn title_of(file: &str) -> &str {
    let (mut title, _) = file.rsplit_once('.').unwrap_or((file, ""));
    // Some keep a page as a text: `deck.rst.txt`.
    // What ends with a number is a version as often as a page of the manual.
    while claims(title)
        && let Some((stem, extension)) = title.rsplit_once('.')
        && extension.starts_with(char::is_alphabetic)
    {
        title = stem;
    }
    title
}

/// Returns the name of the file at `path` when it is unpacked.
fn unpacked_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    packing::inner_name(file).unwrap_or(file)
}

/// Returns the first format that claims files named like `path`.
fn of_path(path: &str) -> Option<&'static dyn Format> {
    let (_, extension) = unpacked_name(path).rsplit_once('.')?;
    of_extension(extension).next()
}

/// Returns the formats that claim files with this `extension`, in whatever letters.
fn of_extension(extension: &str) -> impl Iterator<Item = &'static dyn Format> {
    let extension = extension.to_lowercase();
    let formats = FORMATS.iter().copied();
    formats.filter(move |format| format.claims(&extension))
}

/// Returns the beginning of a file, packed or not, as [`Format::recognizes`] wants it.
pub fn head_of(bytes: &[u8]) -> String {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    charset::text(&packing::beginning(head, HEAD_BYTES)).into_owned()
}

/// Returns the bytes of a text that is no documentation: UTF-8, or what a mark at its beginning says.
pub fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    charset::text(bytes)
}

/// Reads the bytes of a file, which need not be UTF-8 if it is text, with what lies beside it.
///
/// # Errors
/// [`Unread`] if there is nothing in it to be read.
pub(super) fn read_file(
    format: &dyn Format,
    bytes: &[u8],
    beside: &Beside,
) -> Result<Pages, Unread> {
    if !format.is_text() {
        return format.read_beside(bytes, beside);
    }
    let text = charset::read(bytes);
    let mut pages = format.read_beside(&text.bytes, beside)?;
    pages.skipped.splice(..0, text.note);
    Ok(pages)
}

/// Reads `text` as the file at `path`.
pub fn read_text(path: &str, text: &str) -> Result<Pages, Unread> {
    let head = || head_of(text.as_bytes());
    let format = of_file(path, head).unwrap_or(FALLBACK);
    format.read(text.as_bytes())
}

/// Reads the bytes of a text as one document.
fn of_text(bytes: &[u8], parse: impl FnOnce(&str) -> Document) -> Result<Pages, Unread> {
    if bytes.contains(&0) {
        return Err(Unread::Broken(why_binary(bytes).to_owned()));
    }
    Ok(parse(&String::from_utf8_lossy(bytes)).into())
}

/// Opens the archive that the bytes of a file are, as such formats are kept in.
fn of_zip(bytes: &[u8]) -> Result<zip::Archive<Cursor<&[u8]>>, Unread> {
    zip::Archive::open(Cursor::new(bytes), ZIP_BYTES_MAX).map_err(Unread::Broken)
}

/// Bytes unpacked of one file: an archive can hold a thousand times its length.
const ZIP_BYTES_MAX: u64 = 64 << 20;

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
