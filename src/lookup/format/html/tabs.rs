//! The tabs of an HTML page: a person sees one panel at a time, and a reader all of them, each below its label.
//!
//! Where a page does it by roles, a tab names its panel. Where it does it without a script, a tab is the label of a radio button
//! in a set that is known by its class, and the panels come in the order of the tabs.

use std::collections::{HashSet, VecDeque};

use super::element::Element;
use super::language;
use crate::lookup::clean::one_line;

/// Classes of sets of radio buttons that are tabs: of sphinx-design, mkdocs-material, sphinx-inline-tabs and `VitePress`.
const SETS: &[&str] = &["sd-tab-set", "tabbed-set", "tab-set", "vp-code-group"];
/// The one of them, of `VitePress`, of which each panel is code in an element that names its language.
const CODE_SETS: &[&str] = &["vp-code-group"];
/// Classes of panels right behind their label.
const PANELS: &[&str] = &["sd-tab-content", "tabbed-content", "tab-content"];
/// Classes of panels behind all labels of their set.
const PANELS_BEHIND_ALL: &[&str] = &["tabbed-block"];

/// Tabs whose panel has not come yet: each panel is compared with them.
const TABS_MAX: usize = 64;

/// A tab: what is clicked to see its panel.
#[derive(Debug, Default)]
pub(super) struct Tab {
    id: Option<String>,
    panel: Option<String>,
    label: String,
    /// Whether it is the label of a radio button.
    is_radio: bool,
}

impl Tab {
    /// Adds words to its label.
    pub(super) fn text(&mut self, text: &str) {
        self.label.push_str(text);
    }
}

/// The tabs that wait for their panel.
#[derive(Debug, Default)]
pub(super) struct Tabs {
    waiting: VecDeque<Tab>,
    /// Tabs of the list that is being read: those of a list within a panel come before the panels that follow it.
    in_list: usize,
    /// The radio buttons of the set that is being read; `None` outside of one.
    radios: Option<HashSet<String>>,
    /// Whether the panels of that set are code.
    is_code: bool,
}

impl Tabs {
    /// Takes an element that is no panel: a list of tabs, a set of radio buttons, or one of these.
    pub(super) fn start(&mut self, element: Element<'_>) {
        if element.role == "tablist" {
            self.in_list = 0;
        } else if element.name == "input" && element.attribute("type") == Some("radio") {
            if let (Some(radios), Some(id)) = (&mut self.radios, element.id()) {
                radios.insert(id.to_owned());
            }
        } else if element.has_class(SETS) {
            self.radios = Some(HashSet::new());
            self.is_code = element.has_class(CODE_SETS);
            self.in_list = 0;
        }
    }

    /// Returns the tab that `element` is: by its role, or as the label of a button of a set.
    pub(super) fn tab(&self, element: Element<'_>) -> Option<Tab> {
        if element.role == "tab" {
            return Some(Tab {
                id: element.id().map(str::to_owned),
                panel: element.attribute("aria-controls").map(str::to_owned),
                ..Tab::default()
            });
        }
        let button = element.attribute("for").filter(|_| element.name == "label");
        let is_of_set = self.radios.as_ref()?.contains(button?);
        is_of_set.then(|| Tab {
            is_radio: true,
            ..Tab::default()
        })
    }

    /// Takes the label of `element`, if it is the panel of a tab.
    pub(super) fn label_of(&mut self, element: Element<'_>) -> Option<String> {
        if element.role == "tabpanel" {
            return self.label(element.id(), element.attribute("aria-labelledby"));
        }
        let is_panel = element.has_class(PANELS_BEHIND_ALL)
            || self.in_list == 1 && element.has_class(PANELS)
            || self.is_code && language::is_named(element);
        let is_next = self.waiting.front().is_some_and(|tab| tab.is_radio);
        if is_panel && is_next {
            self.label(None, None)
        } else {
            None
        }
    }

    /// Adds a tab that was read.
    pub(super) fn add(&mut self, tab: Tab) {
        if self.waiting.len() < TABS_MAX {
            self.waiting
                .insert(self.in_list.min(self.waiting.len()), tab);
            self.in_list += 1;
        }
    }

