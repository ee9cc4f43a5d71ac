//! Blocks that are nothing but ways to other pages: `Next: Ropes, Previous: Knots, Up: Deck [Contents][Index]`.
//!
//! What a link is called does not matter there: what stands outside the links says it, or the links are called by the ways.
//! Neither does it where a page begins with a link to a place of its own: that is the way past what surrounds it, in whatever
//! language.

use super::page::{Page, Region};

/// What leads to the page beside, or above.
const TURNS: &[&str] = &["next", "previous", "prev", "up", "back"];
/// What leads elsewhere from any page.
const PLACES: &[&str] = &["top", "contents", "index", "home"];
/// What links to the place where they stand are called, and those to its source.
const LEADING_HERE: &[&str] = &["¶", "(source)", "[source]", "[src]"];
/// Letters of the longest such block: it names three pages.
const LETTERS_MAX: usize = 400;

/// The links of the block that is open.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Where the words of the link that is open begin.
    open: Option<usize>,
    /// Where the words of each link begin and end.
    ended: Vec<(usize, usize)>,
    /// Anchors that links have.
    anchors: Vec<String>,
    /// Links that lead to places of the page itself.
    within: usize,
}

impl Links {
    /// Ends it.
    pub(super) fn end(&mut self, words: &str) {
        if let Some(start) = self.open.take() {
            self.ended.push((start, words.len()));
        }
    }

    /// Tells whether a block of these `words` is one link, to a place of the page itself.
    fn are_one_within(&self, words: &str) -> bool {
        let [(start, end)] = self.ended[..] else {
            return false;
        };
        let is_blank = |part: Option<&str>| part.is_some_and(|part| part.trim().is_empty());
        self.within == 1 && is_blank(words.get(..start)) && is_blank(words.get(end..))
    }

    /// Tells whether a block of these `words` only leads to other pages.
    fn are_all_of(&self, words: &str) -> bool {
        if self.ended.is_empty() || words.len() > LETTERS_MAX {
            return false;
        }
        let mut outside = String::new();
        let mut ways = 0;
        let mut turns = 0;
        let mut count = |way: &str| {
            ways += 1;
            turns += usize::from(TURNS.contains(&way));
        };
        let mut at = 0;
        for (start, end) in &self.ended {
            outside += words.get(at..*start).unwrap_or_default();
            outside.push(' ');
            at = *end;
            let called = plain(words.get(*start..*end).unwrap_or_default());
            if is_way(&called) {
                count(&called);
            }
        }
        outside += words.get(at..).unwrap_or_default();
        for word in plain(&outside).split(' ').filter(|word| !word.is_empty()) {
            if !is_way(word) {
                return false;
            }
            count(word);
        }
        turns > 0 && ways > 1
    }
}

fn is_way(word: &str) -> bool {
    TURNS.contains(&word) || PLACES.contains(&word)
}

