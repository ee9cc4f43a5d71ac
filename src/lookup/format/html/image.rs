//! What an image of an HTML page says in words.

use super::element::Element;

/// Classes of images of formulas: their `alt` is the formula.
const FORMULAS: &[&str] = &["math", "latex", "tex", "formulaInl", "formulaDsp"];
/// Words from which an `alt` says something that the text may not: fewer are a badge or a name.
const ALT_WORDS_MIN: usize = 3;
/// Letters of an `alt`: nobody sees it, so a page cannot say much there.
const ALT_LETTERS_MAX: usize = 300;

/// Returns the words of an image that is part of what the page says.
pub(super) fn words(image: Element<'_>) -> Option<String> {
    let alt = image.attribute("alt")?.trim();
    if image.role == "presentation" || alt.chars().count() > ALT_LETTERS_MAX {
        return None;
    }
    if image.has_class(FORMULAS) {
        return Some(alt.to_owned());
    }
    (alt.split_whitespace().count() >= ALT_WORDS_MIN).then(|| format!(" ![{alt}] "))
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn images_say_what_they_show_and_badges_nothing() {
        let page = "<p>See<img alt='Client talks to server'>and <img class=math alt='x^2'> \
            <img alt='Build Status'><img hidden alt='not shown to anyone'>here.</p>";
        assert_eq!(
            parse(page).text,
            "See ![Client talks to server] and x^2 here.\n"
        );
    }
}
