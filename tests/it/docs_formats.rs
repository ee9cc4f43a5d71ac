//! Every format through the real program: added, searched, and read as an IDE reads it.

use std::fs;
use std::path::Path;

use mrconductor::lookup::format::FORMATS;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor, text};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup");
    fs::read(folder.join(name)).unwrap()
}

fn add(home: &Path) -> (Value, String) {
    let output = mrconductor(home, &["--json", "docs", "add", "docs"], b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    (serde_json::from_slice(&output.stdout).unwrap(), told)
}

fn paths(home: &Path, query: &[&str]) -> Vec<String> {
    let output = mrconductor(home, &[&["--json", "docs", "search"], query].concat(), b"");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = found["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["path"].as_str().unwrap().to_owned())
        .collect()
}

/// A home whose `docs/` holds `files`.
fn home_with(files: &[(&str, &[u8])]) -> TempDir {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join("docs")).unwrap();
    for (name, bytes) in files {
        fs::write(home.path().join("docs").join(name), bytes).unwrap();
    }
    home
}

/// What an IDE is answered to `docs_read` of `reference` in the library of `home`.
fn read_as_an_ide(home: &Path, reference: &str) -> String {
    let mut conductor = Conductor::start_with(|command, own| {
        let data = own.join("data");
        let args = ["--data-dir", data.to_str().unwrap(), "docs", "add", "docs"];
        assert!(mrconductor(home, &args, b"").status.success());
        command.arg("--data-dir").arg(&data);
    });
    conductor.initialize("2025-11-25");
    let page = conductor.call("docs_read", json!({"ref": reference}));
    assert_ne!(page["isError"], true, "{page}");
    text(&page).to_owned()
}

#[test]
fn a_description_of_an_interface_is_found_by_operation() {
    let harbour = fixture("openapi/harbour.yaml");
    let home = home_with(&[
        ("harbour.yaml", &harbour),
        ("package.json", b"{\"name\": \"openapi\"}"),
        ("compose.yml", b"services:\n  web: {image: openapi}\n"),
        ("half.json", b"{\"openapi\": \"3.0.0\", \"paths\": {"),
    ]);
    let home = home.path();
    let (added, told) = add(home);
    assert_eq!(
        (&added["added"], &added["pages"]),
        (&json!(1), &json!(9)),
        "{added}"
    );
    assert_eq!(added["failures"].as_array().unwrap().len(), 1, "{added}");
    assert!(
        told.contains("not read: half.json: is no whole JSON"),
        "{told}"
    );
    let skipped = "harbour.yaml: 1 reference to another file, which is not there, the first is `cranes.yaml#/cranes`";
    assert!(
        told.contains(&format!("read in part: {skipped}\n")),
        "{told}"
    );
    let list = mrconductor(home, &["docs", "list"], b"");
    let told = String::from_utf8(list.stderr).unwrap();
    assert!(
        told.contains(&format!("docs: read in part: {skipped}\n")),
        "{told}"
    );

    for query in [
        "GET /berths/{berth}/bookings",
        "bookings/list-for-berth",
        "listForBerth",
        "which bookings does a berth have",
    ] {
        let found = paths(home, &[query]);
        assert_eq!(
            found[0], "harbour.yaml/bookings/list-for-berth",
            "{query}: {found:?}"
        );
    }
    // Whoever asks for interfaces asks for their parts.
    let found = paths(home, &["--kind", "api", "a berth kept for a ship"]);
    assert!(
        found.contains(&"harbour.yaml/schemas/Booking".to_owned()),
        "{found:?}"
    );
    let page = read_as_an_ide(home, "docs:harbour.yaml/bookings/create");
    insta::assert_snapshot!("docs_read-operation", page);
}

#[test]
fn pages_of_a_description_go_with_what_they_tell_of() {
    let harbour = String::from_utf8(fixture("openapi/harbour.yaml")).unwrap();
    let home = home_with(&[("harbour.yaml", harbour.as_bytes())]);
    let home = home.path();
    add(home);
    let (again, told) = add(home);
    assert_eq!(
        (&again["unchanged"], &again["pages"]),
        (&json!(1), &json!(9)),
        "{again}"
    );
    assert!(told.contains("read in part: harbour.yaml: "), "{told}");
    let without_tides = harbour.replace("  /tides:\n", "  tides:\n");
    fs::write(home.join("docs/harbour.yaml"), without_tides).unwrap();
    let (changed, _) = add(home);
    assert_eq!(
        (&changed["changed"], &changed["pages"]),
        (&json!(1), &json!(7)),
        "{changed}"
    );
    fs::remove_file(home.join("docs/harbour.yaml")).unwrap();
    fs::write(home.join("docs/other.md"), "# Other\n\nWords.\n").unwrap();
    let (gone, _) = add(home);
    assert_eq!(
        (&gone["removed"], &gone["pages"]),
        (&json!(7), &json!(1)),
        "{gone}"
    );
}

#[test]
fn files_of_every_format_are_found_and_read() {
    let (docx, epub) = (fixture("mooring.docx"), fixture("voyages.epub"));
    let files: &[(&str, &[u8])] = &[
        (
            "lamp.yml",
            b"asyncapi: 3.0.0\ninfo: {title: Lamp}\nchannels: {light: {address: lamp/light}}\n\
              operations: {turnOn: {action: send, channel: {$ref: '#/channels/light'}, summary: Kindles the beacon.}}\n",
        ),
        (
            "fleet.graphql",
            b"type Mutation {\n  \"Scuttles a vessel.\"\n  sinkShip(id: ID!): Boolean\n}\n",
        ),
        (
            "cargo.proto",
            b"package cargo;\nservice Cranes {\n  // Hoists a container.\n  rpc Hoist(Load) returns (Load);\n}\n",
        ),
        (
            "tides.ipynb",
            b"{\"cells\": [{\"cell_type\": \"markdown\", \"source\": \"# Neap tide\\n\\nThe least range.\"}]}",
        ),
        ("mooring.docx", &docx),
        ("voyages.epub", &epub),
        ("broken.docx", b"PK"),
    ];
    let home = home_with(files);
    let home = home.path();
    let (added, _) = add(home);
    assert_eq!(added["added"], 6, "{added}");
    assert_eq!(added["failures"][0]["path"], "broken.docx");
    for (query, path, words) in [
        ("kindles beacon", "lamp.yml/turnOn", "`SEND lamp/light`"),
        (
            "sinkShip",
            "fleet.graphql/mutation/sinkShip",
            "mutation sinkShip(id: ID!): Boolean",
        ),
        (
            "hoist a container",
            "cargo.proto/Cranes/Hoist",
            "rpc Cranes.Hoist(Load) returns (Load)",
        ),
        ("neap tide", "tides.ipynb", "The least range."),
        ("spring lines", "mooring.docx", "# Mooring"),
        ("albatross", "voyages.epub/a", "She followed us for days."),
    ] {
        let found = paths(home, &[query]);
        assert_eq!(
            found.first().map(String::as_str),
            Some(path),
            "{query}: {found:?}"
        );
        let page = read_as_an_ide(home, &format!("docs:{path}"));
        assert!(page.contains(words), "{page}");
    }
}

#[test]
fn pdfs_are_found_by_heading_and_cited_by_page_and_those_not_read_say_why() {
    let pump = fixture("bilge-pump.pdf");
    let cut_off = &pump[..300];
    let home = home_with(&[
        ("pump.pdf", &pump),
        ("locked.pdf", &fixture("bilge-pump-encrypted.pdf")),
        ("broken.pdf", cut_off),
        ("fake.pdf", b"<html>Please log in.</html>"),
    ]);
    let home = home.path();
    let (added, told) = add(home);
    assert_eq!(
        (&added["added"], &added["pages"]),
        (&json!(1), &json!(1)),
        "{added}"
    );
    for why in [
        "not read: broken.pdf: is damaged: there is no document in it\n",
        "not read: fake.pdf: is no PDF\n",
        "not read: locked.pdf: opens with a password only: save a copy of it that needs none\n",
    ] {
        assert!(told.contains(why), "{told}");
    }
    let list = mrconductor(home, &["docs", "list"], b"");
    let told = String::from_utf8(list.stderr).unwrap();
    assert!(told.contains("fake.pdf: is no PDF"), "{told}");

    let found = mrconductor(
        home,
        &["docs", "search", "start the pump by a program"],
        b"",
    );
    let found = String::from_utf8(found.stdout).unwrap();
    assert!(found.contains("def start(pump):"), "{found}");
    let asked = ["docs", "search", "--detail", "outline", "current settings"];
    let outline = mrconductor(home, &asked, b"");
    let outline = String::from_utf8(outline.stdout).unwrap();
    assert!(outline.contains(" · page 2 · "), "{outline}");
    let section = read_as_an_ide(home, "docs:pump.pdf#settings");
    assert!(section.contains("· page 2\n"), "{section}");
    assert!(
        section.contains("| current | 12 A | up to 20 A |"),
        "{section}"
    );
}

#[test]
fn the_table_of_formats_is_the_one_of_the_program() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let page = fs::read_to_string(page).unwrap();
    let table = page.split("<!-- formats").nth(1).unwrap();
    let table = table.split("<!-- /formats").next().unwrap();
    let told: Vec<&str> = table
        .lines()
        .filter(|line| line.ends_with(" |"))
        .skip(1)
        .collect();
    let known: Vec<String> = FORMATS
        .iter()
        .map(|format| {
            let extensions: Vec<String> = format
                .extensions()
                .iter()
                .map(|extension| format!("`.{extension}`"))
                .collect();
            format!("| {} | {} | ", format.name(), extensions.join(" "))
        })
        .collect();
    assert_eq!(told.len(), known.len());
    for (told, known) in told.iter().zip(known) {
        assert!(told.starts_with(&known), "{told} is not {known}…");
    }
}

