//! `mrconductor print-config`: the file a client needs, ready to copy, and the whole of `ide-configs/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::clients::{self, CLIENTS, Client, Variant};
use super::{Failure, Global, out};

/// Prints the configuration entry for a client.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mrconductor print-config cursor > .cursor/mcp.json
  mrconductor print-config vscode --variant hybrid
  mrconductor print-config --dir ide-configs")]
pub(crate) struct Args {
    /// The client
    #[arg(value_parser = clients::names(), required_unless_present = "dir")]
    client: Option<String>,
    /// What the entry is for
    #[arg(long, value_enum, default_value = "plain", conflicts_with = "dir")]
    variant: Variant,
    /// Write the file of every client and variant below this directory, with a table of them
    #[arg(long, value_name = "DIR", conflicts_with = "client")]
    dir: Option<PathBuf>,
}

/// Prints one file, or writes them all.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    if let Some(dir) = &args.dir {
        let files = files();
        for (path, text) in &files {
            write(&dir.join(path), text)?;
        }
        if global.json {
            let names: Vec<_> = files.iter().map(|(path, _)| path).collect();
            out::write_json(&json!({"files": names}))?;
        } else {
            out::write(format!("{} files in {}\n", files.len(), dir.display()).as_bytes())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let client = clients::find(args.client.as_deref().unwrap_or(""))?;
    if !client.variants().contains(&args.variant) {
        let has: Vec<_> = client
            .variants()
            .iter()
            .map(|variant| variant.name())
            .collect();
        return Err(Failure::new(
            format!(
                "{} has no `{}` variant",
                client.title(),
                args.variant.name()
            ),
            format!("use one of: {}", has.join(", ")),
        )
        .into());
    }
    let text = clients::document(client, args.variant);
    if global.json {
        out::write_json(&json!({
            "client": client.name(),
            "variant": args.variant.name(),
            "file": client.project_file(),
            "text": text,
        }))?;
    } else {
        out::write(text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns every file of `ide-configs/`: its path and its text.
fn files() -> Vec<(String, String)> {
    let mut files = vec![("README.md".to_owned(), readme())];
    for &client in CLIENTS {
        for &variant in client.variants() {
            files.push((path(client, variant), clients::document(client, variant)));
        }
    }
    files
}

/// Returns `cursor/mcp.json` or, for another variant, `cursor/mcp.hybrid.json`.
fn path(client: &dyn Client, variant: Variant) -> String {
    let name = Path::new(client.project_file())
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = match (variant, name.rsplit_once('.')) {
        (Variant::Plain, _) | (_, None) => name,
        (_, Some((stem, ending))) => format!("{stem}.{}.{ending}", variant.name()),
    };
    format!("{}/{name}", client.name())
}

fn readme() -> String {
    let mut rows = Vec::new();
    let mut steps = Vec::new();
    for &client in CLIENTS {
        for &variant in client.variants() {
            let path = path(client, variant);
            rows.push(format!(
                "| {} | {} | [`{path}`]({path}) | `{}` |\n",
                client.title(),
                variant.name(),
                client.project_file(),
            ));
        }
        steps.push(format!(
            "| {} | {} | {} |\n",
            client.title(),
            client
                .next_step(clients::Scope::Project)
                .split_once(": ")
                .map_or("", |(_, step)| step),
            client.verify(),
        ));
    }
    format!(
        "\
# Configuration files for IDEs and agents

Each file is complete: copy it into a project, under the name in the last column, or copy the `mrconductor` entry out of it
into the file that is already there. `mrconductor setup` does that for you, keeps comments and asks first.

This folder is generated: `cargo run --locked -- print-config --dir ide-configs`. A test compares it byte for byte and starts every entry.

| client | variant | file here | copy to |
|---|---|---|---|
{}
`plain` has the local tools. `sandbox` fences them in with the client's own means (VS Code: macOS and Linux). `hybrid` passes a
vendor's key on in the variable `{key}`, for a vendor that your own `config.toml` names; no file here holds a key:

```toml
[upstream.vendor]
url = \"https://mcp.vendor.example/mcp\"
headers = {{ Authorization = \"Bearer ${{{key}}}\" }}
tools = [\"search\"]
```

All files name the program `mrconductor`, which must be on the PATH of the client. Programs that a desktop starts often have a
short PATH; `mrconductor setup` writes the absolute path into your own files, and `mrconductor doctor` starts every entry it finds.

## After copying

| client | then | it works when |
|---|---|---|
{}",
        rows.concat(),
        steps.concat(),
        key = clients::VENDOR_KEY,
    )
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}
