//! The tabs of an HTML page: a person sees one panel at a time, and a reader all of them, each below its label.

use std::collections::VecDeque;

/// Tabs whose panel has not come yet: each panel is compared with them.
const TABS_MAX: usize = 64;

/// A tab: what is clicked to see its panel.
#[derive(Debug, Default)]
pub(super) struct Tab {
    id: Option<String>,
    panel: Option<String>,
    label: String,
}

impl Tab {
    pub(super) fn new(id: Option<&str>, panel: Option<&str>) -> Self {
        Self {
            id: id.map(str::to_owned),
            panel: panel.map(str::to_owned),
            label: String::new(),
        }
    }

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
}

impl Tabs {
    pub(super) fn begin_list(&mut self) {
        self.in_list = 0;
    }

    pub(super) fn add(&mut self, tab: Tab) {
        if self.waiting.len() < TABS_MAX {
            self.waiting
                .insert(self.in_list.min(self.waiting.len()), tab);
            self.in_list += 1;
        }
    }

    /// Takes the label of a panel: of the tab that names it, or of the first that waits.
    pub(super) fn label(&mut self, id: Option<&str>, tab: Option<&str>) -> Option<String> {
        let named = self.waiting.iter().position(|waiting| {
            tab.is_some() && waiting.id.as_deref() == tab
                || id.is_some() && waiting.panel.as_deref() == id
        });
        let tab = self.waiting.remove(named.unwrap_or(0))?;
        self.in_list = 0;
        let label = tab.label.split_whitespace().collect::<Vec<_>>().join(" ");
        (!label.is_empty()).then_some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

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
