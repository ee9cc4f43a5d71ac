//! `OpenAPI` 3.0 and 3.1 and Swagger 2: a page for each operation and each schema worth one, groups, and an overview.
//!
//! Read as a tree and leniently: what real descriptions get wrong is left out and named, never a reason to give up.

mod answers;
mod operation;

use std::collections::{HashMap, HashSet};

use self::operation::Operation;
use super::Pages;
use super::interface::below::Below;
use super::interface::names::PagePaths;
use super::interface::opening::Description;
use super::interface::spec::{Spec, counted};
use super::interface::{auth, schemas, servers};
use super::sheet::{Headings, Sheet, listed, one_line};
use super::tree::Node;
use crate::lookup::document::{Document, Kind};

/// `.json`, `.yaml` and `.yml` that say `openapi` or `swagger`.
pub(super) struct OpenApi;

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

impl Description for OpenApi {
    const NAME: &'static str = "OpenAPI";
    const TOP: &'static [&'static str] = &[
        "basePath",
        "components",
        "consumes",
        "definitions",
        "externalDocs",
        "host",
        "info",
        "jsonSchemaDialect",
        "openapi",
        "parameters",
        "paths",
        "produces",
        "responses",
        "schemes",
        "security",
        "securityDefinitions",
        "servers",
        "swagger",
        "tags",
        "webhooks",
    ];
    const MARKS: &'static [&'static str] = &["openapi", "swagger"];

    fn pages(root: &Node<'_>) -> Pages {
        Api::of(root).pages()
    }
}

struct Api<'a> {
    spec: Spec<'a>,
    title: String,
    operations: Vec<Operation<'a>>,
    /// Operations that say nothing.
    empty: Vec<String>,
    skipped: Vec<String>,
    below: Below,
}

impl<'a> Api<'a> {
    fn of(root: &'a Node<'a>) -> Self {
        let title = root.get("info").and_then(|info| info.text_of("title"));
        let mut api = Self {
            spec: Spec::new(root),
            title: title.map_or_else(|| "API".to_owned(), one_line),
            operations: Vec::new(),
            empty: Vec::new(),
            skipped: Vec::new(),
            below: Below::default(),
        };
        let paths = root.get("paths").map(|paths| api.spec.resolved(paths));
        for (path, item) in paths.map(Node::entries).unwrap_or_default() {
            if path.starts_with('/') {
                api.take_path(path, item);
            }
        }
        for (name, item) in root
            .map_of("webhooks")
            .iter()
            .chain(root.map_of("x-webhooks"))
        {
            api.take_webhook(name, item);
        }
        if let Some(first) = api.empty.first() {
            let count = counted(api.empty.len(), "operation");
            let what = format!("{count} without a word, the first is `{first}`");
            api.skipped.push(what);
        }
        let operations = &mut api.operations;
        api.below.take_operations(operations);
        api
    }

    fn take_path(&mut self, path: &'a str, item: &'a Node<'a>) {
        let shared = self.spec.resolved(item);
        for (method, node) in shared.entries() {
            let node = self.spec.resolved(node);
            if !METHODS.contains(&method.as_ref()) {
                continue;
            }
            if node.entries().is_empty() {
                let line = format!("{} {path}", method.to_uppercase());
                self.empty.push(listed(&line));
                continue;
            }
            self.operations.push(Operation {
                method: method.to_uppercase(),
                path,
                node,
                shared,
                group: group_of(node, path),
            });
        }
    }

    fn take_webhook(&mut self, name: &'a str, item: &'a Node<'a>) {
        let shared = self.spec.resolved(item);
        let call = shared
            .entries()
            .iter()
            .find(|(method, _)| METHODS.contains(&method.as_ref()));
        if let Some((_, node)) = call {
            self.operations.push(Operation {
                method: operation::WEBHOOK.to_owned(),
                path: name,
                node: self.spec.resolved(node),
                shared,
                group: "webhooks".to_owned(),
            });
        }
    }

    fn pages(mut self) -> Pages {
        let mut paths = PagePaths::default();
        let mut groups: Vec<Group<'_, 'a>> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for operation in &self.operations {
            let at = *known.entry(&operation.group).or_insert_with(|| {
                groups.push(Group {
                    name: &operation.group,
                    page: String::new(),
                    operations: Vec::new(),
                });
                groups.len() - 1
            });
            let path = match operation.id() {
                Some(id) => paths.give(id),
                None => paths.give(&operation.request_line().to_lowercase()),
            };
            if let Some(group) = groups.get_mut(at) {
                group.operations.push((operation, path));
            }
        }
        // After the operations, whose names are used elsewhere too.
        for group in &mut groups {
            group.page = paths.give(group.name);
        }
        let first = self.overview(&groups);
        let mut below = std::mem::take(&mut self.below);
        for group in &groups {
            below.put(group.page.clone(), || self.group_page(group));
            for (operation, path) in &group.operations {
                below.put(path.clone(), || operation.page(&self.spec, &self.title));
            }
        }
        schemas::pages(&self.spec, &self.title, &mut paths, &mut below);
        let (below, beyond) = below.done();
        let mut skipped = self.skipped;
        skipped.extend(beyond.into_iter().chain(self.spec.skipped()));
        Pages {
            first,
            below,
            skipped,
        }
    }

