//! The counts are those of two independent crates, on text of every kind; what builds on them is compared with brute force.

use sha2::{Digest as _, Sha256};

use super::*;

/// `SplitMix64`: the same documents in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    fn char_in(&mut self, first: u32, last: u32) -> char {
        let codes = usize::try_from(last - first + 1).unwrap();
        let code = first + u32::try_from(self.below(codes)).unwrap();
        char::from_u32(code).unwrap_or('\u{FFFD}')
    }
}

/// Ranges of characters that the patterns treat differently, or that tokenizers are known to stumble over.
const RANGES: &[(u32, u32)] = &[
    (0x00, 0x1F),
    (0x20, 0x7E),
    (0x41, 0x5A),
    (0x61, 0x7A),
    (0x30, 0x39),
    (0xA0, 0xFF),
    (0x100, 0x24F),
    (0x1C4, 0x1CC), // title case
    (0x2B0, 0x2FF), // modifier letters
    (0x300, 0x36F), // combining marks
    (0x370, 0x3FF),
    (0x400, 0x4FF),
    (0x590, 0x6FF),
    (0x900, 0x97F),
    (0xE00, 0xE7F),
    (0x1100, 0x11FF),
    (0x1F00, 0x1FFF),
    (0x2000, 0x206F),
    (0x2150, 0x218F), // number forms
    (0x2460, 0x24FF),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xD7FF, 0xE001), // around the surrogates
    (0xFE00, 0xFE0F), // variation selectors
    (0xFF00, 0xFFEF),
    (0x1D400, 0x1D7FF), // mathematical letters and digits
    (0x1F300, 0x1F9FF),
    (0x1E900, 0x1E95F),
    (0x0, 0x10_FFFF),
];

const FRAGMENTS: &[&str] = &[
    "'s",
    "'S",
    "'ſ",
    "'t",
    "'RE",
    "'Ve",
    "'m",
    "'LL",
    "'ll",
    "'l",
    "'d",
    "'D",
    "’s",
    "don't",
    "WE'LL",
    "it'ſ",
    "ſ",
    "\u{212A}",
    "K",
    "\u{A0}",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{FEFF}",
    "\u{200D}",
    "\u{200B}",
    "\r\n",
    "\n",
    "\r",
    "\n\n",
    "\t",
    " ",
    "  ",
    "\n  ",
    "   \n ",
    " \r\n\t",
    "\u{3000}",
    "\u{B}",
    "\u{C}",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇩🇪",
    "e\u{301}",
    "\u{301}",
    "\u{301}ABC",
    "中ABC",
    "ABCdef中",
    "ʰX",
    "ǅungla",
    "١٢٣٤٥",
    "½⅓",
    "Ⅻ",
    "1234567890123",
    "0x7fFf",
    "3.14159e-10",
    "//",
    "/\n/",
    "!!/\r\n/",
    ".\n",
    "...",
    "====",
    "----------",
    "{\"id\": 17, \"name\": \"a b\"}",
    "[1,2,3]",
    "fn main() {\n    let x = 1;\n}",
    "HTTPServerError",
    "camelCase",
    "snake_case_name",
    "SCREAMING_CASE",
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|endofprompt|>",
    "https://example.org/a?b=c#d",
    "2024-05-01T12:34:56.789Z",
    "192.168.0.1",
    "สวัสดีครับ",
    "こんにちは世界",
    "안녕하세요",
    "नमस्ते",
    "مرحبا",
    "שלום",
    "Привет",
    "Ελληνικά",
    "the quick brown fox",
    "\0",
    "\u{10FFFF}",
];

fn document(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(12) {
        match random.below(6) {
            0 => {
                let (first, last) = RANGES[random.below(RANGES.len())];
                for _ in 0..=random.below(9) {
                    text.push(random.char_in(first, last));
                }
            }
            1 => {
                let (first, last) = RANGES[random.below(RANGES.len())];
                text.push(random.char_in(first, last));
            }
            2 => {
                let space = random.one_of(&[" ", "\t", "\n", "\r\n", "\u{A0}", "\u{3000}", "    "]);
                text.push_str(&space.repeat(1 + random.below(40)));
            }
            3 => {
                let unit = random.one_of(&["7", "a", "Z", "=", "#", "é", "字", "ab", "0f"]);
                text.push_str(&unit.repeat(1 + random.below(60)));
            }
            _ => text.push_str(random.one_of(FRAGMENTS)),
        }
    }
    text
}

