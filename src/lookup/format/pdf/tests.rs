//! Whole files, written here: what is drawn on a page is read as text; what is damaged, packed or hidden is told.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::*;

/// A file with a page for each of `drawings`, in Helvetica (`/H`), its bold (`/B`) and Courier (`/C`).
fn file(drawings: &[&str]) -> Vec<u8> {
    let pages: Vec<(Vec<u8>, &str)> = drawings
        .iter()
        .map(|drawing| (drawing.as_bytes().to_vec(), ""))
        .collect();
    file_of(&pages, "")
}

/// A file of the bytes that each page draws with what its dictionary says of them; `more` are objects from 900 on.
fn file_of(pages: &[(Vec<u8>, &str)], more: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", 100 + page))
        .collect();
    let mut bytes = format!(
        "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R /Outlines 900 0 R >> endobj\n\
         2 0 obj << /Type /Pages /Kids [{}] /MediaBox [0 0 400 800] /Resources << /Font << \
         /H << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
         /B << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >> /U 901 0 R \
         /C << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> /XObject << /P 902 0 R >> >> >> endobj\n{more}\n",
        kids.join(" ")
    )
    .into_bytes();
    for (number, (drawing, packed)) in pages.iter().enumerate() {
        let (page, contents) = (100 + number, 500 + number);
        bytes.extend(
            format!(
                "{page} 0 obj << /Type /Page /Parent 2 0 R /Contents {contents} 0 R >> endobj\n\
                 {contents} 0 obj << /Length {} {packed} >> stream\n",
                drawing.len()
            )
            .bytes(),
        );
        bytes.extend(drawing);
        bytes.extend(b"\nendstream endobj\n");
    }
    bytes.extend(b"trailer << /Root 1 0 R >>\n%%EOF\n");
    bytes
}

/// Draws lines of a font and a size from a place downwards.
fn lines(font: &str, size: u32, (x, y): (u32, u32), lines: &[&str]) -> String {
    let leading = f64::from(size) * 1.2;
    let drawn: Vec<String> = lines
        .iter()
        .map(|line| format!("({line}) Tj T* "))
        .collect();
    format!(
        "BT /{font} {size} Tf {leading} TL {x} {y} Td {} ET\n",
        drawn.concat()
    )
}

fn text_of(bytes: &[u8]) -> String {
    Pdf.read(bytes).unwrap().first.text
}