    fn overview(&self, groups: &[Group<'_, '_>]) -> Document {
        let root = self.spec.root;
        let mut sheet = Sheet::default();
        sheet.at(root.line);
        sheet.heading(1, &self.title, "", Vec::new());
        let info = root.get("info");
        if let Some(version) = info.and_then(|info| info.text_of("version")) {
            sheet.prose(&format!("Version {version}"));
        }
        if let Some(text) = info.and_then(|info| info.text_of("description")) {
            sheet.markdown(text, Headings::Under(1));
        }
        let older = self.older_server();
        if older.is_some() || !root.list_of("servers").is_empty() {
            sheet.heading(2, "Servers", "servers", Vec::new());
        }
        servers::list(&self.spec, root, &mut sheet);
        if let Some(server) = older {
            sheet.prose(&format!("- {server}"));
        }
        auth::list(&self.spec, &mut sheet);
        if !groups.is_empty() {
            sheet.heading(2, "Operations by group", "operations", Vec::new());
            for group in groups {
                let count = counted(group.operations.len(), "operation");
                let text = self
                    .text_of_group(group.name)
                    .map_or_else(String::new, |text| format!(" – {}", listed(text)));
                sheet.prose(&format!(
                    "- {}: {count}, page `{}`{text}",
                    one_line(group.name),
                    group.page
                ));
            }
        }
        self.topics(groups, &mut sheet);
        let url = root
            .get("externalDocs")
            .and_then(|docs| docs.text_of("url"));
        sheet.finish("", Kind::Guide, url)
    }

    /// Tells what the description says under the names of tags that no operation has: how to sign in, which limits there are.
    fn topics(&self, groups: &[Group<'_, '_>], sheet: &mut Sheet) {
        let used: HashSet<&str> = groups.iter().map(|group| group.name).collect();
        for tag in self.spec.root.list_of("tags") {
            let (Some(name), Some(text)) = (tag.text_of("name"), tag.text_of("description")) else {
                continue;
            };
            if !used.contains(one_line(name).as_str()) && !text.trim().is_empty() {
                sheet.at(tag.line);
                sheet.heading(2, name, "", Vec::new());
                sheet.markdown(text, Headings::Under(2));
            }
        }
    }

    /// Returns where an interface that Swagger 2 describes is reached.
    fn older_server(&self) -> Option<String> {
        let root = self.spec.root;
        let base = root.text_of("basePath");
        let Some(host) = root.text_of("host") else {
            return base.map(|base| format!("base path `{}`", one_line(base)));
        };
        let schemes = root.list_of("schemes").iter().filter_map(Node::text);
        let schemes: Vec<&str> = schemes.collect();
        let (first, others) = schemes.split_first().unwrap_or((&"https", &[]));
        let others = if others.is_empty() {
            String::new()
        } else {
            format!(", or with {}", one_line(&others.join(", ")))
        };
        let address = one_line(&format!("{host}{}", base.unwrap_or_default()));
        Some(format!("`{}://{address}`{others}", one_line(first)))
    }

    fn text_of_group(&self, name: &str) -> Option<&'a str> {
        let mut tags = self.spec.root.list_of("tags").iter();
        tags.find(|tag| tag.text_of("name") == Some(name))?
            .text_of("description")
    }

    fn group_page(&self, group: &Group<'_, '_>) -> Document {
        let mut sheet = Sheet::default();
        sheet.at(group
            .operations
            .first()
            .map_or(1, |(operation, _)| operation.node.line));
        sheet.heading(1, group.name, "operations", Vec::new());
        if let Some(text) = self.text_of_group(group.name) {
            sheet.markdown(text, Headings::Plain);
        }
        for (operation, path) in &group.operations {
            sheet.at(operation.node.line);
            sheet.prose(&format!(
                "- `{}` – {} (page `{path}`)",
                operation.request_line(),
                operation.title()
            ));
        }
        sheet.finish(&self.title, Kind::Meta, None)
    }
}

struct Group<'o, 'a> {
    name: &'o str,
    page: String,
    operations: Vec<(&'o Operation<'a>, String)>,
}

/// Returns the group of an operation: its first tag, or the first step of its path that says something.
fn group_of(node: &Node<'_>, path: &str) -> String {
    let tag = node.list_of("tags").first().and_then(Node::text);
    let tag = tag.map(one_line).filter(|tag| !tag.is_empty());
    tag.unwrap_or_else(|| {
        let says = |step: &&str| {
            let version = step.strip_prefix('v').unwrap_or(step);
            !step.starts_with('{')
                && *step != "api"
                && !version
                    .chars()
                    .all(|letter| letter.is_numeric() || letter == '.')
        };
        let step = path.split('/').find(says);
        step.map_or_else(|| "operations".to_owned(), one_line)
    })
}

#[cfg(test)]
mod tests;
