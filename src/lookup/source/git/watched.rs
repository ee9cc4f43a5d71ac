//! A program whose output is waited for, but not for ever: one that says nothing for too long is ended.
//!
//! Only silence counts, and only while somebody listens: a program that is slow goes on, and so does one whose output is taken slowly.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Bytes that are taken from the program at once: what a pipe holds.
const PIECE_BYTES: usize = 64 << 10;
/// Pieces that lie ready for whoever listens.
const PIECES_MAX: usize = 4;
/// Bytes that are kept of its complaints.
const COMPLAINT_BYTES_MAX: usize = 64 << 10;
/// Parts in which silence is counted: while this process is stopped or the machine sleeps, the program says nothing either, and only
/// the part in which that began has passed.
const PARTS: u32 = 300;

/// A program that runs; reading takes what it prints. It ends with this value at the latest.
pub(super) struct Watched {
    child: Child,
    silence_max: Duration,
    said: Receiver<io::Result<Said>>,
    /// What it printed and nobody has taken.
    printed: VecDeque<u8>,
    complaint: Vec<u8>,
}

/// What a program says, and by which way.
enum Said {
    Print(Vec<u8>),
    Complaint(Vec<u8>),
}

impl Watched {
    /// Starts `command`, to be ended if it says nothing for `silence_max` while its output is waited for.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) fn start(command: &mut Command, silence_max: Duration) -> io::Result<Self> {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (sender, said) = sync_channel(PIECES_MAX);
        let mut watched = Self {
            child,
            silence_max,
            said,
            printed: VecDeque::new(),
            complaint: Vec::new(),
        };
        if let Some(stdout) = watched.child.stdout.take() {
            listen(stdout, Said::Print, sender.clone())?;
        }
        if let Some(stderr) = watched.child.stderr.take() {
            listen(stderr, Said::Complaint, sender)?;
        }
        Ok(watched)
    }

    /// Returns what the program reads, the first time, if `command` gave it a pipe.
    pub(super) fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Returns all that the program says, once it is done.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] if it was ended, [`io::ErrorKind::FileTooLarge`] if it prints `bytes_max` or more.
    pub(super) fn output(mut self, bytes_max: u64) -> io::Result<Output> {
        drop(self.stdin());
        let mut stdout = Vec::new();
        self.by_ref().take(bytes_max).read_to_end(&mut stdout)?;
        if stdout.len() as u64 >= bytes_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Output {
            // It has nothing left to say anything by, so this is a moment.
            status: self.child.wait()?,
            stdout,
            stderr: std::mem::take(&mut self.complaint),
        })
    }

    /// Waits for what the program says next; `None` once it is done.
    fn next(&mut self) -> io::Result<Option<Said>> {
        for _ in 0..PARTS {
            match self.said.recv_timeout(self.silence_max / PARTS) {
                Ok(said) => return said.map(Some),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        self.end();
        let seconds = self.silence_max.as_secs();
        let why = format!("it said nothing for {seconds} seconds and was ended");
        Err(io::Error::new(io::ErrorKind::TimedOut, why))
    }

    /// Ends the program, if it is not done.
    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.printed.is_empty() {
            match self.next()? {
                Some(Said::Print(bytes)) => self.printed = bytes.into(),
                Some(Said::Complaint(bytes)) => {
                    let room = COMPLAINT_BYTES_MAX.saturating_sub(self.complaint.len());
                    self.complaint.extend(bytes.into_iter().take(room));
                }
                None => return Ok(0),
            }
        }
        self.printed.read(into)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end();
    }
}

/// Hands on what comes through `pipe` until that ends or nobody listens.
fn listen(
    mut pipe: impl Read + Send + 'static,
    said: fn(Vec<u8>) -> Said,
    sender: SyncSender<io::Result<Said>>,
) -> io::Result<()> {
    let run = move || {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let heard = match pipe.read(&mut piece) {
                Ok(0) => return,
                Ok(bytes) => Ok(said(piece.get(..bytes).unwrap_or_default().to_vec())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_over = heard.is_err();
            if sender.send(heard).is_err() || is_over {
                return;
            }
        }
    };
    let listener = thread::Builder::new().name("listener".to_owned());
    listener.spawn(run).map(drop)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// No test waits for as long as this.
    const LONG: Duration = Duration::from_secs(600);
    const SHORT: Duration = Duration::from_millis(30);

    fn shell(script: &str, silence_max: Duration) -> Watched {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped());
        Watched::start(&mut command, silence_max).unwrap()
    }

    #[test]
    fn a_program_that_says_nothing_is_ended() {
        let mut silent = shell("exec sleep 600", SHORT);
        let error = silent.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let ended = silent.child.try_wait().unwrap();
        assert!(ended.is_some_and(|status| !status.success()));
    }

    #[test]
    fn a_program_that_falls_silent_is_ended_and_what_it_said_is_taken() {
        let mut silent = shell("echo words; exec sleep 600", LONG);
        let mut words = [0; 6];
        silent.read_exact(&mut words).unwrap();
        assert_eq!(&words, b"words\n");
        silent.silence_max = SHORT;
        let error = silent.output(9).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_silence_to_which_nobody_listens_does_not_count() {
        let mut patient = shell("echo one; read -r line; echo \"$line\"", LONG);
        let mut stdin = patient.stdin().unwrap();
        patient.read_exact(&mut [0; 4]).unwrap();
        patient.silence_max = SHORT;
        thread::sleep(SHORT * 2);
        patient.silence_max = LONG;
        io::Write::write_all(&mut stdin, b"two\n").unwrap();
        let output = patient.output(99).unwrap();
        assert_eq!(output.stdout, b"two\n");
        assert!(output.status.success());
    }

    #[test]
    fn a_program_that_complains_much_is_heard_to_its_end() {
        let script = "echo words; head -c 1000000 /dev/zero >&2; exit 3";
        let output = shell(script, LONG).output(99).unwrap();
        assert_eq!(output.stdout, b"words\n");
        assert_eq!(output.stderr.len(), COMPLAINT_BYTES_MAX);
        assert_eq!(output.status.code(), Some(3));
    }

    #[test]
    fn output_beyond_its_limit_is_an_error_and_no_part_of_it_is_taken_for_all() {
        let error = shell("yes", LONG).output(1_000_000).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
