//! How a description of an interface is known and opened, whatever its kind: JSON or YAML, in one file or several. A
//! kind that says what it is known by and what its pages are is a format.

use super::joined::{self, Texts};
use super::{marked, version};
use crate::lookup::format::tree::{self, Node};
use crate::lookup::format::{Beside, Format, Pages, References, Unread};

/// A kind of description.
pub(in crate::lookup::format) trait Description: Sync {
    /// Name, for people.
    const NAME: &'static str;
    /// Members that one has at the top. One of them alone proves nothing, but then the whole file is looked at.
    const TOP: &'static [&'static str];
    /// The members that say which version of the kind it is: each description has one of them.
    const MARKS: &'static [&'static str];

    /// Returns the pages of the description that `root` is, with the files beside it below.
    fn pages(root: &Node<'_>) -> Pages;

    /// Tells whether `text` may be a description: cheap, where a tree is not. Most files with such keys are something else.
    fn is_one(text: &str) -> bool {
        Self::MARKS.iter().any(|mark| text.contains(mark))
    }
}

impl<D: Description> Format for D {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json", "yaml", "yml"]
    }

    fn recognizes(&self, head: &str) -> bool {
        tree::begins_with(head, D::TOP)
    }

    fn version(&self, head: &str) -> Option<String> {
        version::of_info(head)
    }

    fn references(&self, bytes: &[u8]) -> Option<References> {
        let is_one = D::is_one(&String::from_utf8_lossy(bytes));
        is_one.then_some(References::Of(joined::references))
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        self.read_beside(bytes, &Beside::default())
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        let text = String::from_utf8_lossy(bytes);
        if !D::is_one(&text) {
            return Err(Unread::Foreign);
        }
        let text = tree::mended(&text);
        let tree = tree::read(&text).map_err(Unread::Broken)?;
        if !D::MARKS
            .iter()
            .any(|mark| tree.root.text_of(mark).is_some())
        {
            return Err(Unread::Foreign);
        }
        let texts = Texts::of(beside);
        let (mut root, unread) = texts.joined(tree.root);
        marked::rewrite(&mut root);
        let mut pages = D::pages(&root);
        pages.skipped.extend(unread.into_iter().chain(tree.cut));
        Ok(pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Lamp;

    impl Description for Lamp {
        const NAME: &'static str = "lamp";
        const TOP: &'static [&'static str] = &["lamp", "info"];
        const MARKS: &'static [&'static str] = &["lamp"];

        fn pages(_: &Node<'_>) -> Pages {
            Pages::default()
        }
    }

    #[test]
    fn a_file_is_opened_only_if_it_says_its_kind_and_what_is_broken_is_told() {
        let read = |text: &str| Lamp.read(text.as_bytes());
        assert!(Lamp.recognizes("info:\n") && !Lamp.recognizes("name: lamp\n"));
        assert_eq!(read("lamp: 1\n"), Ok(Pages::default()));
        for foreign in ["info: 1\n", "info: of a lamp\n"] {
            assert_eq!(read(foreign), Err(Unread::Foreign));
        }
        assert!(Lamp.references(b"info: 1\n").is_none());
        let broken = read("lamp: 1\ninfo: [\n").unwrap();
        assert!(broken.skipped.concat().contains("is broken"), "{broken:?}");
    }
}
