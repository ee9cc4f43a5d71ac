//! A formula of `MathML` in one line: the TeX that comes with it, or else what its elements say.

/// Elements of a formula that are open at a time; those deeper are read as text.
const DEPTH_MAX: usize = 64;

/// A formula being read.
#[derive(Debug, Default)]
pub(super) struct Math {
    words: String,
    tex: String,
    /// Elements that are open.
    open: Vec<Element>,
    /// Elements that are open beyond [`DEPTH_MAX`].
    deeper: usize,
    in_note: Note,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Note {
    #[default]
    No,
    Tex,
    Other,
}

#[derive(Debug)]
struct Element {
    /// What stands before its second and third child.
    marks: [&'static str; 2],
    children: usize,
    /// Where it begins in the words, and whether it has to be held together if it has several children.
    start: usize,
    is_operand: bool,
}

impl Math {
    /// Returns a formula of which the page says the TeX, if it does.
    pub(super) fn new(tex: Option<&str>) -> Self {
        Self {
            tex: tex.unwrap_or_default().to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn begin(&mut self, name: &str, encoding: Option<&str>) {
        if matches!(name, "annotation" | "annotation-xml") {
            let is_tex =
                encoding.is_some_and(|encoding| encoding.to_ascii_lowercase().ends_with("tex"));
            self.in_note = if is_tex { Note::Tex } else { Note::Other };
        }
        if self.open.len() >= DEPTH_MAX {
            self.deeper += 1;
            return;
        }
        let mut is_operand = matches!(name, "msqrt" | "mroot");
        if let Some(parent) = self.open.last_mut() {
            let mark = parent
                .children
                .checked_sub(1)
                .and_then(|before| parent.marks.get(before))
                .copied()
                .unwrap_or_default();
            is_operand |= parent.marks != [""; 2];
            self.words.push_str(mark);
            parent.children += 1;
        }
        let marks = match name {
            "msup" | "mover" => ["^", ""],
            "msub" | "munder" => ["_", ""],
            "msubsup" | "munderover" => ["_", "^"],
            "mfrac" => ["/", ""],
            _ => ["", ""],
        };
        if matches!(name, "msqrt" | "mroot") {
            self.words.push('√');
        }
        if matches!(name, "mtr" | "mtd" | "mspace") {
            self.words.push(' ');
        }
        self.open.push(Element {
            marks,
            children: 0,
            start: self.words.len(),
            is_operand,
        });
    }

    pub(super) fn end(&mut self, name: &str) {
        if matches!(name, "annotation" | "annotation-xml") {
            self.in_note = Note::No;
        }
        if let Some(deeper) = self.deeper.checked_sub(1) {
            self.deeper = deeper;
            return;
        }
        let Some(element) = self.open.pop() else {
            return;
        };
        if element.is_operand && element.children > 1 && self.words.is_char_boundary(element.start)
        {
            self.words.insert(element.start, '(');
            self.words.push(')');
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.in_note {
            Note::Tex if self.tex.is_empty() => text.trim().clone_into(&mut self.tex),
            Note::Tex | Note::Other => {}
            Note::No => self.words.extend(text.chars().filter(|letter| {
                // Signs that are not seen: multiplied by, applied to.
                !letter.is_whitespace() && !('\u{2061}'..='\u{2064}').contains(letter)
            })),
        }
    }

    pub(super) fn finish(self) -> String {
        if self.tex.trim().is_empty() {
            self.words
        } else {
            self.tex
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    fn formula(inside: &str) -> String {
        parse(&format!("<p>So {inside} holds.</p>")).text
    }

    #[test]
    fn a_formula_is_its_tex_or_what_its_elements_say() {
        let power = "<msup><mi>c</mi><mn>2</mn></msup>";
        for (math, wanted) in [
            (format!("<math><mi>m</mi>{power}</math>"), "mc^2"),
            (format!("<math alttext='\\gamma'>{power}</math>"), "\\gamma"),
            (
                format!("<math><semantics>{power}<annotation encoding='application/x-tex'>c^{{2}}</annotation></semantics></math>"),
                "c^{2}",
            ),
            (
                "<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><msub><mi>x</mi><mi>i</mi></msub></mfrac></math>".to_owned(),
                "(a+b)/(x_i)",
            ),
            (
                "<math><msqrt><mi>a</mi><mspace/><mi>b</mi></msqrt><annotation encoding='text/plain'>no</annotation></math>".to_owned(),
                "√(a b)",
            ),
        ] {
            assert_eq!(formula(&math), format!("So {wanted} holds.\n"), "{math}");
        }
    }

    #[test]
    fn a_formula_without_end_or_bottom_is_read() {
        let deep = "<msup><mi>x</mi>".repeat(10_000);
        assert!(formula(&format!("<math>{deep}")).contains("x^"));
        assert!(formula(&format!("<math>{}</math>", "</mi>".repeat(9))).contains("holds"));
    }
}
