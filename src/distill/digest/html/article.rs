//! Which blocks of a page are what it is about, and which stand beside it.
//!
//! ```text
//! names of elements set parts aside → the element with most of the rest → its blocks, without those that only lead away
//! ```
//!
//! Names decide only while most of the text is left: a page whose body is called `has-sidebar` is no sidebar.

use super::block::{Block, Kind, blocks};
use super::tree::Tree;

/// Letters from which a block reads like text rather than like a label.
const TEXT_LETTERS_MIN: usize = 40;

/// Letters of half the worth that they would have in a long block: a paragraph is long, a teaser is short.
const HALF_WORTH_LETTERS: usize = 200;

/// Worth of a dozen paragraphs: more is not left behind for the element with most of the text, as the introduction of a
/// long manual would be.
const LEFT_BEHIND_MAX: usize = 2_000;

/// Letters below which a page has no article, and all of it is shown.
const ARTICLE_LETTERS_MIN: usize = 150;

/// Letters of the links in a row of short blocks that ends an article: longer ones are sentences.
const SIGN_OFF_LETTERS_MAX: usize = 200;

/// Bytes of class, id and role that are looked at: names are short, and what programs write there is not.
const NAMES_BYTES_MAX: usize = 512;

/// Letters of a part of a name in `camelCase`: shorter ones stand in the names that programs make by chance.
const PART_LETTERS_MIN: usize = 4;

/// What stands beside the text says so: by the names of elements, or by words in their class, id and role. At most 64.
const BESIDE: &[(&[&str], Mark)] = &[
    (
        &[
            "aside",
            "figcaption",
            "figure",
            "footer",
            "form",
            "header",
            "label",
            "nav",
        ],
        Mark::Element,
    ),
    (
        &["comment", "commentlist", "comments", "disqus", "respond"],
        Mark::Talk,
    ),
    (
        &[
            "ad",
            "ads",
            "advert",
            "advertisement",
            "adverts",
            "breadcrumb",
            "breadcrumbs",
            "byline",
            "caption",
            "captions",
            "carousel",
            "cookie",
            "copyright",
            "credit",
            "footer",
            "gallery",
            "menu",
            "meta",
            "modal",
            "nav",
            "navbar",
            "navigation",
            "newsletter",
            "outbrain",
            "pager",
            "pagination",
            "popup",
            "promo",
            "recirc",
            "recommended",
            "related",
            "share",
            "sharedaddy",
            "sharing",
            "sidebar",
            "signup",
            "slideshow",
            "social",
            "sponsor",
            "sponsored",
            "subscribe",
            "subscription",
            "taboola",
            "tags",
            "toolbar",
            "trending",
            "widget",
        ],
        Mark::Word,
    ),
];

/// How an element says that it stands beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It has a name of its own in HTML.
    Element,
    /// It is called like what readers write under an article, which may be longer than the article.
    Talk,
    /// It is called like a part of a page.
    Word,
}

impl Mark {
    /// The most of so much text that can stand beside the rest.
    fn most_of(self, worth: usize) -> usize {
        match self {
            Self::Talk => worth - worth / 10,
            Self::Element | Self::Word => worth - worth / 4,
        }
    }
}

/// Elements and words of frames, which stand beside the text unless they hold a part of it: code, a table, words of others.
const FRAMES: &[&str] = &["figure", "toolbar"];

/// Words in the names of what belongs to the text whatever else it is called: a post of a social network, quoted.
const QUOTED: &[&str] = &["embed"];

/// The blocks of a page.
pub(super) struct Article {
    /// All of them, in order.
    pub(super) blocks: Vec<Block>,
    /// The numbers of those that the page is about, in order.
    pub(super) kept: Vec<usize>,
    /// Whether these are an article, and not all that there is.
    pub(super) is_one: bool,
}

impl Article {
    pub(super) fn of(tree: &Tree, has_links: bool) -> Self {
        let blocks = blocks(tree, has_links);
        let page = Page::of(tree, &blocks);
        let (kept, is_one) = page.article(page.root());
        Self {
            blocks,
            kept,
            is_one,
        }
    }
}

/// Letters in the blocks of these numbers.
fn letters(blocks: &[Block], numbers: &[usize]) -> usize {
    let blocks = numbers.iter().filter_map(|number| blocks.get(*number));
    blocks.map(|block| block.letters).sum()
}

struct Page<'p> {
    tree: &'p Tree,
    blocks: &'p [Block],
    /// For each node, the worth of the text before it.
    worth: Vec<usize>,
    /// For each node, whether it stands beside the text.
    beside: Vec<bool>,
}

impl<'p> Page<'p> {
    fn of(tree: &'p Tree, blocks: &'p [Block]) -> Self {
        let mut page = Self {
            tree,
            blocks,
            worth: Vec::new(),
            beside: vec![false; tree.nodes.len()],
        };
        page.weigh();
        page.set_aside();
        page.weigh();
        page
    }

