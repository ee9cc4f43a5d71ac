//! Settings: which layer wins, what a project may not say, and what a person reads when something is wrong.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mrconductor::config::{
    Config, ConfigError, Environment, Flags, LogLevel, Origin, VARIABLES, keys,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::mrconductor;

/// A home with a user file and a project beside it.
struct Place {
    root: TempDir,
}

impl Place {
    fn new(user: &str, project: &str) -> Self {
        let root = TempDir::new().unwrap();
        let place = Self { root };
        fs::create_dir_all(place.user_file().parent().unwrap()).unwrap();
        fs::write(place.user_file(), user).unwrap();
        fs::create_dir_all(place.project()).unwrap();
        fs::write(place.project().join(".mrconductor.toml"), project).unwrap();
        place
    }

    fn path(&self) -> std::path::PathBuf {
        self.root.path().canonicalize().unwrap()
    }

    fn home(&self) -> std::path::PathBuf {
        self.path().join("home")
    }

    fn user_file(&self) -> std::path::PathBuf {
        self.home().join(".config/mrconductor/config.toml")
    }

    fn project(&self) -> std::path::PathBuf {
        self.path().join("work/project")
    }

    fn load(&self, variables: &[(&str, &str)], flags: &Flags) -> Config {
        let home = self.home();
        let environment: Environment = [("HOME", home.to_str().unwrap())]
            .into_iter()
            .chain(variables.iter().copied())
            .collect();
        Config::load(flags, &environment, Some(&self.project()))
    }

    fn problem(&self) -> ConfigError {
        let config = self.load(&[], &Flags::default());
        assert_eq!(config.problems.len(), 1, "{:?}", config.problems);
        config.problems.into_iter().next().unwrap()
    }
}