#[test]
fn functions_and_options_of_html_are_read_at_their_anchors_and_an_index_is_told_from_them() {
    let functions = "<h1>lists</h1><article><h4 id=all-2><div><span>all(Pred, List)</span></div></h4><div><p>All of them.</p></div></article>\
        <article><h4 id=foldl-3><div><span>foldl(Fun, Acc0, List)</span></div></h4><div><h3>Types</h3><p>Fun = fun()</p></div>\
        <p>Calls it on each, from the left.</p></article>";
    let options = "<h1>Options</h1><ul><li><p><a id=option_proxy></a> <strong>server.proxy</strong></p><ul><li>values: any</ul>\
        <li><p><a id=option_mech></a> <strong>server.mech</strong></p><ul><li>values: plain, external</ul></ul>";
    let index = "<div class=index><h1>Index</h1><dl><dt id=i1>foldl, <a href=lists.html>Functions that fold lists</a></dt>\
        <dt id=i2>server.mech, <a href=options.html>Options of the server</a></dt></dl></div>";
    let home = home_with(&[
        ("lists.html", functions.as_bytes()),
        ("options.html", options.as_bytes()),
        ("words.html", index.as_bytes()),
    ]);
    add(home.path());
    let read = |reference: &str| {
        let output = mrconductor(home.path(), &["docs", "read", reference], b"");
        assert!(output.status.success(), "{reference}");
        String::from_utf8(output.stdout).unwrap()
    };
    let foldl = read("docs:lists.html#foldl-3");
    assert!(
        foldl.contains("Types\n\nFun = fun()\n\nCalls it on each"),
        "{foldl}"
    );
    let mech = read("docs:options.html#option_mech");
    assert!(
        mech.contains("plain, external") && !mech.contains("proxy"),
        "{mech}"
    );
    assert!(read("docs:words.html").contains("· meta\n"));
    assert_eq!(paths(home.path(), &["server.mech"])[0], "options.html");
}