    /// Sums up what the text that is not set aside is worth.
    fn weigh(&mut self) {
        let mut sums = vec![0; self.tree.nodes.len() + 1];
        for block in self.blocks.iter().filter(|block| !self.is_beside(block)) {
            if let Some(sum) = sums.get_mut(block.holder + 1) {
                *sum += worth(block);
            }
        }
        let mut before = 0;
        for sum in &mut sums {
            before += *sum;
            *sum = before;
        }
        self.worth = sums;
    }

    /// What the text in an element is worth.
    fn worth_of(&self, element: usize) -> usize {
        let before = |node: usize| self.worth.get(node).copied().unwrap_or(0);
        before(self.tree.end(element)) - before(element)
    }

    fn is_beside(&self, block: &Block) -> bool {
        self.beside.get(block.holder).copied().unwrap_or(false)
    }

    /// Sets aside what says that it stands beside the text. A mark under which nearly all text stands means something
    /// else on this page, and what would leave next to nothing stays.
    fn set_aside(&mut self) {
        let marks = marks(self.tree);
        let (meant, talk) = self.meant(&marks);
        let mut rest = self.worth_of(0);
        let mut at = 1;
        while at < self.tree.nodes.len() {
            let inside = self.worth_of(at);
            let marks = marks.get(at).copied().unwrap_or(0) & meant;
            let mark = if marks & talk == 0 {
                Mark::Word
            } else {
                Mark::Talk
            };
            if marks != 0 && inside <= mark.most_of(rest) {
                rest -= inside;
                let end = self.tree.end(at);
                if let Some(part) = self.beside.get_mut(at..end) {
                    part.fill(true);
                }
                at = end;
            } else {
                at += 1;
            }
        }
    }

    /// Returns the marks that have no more of the text than they may have, and which of the marks mean talk.
    fn meant(&self, marks: &[u64]) -> (u64, u64) {
        let all = self.worth_of(0);
        let (mut meant, mut talk) = (0, 0);
        for (number, (_, mark)) in every_mark().enumerate() {
            let most = mark.most_of(all);
            let (mut inside, mut end) = (0, 0);
            for (at, marks) in marks.iter().enumerate() {
                let worth = self.worth_of(at);
                // What holds nearly everything only says that there is such a part in it.
                if at >= end && worth <= most && marks >> number & 1 == 1 {
                    inside += worth;
                    end = self.tree.end(at);
                }
            }
            meant |= u64::from(inside <= most) << number;
            talk |= u64::from(mark == Mark::Talk) << number;
        }
        (meant, talk)
    }

    /// Returns the innermost element with most of the text, looked for in the one that says it is the article.
    fn root(&self) -> usize {
        let all = self.worth_of(0);
        let mut holds_block = vec![false; self.tree.nodes.len()];
        for block in self.blocks {
            if let Some(holds) = holds_block.get_mut(block.holder) {
                *holds = true;
            }
        }
        let named = (0..self.tree.nodes.len())
            .filter(|at| self.worth_of(*at) > all / 5 * 2 && is_called_article(self.tree, *at))
            .max_by_key(|at| (self.worth_of(*at), *at));
        let mut root = named.unwrap_or(0);
        loop {
            let here = self.worth_of(root);
            let most = (here / 10 * 7).max(here.saturating_sub(LEFT_BEHIND_MAX));
            let next = self
                .tree
                .children(root)
                .find(|child| self.worth_of(*child) > most);
            match next {
                Some(child) if !holds_block.get(child).copied().unwrap_or(true) => root = child,
                _ => return root,
            }
        }
    }

    /// Returns the blocks in `root` that are text, and that they are an article; or, as in an index, those that lead
    /// elsewhere with them; or, where that is next to nothing, all of the page.
    fn article(&self, root: usize) -> (Vec<usize>, bool) {
        let inside = self
            .blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| self.tree.is_in(block.holder, root) && !self.is_beside(block));
        let (links, texts): (Vec<_>, Vec<_>) = inside
            .map(|(number, _)| number)
            .partition(|number| self.blocks.get(*number).is_some_and(leads_away));
        if letters(self.blocks, &links) > letters(self.blocks, &texts) {
            let mut all = [links, texts].concat();
            all.sort_unstable();
            return (all, false);
        }
        let article = self.trimmed(texts);
        let is_one =
            self.worth_of(root) > 0 && letters(self.blocks, &article) >= ARTICLE_LETTERS_MIN;
        if is_one {
            (article, true)
        } else {
            (self.in_view(), false)
        }
    }

    /// Takes from both ends what is not yet or no longer text: date and author, follow us, read more.
    fn trimmed(&self, mut kept: Vec<usize>) -> Vec<usize> {
        let block = |number: &usize| self.blocks.get(*number);
        let is_label = |block: &Block| match block.kind {
            Kind::Heading(level) => level == 1,
            Kind::Paragraph => block.letters < TEXT_LETTERS_MIN,
            _ => false,
        };
        let first = kept
            .iter()
            .position(|number| !block(number).is_some_and(is_label));
        kept.drain(..first.unwrap_or(0));
        let is_sign_off = |block: &Block| match block.kind {
            Kind::Heading(_) => true,
            Kind::Code | Kind::Table | Kind::Quote => false,
            _ => block.letters < SIGN_OFF_LETTERS_MAX && block.linked * 2 >= block.letters,
        };
        while kept.last().and_then(block).is_some_and(is_sign_off) {
            kept.pop();
        }
        kept
    }

    /// Returns the blocks that are not beside the text, or all if that is none.
    fn in_view(&self) -> Vec<usize> {
        let all = 0..self.blocks.len();
        let in_view: Vec<usize> = all
            .clone()
            .filter(|number| {
                self.blocks
                    .get(*number)
                    .is_some_and(|block| !self.is_beside(block))
            })
            .collect();
        if in_view.is_empty() {
            all.collect()
        } else {
            in_view
        }
    }
}

