//! What of an HTML page is left out, and whether the names that say so are believed.
//!
//! An element tells by itself that it is navigation; a class or a role is a word that any site may use for its text. What
//! is left out because of such a word is weighed: where it reads like text, the page is read again without that word.

use std::collections::BTreeMap;

use super::contents::{self, Ways};
use super::element::Element;
use crate::markup;

/// Elements that show nothing, or nothing of the page's own.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "nav", "footer", "iframe", "object",
    "canvas", "button", "select", "dialog", "menu", "label",
];
/// Elements that belong to the site where they stand outside the main part. No `form`: some servers put a whole page into one.
const SITE: &[&str] = &["header", "aside"];
/// Roles that say the same of an element that has another name.
const ROLES: &[&str] = &[NAVIGATION, "search", "contentinfo"];
const NAVIGATION: &str = "navigation";
/// As above, for what belongs to the site outside the main part.
const SITE_ROLES: &[&str] = &["banner", "complementary"];
/// Classes that a generator gives to its lists of pages, to the ways to the next ones and to what shows when one points at a
/// name, and classes of what a person does not see.
const CERTAIN: &[&str] = &[
    "toctree-wrapper",
    "navheader",
    "navfooter",
    "navigationbar",
    "chlinktop",
    "chlinkprevnexttop",
    "chlinkprevnextbot",
    "chlinkbot",
    "ttc",
    "gp-hidden",
    "sr-only",
    "visually-hidden",
    "skip-link",
    "annottext",
    "selflink",
    "method-click-advice",
];
/// Classes of a link to the source of what is defined, if it leads there.
const SOURCE: &[&str] = &["link"];
/// Folder of the source beside a reference.
const SOURCE_FOLDER: &str = "src/";
/// Classes of what is drawn beside the text: links to itself, line numbers, the way to the page, menus that a click opens.
const DECORATION: &[&str] = &[
    "headerlink",
    "viewcode-link",
    "linenos",
    "lineno",
    "anchorjs-link",
    "header-anchor",
    "copybtn",
    "hash-link",
    "edit-page-link",
    "breadcrumbs",
    "contents",
    "table-of-contents",
    "srclink",
    "link-seesrc",
    "view-source",
    "dropdown-menu",
];
/// Classes and ids of menus, which stand before the page begins.
const MENUS: &[&str] = &["menu", "mainmenu", "submenu", "searchmenu", "navbar", "bar"];
/// Classes and ids of what stands below the page.
const FEET: &[&str] = &["footer"];
/// Ids of the divisions in which Doxygen names the project and leads to other pages.
const SITE_IDS: &[&str] = &[
    "titlearea",
    "nav-path",
    "navrow1",
    "navrow2",
    "navrow3",
    "navrow4",
    "navrow5",
];
/// Letters outside links from which what is left out may be text: labels of a menu and the line of a copyright have fewer.
pub(super) const PROSE_LETTERS_MIN: usize = 60;

