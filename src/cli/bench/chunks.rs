//! A long text as an agent meets it: in pieces, one after another, in one session.

use std::num::NonZeroUsize;
use std::path::Path;

use super::distill::{Row, cpu_ms, decodes, sum, word};
use crate::distill::{Legend, Level};
use crate::handshake::ClientOffer;
use crate::tokens::{Encoding, count};
use crate::tools::distill::{Options, Source, distill, options};
use crate::tools::input::read_file;
use crate::tools::page::Delivery;
use crate::tools::restore::{Part, restore};
use crate::tools::{Engines, ToolError, handshake};

/// Bytes of one text with its phrases in place, which may be longer than the text itself.
const TEXT_BYTES_MAX: usize = 64 << 20;

/// Distills `file` in chunks of `lines` lines, and sums up all chunks but the first.
pub(super) fn measure(
    engines: &Engines,
    file: &Path,
    level: Level,
    lines: NonZeroUsize,
) -> Result<Row, String> {
    let what = |error: ToolError| error.what;
    let text = String::from_utf8(read_file(file).map_err(what)?)
        .map_err(|_| "skipped, not UTF-8 text".to_owned())?;
    let opened = handshake::open(engines, &ClientOffer::default(), None).map_err(what)?;
    let options = Options {
        level,
        ..options(engines, Some(opened.handle())).map_err(what)?
    };
    let mut legend = Legend::new(1);
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let mut rows = Vec::new();
    for chunk in all.chunks(lines.get()) {
        let row = measure_chunk(engines, &chunk.concat(), &options, &mut legend).map_err(what)?;
        rows.push(row);
    }
    let Some(last) = rows.last().cloned() else {
        return Err("skipped, empty".to_owned());
    };
    let later: Vec<&Row> = rows.iter().skip(1).collect();
    Ok(Row {
        level: last.level,
        kind: last.kind,
        ..sum(String::new(), &later)
    })
}

fn measure_chunk(
    engines: &Engines,
    chunk: &str,
    options: &Options,
    legend: &mut Legend,
) -> Result<Row, ToolError> {
    let start = cpu_ms();
    let source = Source::Bytes(chunk.as_bytes().to_vec());
    let answer = distill(engines, source, options, Delivery::Whole)?;
    let cpu_ms = cpu_ms() - start;
    let shown = &answer.text;
    let (handle, level) = (word(&answer.facts, "handle"), word(&answer.facts, "level"));
    // A reader goes by the tag: the next epoch begins with nothing known.
    let next = Legend::new(legend.epoch + 1);
    if next.told_by(shown, TEXT_BYTES_MAX).is_some() {
        *legend = next;
    }
    let is_exact = restore(engines, &handle, &Part::All)? == chunk.as_bytes()
        && (level != "exact" || decodes(shown, legend, chunk));
    if let Some(told) = legend.told_by(shown, TEXT_BYTES_MAX) {
        legend.extend(told);
    }
    let o200k = (count(Encoding::O200k, chunk), count(Encoding::O200k, shown));
    Ok(Row {
        bytes: chunk.len(),
        o200k,
        cl100k: (
            count(Encoding::Cl100k, chunk),
            count(Encoding::Cl100k, shown),
        ),
        kind: word(&answer.facts, "kind"),
        level,
        is_exact,
        is_longer: o200k.1 > o200k.0,
        cpu_ms,
        ..Row::default()
    })
}
