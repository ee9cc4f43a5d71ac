//! The only way to the client: one thread owns the real stdout and writes each message in one piece.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};

use tokio::sync::{mpsc, oneshot};

/// Messages that wait for the writer: beyond it, whoever answers waits for the client to read.
const QUEUE_MESSAGES_MAX: usize = 64;

/// Takes stdout for the protocol: returns it, and points fd 1 at stderr.
///
/// From here on a `println!`, the `printf` of a C library or a panic message cannot reach the client.
pub(super) fn take_stdout() -> io::Result<OwnedFd> {
    let protocol = rustix::io::fcntl_dupfd_cloexec(io::stdout().as_fd(), 3)?;
    // Without a stderr there is nowhere to point it, and a closed fd 1 is as silent.
    if rustix::stdio::dup2_stdout(io::stderr().as_fd()).is_err() {
        let nowhere = File::options().write(true).open("/dev/null")?;
        rustix::stdio::dup2_stdout(&nowhere)?;
    }
    Ok(protocol)
}

/// Messages on their way to the client. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Output {
    queue: mpsc::Sender<Item>,
}

#[derive(Debug)]
enum Item {
    Message(Vec<u8>),
    Flush(oneshot::Sender<()>),
}

impl Output {
    /// Starts the writer of `protocol`; calls `gone` once when the client no longer reads.
    pub(super) fn start(
        protocol: OwnedFd,
        gone: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, items) = mpsc::channel(QUEUE_MESSAGES_MAX);
        std::thread::Builder::new()
            .name("stdout".to_owned())
            .spawn(move || {
                if write_all(File::from(protocol), items).is_err() {
                    gone();
                }
            })?;
        Ok(Self { queue })
    }

    /// Hands `message`, JSON without a line end, to the writer.
    pub(super) async fn send(&self, message: String) {
        // The writer ends only when the client is gone; then nobody misses the message.
        drop(self.queue.send(Item::Message(line(message))).await);
    }

    /// The same from a thread that may block.
    pub(super) fn send_blocking(&self, message: String) {
        drop(self.queue.blocking_send(Item::Message(line(message))));
    }

    /// Waits until everything handed over so far is written.
    pub(super) async fn flushed(&self) {
        let (done, written) = oneshot::channel();
        if self.queue.send(Item::Flush(done)).await.is_ok() {
            drop(written.await);
        }
    }
}

/// Ends the line. JSON from a vendor may have line ends of its own, between its tokens only: there a space will do.
fn line(message: String) -> Vec<u8> {
    let mut line = message.into_bytes();
    for byte in &mut line {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    line.push(b'\n');
    line
}

fn write_all(mut stdout: File, mut items: mpsc::Receiver<Item>) -> io::Result<()> {
    while let Some(item) = items.blocking_recv() {
        match item {
            Item::Message(bytes) => stdout.write_all(&bytes)?,
            Item::Flush(done) => drop(done.send(())),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_its_layout() {
        let laid_out = "{\r\n  \"a\": \"x\\ny\"\n}".to_owned();
        assert_eq!(line(laid_out), b"{    \"a\": \"x\\ny\" }\n");
    }
}
