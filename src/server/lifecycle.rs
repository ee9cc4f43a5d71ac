//! When to end: the client closed stdin, stopped reading, or died; or somebody sent a signal.
//!
//! Work in flight does not hold the exit. A thread that noticed the end also sees it through: if the rest of the process
//! does not follow in time, it ends the process itself.

use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, getppid};
use tokio::sync::mpsc;

/// From the end of the client to the exit at the latest: below the half second in which a client sends its next signal.
const PATIENCE: Duration = Duration::from_millis(400);

/// Between two looks at the parent where the system cannot tell us of its death.
const LOOK_EVERY_MS: i64 = 500;

/// Why the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// stdin was closed.
    Input,
    /// stdout is read by nobody.
    Output,
    /// The process that started us is gone, though somebody else holds its pipes.
    Parent,
    /// SIGTERM, SIGINT or SIGHUP.
    Signal,
}

/// Tells the process that it ends.
#[derive(Debug, Clone)]
pub(super) struct Bell(mpsc::UnboundedSender<End>);

impl Bell {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<End>) {
        let (sender, ends) = mpsc::unbounded_channel();
        (Self(sender), ends)
    }

    /// Rings, and sees to it that the process ends. For threads that have nothing else left to do.
    pub(super) fn ring(&self, end: End) {
        // Nobody listens any more only when the process ends already.
        let _heard = self.0.send(end);
        std::thread::sleep(PATIENCE);
        // What holds the process this long will not let it end in any other way.
        std::process::exit(0);
    }
}

/// Watches the parent and the far end of `stdout`, and rings when one is gone.
pub(super) fn watch(stdout: OwnedFd, bell: Bell) -> std::io::Result<()> {
    let parent = Parent::find();
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || {
            let end = first_gone(&stdout, &parent);
            bell.ring(end);
        })?;
    Ok(())
}

/// The process that started us.
enum Parent {
    /// The system tells of its death.
    #[cfg(target_os = "linux")]
    Handle(OwnedFd),
    /// Its number, to be compared from time to time.
    Number(Pid),
    /// None to watch: we were started by the first process, or ours is gone and the first one has taken us over.
    Unknown,
}

impl Parent {
    fn find() -> Self {
        let Some(parent) = getppid().filter(|parent| !parent.is_init()) else {
            return Self::Unknown;
        };
        #[cfg(target_os = "linux")]
        if let Ok(handle) = rustix::process::pidfd_open(parent, rustix::process::PidfdFlags::empty())
            // Had it died in between, the number could be somebody else's by now.
            && getppid() == Some(parent)
        {
            return Self::Handle(handle);
        }
        Self::Number(parent)
    }
}

fn first_gone(stdout: &OwnedFd, parent: &Parent) -> End {
    loop {
        // Errors and hang-ups are reported without being asked for.
        let mut ends = vec![PollFd::new(stdout, PollFlags::empty())];
        let mut limit = None;
        match parent {
            #[cfg(target_os = "linux")]
            Parent::Handle(handle) => ends.push(PollFd::new(handle, PollFlags::IN)),
            Parent::Number(_) => {
                limit = Some(Timespec {
                    tv_sec: 0,
                    tv_nsec: LOOK_EVERY_MS * 1_000_000,
                });
            }
            Parent::Unknown => {}
        }
        if let Err(error) = poll(&mut ends, limit.as_ref())
            && error != rustix::io::Errno::INTR
        {
            tracing::warn!(%error, "cannot watch the client; the end of stdin still ends the server");
            std::thread::sleep(Duration::from_secs(3600));
        }
        let gone: Vec<bool> = ends.iter().map(|end| !end.revents().is_empty()).collect();
        match (gone.as_slice(), parent) {
            ([true, ..], _) => return End::Output,
            ([_, true], _) => return End::Parent,
            (_, Parent::Number(parent)) if getppid() != Some(*parent) => return End::Parent,
            _ => {}
        }
    }
}

/// Waits for a signal that asks the process to end.
pub(super) async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// Forbids core files: they would hold what passed through, and keys.
pub(super) fn forbid_core_files() {
    let none = rustix::process::Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Core, none) {
        tracing::warn!(%error, "core files cannot be forbidden");
    }
}