#[test]
fn each_layer_wins_over_the_one_before_and_says_so() {
    let place = Place::new(
        "log = 'error'\ndocs = { limit = 2, max_tokens = 400 }\npage.lines = 100\n",
        "[docs]\nlimit = 3\n",
    );
    let config = place.load(
        &[
            ("MRCONDUCTOR_LOG", "info"),
            ("MRCONDUCTOR_PAGE__LINES", "200"),
        ],
        &Flags {
            log: Some(LogLevel::Debug),
            ..Flags::default()
        },
    );
    assert_eq!(config.problems, []);
    let settings = &config.settings;
    assert_eq!(
        (
            settings.page.bytes,
            settings.docs.max_tokens,
            settings.docs.limit,
            settings.page.lines,
            settings.log
        ),
        (9_500, 400, 3, 200, LogLevel::Debug)
    );
    assert_eq!(config.origin("page.bytes"), Origin::Default);
    assert!(
        matches!(config.origin("docs.max_tokens"), Origin::UserFile(line) if line.line == 2 && line.column == 21)
    );
    assert!(matches!(config.origin("docs.limit"), Origin::ProjectFile(line) if line.line == 2));
    assert_eq!(
        config.origin("page.lines").to_string(),
        "variable MRCONDUCTOR_PAGE__LINES"
    );
    assert_eq!(config.origin("log"), Origin::Flag("--log"));
    assert!(matches!(config.origin("project"), Origin::WorkingDirectory));
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    let place = Place::new("", "");
    for key in keys() {
        let variable = key.variable();
        let value = match &key.kind {
            mrconductor::config::Kind::Choice(words) => words.last().unwrap().clone(),
            mrconductor::config::Kind::Integer { max, .. } => max.to_string(),
            mrconductor::config::Kind::Switch => "false".to_owned(),
            mrconductor::config::Kind::Texts => "a, b".to_owned(),
            mrconductor::config::Kind::Text if key.path.ends_with("url") => {
                "https://a.example/mcp".to_owned()
            }
            mrconductor::config::Kind::Text => "/x".to_owned(),
        };
        let config = place.load(&[(&variable, &value)], &Flags::default());
        assert_eq!(config.problems, [], "{variable}");
        assert_eq!(
            config.origin(&key.path.replace('*', "name")),
            Origin::Variable(variable),
        );
    }
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_key_that_was_meant() {
    let place = Place::new("log = 'info'\n\n[docs]\nlimti = 3\n", "");
    let problem = place.problem();
    assert_eq!(
        problem.to_string(),
        format!(
            "{}:4:1: unknown key `docs.limti`",
            place.user_file().display()
        )
    );
    assert_eq!(
        problem.hint(),
        "did you mean `docs.limit`? `mrconductor config schema` lists every key"
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_named_with_what_the_key_takes() {
    let cases = [
        (
            "docs.limit = 99",
            "`docs.limit` takes a whole number from 1 to 60, not `99`",
        ),
        (
            "docs.limit = 'x'",
            "`docs.limit` takes a whole number from 1 to 60, not a value of type string",
        ),
        (
            "docs = 3",
            "`docs` takes a table of keys, not a value of type integer",
        ),
        (
            "distill.encoding = 'p50k'",
            "`distill.encoding` takes one of `o200k_base`, `cl100k_base`, not `p50k`",
        ),
        (
            "data_dir = 'here'",
            "`data_dir` takes an absolute path, or one that starts with `~/`, not `here`",
        ),
        (
            "upstream.acme.tools = [1]",
            "`upstream.acme.tools` takes a list of texts, not a value of type array",
        ),
        (
            "upstream.acme.headers.x = \"a\\nb\"",
            "`upstream.acme.headers.x` takes one line of text, not control characters",
        ),
        (
            "upstream.acme.url = 'https://user:hunter2@a.example/'",
            "`upstream.acme.url` takes an address `https://HOST/PATH` without a user name or password (a key goes into `headers`), not what stands there",
        ),
    ];
    for (text, expected) in cases {
        let message = Place::new(text, "").problem().to_string();
        assert!(message.ends_with(&format!(": {expected}")), "{message}");
    }
    for name in ["Acme", "a__b", "1a", "aaaaaaaaaaaaaaaaaaaaa", "a_", "\"\""] {
        let message = Place::new(&format!("[upstream.{name}]\nenabled = true\n"), "")
            .problem()
            .to_string();
        assert!(message.contains("takes names of 1 to 20"), "{message}");
    }
}

#[test]
fn a_file_that_is_not_toml_is_named_with_the_line() {
    let place = Place::new("log = 'info'\n[docs\n", "");
    let message = place.problem().to_string();
    assert!(
        message.starts_with(&format!("{}:2:", place.user_file().display())),
        "{message}"
    );
    for (content, why) in [
        (vec![0xff, 0xfe], "valid UTF-8"),
        (vec![b'#'; 1024 * 1024 + 1], "larger than 1 MiB"),
    ] {
        fs::write(place.user_file(), content).unwrap();
        let message = place.problem().to_string();
        assert!(message.contains(why), "{message}");
    }
    fs::remove_file(place.user_file()).unwrap();
    fs::create_dir(place.user_file()).unwrap();
    assert!(place.problem().to_string().contains("not a file"));
}

#[test]
fn a_project_cannot_set_keys_addresses_or_paths() {
    for text in [
        "data_dir = '/x'",
        "log = 'trace'",
        "page.bytes = 1000000",
        "upstream.acme.url = 'https://evil.example/'",
        "upstream.acme.headers.authorization = 'Bearer ${AWS_SECRET_ACCESS_KEY}'",
        "upstream.acme.enabled = true",
        "upstream.acme.call_timeout_ms = 3600000",
        "docs.sources.a.allow_private = true",
        "docs.sources.a.at = 'HEAD'",
    ] {
        let place = Place::new("upstream.acme.url = 'https://a.example/mcp'", text);
        let problem = place.problem();
        assert!(
            problem.to_string().contains(".mrconductor.toml:1:")
                && problem
                    .to_string()
                    .contains("a project's file cannot set `"),
            "{problem}"
        );
        assert!(
            problem.hint().contains(place.user_file().to_str().unwrap()),
            "{}",
            problem.hint()
        );
        let config = place.load(&[], &Flags::default());
        assert_eq!(config.vendors[0].url, "https://a.example/mcp");
        // A stranger's file must not be able to switch a vendor off either.
        assert_eq!(config.vendors[0].off, None);
    }
}

#[test]
fn a_project_adds_documentation_of_its_own_and_changes_none_of_the_users() {
    let place = Place::new(
        "docs.sources.mine.url = 'https://docs.example/'",
        "docs.sources.mine.url = 'https://evil.example/'\n[docs.sources.manual]\npath = './docs/manual'\nexclude = ['old/**']\n",
    );
    let config = place.load(&[], &Flags::default());
    assert_eq!(config.problems, []);
    assert_eq!(config.notes.len(), 1, "{:?}", config.notes);
    assert!(
        config.notes[0].contains(".mrconductor.toml:1:")
            && config.notes[0].contains("your own settings name `docs.sources.mine`"),
        "{:?}",
        config.notes
    );
    let [manual, mine] = config.documentation.as_slice() else {
        panic!("{:?}", config.documentation);
    };
    assert_eq!(manual.project.as_deref(), Some(place.project().as_path()));
    assert_eq!(
        manual.path.as_deref(),
        Some(place.project().join("docs/manual").as_path())
    );
    assert_eq!(mine.project, None);
    assert_eq!(mine.settings.url.as_deref(), Some("https://docs.example/"));
}

#[test]
fn a_project_names_no_documentation_outside_of_it() {
    for path in ["/etc", "../other", "docs/../../other", "~/notes", ""] {
        let place = Place::new("", &format!("docs.sources.a.path = '{path}'"));
        let problem = place.problem();
        assert!(
            problem
                .to_string()
                .contains("takes a path below the project"),
            "{problem}"
        );
        assert!(problem.is_projects());
    }
}

#[test]
fn a_project_chooses_among_the_tools_its_user_offers() {
    let user =
        |tools: &str| format!("[upstream.acme]\nurl = 'https://a.example/mcp'\ntools = {tools}\n");
    let cases = [
        ("['a', 'b', 'c']", "['b', 'd']", vec!["b"], 1),
        ("['*']", "['b', 'd']", vec!["b", "d"], 0),
        ("['a', 'b']", "['*']", vec!["a", "b"], 0),
        ("[]", "['a']", vec![], 1),
        ("['a']", "[]", vec![], 0),
    ];
    for (offered, wanted, expected, notes) in cases {
        let place = Place::new(&user(offered), &format!("upstream.acme.tools = {wanted}"));
        let config = place.load(&[], &Flags::default());
        assert_eq!(config.problems, []);
        assert_eq!(config.vendors[0].tools, expected, "{offered} {wanted}");
        assert_eq!(config.notes.len(), notes, "{:?}", config.notes);
    }
    let unknown = Place::new("", "upstream.acme.tools = ['a']").load(&[], &Flags::default());
    assert_eq!(unknown.vendors.len(), 0);
    assert_eq!(unknown.notes.len(), 1);
}

#[test]
fn a_fault_of_the_user_leaves_local_settings_in_force_and_vendors_off() {
    let place = Place::new(
        "docs.limit = 4\nfoo = 1\n[upstream.acme]\nurl = 'https://a.example/mcp'\n",
        "",
    );
    let config = place.load(&[], &Flags::default());
    assert_eq!(config.settings.docs.limit, 4);
    let off = config.vendors[0].off.clone().unwrap();
    assert!(off.why.contains("unknown key `foo`"), "{off:?}");
}

#[test]
fn headers_that_would_cross_a_network_in_the_clear_are_noted() {
    for (url, notes) in [
        ("http://a.example/mcp", 1),
        ("https://a.example/mcp", 0),
        ("http://127.0.0.1:1/mcp", 0),
        ("http://localhost/mcp", 0),
    ] {
        let user = format!("[upstream.acme]\nurl = '{url}'\nheaders = {{ a = 'b' }}\n");
        let config = Place::new(&user, "").load(&[], &Flags::default());
        assert_eq!(config.notes.len(), notes, "{:?}", config.notes);
    }
}

#[test]
fn headers_of_a_file_and_of_a_variable_are_one() {
    let place = Place::new(
        "[upstream.acme]\nurl = 'https://a.example/mcp'\nheaders = { X-Api-Key = 'a' }\n",
        "",
    );
    let config = place.load(
        &[("MRCONDUCTOR_UPSTREAM__ACME__HEADERS__X_API_KEY", "b")],
        &Flags::default(),
    );
    assert_eq!(
        config.settings.upstream["acme"].headers,
        [("x-api-key".to_owned(), "b".to_owned())].into()
    );
}

#[test]
fn the_project_is_named_or_found_by_its_marker_and_never_the_home() {
    let place = Place::new("", "");
    let project = place.project();
    let home = place.home();
    let environment: Environment = [("HOME", home.to_str().unwrap())].into_iter().collect();
    let found = |flag: Option<&Path>, working: &Path| {
        let flags = Flags {
            project: flag.map(Path::to_owned),
            ..Flags::default()
        };
        let config = Config::load(&flags, &environment, Some(working));
        (config.project, config.notes.len())
    };
    fs::create_dir_all(project.join("src/deep")).unwrap();
    fs::write(home.join("Makefile"), "").unwrap();
    fs::create_dir_all(home.join("plain")).unwrap();
    let here = Some(project.clone());
    assert_eq!(found(None, &project.join("src/deep")), (here.clone(), 0));
    assert_eq!(found(Some(&project), &home), (here.clone(), 0));
    assert_eq!(found(Some(Path::new("src/..")), &project), (here, 0));
    for working in [&home, &home.join("plain"), Path::new("/")] {
        assert_eq!(found(None, working), (None, 0), "{}", working.display());
    }
    for named in [
        Path::new("${workspaceFolder}"),
        Path::new("/"),
        &home,
        Path::new("/nowhere/at/all"),
        &home.join("Makefile"),
    ] {
        assert_eq!(found(Some(named), &home), (None, 1), "{}", named.display());
    }
}

#[test]
fn without_a_home_no_directory_is_guessed() {
    for variables in [vec![], vec![("HOME", "")], vec![("HOME", "relative")]] {
        let environment: Environment = variables.into_iter().collect();
        let config = Config::load(&Flags::default(), &environment, Some(Path::new("/")));
        assert_eq!(
            (config.data_dir, config.log_dir, config.user_file),
            (None, None, None)
        );
    }
}

#[test]
fn moved_data_takes_the_logs_along() {
    let place = Place::new("data_dir = '~/elsewhere'", "");
    let config = place.load(&[], &Flags::default());
    let moved = place.home().join("elsewhere");
    assert_eq!(config.data_dir, Some(moved.clone()));
    assert_eq!(config.log_dir, Some(moved.join("logs")));
    let config = place.load(
        &[("MRCONDUCTOR_DATA_DIR", "${userHome}/x")],
        &Flags::default(),
    );
    assert_eq!(
        config.data_dir,
        Some(place.home().join(".local/share/mrconductor"))
    );
    assert_eq!(config.notes.len(), 1);
}

#[test]
fn a_misspelt_variable_of_ours_is_noted_and_others_are_not() {
    let place = Place::new("", "");
    let config = place.load(
        &[
            ("MRCONDUCTOR_DOCS_LIMIT", "3"),
            ("MRCONDUCTOR_ACME_TOKEN_FOR_PRODUCTION", "x"),
        ],
        &Flags::default(),
    );
    assert_eq!(
        config.notes,
        ["variable MRCONDUCTOR_DOCS_LIMIT is not known; did you mean MRCONDUCTOR_DOCS__LIMIT?"]
    );
}

#[test]
fn secrets_are_not_shown_by_any_form_of_config_show() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("s.toml");
    fs::write(
        &file,
        "[upstream.acme]\nurl = 'https://a.example/mcp?key=hunter2'\nheaders = { a = 'hunter2', b = 'hunter2 ${NAME}' }\n",
    )
    .unwrap();
    for extra in [&["--origin"][..], &["--json"], &[]] {
        let file = file.to_str().unwrap();
        let output = mrconductor(
            home.path(),
            &[&["--config", file, "config", "show"], extra].concat(),
            b"",
        );
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(text.contains("https://a.example/mcp"), "{text}");
        assert!(text.contains("[hidden, from ${NAME}]"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn show_prints_what_holds_and_where_it_came_from() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(
        home.path(),
        &["config", "show", "--json", "--log", "debug"],
        b"",
    );
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        shown["settings"]["log"],
        json!({"value": "debug", "origin": "flag --log"})
    );
    assert_eq!(
        shown["settings"]["docs.limit"],
        json!({"value": 12, "origin": "default"})
    );
}

#[test]
fn commands_stop_on_a_fault_with_the_place_and_a_hint() {
    let home = TempDir::new().unwrap();
    let file = home.path().join(".config/mrconductor/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[page]\nbyte = 1\n").unwrap();
    let output = mrconductor(home.path(), &["upstream", "list"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!(
            "error: {}:2:1: unknown key `page.byte`\nhint: did you mean `page.bytes`? `mrconductor config schema` lists every key\n",
            file.display()
        )
    );
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["config", "schema"], b"");
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["docs"]["additionalProperties"], false);
    assert_eq!(
        schema["properties"]["docs"]["properties"]["limit"]["maximum"],
        json!(60)
    );
    assert!(!schema.to_string().contains("$ref"));
}

/// Returns the text between `<!-- name … -->` and `<!-- /name -->`.
fn part<'a>(paper: &'a str, name: &str) -> &'a str {
    let (_, after) = paper.split_once(&format!("<!-- {name}: ")).unwrap();
    let (_, after) = after.split_once("-->\n").unwrap();
    after.split_once(&format!("<!-- /{name} -->")).unwrap().0
}

#[test]
fn the_paper_lists_every_key_and_variable_as_the_program_has_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paper = fs::read_to_string(root.join("docs/configuration.md")).unwrap();
    let mut table =
        "| key | takes | default | project | meaning |\n|---|---|---|---|---|\n".to_owned();
    for key in keys() {
        let default = match &key.default {
            Value::Null => "none".to_owned(),
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::String(text) => format!("`{text}`"),
            other => format!("`{other}`"),
        };
        let project = if key.project { "yes" } else { "" };
        writeln!(
            table,
            "| `{}` | {} | {default} | {project} | {} |",
            key.path, key.kind, key.doc
        )
        .unwrap();
    }
    assert_eq!(part(&paper, "keys"), table);
    let mut table = "| variable | meaning |\n|---|---|\n".to_owned();
    for variable in VARIABLES {
        writeln!(table, "| `{}` | {} |", variable.name, variable.doc).unwrap();
    }
    assert_eq!(part(&paper, "variables"), table);
}

#[test]
fn a_folder_with_a_lock_file_alone_is_a_project_unless_one_is_around_it() {
    let home = tempfile::TempDir::new().unwrap();
    let inner = home.path().join("work/docs");
    fs::create_dir_all(&inner).unwrap();
    let project = || {
        let output = crate::harness::program(home.path())
            .args(["config", "path", "--json"])
            .current_dir(&inner)
            .output()
            .unwrap();
        let places: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        places["project"].as_str().map(str::to_owned)
    };
    assert_eq!(project(), None);
    fs::write(inner.join("requirements.txt"), "Sphinx==7.0\n").unwrap();
    assert!(project().unwrap().ends_with("work/docs"));
    fs::write(home.path().join("work/Cargo.toml"), "").unwrap();
    assert!(project().unwrap().ends_with("work"));
}
