//! Calls for a vendor: cut out of the line as they stand, and what comes back spliced in under the client's id.

use std::sync::Arc;

use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::link::Exchange;
use super::pending::Ticket;
use super::reply;
use crate::upstream::{VendorCall, VendorEvent, Vendors};

/// Events of one call that wait for the writer: a vendor that is faster than the client has to wait.
const EVENTS_MAX: usize = 16;

/// Relays one call: its progress in order, then its outcome, then nothing.
pub(super) async fn relay(
    exchange: Exchange,
    vendors: Arc<dyn Vendors>,
    call: VendorCall,
    ticket: Ticket,
    is_modern: bool,
    cancelled: CancellationToken,
) {
    let (sender, mut events) = mpsc::channel(EVENTS_MAX);
    let tool = call.tool.clone();
    let calling = tokio::spawn(vendors.call(call, sender, cancelled.clone()));
    // Whatever way this ends, the vendor's side ends as well.
    let _end = cancelled.drop_guard();
    while let Some(event) = events.recv().await {
        match event {
            VendorEvent::Notification(params) => {
                if exchange.pending.id_of(ticket).is_none() {
                    return;
                }
                let text = reply::notification("notifications/progress", params.get());
                exchange.output.send(text).await;
            }
            VendorEvent::Result(result) => {
                exchange.answer(ticket, &typed(&result, is_modern)).await;
                return;
            }
            VendorEvent::ToolError(text) => {
                exchange.answer(ticket, &tool_error(&text, is_modern)).await;
                return;
            }
            VendorEvent::Protocol {
                code,
                message,
                data,
            } => {
                exchange.refuse(ticket, code, &message, data.as_ref()).await;
                return;
            }
        }
    }
    let panicked = calling.await.is_err();
    tracing::error!(tool, panicked, "a vendor call ended without an outcome");
    let text = format!(
        "`{tool}` ended without an answer\nhint: call it again; local tools are not affected"
    );
    exchange.answer(ticket, &tool_error(&text, is_modern)).await;
}

fn typed(result: &RawValue, is_modern: bool) -> String {
    if is_modern {
        reply::with_result_type(result)
    } else {
        result.get().to_owned()
    }
}

fn tool_error(text: &str, is_modern: bool) -> String {
    let text = serde_json::Value::from(text);
    let result_type = if is_modern {
        r#""resultType":"complete","#
    } else {
        ""
    };
    format!(r#"{{{result_type}"content":[{{"type":"text","text":{text}}}],"isError":true}}"#)
}
