use super::*;
use crate::lookup::zip::tests::packed;

fn text(body: &str) -> String {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let styles = r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
            <w:style w:styleId="K"><w:name w:val="Chapter"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>"#;
    let core = "<cp:coreProperties><dc:title>Tides &amp; Ebb</dc:title></cp:coreProperties>";
    let bytes = packed(&[
        ("word/document.xml", &document),
        ("word/styles.xml", styles),
        ("docProps/core.xml", core),
        (
            "word/footnotes.xml",
            r#"<w:footnotes><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>
                <w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>By the moon,</w:t></w:r></w:p><w:p><w:r><w:t>mostly.</w:t></w:r></w:p></w:footnote></w:footnotes>"#,
        ),
        (
            "word/endnotes.xml",
            r#"<w:endnotes><w:endnote w:id="2"><w:p><w:r><w:t>At the end.</w:t></w:r></w:p></w:endnote></w:endnotes>"#,
        ),
        (
            "word/numbering.xml",
            r#"<w:numbering><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl><w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
                <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>"#,
        ),
    ]);
    let page = Docx.read(&bytes).unwrap().first;
    assert_eq!(page.title.as_deref(), Some("Tides & Ebb"));
    page.text
}

#[test]
fn headings_lists_tables_and_code_are_what_their_styles_say() {
    let paragraph = |style: &str, words: &str| {
        format!(
            r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#
        )
    };
    let cell = |words: &str| format!("<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>");
    let body = [
            paragraph("berschrift1", "High water"),
            r#"<w:p><w:r><w:t xml:space="preserve">It comes </w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del><w:r><w:t>twice &lt; thrice.</w:t></w:r></w:p>"#.to_owned(),
            paragraph("K", "Ebb"),
            r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr><w:r><w:t>an item</w:t></w:r></w:p>"#.to_owned(),
            paragraph("SourceCode", "let x"),
            paragraph("SourceCode", "  = 1"),
            format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>", cell("a|b"), cell("c"), cell("1"), cell("2")),
        ];
    assert_eq!(
        text(&body.concat()),
        "# High water\n\nIt comes twice < thrice.\n\n## Ebb\n\n  - an item\n\n```\nlet x\n  = 1\n```\n\n\
             | a\\|b | c |\n| --- | --- |\n| 1 | 2 |\n\n"
    );
}

#[test]
fn notes_are_told_below_what_refers_to_them() {
    let body = r#"<w:p><w:r><w:t>High</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve"> water</w:t></w:r><w:r><w:endnoteReference w:id="2"/></w:r></w:p><w:p><w:r><w:t>Next.</w:t></w:r></w:p>"#;
    assert_eq!(
        text(body),
        "High[^2] water[^e2]\n\n[^2]: By the moon, mostly.\n\n[^e2]: At the end.\n\nNext.\n"
    );
}

#[test]
fn equations_and_what_is_raised_keep_their_meaning() {
    let body = r#"<w:p><w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>6</w:t></w:r><w:r><w:t> H</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="subscript"/></w:rPr><w:t>2</w:t></w:r><w:r><w:t>O</w:t></w:r></w:p>
            <w:p><m:oMath><m:r><m:t>E=m</m:t></m:r><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>n-1</m:t></m:r></m:sup></m:sSup><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f><m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:r><m:t>x</m:t></m:r></m:e></m:d></m:oMath></w:p>"#;
    assert_eq!(text(body), "10^6 H_2O\n\nE=mc^(n-1)(a+b)/c[x]\n");
}

#[test]
fn a_text_box_is_told_once_and_takes_nothing_from_the_paragraph_around_it() {
    let body = "<w:p><w:r><w:t>Before, </w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>after.</w:t></w:r></w:p>";
    assert_eq!(text(body), "in the box\n\nBefore, after.\n");
}

#[test]
fn lists_are_numbered_as_they_say() {
    let item = |level: &str, words: &str| {
        format!(
            r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#
        )
    };
    let body = [
        item("0", "one"),
        item("1", "inner"),
        item("1", "second"),
        item("0", "two"),
        item("1", "again"),
        item("2", "bullet"),
    ];
    assert_eq!(
        text(&body.concat()),
        "3. one\n  a. inner\n  b. second\n4. two\n  a. again\n    - bullet\n"
    );
}

#[test]
fn what_is_no_word_document_is_named() {
    for bytes in [packed(&[("x", "y")]), b"PK\x03\x04".to_vec(), Vec::new()] {
        assert!(matches!(Docx.read(&bytes), Err(Unread::Broken(_))));
    }
}

/// Reads a document with styles, numbers, links and comments.
fn written(body: &str) -> String {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let styles = r#"<w:styles><w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>
        <w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H2"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:styleId="T1"><w:name w:val="toc 1"/></w:style><w:style w:type="character" w:styleId="V"><w:name w:val="Verbatim Char"/></w:style></w:styles>"#;
    let numbering = r#"<w:numbering><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:pStyle w:val="H1"/><w:lvlText w:val="%1"/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="H2"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>"#;
    let header = "<w:hdr><w:p><w:r><w:t>Furniture</w:t></w:r></w:p></w:hdr>";
    let comments = r#"<w:comments><w:comment w:id="0" w:author="Ann"><w:p><w:r><w:t>Really?</w:t></w:r></w:p></w:comment></w:comments>"#;
    let links = r#"<Relationships><Relationship Id="r7" Target="https://a.b/c" TargetMode="External"/><Relationship Id="r8" Target="media/i.png"/></Relationships>"#;
    let bytes = packed(&[
        ("word/document.xml", document.as_str()),
        ("word/styles.xml", styles),
        ("word/numbering.xml", numbering),
        ("word/header1.xml", header),
        ("word/comments.xml", comments),
        ("word/_rels/document.xml.rels", links),
    ]);
    Docx.read(&bytes).unwrap().first.text
}

