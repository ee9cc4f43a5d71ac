//! `AsyncAPI` 2 and 3: a page for each operation with the messages it sends or receives, and for each schema worth one.

mod avro;

use super::Pages;
use super::interface::below::Below;
use super::interface::fields::{Limits, fields, list};
use super::interface::names::{self, PagePaths};
use super::interface::opening::Description;
use super::interface::spec::{Spec, TEXT_LETTERS_MAX, referred_name};
use super::interface::words::type_of;
use super::interface::{auth, example, schemas, servers};
use super::sheet::{Headings, Sheet, listed, one_line};
use super::tree::Node;
use crate::lookup::document::{Document, Kind};

/// `.json`, `.yaml` and `.yml` that say `asyncapi`.
pub(super) struct AsyncApi;

/// Messages of one operation that are told.
const MESSAGES_MAX: usize = 20;
/// Values of bindings that are told for one thing that has them.
const BINDINGS_MAX: usize = 60;
/// What is told of a message.
const MESSAGE: Limits = Limits {
    depth: 4,
    fields: 80,
    own_letters: TEXT_LETTERS_MAX,
    letters: 240,
};

impl Description for AsyncApi {
    const NAME: &'static str = "AsyncAPI";
    const TOP: &'static [&'static str] = &[
        "asyncapi",
        "channels",
        "components",
        "defaultContentType",
        "externalDocs",
        "id",
        "info",
        "operations",
        "servers",
        "tags",
    ];
    const MARKS: &'static [&'static str] = &["asyncapi"];

    fn pages(root: &Node<'_>) -> Pages {
        pages(&Spec::new(root))
    }
}

/// One operation: what is done, where, with which messages.
struct Operation<'a> {
    /// `send` or `receive`; in version 2 `publish` or `subscribe`.
    action: &'a str,
    id: Option<&'a str>,
    address: &'a str,
    node: &'a Node<'a>,
    channel: Option<&'a Node<'a>>,
    messages: Messages<'a>,
}

fn operations<'a>(spec: &Spec<'a>) -> Vec<Operation<'a>> {
    let mut all = Vec::new();
    for (address, channel) in spec.root.map_of("channels") {
        let channel = spec.resolved(channel);
        for action in ["publish", "subscribe"] {
            if let Some(node) = channel.get(action) {
                all.push(Operation {
                    action,
                    id: node.text_of("operationId"),
                    address,
                    node,
                    channel: Some(channel),
                    messages: Messages::of_2(spec, node),
                });
            }
        }
    }
    for (id, node) in spec.root.map_of("operations") {
        let node = spec.resolved(node);
        let channel = node.get("channel").map(|channel| spec.resolved(channel));
        let name = node
            .get("channel")
            .and_then(|channel| name_in(spec, channel));
        let address = channel.and_then(|channel| channel.text_of("address"));
        all.push(Operation {
            action: node.text_of("action").unwrap_or("send"),
            id: Some(id),
            address: address.or(name).unwrap_or_default(),
            node,
            channel,
            messages: Messages::of_3(node, channel),
        });
    }
    all
}

/// Returns the key under which the channel that `node` refers to stands.
fn name_in<'a>(spec: &Spec<'a>, node: &'a Node<'a>) -> Option<&'a str> {
    let target = spec.resolved(node);
    let mut channels = spec.root.map_of("channels").iter();
    channels
        .find(|(_, channel)| std::ptr::eq(channel, target))
        .map(|(name, _)| name.as_ref())
}

/// Messages that are told. Thousands of operations can share the messages of one channel, so no more are kept for each.
#[derive(Default)]
struct Messages<'a> {
    first: Vec<&'a Node<'a>>,
    /// How many more there are.
    more: usize,
}

impl<'a> Messages<'a> {
    fn of(all: impl ExactSizeIterator<Item = &'a Node<'a>>) -> Self {
        Self {
            more: all.len().saturating_sub(MESSAGES_MAX),
            first: all.take(MESSAGES_MAX).collect(),
        }
    }