    /// Takes the label of a panel: of the tab that names it, or of the first that waits.
    fn label(&mut self, id: Option<&str>, tab: Option<&str>) -> Option<String> {
        let named = self.waiting.iter().position(|waiting| {
            tab.is_some() && waiting.id.as_deref() == tab
                || id.is_some() && waiting.panel.as_deref() == id
        });
        let tab = self.waiting.remove(named.unwrap_or(0))?;
        self.in_list = 0;
        let label = one_line(&tab.label);
        (!label.is_empty()).then_some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn labels_of_radio_buttons_stand_above_the_panels_of_their_tabs() {
        let input = |id: &str| format!("<input id={id} name=s type=radio>");
        let label = |id: &str| format!("<label for={id}>Tab <code>{id}</code></label>");
        let panel = |class: &str, words: &str| format!("<div class='{class}'><p>{words}</p></div>");
        let wanted = "**Tab a**\n\nin a\n\n**Tab b**\n\nin b\n\nEnd\n";
        for (set, class) in [
            ("sd-tab-set docutils", "sd-tab-content docutils"),
            ("tabbed-set", "tabbed-content"),
            ("tab-set", "tab-content"),
        ] {
            let one = |id: &str| input(id) + &label(id) + &panel(class, &format!("in {id}"));
            let page = format!("<div class='{set}'>{}{}</div><p>End", one("a"), one("b"));
            assert_eq!(parse(&page).text, wanted, "{set}");
        }
        let alternate = |ids: [&str; 2], words: [&str; 2]| {
            format!(
                "<div class='tabbed-set tabbed-alternate'>{}<div class=tabbed-labels>{}</div>\
                 <div class=tabbed-content>{}</div></div>",
                ids.map(input).concat(),
                ids.map(label).concat(),
                words.map(|words| panel("tabbed-block", words)).concat()
            )
        };
        let page = alternate(["a", "b"], ["in a", "in b"]) + "<p>End";
        assert_eq!(parse(&page).text, wanted);
        let inner = alternate(["c", "d"], ["in c", "in d"]);
        let page = alternate(["a", "b"], [&inner, "in b"]);
        let words: Vec<String> = parse(&page).text.lines().map(str::to_owned).collect();
        assert_eq!(
            words.join(""),
            "**Tab a****Tab c**in c**Tab d**in d**Tab b**in b"
        );
    }

    #[test]
    fn labels_of_a_group_of_code_stand_above_the_code_of_each() {
        let code = |name: &str| {
            format!("<div class=language-sh><span>sh</span><pre>{name} add</pre></div>")
        };
        let page = format!(
            "<div class='vp-code-group'><div class=tabs><input type=radio id=a checked><label for=a>npm</label>\
             <input type=radio id=b><label for=b>pnpm</label></div><div class=blocks>{}{}</div></div>{}",
            code("npm"),
            code("pnpm"),
            code("yarn")
        );
        assert_eq!(
            parse(&page).text,
            "**npm**\n\n```sh\nnpm add\n```\n\n**pnpm**\n\n```sh\npnpm add\n```\n\n```sh\nyarn add\n```\n"
        );
    }

    #[test]
    fn labels_of_a_form_are_left_out_as_before() {
        let page = "<p>Poll</p><form><input type=radio id=y><label for=y>Yes</label></form><div class=tab-content>Words</div>";
        assert_eq!(parse(page).text, "Poll\n\nWords\n");
    }

    #[test]
    fn every_panel_is_read_below_the_label_of_its_tab() {
        let page = "<ul role=tablist><li role=tab>npm</li><li role=tab>Yarn</li></ul>\
            <div role=tabpanel><pre>npm i</pre></div><div role=tabpanel hidden><pre>yarn add</pre></div>";
        assert_eq!(
            parse(page).text,
            "**npm**\n\n```\nnpm i\n```\n\n**Yarn**\n\n```\nyarn add\n```\n"
        );
        let page = "<div role=tablist><button role=tab id=t1 aria-controls=p1>A</button><button role=tab id=t2>B</button>\
            </div><div role=tabpanel aria-labelledby=t2>two</div><div role=tabpanel id=p1 hidden>one</div>";
        assert_eq!(parse(page).text, "**B**\n\ntwo\n\n**A**\n\none\n");
    }

    #[test]
    fn tabs_within_a_panel_have_panels_of_their_own() {
        let tab = |name: &str| format!("<i role=tab>{name}</i>");
        let panel = |words: &str| format!("<div role=tabpanel hidden>{words}</div>");
        let list =
            |one: &str, two: &str| format!("<div role=tablist>{}{}</div>", tab(one), tab(two));
        let inner = format!("{}{}{}", list("c", "d"), panel("in c"), panel("in d"));
        let page = format!("{}{}{}", list("a", "b"), panel(&inner), panel("in b"));
        let words = parse(&page)
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(words, "**a** **c** in c **d** in d **b** in b");
    }

    #[test]
    fn a_hidden_panel_without_a_tab_stays_hidden() {
        assert_eq!(
            parse("<p>Seen</p><div role=tabpanel hidden>unseen</div>").text,
            "Seen\n"
        );
    }

    #[test]
    fn headings_of_an_accordion_stay_headings() {
        let page = "<div role=tab><h4>Install</h4></div><div role=tabpanel>Words</div>";
        assert_eq!(parse(page).text, "#### Install\n\nWords\n");
    }
}
