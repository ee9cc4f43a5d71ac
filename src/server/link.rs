//! The typed side: rmcp answers our own methods, over queues in memory instead of pipes.
//!
//! Every message in either direction passes [`Exchange`], which owns what rmcp leaves open: the client's ids, vendors'
//! tools in the list, and silence after a cancel.

use std::convert::Infallible;
use std::sync::Arc;

use rmcp::model::{
    ClientJsonRpcMessage, GetMeta as _, RequestId, ServerJsonRpcMessage, ServerResult,
};
use rmcp::service::RoleServer;
use rmcp::transport::Transport;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::id::Id;
use super::output::Output;
use super::pending::{Pending, Ticket};
use super::reply;
use crate::upstream::Vendors;

/// Messages on their way to one rmcp service: it takes them up at once, so a few are enough.
pub(super) const INBOUND_MESSAGES_MAX: usize = 64;

/// The way to one rmcp service.
pub(super) type Inbound = mpsc::Sender<ClientJsonRpcMessage>;

/// Who works on a request.
#[derive(Debug, Clone)]
pub(super) enum Worker {
    /// An rmcp service: it is told of a cancel by a message.
    Service(Inbound),
    /// The relay to a vendor.
    Vendor(CancellationToken),
}

/// Where answers meet the ids they belong to. Cheap to clone.
#[derive(Clone)]
pub(super) struct Exchange {
    pub(super) output: Output,
    pub(super) pending: Arc<Pending<Worker>>,
    pub(super) vendors: Option<Arc<dyn Vendors>>,
}

impl Exchange {
    /// Answers `ticket` with a result that is JSON already, unless it was cancelled.
    pub(super) async fn answer(&self, ticket: Ticket, result: &str) {
        if let Some(leaving) = self.pending.answer(ticket) {
            self.output.send(reply::result(&leaving.id, result)).await;
        }
    }

    /// Answers `ticket` with an error, unless it was cancelled.
    pub(super) async fn refuse(
        &self,
        ticket: Ticket,
        code: i64,
        message: &str,
        data: Option<&serde_json::Value>,
    ) {
        if let Some(leaving) = self.pending.answer(ticket) {
            let text = reply::error(Some(&leaving.id), code, message, data);
            self.output.send(text).await;
        }
    }

    async fn deliver(&self, message: ServerJsonRpcMessage) {
        match message {
            ServerJsonRpcMessage::Response(response) => {
                if let RequestId::Number(ticket) = response.id {
                    self.answer(ticket, &self.render(&response.result)).await;
                }
            }
            ServerJsonRpcMessage::Error(error) => {
                if let Some(RequestId::Number(ticket)) = error.id {
                    let code = i64::from(error.error.code.0);
                    self.refuse(
                        ticket,
                        code,
                        &error.error.message,
                        error.error.data.as_ref(),
                    )
                    .await;
                }
            }
            ServerJsonRpcMessage::Notification(mut message) => {
                let notification = &mut message.notification;
                if let Some(RequestId::Number(ticket)) = notification.get_meta().subscription_id() {
                    // The subscription goes by the client's id out there; after a cancel it goes nowhere.
                    let Some(id) = self.pending.id_of(ticket) else {
                        return;
                    };
                    notification
                        .get_meta_mut()
                        .set_subscription_id(request_id(&id));
                }
                self.output.send(json_of(&message)).await;
            }
            // A server asks nothing on stdio since 2026-07-28, and ours has nothing to ask before it either.
            ServerJsonRpcMessage::Request(_) => {}
        }
    }

    fn render(&self, result: &ServerResult) -> String {
        let text = json_of(result);
        match (result, &self.vendors) {
            (ServerResult::ListToolsResult(_), Some(vendors)) => {
                reply::with_tools(&text, vendors.tools())
            }
            _ => text,
        }
    }
}

/// rmcp's end of the queues.
pub(super) struct Link {
    inbound: mpsc::Receiver<ClientJsonRpcMessage>,
    exchange: Exchange,
}

impl Link {
    /// Makes a link and the way in.
    pub(super) fn new(exchange: Exchange) -> (Inbound, Self) {
        let (sender, inbound) = mpsc::channel(INBOUND_MESSAGES_MAX);
        (sender, Self { inbound, exchange })
    }
}

impl Transport<RoleServer> for Link {
    type Error = Infallible;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Infallible>> + Send + 'static {
        let exchange = self.exchange.clone();
        async move {
            exchange.deliver(message).await;
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.inbound.recv().await
    }

    async fn close(&mut self) -> Result<(), Infallible> {
        self.inbound.close();
        Ok(())
    }
}

fn request_id(id: &Id) -> RequestId {
    match id {
        Id::Integer(digits) => digits.parse().map_or_else(
            |_| RequestId::String(digits.as_ref().into()),
            RequestId::Number,
        ),
        Id::Text(text) => RequestId::String(text.as_ref().into()),
    }
}

fn json_of(value: &impl serde::Serialize) -> String {
    // Protocol types have string keys and finite numbers only, so this cannot fail; `null` would be a visible fault.
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
