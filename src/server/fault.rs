//! Faults on demand, so that the tests of a debug build can see the server survive them. A release build has none.

/// What goes wrong in every tool call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The tool panics.
    Panic,
    /// Something prints to fd 1, as Rust's `println!` and as a C library would.
    Noise,
    /// The tool takes its time.
    Slow,
    /// The tool does not return while anybody waits.
    Stuck,
}

/// Lets `fault` happen.
#[cfg(debug_assertions)]
#[expect(clippy::panic, clippy::print_stdout, reason = "that is the fault")]
pub(super) fn strike(fault: Option<Fault>) {
    match fault {
        None => {}
        Some(Fault::Slow) => std::thread::sleep(std::time::Duration::from_millis(300)),
        Some(Fault::Stuck) => std::thread::sleep(std::time::Duration::from_secs(3600)),
        Some(Fault::Panic) => panic!("a fault on demand"),
        Some(Fault::Noise) => {
            println!("noise from Rust");
            let _written = rustix::io::write(std::io::stdout(), b"noise from C\n");
        }
    }
}

/// Does nothing: there are no faults on demand in a release.
#[cfg(not(debug_assertions))]
pub(super) fn strike(_: Option<Fault>) {}