    /// Those of the operation `node` of version 2.
    fn of_2(spec: &Spec<'a>, node: &'a Node<'a>) -> Self {
        let Some(message) = node.get("message") else {
            return Self::default();
        };
        let several = spec.resolved(message).list_of("oneOf");
        if several.is_empty() {
            Self::of(std::iter::once(message))
        } else {
            Self::of(several.iter())
        }
    }

    /// Those that `node` of version 3 names, or all of its channel.
    fn of_3(node: &'a Node<'a>, channel: Option<&'a Node<'a>>) -> Self {
        let own = node.list_of("messages");
        if !own.is_empty() {
            return Self::of(own.iter());
        }
        let all = channel.map(|channel| channel.map_of("messages"));
        Self::of(all.unwrap_or_default().iter().map(|(_, node)| node))
    }

    fn tell(&self, spec: &Spec<'a>, sheet: &mut Sheet) {
        for message in &self.first {
            tell_message(spec, message, sheet);
        }
        spec.tell_more(sheet, "- ", "message", self.more);
    }
}

fn pages(spec: &Spec<'_>) -> Pages {
    let root = spec.root;
    let info = root.get("info");
    let title = info
        .and_then(|info| info.text_of("title"))
        .map_or_else(|| "API".to_owned(), one_line);
    let mut paths = PagePaths::default();
    let mut overview = Sheet::default();
    overview.at(root.line);
    overview.heading(1, &title, "", Vec::new());
    if let Some(text) = info.and_then(|info| info.text_of("description")) {
        overview.markdown(text, Headings::Under(1));
    }
    if !root.map_of("servers").is_empty() {
        overview.heading(2, "Servers", "servers", Vec::new());
    }
    for (name, server) in root.map_of("servers") {
        tell_server(spec, name, spec.resolved(server), &mut overview);
    }
    auth::list(spec, &mut overview);
    overview.heading(2, "Operations", "operations", Vec::new());
    let mut below = Below::default();
    let mut operations = operations(spec);
    below.take_operations(&mut operations);
    for operation in operations {
        let wanted = operation.id.map_or_else(
            || format!("{}/{}", operation.action, operation.address),
            str::to_owned,
        );
        let path = paths.give(&wanted);
        overview.at(operation.node.line);
        overview.prose(&format!(
            "- `{}` – {} (page `{path}`)",
            operation.line(),
            operation.title()
        ));
        below.put(path, || operation.page(spec, &title));
    }
    schemas::pages(spec, &title, &mut paths, &mut below);
    let (below, beyond) = below.done();
    Pages {
        first: overview.finish("", Kind::Guide, None),
        below,
        skipped: spec.skipped().into_iter().chain(beyond).collect(),
    }
}

fn tell_server<'a>(spec: &Spec<'a>, name: &str, server: &'a Node<'a>, sheet: &mut Sheet) {
    let place = server
        .text_of("url")
        .or_else(|| server.text_of("host"))
        .unwrap_or_default();
    let path = server.text_of("pathname").unwrap_or_default();
    let protocol = server.text_of("protocol").unwrap_or_default();
    sheet.prose(&format!(
        "- {name}: `{}` ({protocol}){}",
        one_line(&format!("{place}{path}")),
        spec.behind(server)
    ));
    servers::variables(spec, server, sheet);
    if let Some(demanded) = auth::demanded_of(spec, server) {
        sheet.prose_indented("  - ", &format!("Authorization: {demanded}"));
    }
    tell_bindings(spec, server, "  - ", sheet);
}

/// Writes what a protocol has to be told, as it stands: each protocol has its own words for it.
fn tell_bindings<'a>(spec: &Spec<'a>, node: &'a Node<'a>, mark: &str, sheet: &mut Sheet) {
    let Some(bindings) = node.get("bindings") else {
        return;
    };
    let mut lines = Vec::new();
    flatten(spec, spec.resolved(bindings), "", &mut lines);
    let more = lines.len().saturating_sub(BINDINGS_MAX);
    for line in lines.iter().take(BINDINGS_MAX) {
        sheet.prose_indented(mark, &format!("binding {line}"));
    }
    spec.tell_more(sheet, mark, "binding", more);
}