fn styled(style: &str, words: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#)
}

#[test]
fn headings_have_the_numbers_that_word_shows() {
    let body = [
        styled("H1", "One"),
        styled("H2", "In it"),
        styled("Mine", "Second"),
        styled("H1", "Two"),
        styled("H2", "Again"),
        r#"<w:p><w:pPr><w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr><w:r><w:t>Bare</w:t></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr><w:r><w:t>fifth</w:t></w:r></w:p>"#.to_owned(),
    ];
    assert_eq!(
        written(&body.concat()),
        "# A One\n\n## A.1) In it\n\n## A.2) Second\n\n# B Two\n\n## B.1) Again\n\n# Bare\n\nE fifth\n"
    );
}

#[test]
fn of_tracked_changes_what_is_new_stays_and_what_is_gone_goes() {
    let body = r#"<w:p><w:ins><w:r><w:t>New</w:t></w:r></w:ins><w:del><w:r><w:tab/><w:delText>old</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:r><w:t> text.</w:t></w:r></w:p>
        <w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">Joined </w:t></w:r></w:p><w:p><w:r><w:t>lines.</w:t></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:trPr><w:del w:id="2"/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>"#;
    assert_eq!(
        written(body),
        "New text.\n\nJoined lines.\n\n| a |\n| --- |\n\n"
    );
}

#[test]
fn contents_are_told_once_and_references_as_they_are_shown() {
    let field = |instruction: &str, inside: &str| {
        format!(
            r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{inside}<w:r><w:fldChar w:fldCharType="end"/></w:r>"#
        )
    };
    let run = |words: &str| format!(r#"<w:r><w:t xml:space="preserve">{words}</w:t></w:r>"#);
    let page = field(" PAGEREF _T \\h ", &run("3"));
    let listed = format!("{}</w:p><w:p>{}", run("One"), page);
    let body = [
        format!("<w:p>{}</w:p>", field(r#"TOC \o "1-3" \h"#, &listed)),
        styled("T1", "Also one 4"),
        r#"<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Contents</w:t></w:r></w:p></w:sdtContent></w:sdt>"#.to_owned(),
        format!("<w:p>{}{}{}</w:p>", run("See "), field(" REF _T \\h ", &run("Figure 2")), run(".")),
    ];
    assert_eq!(written(&body.concat()), "See Figure 2.\n");
}

#[test]
fn links_keep_their_address_code_its_marks_and_comments_who_said_them() {
    let body = r#"<w:p><w:r><w:t xml:space="preserve">Call </w:t></w:r><w:r><w:rPr><w:rStyle w:val="V"/></w:rPr><w:t xml:space="preserve">let </w:t></w:r><w:r><w:rPr><w:rStyle w:val="V"/></w:rPr><w:t>x</w:t></w:r><w:r><w:t xml:space="preserve"> at </w:t></w:r><w:hyperlink r:id="r7" w:anchor="d"><w:r><w:t>the page</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve"> or </w:t></w:r><w:hyperlink r:id="r7"><w:r><w:t>https://a.b/c</w:t></w:r></w:hyperlink><w:fldSimple w:instr="HYPERLINK &quot;https://d.e&quot;"><w:r><w:t>d</w:t></w:r></w:fldSimple><w:r><w:commentReference w:id="0"/></w:r><w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r><w:r><w:drawing><wp:docPr id="1" name="Picture 1" descr="A ship"/></w:drawing></w:r></w:p>"#;
    assert_eq!(
        written(body),
        "Call `let x` at [the page](https://a.b/c#d) or https://a.b/c[d](https://d.e)[^c0]→ ![A ship]\n\n[^c0]: Ann: Really?\n"
    );
}

#[test]
fn cells_that_are_merged_stand_in_each_of_their_rows_and_once_in_their_columns() {
    let cell = |marks: &str, words: &str| {
        format!("<w:tc><w:tcPr>{marks}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>")
    };
    let rows = [
        [cell(r#"<w:gridSpan w:val="2"/>"#, "wide"), cell("", "c")].concat(),
        [
            cell(r#"<w:vMerge w:val="restart"/>"#, "tall"),
            cell("", "1"),
            cell("", "2"),
        ]
        .concat(),
        [cell("<w:vMerge/>", ""), cell("", "3"), cell("", "4")].concat(),
    ];
    let rows = rows.join("</w:tr><w:tr>");
    assert_eq!(
        written(&format!("<w:tbl><w:tr>{rows}</w:tr></w:tbl>")),
        "| wide |  | c |\n| --- | --- | --- |\n| tall | 1 | 2 |\n| tall | 3 | 4 |\n\n"
    );
}