/// Why an element is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// By its own name, or because nobody sees it.
    Certain,
    Class(&'static str),
    Role(&'static str),
    /// As a list of contents or an index.
    List(&'static str),
}

/// Where on a page an element stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) in_main: bool,
    /// Whether it stands in a section: what heads that is no head of the site.
    pub(super) in_section: bool,
    /// Whether a heading came before it.
    pub(super) is_headed: bool,
}

/// Tells whether an element at this place is left out, and why, on a page whose words are not all believed.
pub(super) fn why(element: Element<'_>, place: Place, disbelieved: &[&str]) -> Option<Why> {
    let Element { name, .. } = element;
    let in_part = place.in_main || place.in_section && name == "header";
    if SKIPPED.contains(&name) || SITE.contains(&name) && !in_part {
        return Some(Why::Certain);
    }
    if element.is_whole() {
        return None;
    }
    let id = element.id();
    let is_source = element.has_class(SOURCE) && leads_to_source(element);
    if element.has_class(CERTAIN) || is_source {
        return Some(Why::Certain);
    }
    let list = contents::word(element);
    if let Some(word) = list.filter(|word| !disbelieved.contains(word)) {
        return Some(Why::List(word));
    }
    let word_of = |known: &[&'static str], id: Option<&str>| {
        let mut believed = known.iter().filter(|word| !disbelieved.contains(word));
        let found = believed.find(|word| element.classes().chain(id).any(|own| own == **word));
        found.copied()
    };
    if let Some(class) = word_of(DECORATION, None) {
        return Some(Why::Class(class));
    }
    if name == "div" && id.is_some_and(|id| SITE_IDS.contains(&id)) {
        return Some(Why::Certain);
    }
    let menu = word_of(MENUS, id).filter(|_| !place.is_headed);
    if let Some(word) = menu.or_else(|| word_of(FEET, id)) {
        return Some(Why::Class(word));
    }
    // What a table is for is said to those who do not see it.
    let is_way = element
        .attribute("summary")
        .is_some_and(speaks_of_navigation);
    if is_way && !disbelieved.contains(&NAVIGATION) {
        return Some(Why::Role(NAVIGATION));
    }
    let role = element.role.trim();
    let roles = ROLES
        .iter()
        .chain(SITE_ROLES.iter().filter(|_| !place.in_main));
    roles
        .copied()
        .find(|known| *known == role && !disbelieved.contains(known))
        .map(Why::Role)
}

fn leads_to_source(element: Element<'_>) -> bool {
    let target = element.attribute("href");
    target.is_some_and(|target| target.starts_with(SOURCE_FOLDER))
}

/// Tells whether a table is there to lead to other pages: `Navigation header`, `Footer navigation table`.
fn speaks_of_navigation(summary: &str) -> bool {
    let mut words = summary.split_whitespace();
    words.any(|word| word.eq_ignore_ascii_case(NAVIGATION))
}

/// Tells whether an element is not shown: text in it would reach the model behind a person's back.
pub(super) fn is_hidden(element: Element<'_>) -> bool {
    element.attribute("hidden").is_some()
        || element.attribute("aria-hidden") == Some("true")
        || element.attribute("style").is_some_and(markup::hides)
}

/// What turns out when a page was read.
#[derive(Debug, Default, Clone)]
pub(super) struct Doubts {
    /// Words that do not mean on it what they say.
    pub(super) words: Vec<&'static str>,
    /// Whether it is nothing but a list of contents or an index.
    pub(super) is_list: bool,
}

impl Doubts {
    /// Tells whether the page was read as it is to be.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Adds what turned out later.
    pub(super) fn extend(&mut self, later: Self) {
        self.words.extend(later.words);
        self.is_list |= later.is_list;
    }
}

/// The letters of an element that is being left out because of a word.
#[derive(Debug, Default)]
pub(super) struct Weight {
    letters: usize,
    linked: usize,
    in_link: bool,
    in_script: bool,
    ways: Ways,
}

impl Weight {
    pub(super) fn text(&mut self, text: &str) {
        if self.in_script {
            return;
        }
        self.ways.text(text);
        let letters = letters(text);
        self.letters += letters;
        if self.in_link {
            self.linked += letters;
        }
    }

    pub(super) fn tag(&mut self, name: &str, begins: bool) {
        match name {
            "a" => {
                self.in_link = begins;
                self.ways.link(begins);
            }
            "script" | "style" => self.in_script = begins,
            _ if begins => self.ways.begin(name),
            _ => {}
        }
    }
}

/// What a page lost because of a word, by the word.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<&'static str, Loss>);

#[derive(Debug, Default)]
struct Loss {
    by_role: bool,
    is_list: bool,
    letters: usize,
    /// Letters of the elements that read like text.
    prose: usize,
}

impl Losses {
    pub(super) fn add(&mut self, why: Why, weight: &Weight) {
        let (Why::Class(word) | Why::Role(word) | Why::List(word)) = why else {
            return;
        };
        let loss = self.0.entry(word).or_default();
        loss.by_role = matches!(why, Why::Role(_));
        loss.is_list = matches!(why, Why::List(_));
        loss.letters += weight.letters;
        if loss.is_list {
            if !weight.ways.is_list() {
                loss.prose += weight.letters;
            }
            return;
        }
        let prose = weight.letters - weight.linked;
        if prose > weight.linked && prose >= PROSE_LETTERS_MIN {
            loss.prose += prose;
        }
    }

    /// The words that are not to be believed on a page of which so many letters are left.
    ///
    /// A class has to stand for links, and for less than the rest. A role was given on purpose: it is believed unless what
    /// it takes away reads like text and is most of the page.
    pub(super) fn doubtful(&self, letters_left: usize) -> Doubts {
        let is_all = |loss: &Loss| loss.is_list && contents::is_all(loss.letters, letters_left);
        let doubtful = self.0.iter().filter(|(_, loss)| {
            if loss.by_role {
                loss.prose > letters_left
            } else if loss.is_list {
                loss.prose > 0 || is_all(loss)
            } else {
                loss.prose > 0 || loss.letters > letters_left
            }
        });
        Doubts {
            words: doubtful.map(|(word, _)| *word).collect(),
            is_list: self.0.values().any(|loss| loss.prose == 0 && is_all(loss)),
        }
    }
}

/// The letters that make words: numbers of lines weigh nothing.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    const WORDS: &str =
        "The ring buffer stores the samples that go out, and this is the text of the page itself.";

    #[test]
    fn a_class_that_sounds_like_navigation_does_not_take_the_text_of_a_page() {
        for class in [
            "contents",
            "table-of-contents",
            "breadcrumbs",
            "linenos",
            "header-anchor",
        ] {
            let page =
                format!("<h1>PCM</h1><div class='{class}'><p>{WORDS}</p><h2>More</h2></div>");
            let text = parse(&page).text;
            assert!(text.contains(WORDS) && text.contains("## More"), "{text}");
        }
        let links = "<a href=a>Alpha chapter</a> ".repeat(9);
        let page = format!("<h1>Classes</h1><div class=contents>{links}</div>");
        assert!(parse(&page).text.contains("Alpha chapter"), "all there is");
    }

    #[test]
    fn contents_that_are_links_beside_text_are_left_out() {
        let links = "<li><a href=#a>Alpha chapter</a></li>";
        for contents in [
            format!("<div class=contents><p>Contents</p>{links}</div>"),
            format!("<div><ul class='table-of-contents t_bqdL'>{links}</ul></div>"),
        ] {
            let page = format!("<h1>PCM</h1>{contents}<p>{WORDS}</p>");
            assert_eq!(parse(&page).text, format!("# PCM\n\n{WORDS}\n"));
        }
    }

    #[test]
    fn a_menu_that_opens_at_a_word_of_the_text_is_left_out() {
        let name = "<span class=dropdown><a data-toggle=dropdown href='#'>timeout client</a><ul class=dropdown-menu>\
            <li>In sections:</li><li><a href='#a'>Log forwarding</a></li></ul></span>";
        let page =
            format!("<p>{WORDS}</p><pre>which overrides \"{name}\" for tunnels.\nAnd more.</pre>");
        let code = "```\nwhich overrides \"timeout client\" for tunnels.\nAnd more.\n```\n";
        assert_eq!(parse(&page).text, format!("{WORDS}\n\n{code}"));
    }

    #[test]
    fn what_has_the_role_of_navigation_is_left_out_around_a_main_part_of_any_name() {
        let sides = [
            "navigation",
            "search",
            "contentinfo",
            "banner",
            "complementary",
        ];
        let side = |role: &&str| format!("<div role={role}><h3>Side {role}</h3><div>x</div></div>");
        let sides = sides.iter().map(side).collect::<String>();
        let many = WORDS.repeat(5);
        for words in [WORDS, &many] {
            let page = format!(
                "{sides}<div><div role=main><div><h1>T</h1><p>{words}</p></div></div></div>{sides}<div>Foot</div>"
            );
            let text = parse(&page).text;
            assert!(text.contains(words) && !text.contains("Side"), "{text}");
            assert_eq!(text.contains("Foot"), words == WORDS, "{text}");
        }
    }

    #[test]
    fn a_table_that_leads_to_the_next_pages_is_left_out() {
        let row = "<tr><th>9.4. Limits of what is kept</th><td>Chapter 9. Routine maintenance of what lasts</td></tr>\
            <tr><td><a href=a>Prev</a></td><td><a href=b>Next</a></td></tr>";
        for page in [
            format!("<div><table summary='Navigation header'>{row}</table><hr></div><p>{WORDS}"),
            format!("<div><table summary='Footer navigation table'>{row}</table></div><p>{WORDS}"),
            format!("<div class=navheader><table>{row}</table><hr></div><p>{WORDS}"),
        ] {
            assert_eq!(parse(&page).text, format!("{WORDS}\n"), "{page}");
        }
        let data = format!("<table summary='Settings'>{row}</table>");
        assert!(parse(&data).text.contains("Prev"));
    }

    #[test]
    fn the_name_of_the_project_and_its_tabs_are_no_part_of_a_page() {
        let tabs =
            "<ul class=tablist><li><a href=index.html><span>Main&#160;Page</span></a></li></ul>";
        let page = format!(
            "<div id=top><div id=titlearea><table><tr><td><div id=projectname>PPL <span>1.2</span></div>\
             <div id=projectbrief>{WORDS}</div></td></tr></table></div><div id=navrow1 class=tabs>{tabs}</div>\
             <div id=navrow2 class=tabs2>{tabs}</div><div id=nav-path class=navpath>{tabs}</div></div><p>{WORDS}</p>"
        );
        assert_eq!(parse(&page).text, format!("{WORDS}\n"));
    }

    #[test]
    fn a_role_that_swallows_the_page_is_not_believed() {
        let page = format!("<div role=search><input><p>{WORDS}</p><p>{WORDS}</p>");
        assert!(parse(&page).text.contains(WORDS));
    }

    #[test]
    fn a_menu_before_the_page_and_a_line_below_it_are_left_out() {
        let menu = "<ul><li><a href=a>Home</a><li><a href=b>Download</a></ul>";
        let page = |before: &str, after: &str| {
            let foot = "<div id=footer>Made by hand</div>";
            parse(&format!(
                "<div class='menu mainmenu'>{before}</div><h1>Deck</h1><p>{WORDS}</p><div class=menu>{after}</div>{foot}"
            ))
            .text
        };
        assert_eq!(
            page(menu, menu),
            format!("# Deck\n\n{WORDS}\n\n- Home\n- Download\n")
        );
        assert!(page(WORDS, "").starts_with(WORDS));
    }

    #[test]
    fn the_head_of_a_section_is_read() {
        let head = |name: &str| format!("<header><h1>{name}</h1></header>");
        let page = format!(
            "{}<section>{}<p>{WORDS}</section>",
            head("Site"),
            head("Page")
        );
        assert_eq!(parse(&page).text, format!("# Page\n\n{WORDS}\n"));
    }

    #[test]
    fn what_shows_when_one_points_at_a_name_in_code_is_no_part_of_it_however_long() {
        let page = format!(
            "<p>A rope.</p><div class=fragment><div class=line><a class=code href=r.html>Rope</a> r;</div>\n\
             <div class=ttc id=r><div class=ttname><a href=r.html>Rope</a></div><div class=ttdoc>{WORDS}</div>\
             <div class=ttdef><b>Definition:</b> rope.h:62</div></div>\n</div><p>End.</p>"
        );
        assert_eq!(parse(&page).text, "A rope.\n\n```\nRope r;\n```\n\nEnd.\n");
    }

    #[test]
    fn small_print_is_read_and_what_has_no_size_is_not() {
        let page = "<p style='font-size:0.8em'>Small.</p><p style='opacity: 0.5'>Pale.</p><p style='opacity:0'>None.</p>\
            <p style='font-size: 0'>None.</p>";
        assert_eq!(parse(page).text, "Small.\n\nPale.\n");
    }

    #[test]
    fn what_is_hidden_stays_so_however_much_it_is() {
        let page = format!(
            "<p>Text</p><div hidden class=contents>{WORDS}</div><div class=sr-only>{WORDS}</div>"
        );
        assert_eq!(parse(&page).text, "Text\n");
    }
}