/// Collects the values in `node`, each with its path, references as they stand; trees have a limit of depth.
fn flatten(spec: &Spec<'_>, node: &Node<'_>, path: &str, lines: &mut Vec<String>) {
    if let Some(text) = node.text() {
        lines.push(format!("`{path}`: {}", spec.text(text)));
        return;
    }
    for item in node.items() {
        flatten(spec, item, &format!("{path}[]"), lines);
    }
    for (name, member) in node.entries() {
        let dot = if path.is_empty() { "" } else { "." };
        flatten(
            spec,
            member,
            &format!("{path}{dot}{}", one_line(name)),
            lines,
        );
    }
}

impl<'a> Operation<'a> {
    fn line(&self) -> String {
        format!("{} {}", self.action.to_uppercase(), one_line(self.address))
    }

    fn title(&self) -> String {
        let told = self
            .node
            .text_of("summary")
            .or_else(|| self.node.text_of("title"));
        told.or(self.id).map_or_else(|| self.line(), listed)
    }

    fn page(&self, spec: &Spec<'a>, api: &str) -> Document {
        let mut sheet = Sheet::default();
        sheet.at(self.node.line);
        let mut code = vec![self.line(), self.address.to_owned()];
        code.extend(self.id.into_iter().flat_map(names::of_operation));
        sheet.heading(1, &self.title(), self.action, code);
        let id = self
            .id
            .map_or_else(String::new, |id| format!(" · `{}`", one_line(id)));
        sheet.prose(&format!("`{}`{id}", self.line()));
        for node in [Some(self.node), self.channel].into_iter().flatten() {
            if let Some(text) = node.text_of("description") {
                sheet.markdown(text, Headings::Plain);
            }
        }
        let parameters = self
            .channel
            .map(|channel| channel.map_of("parameters"))
            .unwrap_or_default();
        if !parameters.is_empty() {
            sheet.label("Parameters:");
        }
        for (name, parameter) in parameters {
            let parameter = spec.resolved(parameter);
            let kind = parameter
                .get("schema")
                .map_or_else(|| "string".to_owned(), |schema| type_of(spec, schema));
            sheet.prose(&format!(
                "- `{}`: {kind}{}",
                one_line(name),
                spec.behind(parameter)
            ));
        }
        for node in [Some(self.node), self.channel].into_iter().flatten() {
            tell_bindings(spec, node, "- ", &mut sheet);
        }
        if let Some(demanded) = auth::demanded_of(spec, self.node) {
            sheet.prose(&format!("Authorization: {demanded}"));
        }
        if let Some(reply) = self.node.get("reply") {
            tell_reply(spec, spec.resolved(reply), &mut sheet);
        }
        self.messages.tell(spec, &mut sheet);
        sheet.finish(
            &format!("{api} › {}", one_line(self.address)),
            Kind::Operation,
            None,
        )
    }
}

fn tell_message<'a>(spec: &Spec<'a>, node: &'a Node<'a>, sheet: &mut Sheet) {
    let message = spec.resolved(node);
    let name = message
        .text_of("name")
        .map(str::to_owned)
        .or_else(|| referred_name(node));
    let name = name.map_or_else(String::new, |name| format!(" `{}`", one_line(&name)));
    let media = message
        .text_of("contentType")
        .map_or_else(String::new, |media| format!(" as `{}`", one_line(media)));
    let text = message
        .text_of("title")
        .map_or_else(String::new, |title| format!(" – {}", listed(title)));
    sheet.label(&format!(
        "Message{name}{media}{text}{}",
        spec.behind(message)
    ));
    for (key, words) in [("headers", "Headers"), ("payload", "Payload")] {
        let Some(schema) = message.get(key) else {
            continue;
        };
        // Version 3 can say in which language the schema is written.
        let schema = spec.resolved(schema).get("schema").unwrap_or(schema);
        if avro::is_record(schema) {
            avro::tell(spec, schema, words, sheet);
            continue;
        }
        sheet.prose(&format!("{words}: {}", type_of(spec, schema)));
        list(sheet, "- ", &fields(spec, schema, MESSAGE));
    }
    if let Some(correlation) = message.get("correlationId") {
        let correlation = spec.resolved(correlation);
        let place = correlation.text_of("location").map(one_line);
        let place = place.map_or_else(String::new, |place| format!(" in `{place}`"));
        sheet.prose(&format!(
            "Correlation id{place}{}",
            spec.behind(correlation)
        ));
    }
    tell_bindings(spec, message, "- ", sheet);
    let written = example::written(spec, message).into_iter();
    let written = written.map(|(name, value)| {
        let text = value.text_of("name").or_else(|| value.text_of("summary"));
        (format!("{name}{}", spec.dashed(text)), value)
    });
    example::tell(spec, "Example", "", written, &mut 0, sheet);
}

