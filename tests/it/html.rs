//! Digests of HTML pages through the program.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor, text};

fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().concat()
}

/// A page with much around little: the article, the page, and the number of the line where the article stands.
fn page() -> (String, String, usize) {
    let words = [
        "lamp", "keeper", "storm", "glass", "harbour", "winter", "boat",
    ];
    let sentence = |number: usize| {
        let word = |step: usize| words[(number * step + step) % words.len()];
        format!(
            "In the {number}th year the {} of the tower wrote of a {}, a {} and of the {} that came after it. ",
            word(1),
            word(2),
            word(3),
            word(5)
        )
    };
    let paragraphs: Vec<String> = (0..8)
        .map(|number| {
            (0..4)
                .map(|part| sentence(number * 4 + part))
                .collect::<String>()
        })
        .map(|paragraph| paragraph.trim().to_owned())
        .collect();
    let menu = many(200, |number| {
        let hash = number * 2_654_435_761_usize % 1_000_003;
        format!(
            "<li class=\"c{hash}\"><a href=\"/{hash}/{}.html\" data-id=\"{:x}\">Entry {hash}</a></li>\n",
            words[number % 7],
            hash * 31
        )
    });
    let article = format!("<p>{}</p>\n", paragraphs.join("</p>\n<p>"));
    let before = format!(
        "<!DOCTYPE html>\n<html><head><title>The tower</title></head><body>\n<ul class=\"menu\">\n{menu}</ul>\n<main>\n"
    );
    let line = before.lines().count() + 1;
    let page = format!(
        "{before}{article}<p>See <a href=\"https://tower.example/log\">the log</a> for more of the years that he left out.</p>\n</main>\n</body></html>\n"
    );
    (paragraphs.join("\n\n"), page, line)
}

#[test]
fn an_agent_reads_the_article_of_a_page_and_restores_its_markup() {
    let (article, page, line) = page();
    let mut conductor = Conductor::ready();
    let answer = conductor.call("distill", json!({"text": page, "level": "digest"}));
    let shown = text(&answer);
    let (header, body) = shown.split_once('\n').unwrap();
    assert_eq!(
        header,
        format!(
            "#digest of html, 216 lines: the article of “The tower” (lines {line}-{}) as Markdown; restore h1 gives the rest (lines or grep)",
            line + 8
        )
    );
    assert!(body.starts_with(&article), "{body}");
    assert!(body.contains("See the log for more"), "{body}");
    assert!(body.contains("\n[digest html: "), "{body}");
    let markup = conductor.call(
        "restore",
        json!({"handle": "h1", "lines": line.to_string()}),
    );
    assert!(text(&markup).starts_with("<p>In the 0th year"), "{markup}");
    let linked = conductor.call(
        "distill",
        json!({"handle": "h1", "level": "digest", "links": true}),
    );
    assert!(
        text(&linked).contains("See [the log](https://tower.example/log) for more"),
        "{linked}"
    );
}

#[test]
fn a_page_in_pages_says_how_to_go_on_with_links() {
    let (_, page, _) = page();
    let mut random = 1_u64;
    let mut word = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{:x} ", random >> 36)
    };
    let mut paragraph = || format!("<p>{}</p>\n", (0..60).map(|_| word()).collect::<String>());
    let more: String = (0..30).map(|_| paragraph()).collect();
    let many = page.replace("<main>\n", &format!("<main>\n{more}"));
    let mut conductor = Conductor::ready();
    let first = conductor.call(
        "distill",
        json!({"text": many, "level": "digest", "links": true, "budget": 12000}),
    );
    let next = &first["_meta"]["mrconductor/facts"]["next_cursor"];
    assert!(next.is_string(), "{first}");
    assert!(
        text(&first).contains(" budget=12000 links=true]"),
        "{first}"
    );
}

#[test]
fn a_person_distills_a_page_with_its_links() {
    let (_, page, _) = page();
    let home = TempDir::new().unwrap();
    let output = mrconductor(
        home.path(),
        &["distill", "--level", "digest", "--links"],
        page.as_bytes(),
    );
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("[the log](https://tower.example/log)"),
        "{shown}"
    );
}

#[test]
fn bench_distill_reads_packed_pages_and_compares_them_with_their_articles() {
    let (article, page, _) = page();
    let home = TempDir::new().unwrap();
    let folder = home.path().join("corpus");
    fs::create_dir_all(&folder).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(page.as_bytes()).unwrap();
    fs::write(folder.join("tower.html.gz"), packed.finish().unwrap()).unwrap();
    fs::write(folder.join("other.html"), page.replace("tower", "mill")).unwrap();
    fs::write(folder.join("broken.html.gz"), "<html>").unwrap();
    let gold = json!({"tower": {"articleBody": article, "url": "https://tower.example"}});
    fs::write(folder.join("ground-truth.json"), gold.to_string()).unwrap();
    let folder = folder.to_str().unwrap();
    let args = ["bench", "distill", folder, "--level", "digest"];
    let table = mrconductor(home.path(), &args, b"");
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
    let output = mrconductor(home.path(), &[&args[..], &["--json"]].concat(), b"");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files = result["folders"][""]["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{result}");
    let total = &result["total"]["article"];
    let figure = |name: &str| total[name].as_f64().unwrap();
    assert_eq!(total["pages"], 1);
    assert!(
        figure("recall") > 0.999 && figure("precision") > 0.95,
        "{total}"
    );
    assert!(figure("f1") > 0.97 && figure("f1") < 1.0, "{total}");
    assert!(
        table.contains(&format!("F1 {:.3}\n", figure("f1"))),
        "{table}"
    );
    assert_eq!(result["skipped"].as_array().unwrap().len(), 1, "{result}");
}
