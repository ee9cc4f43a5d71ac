//! `mrconductor bench mutate DIR`: pieces of real files, damaged and mixed at random, must come back from their packed text
//! byte for byte, and never get longer.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::super::{Failure, Global};
use super::distill::{cpu_ms, walk};
use crate::cli::out::{self, say};
use crate::distill::{Legend, Level, Request, distill, unpack};
use crate::tokens::{Encoding, count};

/// Bytes of a piece: small enough for many, large enough for every codec to find something.
const PIECE_BYTES_MAX: usize = 3_000;

/// Changes made to a piece at most.
const CHANGES_MAX: usize = 6;

/// Signs that the notations of the codecs are made of, and some that text is.
const SIGNS: &[&str] = &[
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "#",
    "$a",
    "&b",
    "~1",
    "*2",
    "@",
    ".",
    ",",
    ":",
    "=",
    "\t",
    "\r",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "  ",
    "0",
    "-1",
    "17",
    "1e3",
    "null",
    "true",
    "é",
    "日本",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{2028}",
    "=1 2",
    "<1",
    "s1",
];

/// Packs damaged pieces of the files of a folder and unpacks them again.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with text files
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Pieces to try
    #[arg(long, default_value_t = 10_000)]
    count: u64,
    /// Start of the random numbers: the same seed tries the same pieces
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Tries as many pieces as asked for; fails at the end if one did not come back or got longer.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut paths = Vec::new();
    walk(&args.folder, &mut paths)?;
    let mut texts = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        texts.extend(
            String::from_utf8(bytes)
                .ok()
                .filter(|text| !text.is_empty()),
        );
    }
    if texts.is_empty() {
        let what = format!("there is no text file in `{}`", args.folder.display());
        return Err(Failure::new(what, "give a folder with text files").into());
    }
    let start = cpu_ms();
    let mut random = Random(args.seed);
    let (mut bytes, mut packed, mut faults) = (0, 0_u64, Vec::new());
    for number in 0..args.count {
        let text = mutated(&texts, &mut random);
        bytes += text.len();
        match check(&text) {
            Ok(is_packed) => packed += u64::from(is_packed),
            Err(why) => faults.push((number, why, text)),
        }
    }
    let cpu_ms = cpu_ms() - start;
    if global.json {
        let faults: Vec<_> = faults
            .iter()
            .map(|(number, why, text)| json!({"number": number, "why": why, "text": text}))
            .collect();
        let result = json!({
            "seed": args.seed, "pieces": args.count, "bytes": bytes, "packed": packed, "faults": faults, "cpu_ms": cpu_ms,
        });
        out::write_json(&result)?;
    } else {
        say!(
            "{} pieces, {bytes} bytes, {packed} of them got shorter, {} faults, {:.0} s of CPU (seed {})",
            args.count,
            faults.len(),
            cpu_ms / 1e3,
            args.seed
        )?;
        for (number, why, text) in &faults {
            say!("piece {number}: {why}: {text:?}")?;
        }
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(5)
    })
}

/// Packs `text` and returns whether it got shorter, or what is wrong.
fn check(text: &str) -> Result<bool, String> {
    let request = Request::new(text, "h1", Level::Exact);
    let result = distill(&request).map_err(|error| error.to_string())?;
    if result.faults > 0 {
        return Err(format!("{} codecs did not give it back", result.faults));
    }
    if result.is_untouched() {
        return Ok(false);
    }
    if unpack(&result.text, &Legend::default(), text.len()).as_deref() != Some(text) {
        return Err("it does not come back".to_owned());
    }
    if count(Encoding::O200k, &result.text) >= count(Encoding::O200k, text) {
        return Err("it got longer".to_owned());
    }
    Ok(true)
}

/// Returns a piece of one of `texts`, or of two, with some changes.
fn mutated(texts: &[String], random: &mut Random) -> String {
    let mut piece = cut(texts, random);
    if random.below(4) == 0 {
        piece += &cut(texts, random);
    }
    for _ in 0..random.below(CHANGES_MAX + 1) {
        let at = random.place(&piece);
        let to = random.place(&piece);
        let (start, end) = (at.min(to), at.max(to));
        match random.below(5) {
            0 => {
                let sign = SIGNS.get(random.below(SIGNS.len())).copied();
                piece.insert_str(at, sign.unwrap_or_default());
            }
            1 => piece.replace_range(start..end.min(floor(&piece, start + 20)), ""),
            2 => {
                let copy = piece.get(start..end).unwrap_or_default().to_owned();
                piece.insert_str(end, &copy);
            }
            3 => {
                let mut lines: Vec<&str> = piece.split_inclusive('\n').collect();
                let (one, other) = (random.below(lines.len()), random.below(lines.len()));
                if one < lines.len() && other < lines.len() {
                    lines.swap(one, other);
                }
                piece = lines.concat();
            }
            _ => piece.truncate(end),
        }
        if piece.len() > 4 * PIECE_BYTES_MAX {
            piece.truncate(floor(&piece, PIECE_BYTES_MAX));
        }
    }
    piece
}

fn cut(texts: &[String], random: &mut Random) -> String {
    let text = texts
        .get(random.below(texts.len()))
        .map_or("", String::as_str);
    let start = random.place(text);
    let length = random.below(PIECE_BYTES_MAX);
    let end = floor(text, start + length);
    text.get(start..end).unwrap_or_default().to_owned()
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): good enough for choosing, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    fn below(&mut self, end: usize) -> usize {
        let number = self.next().checked_rem(end as u64).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }

    /// A place between two characters of `text`.
    fn place(&mut self, text: &str) -> usize {
        floor(text, self.below(text.len() + 1))
    }
}

/// The last place between two characters of `text` up to byte `at`.
fn floor(text: &str, at: usize) -> usize {
    let places = (0..=at.min(text.len())).rev();
    let mut places = places.filter(|at| text.is_char_boundary(*at));
    places.next().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_pieces() {
        let texts = ["one line\nand another, é\n".repeat(200)];
        let pieces = |seed| {
            let mut random = Random(seed);
            (0..50)
                .map(|_| mutated(&texts, &mut random))
                .collect::<Vec<_>>()
        };
        assert_eq!(pieces(1), pieces(1));
        assert_ne!(pieces(1), pieces(2));
        assert!(pieces(1).iter().any(|piece| !texts[0].contains(piece)));
    }
}