/// Fails unless our count of `text` is that of both other crates.
fn assert_counts(text: &str) {
    let others = [
        (Encoding::O200k, bpe_openai::o200k_base()),
        (Encoding::Cl100k, bpe_openai::cl100k_base()),
    ];
    for (encoding, other) in others {
        let ours = count(encoding, text);
        let first = tiktoken::get_encoding(encoding.name())
            .unwrap()
            .encode(text)
            .len();
        assert_eq!(
            (ours, ours),
            (first, other.count(text)),
            "{encoding:?} of {text:?}"
        );
    }
}

#[test]
fn random_documents_count_as_in_two_other_crates() {
    let mut random = Random(1);
    for _ in 0..20_000 {
        assert_counts(&document(&mut random));
    }
}

#[test]
fn every_character_has_the_classes_that_the_patterns_name() {
    let sets = [
        (class::HEAD, r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"),
        (class::TAIL, r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"),
        (class::LETTER, r"\p{L}"),
        (class::NUMBER, r"\p{N}"),
        (class::SPACE, r"\s"),
        (class::LINE, r"[\r\n]"),
    ];
    let sets = sets.map(|(bit, set)| (bit, regex::Regex::new(set).unwrap()));
    for character in '\0'..=char::MAX {
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        let (found, length) = class::of(text.as_bytes(), 0);
        let expected = sets
            .iter()
            .filter(|(_, set)| set.is_match(text))
            .fold(0, |all, (bit, _)| all | bit);
        assert_eq!((found, length), (expected, text.len()), "{character:?}");
    }
}

#[test]
fn characters_count_as_in_two_other_crates_wherever_they_stand() {
    // All scripts in living use, and a share of the other planes.
    let characters = ('\0'..'\u{3400}')
        .chain('\u{A000}'..'\u{AC00}')
        .chain(('\u{F900}'..'\u{1FC00}').step_by(5))
        .chain(('\u{1FC00}'..=char::MAX).step_by(211));
    let mut text = String::new();
    for (number, character) in characters.enumerate() {
        // After and before letters of both cases, after a space, a digit and a symbol.
        text.extend([
            'a', character, 'B', ' ', character, 'c', '1', character, '!', character,
        ]);
        if number % 64 == 63 {
            assert_counts(&text);
            text.clear();
        }
    }
    assert_counts(&text);
}

#[test]
fn source_code_and_its_damaged_pieces_count_as_in_two_other_crates() {
    let mut random = Random(2);
    let sources = [
        include_str!("split.rs"),
        include_str!("tests.rs"),
        include_str!("../../Cargo.toml"),
    ];
    for source in sources {
        assert_counts(source);
        for _ in 0..300 {
            let (a, b) = (random.below(source.len()), random.below(source.len()));
            let part = source.get(a.min(b)..a.max(b).min(a.min(b) + 2_000));
            assert_counts(part.unwrap_or_default());
        }
    }
}

#[test]
fn long_pieces_count_as_in_two_other_crates() {
    let mut random = Random(3);
    let alphabets = [
        "ab",
        "aA",
        "etaoin",
        "abcdefghijklmnopqrstuvwxyz",
        "=-",
        "()",
        " \t",
        "\r\n",
        "あいうえお",
        "字中文",
        "é\u{301}",
        "/*",
    ];
    for round in 0..600 {
        let alphabet: Vec<char> = alphabets[round % alphabets.len()].chars().collect();
        let period = 1 + random.below(if round % 3 == 0 { 3_000 } else { 8 });
        let unit: Vec<char> = (0..period)
            .map(|_| alphabet[random.below(alphabet.len())])
            .collect();
        let length = 200 + random.below(2_500);
        assert_counts(&unit.iter().cycle().take(length).collect::<String>());
    }
}

#[test]
fn a_piece_of_ten_megabytes_is_counted_in_the_time_of_its_length() {
    // Quadratic time would need hours. Ten times a text whose ends fit together has ten times its tokens.
    for unit in ["a", " "] {
        let megabyte = unit.repeat((1 << 20) / unit.len());
        let tokens = count(Encoding::O200k, &megabyte);
        let other = bpe_openai::o200k_base().count(megabyte.as_str());
        let ten = count(Encoding::O200k, &megabyte.repeat(10));
        assert_eq!((tokens, ten), (other, tokens * 10), "{unit:?}");
    }
}

#[test]
fn windows_give_the_tokens_of_the_whole_piece_or_say_that_they_are_too_short() {
    let mut random = Random(6);
    let (mut exact, mut too_short) = (0, 0);
    for encoding in Encoding::ALL {
        let mut merger = Merger::new(encoding.vocabulary());
        for _ in 0..3_000 {
            let text = document(&mut random);
            let piece = text.as_bytes();
            let mut whole = Vec::new();
            assert!(
                merger
                    .merge_in_windows(piece, 0, piece.len(), usize::MAX / 2, |end| whole.push(end))
            );
            let mut ends = Vec::new();
            let window_bytes = 2 + random.below(40);
            if merger.merge_in_windows(piece, 0, piece.len(), window_bytes, |end| ends.push(end)) {
                assert_eq!(ends, whole, "{window_bytes} {encoding:?} {text:?}");
                exact += usize::from(piece.len() > window_bytes);
            } else {
                too_short += 1;
            }
        }
    }
    assert!(
        exact > 500 && too_short > 500,
        "{exact} exact, {too_short} too short"
    );
}

#[test]
fn pieces_join_to_the_text_and_their_counts_to_its_count() {
    let mut random = Random(4);
    for _ in 0..500 {
        let text = document(&mut random);
        for encoding in Encoding::ALL {
            let joined: String = pieces(encoding, &text).map(|(piece, _)| piece).collect();
            let tokens: usize = pieces(encoding, &text).map(|(_, tokens)| tokens).sum();
            assert_eq!(
                (joined.as_str(), tokens),
                (text.as_str(), count(encoding, &text))
            );
        }
    }
}

#[test]
fn empty_text_has_no_token() {
    for encoding in Encoding::ALL {
        assert_eq!(
            (
                count(encoding, ""),
                pieces(encoding, "").count(),
                truncate(encoding, "", 5)
            ),
            (0, 0, "")
        );
    }
}

#[test]
fn the_spelling_of_a_special_token_is_ordinary_text() {
    assert_eq!(count(Encoding::O200k, "<|endoftext|>"), 7);
}

#[test]
fn truncated_text_is_the_longest_beginning_that_fits() {
    let mut random = Random(5);
    for _ in 0..700 {
        let text = document(&mut random);
        for encoding in Encoding::ALL {
            let tokens_max = random.below(count(encoding, &text) + 2);
            let longest = (0..=text.len())
                .rev()
                .filter_map(|end| text.get(..end))
                .find(|beginning| count(encoding, beginning) <= tokens_max);
            assert_eq!(
                Some(truncate(encoding, &text, tokens_max)),
                longest,
                "{tokens_max} {encoding:?} of {text:?}"
            );
        }
    }
}

#[test]
fn a_long_piece_is_truncated_between_two_of_its_tokens() {
    for unit in ["abc", "字", " ", "e\u{301}", "=-"] {
        let text = format!("before {} after", unit.repeat(1_000));
        for encoding in Encoding::ALL {
            let all = count(encoding, &text);
            for tokens_max in [0, 1, 2, 3, 50, all / 2, all - 1, all, all + 1] {
                let beginning = truncate(encoding, &text, tokens_max);
                assert!(
                    count(encoding, beginning) <= tokens_max,
                    "{unit:?} {tokens_max}"
                );
                let used = count(encoding, beginning);
                assert!(
                    used + 3 >= tokens_max.min(all),
                    "{unit:?}: {used} of {tokens_max}"
                );
            }
        }
    }
}

#[test]
fn the_fingerprint_covers_name_ranks_special_tokens_and_pattern() {
    let patterns = [layout::O200K_PATTERN, layout::CL100K_PATTERN];
    let specials: [&[(u32, &str)]; 2] = [
        &[(199_999, "<|endoftext|>"), (200_018, "<|endofprompt|>")],
        &[
            (100_257, "<|endoftext|>"),
            (100_258, "<|fim_prefix|>"),
            (100_259, "<|fim_middle|>"),
            (100_260, "<|fim_suffix|>"),
            (100_276, "<|endofprompt|>"),
        ],
    ];
    for ((encoding, pattern), specials) in Encoding::ALL.into_iter().zip(patterns).zip(specials) {
        let source = tiktoken::get_encoding(encoding.name()).unwrap();
        let mut written = Vec::new();
        let length = |written: &mut Vec<u8>, length: usize| {
            written.extend(u32::try_from(length).unwrap().to_le_bytes());
        };
        let string = |written: &mut Vec<u8>, bytes: &[u8]| {
            length(written, bytes.len());
            written.extend(bytes);
        };
        string(&mut written, encoding.name().as_bytes());
        length(&mut written, source.vocab_size());
        for rank in 0..u32::try_from(source.vocab_size()).unwrap() {
            string(&mut written, &source.decode(&[rank]));
        }
        length(&mut written, specials.len());
        for (id, token) in specials {
            written.extend(id.to_le_bytes());
            string(&mut written, token.as_bytes());
        }
        string(&mut written, pattern.as_bytes());
        let digest = Sha256::digest(&written);
        let expected = digest
            .iter()
            .fold("sha256:".to_owned(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(fingerprint(encoding), expected);
    }
}