#[test]
fn a_description_in_several_files_is_one_and_changes_with_each_of_them() {
    let home = home_with(&[(
        "openapi.yaml",
        b"openapi: 3.1.0\ninfo: {title: Quay, version: '1'}\npaths:\n  /cranes/{id}:\n    $ref: paths/crane.yaml\n",
    )]);
    let home = home.path();
    let folder = home.join("docs");
    fs::create_dir_all(folder.join("paths")).unwrap();
    fs::create_dir_all(folder.join("schemas")).unwrap();
    fs::write(
        folder.join("paths/crane.yaml"),
        "get:\n  operationId: getCrane\n  summary: Shows a crane\n  responses:\n    '200':\n      description: It\n      content:\n        \
         application/json:\n          schema: {$ref: '../schemas/crane.json#/Crane'}\n",
    )
    .unwrap();
    let crane = |member: &str| {
        let text = format!(
            "{{\"Crane\": {{\"type\": \"object\", \"properties\": {{\"{member}\": {{\"type\": \"integer\"}}, \"boss\": {{\"$ref\": \
             \"../../outside.yaml\"}}}}}}}}"
        );
        fs::write(folder.join("schemas/crane.json"), text).unwrap();
    };
    crane("reachMetres");
    fs::write(home.join("outside.yaml"), "title: secret\n").unwrap();
    let (added, told) = add(home);
    assert_eq!(added["failures"], json!([]), "{added}");
    assert!(
        told.contains("1 reference to another file, which is not there"),
        "{told}"
    );
    assert_eq!(
        paths(home, &["GET /cranes/{id}"])[0],
        "openapi.yaml/getCrane"
    );
    assert_eq!(paths(home, &["reachMetres"]), ["openapi.yaml/getCrane"]);
    assert_eq!(paths(home, &["secret"]), Vec::<String>::new());

    let (again, _) = add(home);
    assert_eq!(
        (&again["unchanged"], &again["changed"]),
        (&json!(1), &json!(0)),
        "{again}"
    );
    crane("heightMetres");
    let (changed, _) = add(home);
    assert_eq!(
        (&changed["unchanged"], &changed["changed"]),
        (&json!(0), &json!(1)),
        "{changed}"
    );
    assert_eq!(paths(home, &["heightMetres"]), ["openapi.yaml/getCrane"]);

    // A file that is named alone is read with what lies in its folder.
    let output = mrconductor(
        home,
        &["docs", "add", "docs/openapi.yaml", "--name", "alone"],
        b"",
    );
    assert!(output.status.success());
    assert_eq!(
        paths(home, &["heightMetres", "--source", "alone"]),
        ["openapi.yaml/getCrane"]
    );
}