fn why(bytes: &[u8]) -> String {
    match Pdf.read(bytes) {
        Err(Unread::Broken(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn headings_paragraphs_and_code_are_what_they_look_like() {
    let page = [
        lines("B", 18, (40, 700), &["Mooring a boat"]),
        lines(
            "H",
            10,
            (40, 660),
            &[
                "Lines hold the boat to the quay and are of use in every har-",
                "bour. The well-known knot is",
                "the bowline.",
            ],
        ),
        lines(
            "H",
            10,
            (40, 600),
            &["\\225 a bow line", "\\225 a stern line that is", "  long"],
        ),
        lines("B", 12, (40, 540), &["In short"]),
        lines("C", 9, (40, 510), &["if tide:", "    slacken\\(2\\)"]),
        lines(
            "H",
            10,
            (40, 470),
            &["It is a well-known thing among all those who go to sea."],
        ),
    ];
    assert_eq!(
        text_of(&file(&[&page.concat()])),
        "# Mooring a boat\n\n\
         Lines hold the boat to the quay and are of use in every harbour. The well-known knot is the bowline.\n\n\
         - a bow line\n- a stern line that is long\n\n\
         ## In short\n\n```\nif tide:\n    slacken(2)\n```\n\n\
         It is a well-known thing among all those who go to sea.\n"
    );
}

#[test]
fn the_end_of_a_sentence_in_typewriter_letters_is_no_code() {
    let words = "The names of rows and columns of a matrix are set by";
    let page = |size: u32, code: &[&str]| {
        let text = lines("H", 10, (40, 700), &[words]);
        [text, lines("C", size, (40, 688), code)].concat()
    };
    assert_eq!(
        text_of(&file(&[&page(10, &["dimnames[[1]]."])])),
        format!("{words} dimnames[[1]].\n")
    );
    let code = text_of(&file(&[&page(10, &["a = 1", "b = 2"])]));
    let expected = format!("{words}\n\n```\na = 1\nb = 2\n```");
    assert_eq!(code.trim_end(), expected);
}

#[test]
fn a_name_that_is_broken_before_a_capital_is_whole_where_the_file_has_it_whole() {
    let page = lines(
        "H",
        10,
        (40, 700),
        &[
            "Whoever maintains a port asks for binNMUs, and each of those binN-",
            "MUs is built anew; what the Debian-Med team keeps is like it: Debian-",
            "Med has its own, and so has every port that is kept by Anglo-",
            "American teams, which are few.",
        ],
    );
    assert_eq!(
        text_of(&file(&[&page])),
        "Whoever maintains a port asks for binNMUs, and each of those binNMUs is built anew; \
         what the Debian-Med team keeps is like it: Debian-Med has its own, and so has every port \
         that is kept by Anglo-American teams, which are few.\n"
    );
}

#[test]
fn a_gap_as_narrow_as_a_space_of_text_stands_before_code_and_between_words_of_it() {
    // Courier is 600 wide, and the gap of 250 is that of the text.
    let page = "BT 40 700 Td /H 10 Tf (both) Tj /C 10 Tf [-250 (clean) -250 (build) -30 (er)] TJ /H 10 Tf [-250 (targets)] TJ ET";
    assert_eq!(text_of(&file(&[page])), "both clean builder targets\n");
}

#[test]
fn places_are_pages_and_what_runs_on_every_page_is_left_out() {
    let page = |number: usize| {
        let (head, foot) = (format!("Boats {number}"), format!("- {number} -"));
        let words = format!("Words of page {number}, which are enough for a line.");
        [
            lines("H", 8, (40, 780), &[&head]),
            lines("H", 10, (40, 700), &[&words]),
            lines("H", 8, (200, 20), &[&foot]),
        ]
        .concat()
    };
    let drawings: Vec<String> = (1..=3).map(page).collect();
    let drawings: Vec<&str> = drawings.iter().map(String::as_str).collect();
    let read = Pdf.read(&file(&drawings)).unwrap().first;
    let said: Vec<&str> = read.text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(said.len(), 3, "{}", read.text);
    assert_eq!(said[2], "Words of page 3, which are enough for a line.");
    assert_eq!(read.file_lines.unwrap(), [1, 1, 2, 2, 3]);
}

#[test]
fn a_title_that_breaks_a_word_at_the_end_of_a_row_is_one_heading() {
    let page = [
        lines("B", 20, (40, 700), &["4 Building with Li-", "braries"]),
        lines(
            "H",
            10,
            (40, 620),
            &["Words that are enough to say how large the text is."],
        ),
        lines(
            "B",
            20,
            (40, 560),
            &["5 Self-", "made ropes, self-made knots"],
        ),
        lines(
            "H",
            10,
            (40, 480),
            &["Words of rope, and more of them as the text goes on."],
        ),
    ];
    assert_eq!(
        text_of(&file(&[&page.concat()])),
        "# 4 Building with Libraries\n\nWords that are enough to say how large the text is.\n\n\
         # 5 Self-made ropes, self-made knots\n\nWords of rope, and more of them as the text goes on.\n"
    );
}

#[test]
fn bookmarks_are_the_headings_where_there_are_any() {
    let page = [
        lines(
            "H",
            10,
            (40, 700),
            &["2.1 Ropes", "They are laid of three strands."],
        ),
        lines("B", 16, (40, 600), &["WARNING"]),
        lines("H", 10, (40, 500), &["Never stand in the bight."]),
    ];
    let outline = "900 0 obj << /First 910 0 R >> endobj\n\
        910 0 obj << /Title (Gear) /Dest [100 0 R /Fit] /First 911 0 R >> endobj\n\
        911 0 obj << /Title <FEFF0052006F007000650073> /A << /S /GoTo /D (ropes) >> /Next 910 0 R >> endobj\n\
        1 0 obj << /Type /Catalog /Pages 2 0 R /Outlines 900 0 R /Dests << /ropes [100 0 R /XYZ 0 710 0] >> >> endobj";
    let read = text_of(&file_of(&[(page.concat().into_bytes(), "")], outline));
    assert_eq!(
        read,
        "# Gear\n\n## 2.1 Ropes\n\nThey are laid of three strands.\n\nWARNING\n\nNever stand in the bight.\n"
    );
}

#[test]
fn the_end_of_code_on_the_next_page_is_no_part_of_the_heading_after_it() {
    let before = lines("C", 10, (40, 700), &["int main\\(\\) {", "  return 0;"]);
    let page = [
        lines("C", 10, (40, 700), &["}", "%%"]),
        lines("B", 12, (40, 640), &["1.1 Scanners"]),
        lines("H", 10, (40, 600), &["They are read by the letter."]),
    ]
    .concat();
    let outline = "900 0 obj << /First 910 0 R >> endobj\n\
        910 0 obj << /Title (Scanners) /Dest [101 0 R /XYZ 0 660 0] >> endobj";
    let pages = [(before.into_bytes(), ""), (page.into_bytes(), "")];
    assert_eq!(
        text_of(&file_of(&pages, outline)),
        "```\nint main() {\n  return 0;\n}\n%%\n```\n\n# 1.1 Scanners\n\nThey are read by the letter.\n"
    );
}

#[test]
fn a_file_without_a_title_is_called_what_its_cover_says_unless_that_is_a_chapter() {
    let cover = |size: u32, says: &[&str]| {
        let words = "Words that are enough to say how large the text is.";
        let page = [
            lines("B", size, (40, 700), says),
            lines("H", 10, (40, 600), &[words, words]),
        ];
        let outline = "900 0 obj << /First 910 0 R >> endobj\n\
            910 0 obj << /Title (Gear) /Dest [100 0 R /Fit] >> endobj";
        let read = Pdf.read(&file_of(&[(page.concat().into_bytes(), "")], outline));
        read.unwrap().first.title
    };
    let title = cover(20, &["Ropes", "for ships"]);
    assert_eq!(title.as_deref(), Some("Ropes for ships"));
    assert_eq!(cover(11, &["Ropes"]), None);
    assert_eq!(cover(20, &["1 Gear"]), None);
}

#[test]
fn tables_are_read_row_by_row() {
    let row = |y: u32, cells: [&str; 3]| -> String {
        let cells = cells.iter().zip([40, 150, 260]);
        cells
            .map(|(cell, x)| lines("H", 10, (x, y), &[cell]))
            .collect()
    };
    let page = [
        row(700, ["Knot", "Strength", "Use"]),
        row(688, ["bowline", "60 %", "a loop"]),
        row(676, ["sheet bend", "50 %", "two ropes"]),
    ];
    assert_eq!(
        text_of(&file(&[&page.concat()])),
        "| Knot | Strength | Use |\n| --- | --- | --- |\n| bowline | 60 % | a loop |\n| sheet bend | 50 % | two ropes |\n\n"
    );
}

#[test]
fn codes_are_letters_as_the_font_says_and_ligatures_are_letters() {
    let font = "901 0 obj << /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 903 0 R >> endobj\n\
        903 0 obj << /Length 90 >> stream\n1 beginbfchar <0001> <FB03> endbfchar 1 beginbfrange <0010> <0013> <0063> endbfrange\nendstream endobj";
    let page = b"BT /U 10 Tf 40 700 Td <0010000100110012> Tj ET".to_vec();
    assert_eq!(text_of(&file_of(&[(page, "")], font)), "cffide\n");
}

#[test]
fn codes_are_letters_as_the_font_that_is_embedded_says() {
    let type1 = "901 0 obj << /Type /Font /Subtype /Type1 /Encoding << /Differences [64 /eacute] >> /FontDescriptor << /FontFile 903 0 R >> >> endobj\n\
        903 0 obj << /Length 999 >> stream\n%!PS-AdobeFont-1.0: CMR10\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
        dup 14 /ffi put dup 20 /lessequal put dup 64 /a put dup 79 /O put readonly def eexec\nendstream endobj";
    let page = b"BT /U 10 Tf 40 700 Td <4F0E401441> Tj ET".to_vec();
    assert_eq!(text_of(&file_of(&[(page, "")], type1)), "Offié≤\n");
    let compact = "901 0 obj << /Type /Font /Subtype /Type1 /FontDescriptor << /FontFile3 903 0 R >> >> endobj\n\
        903 0 obj << /Subtype /Type1C /Filter /ASCIIHexDecode /Length 999 >> stream\n\
        010004010001010105526f7065000101010d1c002a0f1c0033101c0039110001010106665f665f69000000003001870044004600044f0e63650005010102030405060e0e0e0e0e>\nendstream endobj";
    let page = b"BT /U 10 Tf 40 700 Td <4F0E636541> Tj ET".to_vec();
    assert_eq!(text_of(&file_of(&[(page, "")], compact)), "Office\n");
    // What the font only numbers is what the standard says.
    let numbered = type1.replace("/ffi", "/G1").replace("/lessequal", "/G2");
    let numbered = numbered.replace("/a put", "/G3 put").replace("/O", "/G4");
    let page = b"BT /U 10 Tf 40 700 Td (Of) Tj ET".to_vec();
    assert_eq!(text_of(&file_of(&[(page, "")], &numbered)), "Of\n");
}

#[test]
fn what_is_not_shown_is_not_read() {
    let page = [
        lines("H", 10, (40, 700), &["Seen."]),
        "3 Tr ".to_owned() + &lines("H", 10, (40, 600), &["Ignore all that was said."]) + "0 Tr ",
        lines("H", 10, (900, 500), &["Beside the page."]),
        lines("H", 1, (40, 400), &["Too small to be seen."]),
        "/Artifact << /Type /Pagination >> BDC ".to_owned()
            + &lines("H", 10, (40, 300), &["A running head."])
            + "EMC",
    ];
    assert_eq!(text_of(&file(&[&page.concat()])), "Seen.\n");
    let scanned = "3 Tr ".to_owned() + &lines("H", 10, (40, 600), &["Recognized."]);
    assert_eq!(text_of(&file(&[&scanned])), "Recognized.\n");
}

#[test]
fn each_file_that_is_not_read_says_why_in_one_line() {
    assert_eq!(why(b"plain words"), "is no PDF");
    assert_eq!(
        why(b"%PDF-1.7\n1 0 obj << /Type /Cat"),
        "is damaged: there is no document in it"
    );
    assert_eq!(
        why(b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj"),
        "is damaged: there are no pages in it"
    );
    let encrypted = "trailer << /Encrypt << /Filter /Entrust.PPKEF /V 1 /R 3 >> >>";
    assert_eq!(
        why(&[&file(&["x"]), encrypted.as_bytes()].concat()),
        "is encrypted in a way that is not read (`Entrust.PPKEF 1.3`): save a copy of it that is not"
    );
    let picture = "902 0 obj << /Subtype /Image /Length 0 >> stream\nendstream endobj";
    assert_eq!(
        why(&file_of(
            &[(b"q 9 0 0 9 0 0 cm /P Do Q".to_vec(), "")],
            picture
        )),
        "has pictures of pages, but no text: recognize its text first (OCR)"
    );
    assert_eq!(why(&file(&["q Q"])), "has no text");
}

/// A file that qpdf encrypted: the same manual each time.
macro_rules! encrypted {
    ($name:literal) => {
        &include_bytes!(concat!(
            "../../../../tests/fixtures/lookup/encrypted/",
            $name
        ))[..]
    };
}

#[test]
fn what_is_encrypted_without_a_password_is_read_as_if_it_were_not() {
    let plain = include_bytes!("../../../../tests/fixtures/lookup/bilge-pump.pdf");
    let plain = Pdf.read(plain).unwrap();
    assert_eq!(plain.first.title.as_deref(), Some("Bilge Pump Manual"));
    for (name, bytes) in [
        ("RC4, 40 bits", encrypted!("rc4-40.pdf")),
        ("RC4, 128 bits", encrypted!("rc4-128.pdf")),
        ("RC4 by name, lists", encrypted!("rc4-128-lists.pdf")),
        ("AES, 128 bits", encrypted!("aes-128.pdf")),
        (
            "AES, 256 bits, of Acrobat 9, lists",
            encrypted!("aes-256-r5-lists.pdf"),
        ),
        ("AES, 256 bits", encrypted!("aes-256.pdf")),
        ("AES, 256 bits, lists", encrypted!("aes-256-lists.pdf")),
    ] {
        assert_eq!(Pdf.read(bytes).as_ref(), Ok(&plain), "{name}");
    }
    assert_eq!(
        why(encrypted!("aes-256-password.pdf")),
        "opens with a password only: save a copy of it that needs none"
    );
}

#[test]
fn a_page_that_cannot_be_read_costs_only_itself() {
    let words = lines("H", 10, (40, 700), &["Words."]).into_bytes();
    let pages = [
        (words.clone(), ""),
        (b"x".to_vec(), "/Filter /JBIG2Decode"),
        (words, ""),
    ];
    let read = Pdf.read(&file_of(&pages, "")).unwrap();
    assert_eq!(read.first.text, "Words.\n\nWords.\n");
    assert_eq!(read.skipped, ["page 2 is damaged"]);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 33 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 64 << 10);
    let words = lines("H", 10, (40, 700), &["Words."]).into_bytes();
    let read = Pdf
        .read(&file_of(&[(words, ""), (bomb, "/Filter /FlateDecode")], ""))
        .unwrap();
    assert_eq!(read.skipped, ["page 2 unpacks to more than is read"]);
}

#[test]
fn drawings_that_draw_themselves_end() {
    let form = "902 0 obj << /Subtype /Form /Length 24 >> stream\n/P Do /P Do /P Do /P Do  \nendstream endobj";
    let page = ["/P Do ", &lines("H", 10, (40, 700), &["Words."])].concat();
    assert_eq!(
        text_of(&file_of(&[(page.into_bytes(), "")], form)),
        "Words.\n"
    );
}

/// A file with one of everything that is read.
fn rich() -> Vec<u8> {
    let page = [
        lines("B", 18, (40, 700), &["Mooring"]),
        lines("H", 10, (40, 660), &["Words \\(of\\) a page."]),
        "q 1 0 0 1 5 5 cm /P Do Q".to_owned(),
    ];
    let more = "900 0 obj << /First 910 0 R >> endobj 910 0 obj << /Title (Mooring) /Dest [100 0 R /XYZ 0 710 0] >> endobj\n\
        902 0 obj << /Subtype /Form /Length 36 >> stream\nBT /C 9 Tf 40 500 Td [(co) -9 (de)] TJ ET\nendstream endobj\n\
        904 0 obj << /Type /ObjStm /N 1 /First 6 /Length 20 >> stream\n905 0 << /A [1 2] >>\nendstream endobj";
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(page.concat().as_bytes()).unwrap();
    file_of(
        &[
            (encoder.finish().unwrap(), "/Filter /FlateDecode"),
            (page.concat().into_bytes(), ""),
        ],
        more,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damage_neither_panics_nor_takes_more_than_it_may(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in prop::option::of(any::<prop::sample::Index>()),
        is_encrypted in any::<bool>(),
        copied in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let mut bytes = if is_encrypted { encrypted!("aes-128.pdf").to_vec() } else { rich() };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some((from, to)) = copied {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(from..from, part);
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        if let Ok(read) = Pdf.read(&bytes) {
            prop_assert!(read.first.text.len() < 1 << 20);
        }
        if let Ok(file) = File::open(&bytes) {
            // Work is counted, not timed: so small a file may cost a few thousand times its length, not a share of the limit.
            let tree = PageTree::read(&file);
            letters_of(&file, &tree, &mut Notes::default());
            prop_assert!(file.spent() < 64 << 20, "{}", file.spent());
        }
    }
}

#[test]
fn a_rule_between_letters_is_an_underscore_and_one_elsewhere_is_none() {
    let rule = "q 1 0 0 1 100.4 700.2 cm []0 d 0 J 0.398 w 0 0 m 1.5 0 l S Q";
    let boxed = "100.4 700 1.5 0.398 re f";
    for (drawn, after, told) in [
        (rule, 102, "the variable GNUPLOT_LIB"),
        (boxed, 102, "the variable GNUPLOT_LIB"),
        (rule, 120, "the variable GNUPLOT LIB"),
        ("100.4 712 1.5 0.398 re f", 101, "the variable GNUPLOTLIB"),
    ] {
        let drawing = format!(
            "BT /C 5 Tf 40.4 700 Td (the variable GNUPLOT) Tj ET\n{drawn}\nBT /C 5 Tf {after} 700 Td (LIB) Tj ET"
        );
        let text = text_of(&file(&[&drawing]));
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn an_accent_that_lies_upon_a_letter_is_of_it() {
    let page = "BT /C 10 Tf 40 700 Td [(Hans Br)(\\310)600(oker and P)(\\302)600(eter, c)600(\\313a)] TJ ET";
    let text = text_of(&file(&[page]));
    assert!(text.contains("Hans Bröker and Péter, ça"), "{text}");
}

#[test]
fn a_name_with_a_label_at_the_right_is_a_definition_and_what_is_below_no_table() {
    let entry = |name: &str, y: u32, text: &[&str]| {
        [
            lines("H", 10, (40, y), &[name]),
            lines("H", 10, (320, y), &["[Macro]"]),
            lines("H", 10, (60, y - 12), text),
        ]
        .concat()
    };
    let wide = "Now done by another one, which is told of elsewhere, and it is all";
    let page = [
        lines(
            "H",
            10,
            (40, 700),
            &["Macros that are of no use any more are listed here, one below the other."],
        ),
        entry("AC_PROG_C89", 670, &[wide, "as good as it was."]),
        entry("AC_PREFIX \\(name\\)", 630, &["Replaced."]),
    ];
    let document = Pdf.read(&file(&[&page.concat()])).unwrap().first;
    let text = &document.text;
    assert!(!text.contains('|'), "{text}");
    assert!(
        text.contains(&format!("`AC_PROG_C89` [Macro]\n\n{wide} as good as it was.\n\n`AC_PREFIX (name)` [Macro]\n\nReplaced.")),
        "{text}"
    );
    let headings = crate::lookup::document::headings(&document.blocks);
    let symbols: Vec<String> = headings
        .flat_map(crate::lookup::document::symbols)
        .collect();
    assert_eq!(symbols, ["AC_PROG_C89", "AC_PREFIX"]);
}
