//! The requests of roff itself that change what a page looks like.

use super::Reader;
use super::input::{Step, arguments, request};
use super::table::Table;

/// Requests and macros that show nothing, whatever stands behind them.
const SILENT: &str = "ab ad af aln am as asciify AT backtrace bd blm box boxa bp break brp c2 cc cf cflags ch char chop class close \
    color composite continue cp cs cu da de defcolor DT device di do dt ec ecr ecs el em eo EQ EN ev evc fam fc fchar fcolor fl fp \
    fschar fspecial ft ftr fzoom gcolor hc hcode hla hlm hpf hpfa hpfcode hw hy hylang hym hys IX ie if ig in it itc kern lc length \
    lf lg linetabs ll ls lsm lt mc mk mso na nf fi ne nh nm nn nr nroff ns nx open opena os output PD pc pe pi pl pm pn pnr po ps \
    psbb pso ptr PU pvs rd return rfschar rj rm rn rnn rr rs rt schar shc shift sizes so sp special spreadwarn ss sty substring sv \
    sy ta tag tc ti tkf tl tm tm1 tmc tr trf trin trnt troff UC uf ul unformat vpt vs warn warnscale wh while write writec writem \
    VS VE BS BE AS";

/// Tells whether the request `name` shows nothing.
pub(super) fn is_silent(name: &str) -> bool {
    SILENT.split_whitespace().any(|known| known == name)
}

impl Reader<'_> {
    /// Does what a request says about lines and letters; tells whether `name` is such a one.
    pub(super) fn request(&mut self, name: &str, rest: &str) -> bool {
        match name {
            "br" | "in" | "ti" | "ce" | "rj" => self.page.break_line(),
            "sp" => self.page.end_paragraph(),
            "nf" | "EX" => self.page.set_code(true),
            "fi" | "EE" => self.page.set_code(false),
            "ft" => {
                let font = arguments(rest).into_iter().next().unwrap_or_default();
                self.fonts.change(&font);
            }
            "TS" => self.table(),
            "EQ" => {
                while let Some(line) = self.input.raw() {
                    if request(&line).is_some_and(|(name, _)| name == "EN") {
                        break;
                    }
                    self.write(&line);
                }
            }
            _ => return false,
        }
        true
    }

    fn table(&mut self) {
        let mut table = Table::default();
        while let Some(step) = self.input.next() {
            match step {
                Step::Request(name, _) if name == "TE" => break,
                Step::Request(name, _) if name == "T&" => table.begin_layout(),
                Step::Request(name, rest) => {
                    // Within a cell, what macros say of letters is all that matters.
                    let words = arguments(&rest);
                    let is_alternating =
                        name.len() == 2 && name.bytes().all(|byte| b"BIR".contains(&byte));
                    let words = words.join(if is_alternating { "" } else { " " });
                    if !is_silent(&name) && !["br", "PP", "P", "LP"].contains(&name.as_str()) {
                        let shown = self.cell(&words);
                        table.add(&shown);
                    }
                }
                Step::Text(text) => {
                    if table.is_layout() {
                        table.lay_out(&text);
                    } else {
                        let shown = self.cell(&text);
                        table.line(&shown);
                    }
                }
            }
        }
        let rows = table.rows();
        self.page.table(&rows);
    }
}