#[test]
fn pages_of_the_manual_are_found_by_what_they_define() {
    let home = home_with(&[
        ("haul.1", &fixture("haul.1")),
        ("belay.3deck", &fixture("belay.3")),
        ("lower.1", b".so man1/haul.1\n"),
        ("libdeck.so.1", b"\x7fELF"),
    ]);
    let home = home.path();
    let (added, _) = add(home);
    assert_eq!(
        (&added["added"], &added["pages"]),
        (&json!(2), &json!(2)),
        "{added}"
    );
    for (query, path) in [
        ("haul --dry-run", "haul.1"),
        ("belay_all", "belay.3deck"),
        ("EINVAL turns", "belay.3deck"),
    ] {
        let found = paths(home, &[query]);
        let first = found.first().map(String::as_str);
        assert_eq!(first, Some(path), "{query}: {found:?}");
    }
    let section = read_as_an_ide(home, "docs:haul.1#options");
    let term = "`-n, --dry-run`\n: Only say what would be hauled";
    assert!(section.contains(term), "{section}");
}

#[test]
fn files_that_no_format_knows_are_counted_by_kind() {
    let home = home_with(&[
        ("deck.md", b"# Deck\n\nWords.\n"),
        ("libdeck.so.1", b"\x7fELF"),
        ("deck.c", b"int main;\n"),
        ("sail.c.gz", b"int sail;\n"),
        ("deck.png", b"\x89PNG"),
        ("Makefile", b"all:\n"),
    ]);
    let home = home.path();
    let (added, told) = add(home);
    let left = json!({"of kind `.1`": 1, "of kind `.c`": 2, "of no kind": 1});
    assert_eq!(added["left_out"], left);
    let line = "left out: 1 of kind `.1`, 2 of kind `.c`, 1 of no kind\n";
    assert!(told.contains(line), "{told}");
    let output = mrconductor(
        home,
        &["--json", "docs", "add", "docs", "--include", "*.md"],
        b"",
    );
    let chosen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(chosen["left_out"], json!({}), "{chosen}");
}

