//! The page of one operation: what it does, what goes in, what comes out, who may call it, and an example.

use serde_json::Value as Json;

use crate::lookup::document::{Document, Kind};
use crate::lookup::format::interface::fields::{Limits, fields, list};
use crate::lookup::format::interface::spec::{Spec, TEXT_LETTERS_MAX};
use crate::lookup::format::interface::words::{described, examples, text_of, type_of, typed};
use crate::lookup::format::interface::{auth, example, names, rules, servers};
use crate::lookup::format::sheet::{Headings, Sheet, one_line, short};
use crate::lookup::format::tree::Node;
use crate::lookup::passage::letter_start;

/// Letters of a summary that is a title: a longer one is a description.
const TITLE_LETTERS_MAX: usize = 120;
/// Bytes of the longest description of an operation: a manual belongs elsewhere.
const DESCRIPTION_BYTES_MAX: usize = 16 << 10;
/// Parameters that are listed.
const PARAMETERS_MAX: usize = 150;
/// Parameters that are looked at: which of them replace others takes time with their square.
const PARAMETERS_READ_MAX: usize = 2_000;

/// What is told of a body that is sent: all of it, for it has to be written.
pub(super) const SENT: Limits = Limits {
    depth: 4,
    fields: 120,
    own_letters: TEXT_LETTERS_MAX,
    letters: 240,
};
/// Method of a call that comes in.
pub(super) const WEBHOOK: &str = "WEBHOOK";

/// One operation of a description.
pub(super) struct Operation<'a> {
    /// In capitals; [`WEBHOOK`] for a call that comes in.
    pub(super) method: String,
    pub(super) path: &'a str,
    pub(super) node: &'a Node<'a>,
    /// What its path has for all its operations.
    pub(super) shared: &'a Node<'a>,
    /// The group it is listed in.
    pub(super) group: String,
}

impl<'a> Operation<'a> {
    /// Returns the method and path: `GET /pets/{id}`.
    pub(super) fn request_line(&self) -> String {
        format!("{} {}", self.method, one_line(self.path))
    }