/// Returns the words without signs, in small letters.
fn plain(words: &str) -> String {
    let words = words.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

impl Page {
    /// Begins a link to `target`, which may have an anchor.
    pub(super) fn begin_link(&mut self, target: &str, anchor: Option<&str>) {
        if !self.has_table() {
            self.links.open = Some(self.words.len());
            let is_within = target.len() > 1 && target.starts_with('#');
            self.links.within += usize::from(is_within);
            self.links.anchors.extend(anchor.map(str::to_owned));
        }
    }

    /// Ends a link; what only says that it leads to where it stands, or to the source of that, is forgotten.
    pub(super) fn end_link(&mut self) {
        let is_text = !self.in_code && !matches!(self.region, Region::Code(_) | Region::Heading(_));
        let open = self.links.open.filter(|_| is_text);
        if let Some((before, called)) = open.and_then(|start| self.words.split_at_checked(start))
            && LEADING_HERE.contains(&called.trim())
        {
            let end = before.trim_end().len();
            let is_apart = end < before.len() || called.starts_with(' ');
            self.links.open = None;
            self.keep(end);
            self.space = is_apart;
            return;
        }
        self.links.end(&self.words);
    }

    /// Takes the links of the block; tells whether it only leads elsewhere, and then forgets the anchors of its links.
    pub(super) fn only_leads_on(&mut self, links: &Links, words: &str) -> bool {
        let is_first = self.lines.is_empty();
        let only = links.are_all_of(words) || is_first && links.are_one_within(words);
        if only
            && let Some(anchor) = &self.anchor
            && links.anchors.contains(anchor)
        {
            self.anchor = None;
        }
        only
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn a_block_of_ways_to_other_pages_is_left_out() {
        for ways in [
            // Texinfo
            "<a id=A></a><div class=header><p>\nNext: <a href=#B rel=next>Reading data</a>, Previous: <a href=#Top>Top</a>, \
             Up: <a href=#Top>An Introduction</a> &nbsp; [<a href=#C>Contents</a>][<a href=#I>Index</a>]</p></div>",
            // LaTeX2HTML
            "<DIV CLASS=navigation><A HREF=n.html><IMG ALT=next SRC=next.png></A> <BR>\n<B> Next:</B> <A HREF=n.html>Fnormal</A>\n\
             <B> Up:</B> <A HREF=u.html>Smooth</A> &nbsp; <B> <A ID=tex2html1 HREF=i.html>Index</A></B> <BR></DIV>",
            "<p><a href=t>top</a> | <a href=b>back</a> | <a href=n>next</a></p>",
            "<p>[<a href=p>&lt;-previous</a>][<a href=n>next-&gt;</a>]</p>",
        ] {
            let page = format!("<h1>Deck</h1><p>Words.</p>{ways}<h2>Ropes</h2><p>Words.</p>");
            assert_eq!(
                parse(&page).text,
                "# Deck\n\nWords.\n\n## Ropes\n\nWords.\n"
            );
        }
    }

    #[test]
    fn a_block_that_says_something_of_its_links_stays() {
        for words in [
            "<p>Next: <a href=b>Reading data</a> from a file.</p>",
            "<p><a href=b>Reading data</a>, <a href=c>writing data</a></p>",
            "<p><a href=b>Index</a></p>",
            "<p>Next: up.</p>",
            "<ul><li><a href=n>Next</a> <a href=u>Up</a></li></ul>",
        ] {
            let page = format!("<h1>Deck</h1>{words}");
            assert!(parse(&page).text.lines().count() > 2, "{words}");
        }
    }

    #[test]
    fn the_way_past_what_surrounds_a_page_is_left_out_in_any_language() {
        let page = |ways: &str| parse(&format!("<body>{ways}<h1 id=o>Deck</h1><p>Words.</p>")).text;
        for way in [
            "<div><a href=#o class=md-skip>Skip to content</a></div>",
            "<a href=#o>\nZum Inhalt\n</a>\n",
            "<div><a href=#m>Skip to menu</a></div><div><a href=#o><b>Skip</b></a></div>",
        ] {
            assert_eq!(page(way), "# Deck\n\nWords.\n", "{way}");
        }
        for way in [
            "<p>See <a href=#o>Deck</a></p>",
            "<p><a href=#o>Deck</a>, <a href=#p>ropes</a></p>",
            "<p><a href=o.html>Deck</a></p>",
            "<p><a href='#'>Deck</a></p>",
            "<p>Ropes.</p><p><a href=#o>Deck</a></p>",
        ] {
            assert!(
                page(way).contains("Deck\n\n#") || page(way).contains("ropes"),
                "{way}"
            );
        }
    }

    #[test]
    fn anchors_before_such_a_block_are_those_of_what_follows_it() {
        let page = "<h1>Deck</h1><a name=haul></a><p>Next: <a href=b>Tow</a>, Up: <a id=x1 href=c>Deck</a></p><p>haul ROPE</p>";
        assert_eq!(parse(page).text, "# Deck\n\n`haul ROPE`\n");
    }
}