#[test]
fn a_listing_of_asciidoc_is_shown_whole_below_its_term_whatever_its_file_is_called() {
    let entry = |title: &str, command: &str, told: &str| {
        format!(
            "{title}::\n+\n------------\n$ winch start\n$ {command}    <1>\n------------\n+\n<1> {told}\n\n"
        )
    };
    let told = "This is done when the rope has been hauled in too far, so that the anchor is above the water and swings from side to side. ";
    let page = format!(
        "Winch\n=====\n\n[[examples]]\nExamples\n--------\n\nifndef::short[]\n{}{}{}endif::short[]\n",
        entry(
            "Let go and haul again",
            "winch --soft drum",
            &told.repeat(2)
        ),
        entry("Let go for good", "winch --hard drum", &told.repeat(3)),
        entry("Grease the drum", "winch --grease drum", &told.repeat(3))
    );
    let home = home_with(&[("winch.txt", page.as_bytes()), ("same.adoc", b"= Other\n")]);
    let home = home.path();
    add(home);
    let query = [
        "docs",
        "search",
        "let go and haul again",
        "--max-tokens",
        "200",
    ];
    let answer = mrconductor(home, &query, b"");
    let answer = String::from_utf8(answer.stdout).unwrap();
    assert!(
        answer.contains(
            "Let go and haul again::\n  ```\n  $ winch start\n  $ winch --soft drum    <1>\n  ```\n"
        ),
        "{answer}"
    );
    for marks in ["----", "+\n", "ifndef", "[["] {
        assert!(!answer.contains(marks), "{answer}");
    }
    let read = mrconductor(home, &["docs", "read", "docs:winch.txt#examples"], b"");
    let read = String::from_utf8(read.stdout).unwrap();
    assert!(read.contains("lines 5-"), "{read}");
    assert!(read.contains("--grease"), "{read}");
}

#[test]
fn an_option_in_a_list_of_html_within_markdown_is_found_by_its_anchor() {
    let option = |name: &str, what: &str| {
        format!(
            "<dt class=\"option-term\" id=\"option---{name}\"><a href=\"#option---{name}\"><code>--{name}</code></a></dt>\n\
             <dd class=\"option-desc\"><p>{what}</p>\n</dd>\n\n\n"
        )
    };
    let page = format!(
        "# winch(1)\n\n## OPTIONS\n\n<dl>\n\n{}{}</dl>\n\n## EXAMPLES\n\nHaul.\n",
        option("slow", "Hauls <em>slowly</em>."),
        option("locked", "Asserts that the <code>drum</code> is locked.")
    );
    let home = home_with(&[("winch.md", page.as_bytes())]);
    let page = read_as_an_ide(home.path(), "docs:winch.md#option---locked");
    assert!(page.contains("--locked · lines 12-"), "{page}");
    assert!(
        page.contains("`--locked`\n\nAsserts that the `drum` is locked.\n"),
        "{page}"
    );
    assert!(!page.contains("slowly") && !page.contains("<d"), "{page}");
}