    /// Returns the name that clients are generated with.
    pub(super) fn id(&self) -> Option<&'a str> {
        self.node.text_of("operationId")
    }

    /// Returns what people call it.
    pub(super) fn title(&self) -> String {
        let fits = |text: &&str| text.chars().count() <= TITLE_LETTERS_MAX && !text.contains('\n');
        let own = self
            .node
            .text_of("summary")
            .or_else(|| self.shared.text_of("summary"));
        let title = own.filter(fits).or_else(|| {
            let first = self.node.text_of("description")?.lines().next()?;
            let sentence = first_sentence(first);
            [first, sentence].into_iter().find(fits)
        });
        let title = title.map(|title| one_line(title).trim_end_matches('.').to_owned());
        title
            .filter(|title| !title.is_empty())
            .or_else(|| self.id().map(one_line))
            .unwrap_or_else(|| self.request_line())
    }

    /// Returns the page of the operation in the API called `api`.
    pub(super) fn page(&self, spec: &Spec<'a>, api: &str) -> Document {
        let mut sheet = Sheet::default();
        sheet.at(self.node.line);
        let mut code = vec![self.request_line()];
        code.extend(self.id().into_iter().flat_map(names::of_operation));
        sheet.heading(1, &self.title(), &self.method.to_lowercase(), code);
        let id = self
            .id()
            .map_or_else(String::new, |id| format!(" · `{}`", one_line(id)));
        let deprecated = if self.node.is("deprecated") {
            " · deprecated"
        } else {
            ""
        };
        let verbs = names::verbs(&self.method, self.path)
            .map_or_else(String::new, |verbs| format!(" · {verbs}"));
        sheet.prose(&format!("`{}`{id}{verbs}{deprecated}", self.request_line()));
        self.description(spec, &mut sheet);
        let takes = ["parameters", "requestBody"];
        if takes
            .iter()
            .any(|key| self.node.get(key).or(self.shared.get(key)).is_some())
        {
            // What it is for is a section by itself where it says enough: members of a body bury it.
            sheet.heading(2, "Request", "request", Vec::new());
        }
        let sent = self.parameters(spec, &mut sheet);
        let body = self.body(spec, &mut sheet);
        self.responses(spec, &mut sheet);
        self.callbacks(spec, &mut sheet);
        if let Some(demanded) = auth::demanded(spec, self.node) {
            sheet.label(&format!("Authorization: {demanded}"));
        }
        for holder in [self.shared, self.node] {
            if !holder.list_of("servers").is_empty() {
                sheet.label("Servers of its own:");
                servers::list(spec, holder, &mut sheet);
            }
        }
        self.example(&mut sheet, &sent, body.as_ref());
        self.other_examples(spec, &mut sheet);
        self.answers(spec, &mut sheet);
        let url = self
            .node
            .get("externalDocs")
            .and_then(|docs| docs.text_of("url"));
        let kind = if self.method == WEBHOOK {
            Kind::Data
        } else {
            Kind::Operation
        };
        sheet.finish(&format!("{api} › {}", self.group), kind, url)
    }

    /// Tells what it does; what became the title, or is told already, is not told again.
    fn description(&self, spec: &Spec<'a>, sheet: &mut Sheet) {
        let mut told = vec![self.title()];
        let texts = ["summary", "description"]
            .into_iter()
            .flat_map(|key| [self.node.text_of(key), self.shared.text_of(key)]);
        for text in texts.flatten() {
            let end = letter_start(text, DESCRIPTION_BYTES_MAX);
            let begin = text.get(..end).unwrap_or_default();
            let line = one_line(begin).trim_end_matches('.').to_owned();
            if told.contains(&line) {
                continue;
            }
            told.push(line);
            if end < text.len() {
                spec.cut(text);
            }
            sheet.markdown(begin, Headings::Plain);
            if end < text.len() {
                sheet.prose("… and more, which is left out here");
            }
        }
    }

    /// Every parameter, those of the path first; one that the operation gives again replaces the shared one.
    fn all_parameters(&self, spec: &Spec<'a>) -> Vec<(&'a Node<'a>, &'a Node<'a>)> {
        let mut all: Vec<(&Node<'a>, &Node<'a>)> = Vec::new();
        let given = [self.shared, self.node]
            .into_iter()
            .flat_map(|node| node.list_of("parameters"));
        for node in given.take(PARAMETERS_READ_MAX) {
            let parameter = spec.resolved(node);
            let key = |node: &Node<'_>| {
                (
                    node.text_of("name").map(str::to_owned),
                    node.text_of("in").map(str::to_owned),
                )
            };
            all.retain(|(_, known)| key(known) != key(parameter));
            all.push((node, parameter));
        }
        all
    }

    /// Lists the parameters; returns what an example needs of them.
    fn parameters(&self, spec: &Spec<'a>, sheet: &mut Sheet) -> Sent {
        let mut sent = Sent::default();
        let mut all = self.all_parameters(spec);
        all.retain(|(_, parameter)| {
            parameter.text_of("in") != Some("body") && parameter.text_of("name").is_some()
        });
        if !all.is_empty() {
            sheet.label("Parameters:");
        }
        let more = all.len().saturating_sub(PARAMETERS_MAX);
        for (node, parameter) in all.into_iter().take(PARAMETERS_MAX) {
            let place = parameter.text_of("in").unwrap_or("query");
            let name = parameter.text_of("name").map(one_line).unwrap_or_default();
            let content = parameter
                .map_of("content")
                .first()
                .and_then(|(_, media)| media.get("schema"));
            let schema = parameter.get("schema").or(content).unwrap_or(parameter);
            let required = parameter.is("required");
            let words = if std::ptr::eq(schema, parameter) {
                described(spec, schema, required)
            } else {
                told_parameter(spec, parameter, schema, required)
            };
            sheet.at(node.line);
            sheet.item("- ", &format!("`{name}` in {place}: {words}"));
            list(sheet, "  - ", &fields(spec, schema, SENT));
            let value =
                example::given(spec, parameter).unwrap_or_else(|| example::built(spec, schema));
            match place {
                "path" => sent.path.push((name, value)),
                "query" if required => sent.query.push((name, value)),
                "formData" => {
                    let is_file = schema.text_of("type") == Some("file");
                    sent.form.push((name, required, is_file));
                }
                _ => {}
            }
        }
        spec.tell_more(sheet, "- ", "parameter", more);
        sent
    }

    /// Returns the body that is sent: of newer descriptions in `requestBody`, of older ones a parameter.
    fn sent_body(&self, spec: &Spec<'a>) -> Option<Body<'a>> {
        if let Some(node) = self.node.get("requestBody") {
            let described = spec.resolved(node);
            let (media, holder) = preferred(described.map_of("content"))?;
            return Some(Body {
                media,
                holder,
                described,
                line: node.line,
            });
        }
        let mut all = self.all_parameters(spec).into_iter();
        let (node, body) = all.find(|(_, parameter)| parameter.text_of("in") == Some("body"))?;
        let consumes = self.node.get("consumes");
        let consumes = consumes.or_else(|| spec.root.get("consumes"));
        let media = consumes.and_then(|list| list.items().first()?.text());
        Some(Body {
            media: media.unwrap_or("application/json"),
            holder: body,
            described: body,
            line: node.line,
        })
    }

    /// Tells of the body that is sent; returns its media type and an example of it.
    fn body(&self, spec: &Spec<'a>, sheet: &mut Sheet) -> Option<(String, Json)> {
        let Body {
            media,
            holder,
            described,
            line,
        } = self.sent_body(spec)?;
        sheet.at(line);
        let schema = holder.get("schema");
        let kind = schema.map_or_else(|| "any".to_owned(), |schema| type_of(spec, schema));
        let required = if described.is("required") {
            ", required"
        } else {
            ""
        };
        let text = spec.dashed(described.text_of("description"));
        let demands = schema.map(|schema| rules::traits(spec, spec.resolved(schema)));
        let demands = rules::listed(&demands.unwrap_or_default());
        sheet.label(&format!(
            "Request body: {kind} as `{media}`{required}{demands}{text}"
        ));
        if let Some(schema) = schema {
            list(sheet, "- ", &fields(spec, schema, SENT));
        }
        if let Some(node) = self.node.get("requestBody") {
            for (other, holder) in spec.resolved(node).map_of("content") {
                if other != media {
                    told_medium(spec, other, holder, schema, sheet);
                }
            }
        }
        let example = example::given(spec, holder)
            .or_else(|| schema.map(|schema| example::built(spec, schema)))?;
        Some((one_line(media), example))
    }

    /// Shows the examples of the body beside the first, which [`Operation::example`] shows as it is sent.
    fn other_examples(&self, spec: &Spec<'a>, sheet: &mut Sheet) {
        let Some(body) = self.node.get("requestBody") else {
            return;
        };
        let contents = spec.resolved(body).map_of("content");
        let first = preferred(contents).map(|(media, _)| media);
        let mut shown = 0;
        for (media, holder) in contents {
            let is_first = first.is_some_and(|first| first == media);
            let all = example::written(spec, holder);
            if let Some((name, _)) = all.first().filter(|(name, _)| is_first && !name.is_empty()) {
                sheet.prose(&format!("That is{name}"));
            }
            let words = if is_first {
                "Or".to_owned()
            } else {
                format!("As `{}`", one_line(media))
            };
            let others = all.into_iter().skip(usize::from(is_first));
            example::tell(spec, &words, ", for example", others, &mut shown, sheet);
        }
    }

    fn example(&self, sheet: &mut Sheet, sent: &Sent, body: Option<&(String, Json)>) {
        let plain = |value: &Json| match value {
            Json::String(text) => Some(one_line(text)),
            Json::Number(number) => Some(number.to_string()),
            Json::Bool(word) => Some(word.to_string()),
            _ => None,
        };
        let mut path = self.path.to_owned();
        for (name, value) in &sent.path {
            if let Some(value) = plain(value).filter(|value| value != "text" && !value.is_empty()) {
                path = path.replace(&format!("{{{name}}}"), &value);
            }
        }
        let query: Vec<String> = sent
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", plain(value).unwrap_or_default()))
            .collect();
        let form: Vec<String> = sent
            .form
            .iter()
            .filter(|(_, required, _)| *required)
            .map(|(name, _, is_file)| format!("{name}={}", if *is_file { "@file" } else { "…" }))
            .collect();
        let body = body.and_then(|(media, body)| {
            let parts = if media.contains("form") {
                example::parts(body)
            } else {
                Vec::new()
            };
            let shown = if parts.is_empty() {
                example::shown(body)?
            } else {
                parts.join(joint(media))
            };
            Some((media.as_str(), shown))
        });
        let same = path == self.path && query.is_empty() && form.is_empty();
        if body.is_none() && same || self.method == WEBHOOK && body.is_none() {
            return;
        }
        let mark = if query.is_empty() { "" } else { "?" };
        let mut lines = format!("{} {path}{mark}{}", self.method, query.join("&"));
        if let Some((media, body)) = body {
            lines.extend(["\nContent-Type: ", media, "\n\n", &body]);
        } else if !form.is_empty() {
            let is_file = sent.form.iter().any(|(_, _, is_file)| *is_file);
            let media = if is_file {
                "multipart/form-data"
            } else {
                "application/x-www-form-urlencoded"
            };
            lines.extend(["\nContent-Type: ", media, "\n\n", &form.join(joint(media))]);
        }
        sheet.label("Example:");
        sheet.code("http", &lines);
    }
}

