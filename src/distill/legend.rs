//! What the reader of a session was told in earlier texts, so that it need not be told again: templates and phrases, each
//! with its name.
//!
//! Text that uses a legend carries its tag (`s1`) and lists only what is new; without the legend it cannot be read. Names
//! are given once in an epoch, whatever the text. Those of long identifiers need not be told, so they outlive the epoch.

use serde::{Deserialize, Serialize};

use super::ids;
use super::strategy::{lines, phrases};

/// Names told in one epoch of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Legend {
    /// The epoch, which the tag of texts names.
    pub epoch: i64,
    /// Templates of lines, in the order in which they were named.
    pub templates: Vec<String>,
    /// Names of phrases, and the phrases.
    pub phrases: Vec<(String, String)>,
    /// Long identifiers in the order in which they were named, over all epochs.
    #[serde(skip)]
    pub identifiers: Vec<String>,
}

impl Legend {
    /// Begins the legend of an epoch.
    pub fn new(epoch: i64) -> Self {
        Self {
            epoch,
            ..Self::default()
        }
    }

    /// Adds what another answer told.
    pub fn extend(&mut self, more: Self) {
        self.templates.extend(more.templates);
        self.phrases.extend(more.phrases);
        self.identifiers.extend(more.identifiers);
    }

    /// Returns what `packed` tells beyond this legend, or `None` if it carries no tag of its epoch.
    pub fn told_by(&self, packed: &str, bytes_max: usize) -> Option<Self> {
        let mut told = Self::new(self.epoch);
        let inner = phrases::listed(packed, &self.tag());
        if let Some(listed) = &inner {
            told.phrases.clone_from(listed);
        }
        let opened = phrases::decode(packed, self, bytes_max).map(|(inner, _)| inner);
        let listed = lines::listed(opened.as_deref().unwrap_or(packed), &self.tag());
        if inner.is_none() && listed.is_none() {
            return None;
        }
        told.templates = listed.unwrap_or_default();
        Some(told)
    }

    /// The word in the header of a text that uses this legend.
    pub(super) fn tag(&self) -> String {
        format!("s{}", self.epoch)
    }

    /// Writes the names and what they stand for, one a line, as texts list them.
    pub fn listing(&self) -> String {
        let phrases = self
            .phrases
            .iter()
            .map(|(name, phrase)| phrases::listing(name, phrase));
        let templates = self
            .templates
            .iter()
            .enumerate()
            .filter_map(|(number, text)| Some(format!("{} {text}\n", lines::name(number)?)));
        let identifiers = ids::listing(&self.identifiers);
        phrases.chain(templates).chain([identifiers]).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::super::{Distilled, Level, Request, distill, unpack};
    use super::*;

    fn distilled(text: &str, legend: Option<&Legend>) -> Distilled {
        let request = Request {
            legend,
            ..Request::new(text, "h7", Level::Exact)
        };
        distill(&request).unwrap()
    }

    /// Tells a reader one text after another; each must come back from its own text and what was told before.
    fn tell(texts: &[String]) -> Vec<Distilled> {
        let mut legend = Legend::new(1);
        let mut results = Vec::new();
        for text in texts {
            let result = distilled(text, Some(&legend));
            assert_eq!(result.faults, 0, "{text}");
            if !result.is_untouched() {
                assert_eq!(
                    unpack(&result.text, &legend, text.len()).as_deref(),
                    Some(text.as_str())
                );
            }
            if let Some(told) = result.told(&legend) {
                legend.extend(told);
            }
            results.push(result);
        }
        results
    }

    fn log(from: usize) -> String {
        let mut text = String::new();
        for number in from..from + 40 {
            let _ = match number % 3 {
                0 => writeln!(
                    text,
                    "2026-11-20 07:{:02}:09 INFO [main] org.example.Scheduler: assigned container {number} to host-{}",
                    number % 60,
                    number % 7
                ),
                1 => writeln!(
                    text,
                    "2026-11-20 07:{:02}:10 INFO [main] org.example.Scheduler: container {} is finished after {number} ms",
                    number % 60,
                    number * 7
                ),
                _ => writeln!(
                    text,
                    "2026-11-20 07:{:02}:11 WARN [pool-{}] org.example.Allocator: no room for request {number}, waiting",
                    number % 60,
                    number % 4
                ),
            };
        }
        text
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let texts: Vec<String> = (0..4).map(|chunk| log(chunk * 40)).collect();
        let results = tell(&texts);
        let alone: usize = texts
            .iter()
            .skip(1)
            .map(|text| distilled(text, None).tokens_out)
            .sum();
        let told: usize = results.iter().skip(1).map(|result| result.tokens_out).sum();
        assert!(
            told * 100 < alone * 85,
            "{told} of {alone}\n{}",
            results[1].text
        );
        assert!(
            !results[1].text.contains("Scheduler"),
            "{}",
            results[1].text
        );
    }

    #[test]
    fn an_identifier_has_one_name_in_all_texts() {
        let id = |number: u64| format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = |from: u64| -> String {
            let lines: Vec<String> = (from..from + 30)
                .map(|number| format!("span {} of {}\n", id(number), id(number % 3)))
                .collect();
            lines.concat()
        };
        let mut legend = Legend::new(1);
        let mut shown = Vec::new();
        for from in [0, 10] {
            let text = text(from);
            let request = Request {
                legend: Some(&legend),
                ..Request::new(&text, "h7", Level::Aliased)
            };
            let result = distill(&request).unwrap();
            assert_eq!(result.level, Level::Aliased, "{}", result.text);
            legend.extend(result.told(&legend).unwrap());
            shown.push(unpack(&result.text, &legend, text.len()).unwrap_or(result.text));
        }
        assert_eq!(legend.identifiers, (0..40).map(id).collect::<Vec<_>>());
        assert!(shown[1].contains("span ~~11 of ~~2\n"), "{}", shown[1]);
    }

    #[test]
    fn a_text_without_a_tag_tells_nothing() {
        let result = distilled(&log(0), None);
        assert_eq!(result.told(&Legend::new(1)), None);
        assert_eq!(result.told(&Legend::default()), None);
    }

    #[test]
    fn the_listing_says_what_every_name_stands_for() {
        let legend = Legend {
            epoch: 1,
            templates: vec!["job {} done".to_owned()],
            phrases: vec![("$a".to_owned(), "took\n".to_owned())],
            identifiers: vec!["4d5e6f7a8b9c0d1e2f3a".to_owned()],
        };
        assert_eq!(
            legend.listing(),
            "$a=took\\n\na job {} done\n~~1=4d5e6f7a8b9c0d1e2f3a\n"
        );
    }

    proptest! {
        #[test]
        fn texts_of_a_session_come_back_exactly(
            texts in prop::collection::vec(prop::collection::vec("(INFO|WARN|a|\\$b|\\{\\})? ?(start|end of) [ab]{1,2}[0-9]{1,3}( in|\"|'|:)? [0-9]{0,2}\r?", 0..30), 1..6)
        ) {
            let texts: Vec<String> = texts.iter().map(|lines| lines.join("\n").repeat(3)).collect();
            tell(&texts);
        }
    }
}