/// Tells where an answer goes, and what it may be.
fn tell_reply<'a>(spec: &Spec<'a>, reply: &'a Node<'a>, sheet: &mut Sheet) {
    let channel = reply.get("channel");
    let target = channel.map(|channel| spec.resolved(channel));
    let address = target.and_then(|channel| channel.text_of("address"));
    let name = channel.and_then(|channel| name_in(spec, channel));
    let to = address.or(name).map(one_line);
    let to = to.map_or_else(String::new, |to| format!(" to `{to}`"));
    let place = reply.get("address").map(|address| spec.resolved(address));
    let place = place.map_or_else(String::new, |address| {
        let place = address.text_of("location").map(one_line);
        let place = place.map_or_else(String::new, |place| format!(", address in `{place}`"));
        format!("{place}{}", spec.behind(address))
    });
    sheet.label(&format!("Reply{to}{place}"));
    Messages::of_3(reply, target).tell(spec, sheet);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lookup::format::{Format as _, Unread};

    const TWO: &str = "
asyncapi: 2.6.0
info: {title: Harbour, description: Signals.}
servers: {sea: {url: 'mqtt://sea.example', protocol: mqtt}}
channels:
  ships/{ship}/moved:
    parameters:
      ship: {description: Which one., schema: {type: integer}}
    subscribe:
      operationId: onMoved
      summary: A ship moved.
      message:
        oneOf: [{$ref: '#/components/messages/Moved'}, {payload: {type: string}}]
components:
  messages:
    Moved:
      contentType: application/json
      payload: {type: object, required: [to], properties: {to: {$ref: '#/components/schemas/Place'}}}
  schemas:
    Place: {type: object, properties: {east: {type: number}, north: {type: number}, name: {type: string}}}
";
    const THREE: &str = "
asyncapi: 3.0.0
info: {title: Lamp}
channels:
  light:
    address: 'lamp/{id}/light'
    messages: {on: {payload: {properties: {bright: {type: integer}}}}}
operations:
  turnOn: {action: send, channel: {$ref: '#/channels/light'}, summary: Lights the lamp.}
";

    #[test]
    fn operations_of_both_versions_are_pages_with_their_messages() {
        let pages = AsyncApi.read(TWO.as_bytes()).unwrap();
        let (path, page) = &pages.below[0];
        assert_eq!(path, "onMoved");
        assert_eq!(
            page.text,
            "# A ship moved.\n\n`SUBSCRIBE ships/{ship}/moved` · `onMoved`\n\nParameters:\n- `ship`: integer – Which one.\n\n\
             Message `Moved` as `application/json`\nPayload: object\n- `to`: Place, required\n- `to.east`: number\n- `to.north`: number\n\
             - `to.name`: string\n\nMessage\nPayload: string\n"
        );
        assert_eq!(pages.below[1].0, "schemas/Place");
        assert!(
            pages
                .first
                .text
                .contains("- sea: `mqtt://sea.example` (mqtt)\n"),
            "{}",
            pages.first.text
        );
        let pages = AsyncApi.read(THREE.as_bytes()).unwrap();
        let (path, page) = &pages.below[0];
        assert_eq!(path, "turnOn");
        for part in [
            "# Lights the lamp.\n",
            "`SEND lamp/{id}/light` · `turnOn`\n",
            "- `bright`: integer\n",
        ] {
            assert!(page.text.contains(part), "{part}\n{}", page.text);
        }
        assert_eq!(AsyncApi.read(b"openapi: 3.0.0\n"), Err(Unread::Foreign));
    }

    #[test]
    fn what_a_protocol_and_an_answer_need_is_told() {
        let text = "
asyncapi: 3.0.0
info: {title: Lamp}
servers:
  prod: {host: 'broker:{port}', protocol: kafka, variables: {port: {default: '18092', description: Its port.}}, security: [{$ref: '#/components/securitySchemes/sasl'}]}
channels:
  light:
    address: light
    bindings: {kafka: {partitions: 20}}
    messages:
      on:
        correlationId: {location: '$message.header#/corr'}
        payload: {schemaFormat: 'application/vnd.apache.avro', schema: {type: record, name: On, fields: [{name: nick, type: ['null', string], doc: The name.}, {name: at, type: {type: record, name: Place, fields: [{name: east, type: int}]}}]}}
        examples: [{payload: {nick: zebra}}]
operations:
  turnOn: {action: send, channel: {$ref: '#/channels/light'}, reply: {channel: {$ref: '#/channels/light'}}, bindings: {kafka: {groupId: {enum: [g1]}}}}
components: {securitySchemes: {sasl: {type: scramSha256, description: Provide user}}}
";
        let pages = AsyncApi.read(text.as_bytes()).unwrap();
        let first = &pages.first.text;
        for part in [
            "  - `port`: string, default `18092` – Its port.\n",
            "  - Authorization: `scramSha256` (`sasl`)\n",
        ] {
            assert!(first.contains(part), "{part}\n{first}");
        }
        let page = &pages.below[0].1.text;
        for part in [
            "- binding `kafka.groupId.enum[]`: g1\n- binding `kafka.partitions`: 20\n",
            "Reply to `light`\n",
            "Payload: Avro record On\n- `nick`: null or string – The name.\n- `at`: Place\n- `at.east`: int\n",
            "Correlation id in `$message.header#/corr`\n",
            "\"nick\": \"zebra\"",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn messages_of_a_channel_that_many_operations_share_are_kept_up_to_the_limit() {
        let many = |word: &str, value: &str| {
            let all: Vec<String> = (0..100).map(|at| format!("{word}{at}: {value}")).collect();
            all.join(", ")
        };
        let messages = many("m", "{payload: {type: string}}");
        let calls = many("o", "{action: send, channel: {$ref: '#/channels/c'}}");
        let text = format!(
            "asyncapi: 3.0.0\nchannels: {{c: {{messages: {{{messages}}}}}}}\noperations: {{{calls}}}\n"
        );
        let tree = crate::lookup::format::tree::read(&text).unwrap();
        let all = operations(&Spec::new(&tree.root));
        assert_eq!(all.len(), 100);
        for operation in all {
            let messages = operation.messages;
            assert_eq!((messages.first.len(), messages.more), (MESSAGES_MAX, 80));
        }
    }

    #[test]
    fn pages_have_a_limit_of_bytes() {
        let text = "a line of text\\n".repeat(100_000);
        let calls = (0..40)
            .map(|at| format!("  o{at}: {{action: send, channel: {{$ref: '#/channels/c'}}}}\n"));
        let text = format!(
            "asyncapi: 3.0.0\nchannels: {{c: {{description: \"{text}\"}}}}\noperations:\n{}",
            calls.collect::<String>()
        );
        let pages = AsyncApi.read(text.as_bytes()).unwrap();
        let told = pages.skipped.concat();
        assert!(told.contains("what is beyond 32 MiB of pages"), "{told}");
        assert!(pages.below.len() < 40, "{}", pages.below.len());
    }

    proptest! {
        #[test]
        fn any_description_is_read_or_refused(at in 0usize..800, new in "[a-z{}\\[\\]:,'$# \n]{0,9}", three in any::<bool>()) {
            let mut text = if three { THREE } else { TWO }.to_owned();
            let at = at.min(text.len());
            let end = (at + new.len()).min(text.len());
            text.replace_range(at..end, &new);
            drop(AsyncApi.read(text.as_bytes()));
        }
    }
}