/// Returns the first sentence of `line`: up to a full stop with the beginning of another behind it.
fn first_sentence(line: &str) -> &str {
    let mut stops = line.match_indices(". ");
    let end = stops.find(|(at, stop)| {
        let (before, behind) = line.split_at(*at);
        let behind = behind.get(stop.len()..).unwrap_or_default().trim_start();
        let is_begun = behind.starts_with(|letter: char| letter.is_uppercase() || letter == '`');
        // `e.g. One`.
        let is_whole = before
            .rsplit(' ')
            .next()
            .is_some_and(|word| !word.contains('.'));
        is_begun && is_whole
    });
    end.map_or(line, |(at, _)| line.get(..=at).unwrap_or(line))
}

/// Tells of another type of media that a body may have, and of its members where they are others than those of `told`.
fn told_medium<'a>(
    spec: &Spec<'a>,
    media: &str,
    holder: &'a Node<'a>,
    told: Option<&'a Node<'a>>,
    sheet: &mut Sheet,
) {
    let schema = holder.get("schema");
    let kind = schema.map_or_else(String::new, |schema| format!(": {}", type_of(spec, schema)));
    sheet.prose(&format!("Or as `{}`{kind}", one_line(media)));
    let is_told = |schema: &'a Node<'a>| {
        told.is_some_and(|told| std::ptr::eq(spec.resolved(told), spec.resolved(schema)))
    };
    if let Some(schema) = schema.filter(|schema| !is_told(schema)) {
        list(sheet, "- ", &fields(spec, schema, SENT));
    }
}

