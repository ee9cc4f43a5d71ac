//! Connections with their limits: how many, how long, how much. Each carries one request, so that none is held open.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::lookup::QUERY_BYTES_MAX;

/// Connections at once: a browser opens six for a person; others wait in the system's queue.
const CONNECTIONS_MAX: usize = 32;
/// Milliseconds that one connection may take: the slowest search takes a second, and a client that sends nothing goes.
const CONNECTION_MS_MAX: u64 = 30_000;
/// Bytes of the head of a request: the longest question that is read takes three times its own in an address, and what browsers send
/// beside it some kilobytes.
const HEAD_BYTES_MAX: usize = 3 * QUERY_BYTES_MAX + (16 << 10);
/// Milliseconds until the next try when the system has no more connections to give.
const RETRY_MS: u64 = 100;

/// Answers every connection by `router`; never ends by itself.
pub(super) async fn serve(listener: TcpListener, router: Router) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
            return; // it is never closed
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let answer = answer(stream, router.clone());
                tokio::spawn(async move {
                    answer.await;
                    drop(permit);
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(RETRY_MS)).await,
        }
    }
}

async fn answer(stream: TcpStream, router: Router) {
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let limit = Duration::from_millis(CONNECTION_MS_MAX);
    // Whoever hangs up or breaks the protocol is answered no more; nobody else is touched by it.
    drop(tokio::time::timeout(limit, connection).await);
}
