
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