/// Returns what stands between the parts of a form.
fn joint(media: &str) -> &'static str {
    if media.contains("urlencoded") {
        "&"
    } else {
        "\n"
    }
}

/// Returns what is said of `parameter` and of `schema`, its values, on one line.
fn told_parameter<'a>(
    spec: &Spec<'a>,
    parameter: &'a Node<'a>,
    schema: &'a Node<'a>,
    required: bool,
) -> String {
    let mut words = typed(spec, schema, required);
    if parameter.is("deprecated") && !words.contains("deprecated") {
        words.push_str(", deprecated");
    }
    if let Some(examples) = examples(spec, parameter).filter(|told| !words.contains(told)) {
        words = format!("{words}, {examples}");
    }
    let own = parameter.text_of("description");
    let of_values = schema.text_of("description").filter(|text| {
        own.is_none_or(|own| short(own, TEXT_LETTERS_MAX) != short(text, TEXT_LETTERS_MAX))
    });
    let texts: Vec<String> = own
        .into_iter()
        .chain(of_values)
        .map(|text| spec.text(text))
        .collect();
    match (texts.is_empty(), text_of(spec, schema)) {
        (false, _) => format!("{words} – {}", texts.join(" ")),
        (true, Some(text)) => format!("{words} – {}", spec.text(text)),
        (true, None) => words,
    }
}

/// The body that an operation sends.
struct Body<'a> {
    /// The type of media that is told first.
    media: &'a str,
    /// What has its schema and examples.
    holder: &'a Node<'a>,
    /// What says of it whether it is required, and what it is.
    described: &'a Node<'a>,
    line: u32,
}

/// What an example needs of the parameters.
#[derive(Default)]
struct Sent {
    path: Vec<(String, Json)>,
    query: Vec<(String, Json)>,
    /// With whether it is required, and whether it is a file.
    form: Vec<(String, bool, bool)>,
}

/// Returns the media type to tell of: JSON before others.
pub(super) fn preferred<'a>(
    content: &'a [(std::borrow::Cow<'a, str>, Node<'a>)],
) -> Option<(&'a str, &'a Node<'a>)> {
    content
        .iter()
        .find(|(media, _)| media.contains("json"))
        .or(content.first())
        .map(|(media, node)| (media.as_ref(), node))
}
