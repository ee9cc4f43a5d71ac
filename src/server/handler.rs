//! Our own methods: identity, the list of tools, and calls, each on a thread that may block and may fail.

use std::sync::Arc;
use std::time::Instant;

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
    CustomRequest, CustomResult, DiscoverResult, ErrorCode, JsonObject, ListToolsResult,
    MetaObject, PaginatedRequestParams, ServerConfig, SubscriptionFilter, Tool as Listed,
    ToolAnnotations,
};
use rmcp::service::{NotificationContext, RequestContext, RoleServer, SubscriptionContext};

use tokio::sync::Semaphore;

use super::fault::Fault;
use super::identity;
use crate::tools::{self, Answer, Engines, TOOLS, Tool, ToolError};
use crate::upstream::Vendors;

/// Milliseconds for which a client may keep the list of tools: an upgrade of the program changes it, and little else.
const LIST_FRESH_MS: u64 = 300_000;

/// Key of a result's `_meta` under which the facts of an answer stand.
const FACTS_KEY: &str = "mrconductor/facts";

/// The server as rmcp sees it. Cheap to clone: each era has one.
#[derive(Clone)]
pub(super) struct Handler {
    pub(super) engines: Arc<Engines>,
    pub(super) vendors: Option<Arc<dyn Vendors>>,
    pub(super) fault: Option<Fault>,
    /// One permit for each call that may run at once: a call that waits for its turn can be cancelled and leaves nothing.
    pub(super) turns: Arc<Semaphore>,
}

impl Handler {
    /// How long, and by whom, lists may be kept: those with vendors' tools change while we run.
    fn cache_hints(&self) -> (u64, CacheScope) {
        match self.vendors {
            None => (LIST_FRESH_MS, CacheScope::Public),
            Some(_) => (0, CacheScope::Private),
        }
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        identity::describe(self.vendors.is_some())
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let (fresh_ms, scope) = self.cache_hints();
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(fresh_ms)
            .with_cache_scope(scope))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = TOOLS.iter().map(|tool| listed(*tool)).collect();
        let list = ListToolsResult::with_all_items(tools);
        if !is_modern(&context) {
            return Ok(list);
        }
        let (fresh_ms, scope) = self.cache_hints();
        let mut list = list.with_ttl_ms(fresh_ms).with_cache_scope(scope);
        identity::sign(&mut list.meta);
        Ok(list)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = tools::find(&request.name) else {
            return Err(unknown_tool(&request.name));
        };
        let engines = Arc::clone(&self.engines);
        let arguments = request.arguments.unwrap_or_default();
        let fault = self.fault;
        let turn = tokio::select! {
            turn = Arc::clone(&self.turns).acquire_owned() => turn,
            // Nobody reads this: the shell says nothing after a cancel.
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("cancelled", None)),
        };
        let answered = tokio::task::spawn_blocking(move || {
            let answered = call(tool, &engines, arguments, fault);
            drop(turn);
            answered
        })
        .await;
        let mut result = match answered {
            Ok(Ok(answer)) => success(answer),
            Ok(Err(error)) => failure(&error),
            Err(crash) => {
                let panicked = crash.is_panic();
                tracing::error!(tool = tool.name(), panicked, "a tool did not return");
                failure(&ToolError::new(
                    format!("`{}` failed in a way it should not", tool.name()),
                    "this is a fault of mrconductor, not of the call: try other arguments, and report it with `mrconductor logs`",
                ))
            }
        };
        if is_modern(&context) {
            identity::sign(&mut result.meta);
        }
        Ok(result.into())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let message = format!("unknown method `{}`", request.method);
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None))
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        let mut accepted = SubscriptionFilter::default();
        accepted.tools_list_changed = requested
            .tools_list_changed
            .filter(|_| self.vendors.is_some());
        Some(accepted)
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let Some(mut changes) = self.vendors.as_ref().map(|vendors| vendors.on_change()) else {
            subscription.cancelled().await;
            return Ok(());
        };
        loop {
            tokio::select! {
                () = subscription.cancelled() => return Ok(()),
                changed = changes.changed() => {
                    let sink = subscription.sink();
                    if changed.is_err() || sink.notify_tool_list_changed().await.is_err() {
                        subscription.cancelled().await;
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        if let Some(peer) = context.peer.peer_info() {
            // A record may have to wait for the disk; answers must not.
            drop(tokio::task::spawn_blocking(move || {
                let client = &peer.client_info;
                let protocol = peer.protocol_version.as_str();
                tracing::info!(
                    client = client.name,
                    version = client.version,
                    protocol,
                    "a session is open"
                );
            }));
        }
        let Some(mut changes) = self.vendors.as_ref().map(|vendors| vendors.on_change()) else {
            return;
        };
        // A list that changed before the session was open is news as well: a client may have asked for it meanwhile.
        if *changes.borrow() > 0 {
            changes.mark_changed();
        }
        // Ends with the session: its peer then takes nothing more.
        while changes.changed().await.is_ok() {
            if context.peer.notify_tool_list_changed().await.is_err() {
                return;
            }
        }
    }
}

/// Calls `tool` on this thread, which may block, and notes how it went: never with what, nor what came of it.
fn call(
    tool: &dyn Tool,
    engines: &Engines,
    arguments: JsonObject,
    fault: Option<Fault>,
) -> Result<Answer, ToolError> {
    let start = Instant::now();
    super::fault::strike(fault);
    let outcome = tools::call(tool, engines, arguments);
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(tool = tool.name(), ms, failed = outcome.is_err(), "called");
    outcome
}

/// Tells whether the request is one of 2026-07-28 or later, which have no `initialize`.
fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| !version.has_initialize())
}

fn listed(tool: &'static dyn Tool) -> Listed {
    let annotations = ToolAnnotations::new()
        .read_only(tool.read_only())
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    Listed::new(tool.name(), tool.description(), tool.input_schema()).with_annotations(annotations)
}

fn unknown_tool(name: &str) -> ErrorData {
    let known = TOOLS.iter().map(|tool| tool.name());
    let hint = match tools::closest(name, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`tools/list` names the tools".to_owned(),
    };
    ErrorData::invalid_params(format!("unknown tool `{name}`\nhint: {hint}"), None)
}

fn success(answer: Answer) -> CallToolResult {
    let result = CallToolResult::success(vec![ContentBlock::text(answer.text)]);
    if answer.facts.is_empty() {
        return result;
    }
    let mut meta = JsonObject::new();
    meta.insert(FACTS_KEY.to_owned(), answer.facts.into());
    result.with_meta(Some(MetaObject::from(meta)))
}

fn failure(error: &ToolError) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(error.to_string())])
}