/// Long text without links is worth most.
fn worth(block: &Block) -> usize {
    let own = block.letters.saturating_sub(block.linked * 2);
    if own < TEXT_LETTERS_MIN || matches!(block.kind, Kind::Heading(_)) {
        return 0;
    }
    own * own / (own + HALF_WORTH_LETTERS)
}

/// Whether a block is a link and hardly more.
fn leads_away(block: &Block) -> bool {
    block.linked * 10 >= block.letters * 9 && block.kind != Kind::Code
}

/// The marks in the order of their bits.
fn every_mark() -> impl Iterator<Item = (&'static str, Mark)> {
    let lists = BESIDE.iter();
    lists.flat_map(|(names, mark)| names.iter().map(|name| (*name, *mark)))
}

/// The marks of each node, a bit for each.
fn marks(tree: &Tree) -> Vec<u64> {
    let nodes = 0..tree.nodes.len();
    let is_text = |at: &usize| matches!(tree.name(*at), "blockquote" | "pre" | "table");
    let texts: Vec<usize> = nodes.clone().filter(is_text).collect();
    nodes.map(|at| marks_of(tree, at, &texts)).collect()
}

/// The marks of an element; `texts` are those that hold code, a table or a quotation.
fn marks_of(tree: &Tree, element: usize, texts: &[usize]) -> u64 {
    let Some(attributes) = tree.attributes(element) else {
        return 0;
    };
    let name = tree.name(element);
    let words = words(&attributes.names);
    let is_called = |list: &[&str]| {
        list.contains(&name) || words.iter().any(|word| list.contains(&word.as_str()))
    };
    let mut marks = 0;
    for (number, (marked, mark)) in every_mark().enumerate() {
        let has_it = match mark {
            Mark::Element => name == marked,
            Mark::Talk | Mark::Word => words.iter().any(|word| word == marked),
        };
        marks |= u64::from(has_it) << number;
    }
    if marks == 0 || is_called(QUOTED) || is_called(FRAMES) && holds_one(tree, element, texts) {
        return 0;
    }
    marks
}

/// Whether one of `elements`, which are in order, stands in `element`.
fn holds_one(tree: &Tree, element: usize, elements: &[usize]) -> bool {
    let before = elements.partition_point(|at| *at < element);
    elements
        .get(before)
        .is_some_and(|at| *at < tree.end(element))
}

fn is_called_article(tree: &Tree, element: usize) -> bool {
    let Some(attributes) = tree.attributes(element) else {
        return false;
    };
    let property = attributes.property.as_deref().unwrap_or_default();
    if property.eq_ignore_ascii_case("articleBody") {
        return true;
    }
    let words = words(&attributes.names);
    words.windows(2).any(|pair| {
        let [first, second] = pair else { return false };
        matches!(
            first.as_str(),
            "article" | "blog" | "content" | "entry" | "news" | "post" | "story"
        ) && matches!(second.as_str(), "body" | "content" | "text")
    })
}

/// The words of class, id and role: `related-posts` and `relatedPosts` alike.
fn words(names: &str) -> Vec<String> {
    let end = (0..=NAMES_BYTES_MAX.min(names.len()))
        .rev()
        .find(|end| names.is_char_boundary(*end));
    let names = names.get(..end.unwrap_or(0)).unwrap_or_default();
    let mut words = Vec::new();
    for name in names.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        if name.is_empty() {
            continue;
        }
        words.push(name.to_ascii_lowercase());
        let mut start = 0;
        let mut was_small = false;
        for (at, letter) in name.char_indices().chain([(name.len(), 'A')]) {
            if was_small && letter.is_ascii_uppercase() {
                let part = name.get(start..at).unwrap_or_default();
                if part.len() >= PART_LETTERS_MIN && part.len() < name.len() {
                    words.push(part.to_ascii_lowercase());
                }
                start = at;
            }
            was_small = letter.is_ascii_lowercase();
        }
    }
    words
}
