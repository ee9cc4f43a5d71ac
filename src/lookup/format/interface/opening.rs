//! How a description of an interface is known and opened, whatever its kind: JSON or YAML, in one file or several.

use super::joined::{self, Texts};
use crate::lookup::format::tree::{self, Node};
use crate::lookup::format::{Beside, Pages, References, Unread};

/// Extensions of files that descriptions are in.
pub(in crate::lookup::format) const EXTENSIONS: &[&str] = &["json", "yaml", "yml"];

/// What descriptions of one kind are known by.
pub(in crate::lookup::format) struct Opening {
    /// Members that one has at the top. One of them alone proves nothing, but then the whole file is looked at.
    pub(in crate::lookup::format) top: &'static [&'static str],
    /// The members that say which version of the kind it is: each description has one of them.
    pub(in crate::lookup::format) marks: &'static [&'static str],
}

impl Opening {
    /// Tells by the beginning of a file whether it can be of this kind.
    pub(in crate::lookup::format) fn recognizes(&self, head: &str) -> bool {
        tree::begins_with(head, self.top)
    }

    /// Returns how the files are found that a description refers to.
    pub(in crate::lookup::format) fn references(&self, bytes: &[u8]) -> Option<References> {
        let is_one = self.is_one(&String::from_utf8_lossy(bytes));
        is_one.then_some(joined::references)
    }

    /// Reads the bytes of a description with the files beside it as one tree, of which `pages` makes the pages.
    ///
    /// # Errors
    /// [`Unread`] if it is no description of this kind, or nothing of it can be read.
    pub(in crate::lookup::format) fn read(
        &self,
        bytes: &[u8],
        beside: &Beside,
        pages: impl for<'a> FnOnce(&'a Node<'a>) -> Pages,
    ) -> Result<Pages, Unread> {
        let text = String::from_utf8_lossy(bytes);
        if !self.is_one(&text) {
            return Err(Unread::Foreign);
        }
        let text = tree::mended(&text);
        let tree = tree::read(&text).map_err(Unread::Broken)?;
        let mut marks = self.marks.iter();
        if !marks.any(|mark| tree.root.text_of(mark).is_some()) {
            return Err(Unread::Foreign);
        }
        let texts = Texts::of(beside);
        let (root, unread) = texts.joined(tree.root);
        let mut pages = pages(&root);
        pages.skipped.extend(unread.into_iter().chain(tree.cut));
        Ok(pages)
    }

    /// Tells whether `text` may be a description: cheap, where a tree is not. Most files with such keys are something else.
    fn is_one(&self, text: &str) -> bool {
        self.marks.iter().any(|mark| text.contains(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENING: Opening = Opening {
        top: &["lamp", "info"],
        marks: &["lamp"],
    };

    #[test]
    fn a_file_is_opened_only_if_it_says_its_kind_and_what_is_broken_is_told() {
        let read = |text: &str| {
            let pages = |_: &Node<'_>| Pages::default();
            OPENING.read(text.as_bytes(), &Beside::default(), pages)
        };
        assert!(OPENING.recognizes("info:\n") && !OPENING.recognizes("name: lamp\n"));
        assert_eq!(read("lamp: 1\n"), Ok(Pages::default()));
        for foreign in ["info: 1\n", "info: of a lamp\n"] {
            assert_eq!(read(foreign), Err(Unread::Foreign));
        }
        assert!(OPENING.references(b"info: 1\n").is_none());
        let broken = read("lamp: 1\ninfo: [\n").unwrap();
        assert!(broken.skipped.concat().contains("is broken"), "{broken:?}");
    }
}
