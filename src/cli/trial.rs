//! A trial: starts a server entry as an IDE would, asks for its tools, and ends it again.
//!
//! `setup` tries what it wrote, `doctor` tries what it finds, `demo` shows a whole session. Every wait is bounded, and the
//! child never outlives its [`Trial`].

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::config::{Environment, Places};
use crate::tokens::{Encoding, count};

/// Longest wait for `initialize` and `tools/list`: Codex, the least patient client, gives up after this.
const START_WAIT: Duration = Duration::from_secs(10);
/// Longest wait for one tool call: what most clients allow.
const CALL_WAIT: Duration = Duration::from_secs(60);
/// How long a child may take to end by itself once its stdin is closed.
const GOODBYE_WAIT: Duration = Duration::from_millis(500);
/// Pause between two looks at a child that is ending.
const GOODBYE_STEP: Duration = Duration::from_millis(2);
/// Longest line read from the child: twice what a server may send.
const LINE_BYTES_MAX: u64 = 8 << 20;
/// How much of the end of stderr is kept for an error message.
const STDERR_BYTES_MAX: usize = 2048;
/// How much of a stray stdout line is kept: enough to recognise its author.
const NOISE_CHARS_MAX: usize = 120;

/// What a client runs: a program with arguments, in a directory, with an environment of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Launch {
    /// The program; a bare name is looked up on the `PATH` of `env`.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// Its whole environment: nothing is inherited.
    pub(crate) env: Vec<(String, String)>,
    /// Its working directory.
    pub(crate) directory: PathBuf,
}

impl Launch {
    /// Returns a launch as bare as the barest client's: from `/`, with HOME and a PATH of system directories.
    pub(crate) fn bare(program: impl Into<PathBuf>, args: &[&str]) -> Self {
        let mut env = vec![("PATH".to_owned(), BARE_PATH.to_owned())];
        if let Some(home) = Places::of(&Environment::of_process()).home {
            env.push(("HOME".to_owned(), home.display().to_string()));
        }
        Self {
            program: program.into(),
            args: args.iter().map(|&argument| argument.to_owned()).collect(),
            env,
            directory: PathBuf::from("/"),
        }
    }

    /// Sets a variable of the environment, in place of the one that was there.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(other, _)| other != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.directory);
        if cfg!(unix) {
            // Windows needs `SystemRoot` and its kin to start anything at all.
            command.env_clear();
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The PATH of a program that a desktop starts: no shell has added to it.
pub(crate) const BARE_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Why a trial could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrialError {
    /// The operating system could not start the program.
    #[error("cannot start `{program}`: {source}")]
    Spawn {
        /// The program as the entry names it.
        program: String,
        /// What the operating system said. Told in the text, so not a `#[source]`.
        source: std::io::Error,
    },
    /// No reply came in time.
    #[error("no answer to `{method}` within {wait:?}")]
    Silent {
        /// The request that was not answered.
        method: String,
        /// How long the trial waited.
        wait: Duration,
    },
    /// The program ended before it answered.
    #[error("the program ended before it answered `{method}`{}", quoted(stderr))]
    Ended {
        /// The request that was not answered.
        method: String,
        /// The end of what the program wrote to stderr.
        stderr: String,
    },
    /// The program answered with a JSON-RPC error, or without a result.
    #[error("`{method}` was refused: {reply}")]
    Refused {
        /// The request.
        method: String,
        /// The error object.
        reply: String,
    },
}

fn quoted(stderr: &str) -> String {
    match stderr.trim() {
        "" => String::new(),
        text => format!("; its last words: {text}"),
    }
}

/// A started server that has answered `initialize` and `tools/list`.
pub(crate) struct Trial {
    child: Child,
    requests: Option<Sender<Vec<u8>>>,
    lines: Receiver<Vec<u8>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    next_id: u64,
    noise: Option<String>,
    latency: Duration,
    server: Value,
    tools: Vec<Value>,
}

impl Trial {
    /// Starts `launch`, opens a session as VS Code and Cursor do, and reads the list of tools.
    pub(crate) fn start(launch: &Launch) -> Result<Self, TrialError> {
        let started = Instant::now();
        let mut child = launch
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| TrialError::Spawn {
                program: launch.program.display().to_string(),
                source,
            })?;
        let stderr = Arc::default();
        let mut trial = Self {
            requests: child.stdin.take().map(write_from),
            lines: read_lines(child.stdout.take()),
            stderr: Arc::clone(&stderr),
            child,
            next_id: 1,
            noise: None,
            latency: Duration::ZERO,
            server: Value::Null,
            tools: Vec::new(),
        };
        keep_last_words(trial.child.stderr.take(), stderr);
        let opening = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "mrconductor-trial", "version": env!("CARGO_PKG_VERSION")},
        });
        let welcome = trial.request("initialize", &opening, START_WAIT)?;
        trial.latency = started.elapsed();
        trial.server = welcome;
        trial.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        let listed = trial.request("tools/list", &json!({}), START_WAIT)?;
        if let Some(Value::Array(tools)) = listed.get("tools") {
            trial.tools.clone_from(tools);
        }
        Ok(trial)
    }

    /// Returns the tool objects of `tools/list`.
    pub(crate) fn tools(&self) -> &[Value] {
        &self.tools
    }

    /// Returns what the list of tools costs a model, in o200k tokens.
    pub(crate) fn tokens(&self) -> usize {
        let list = Value::Array(self.tools.clone()).to_string();
        count(Encoding::O200k, &list)
    }

    /// Returns the time from the start of the process to its first answer.
    pub(crate) fn latency(&self) -> Duration {
        self.latency
    }

    /// Returns the result of `initialize`: protocol, identity, capabilities, instructions.
    pub(crate) fn server(&self) -> &Value {
        &self.server
    }

    /// Returns the start of the first line on stdout that was not JSON-RPC, if there was one.
    pub(crate) fn noise(&self) -> Option<&str> {
        self.noise.as_deref()
    }

    /// Calls `tool` and returns the `result` object.
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Result<Value, TrialError> {
        let params = json!({"name": tool, "arguments": arguments});
        self.request("tools/call", &params, CALL_WAIT)
    }

    /// Sends one request and waits for its result.
    pub(crate) fn request(
        &mut self,
        method: &str,
        params: &Value,
        wait: Duration,
    ) -> Result<Value, TrialError> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let deadline = Instant::now() + wait;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).map_err(|why| match why {
                RecvTimeoutError::Timeout => TrialError::Silent {
                    method: method.to_owned(),
                    wait,
                },
                RecvTimeoutError::Disconnected => self.ended(method),
            })?;
            let Some(mut message) = self.parsed(&line) else {
                continue;
            };
            if message.get("id") != Some(&json!(id)) || message.get("method").is_some() {
                continue;
            }
            return match message.get_mut("result") {
                Some(result) => Ok(result.take()),
                None => Err(TrialError::Refused {
                    method: method.to_owned(),
                    reply: message.get("error").unwrap_or(&Value::Null).to_string(),
                }),
            };
        }
    }

    /// A send to a child that is gone is no error here: the wait for its reply tells more.
    fn send(&self, message: &Value) {
        if let Some(requests) = &self.requests {
            drop(requests.send(format!("{message}\n").into_bytes()));
        }
    }

    fn parsed(&mut self, line: &[u8]) -> Option<Value> {
        let message = serde_json::from_slice::<Value>(line)
            .ok()
            .filter(|message| message.get("jsonrpc") == Some(&json!("2.0")));
        if message.is_none() && self.noise.is_none() {
            let text = String::from_utf8_lossy(line);
            self.noise = Some(text.trim_end().chars().take(NOISE_CHARS_MAX).collect());
        }
        message
    }

    fn ended(&self, method: &str) -> TrialError {
        // Its last words may still be on their way.
        std::thread::sleep(GOODBYE_STEP);
        let words = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        TrialError::Ended {
            method: method.to_owned(),
            stderr: String::from_utf8_lossy(&words).into_owned(),
        }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.requests = None; // closes the child's stdin, which is how a client says goodbye
        let deadline = Instant::now() + GOODBYE_WAIT;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(GOODBYE_STEP);
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Writes on a thread of its own, so that a child that does not read cannot hold us.
fn write_from(mut stdin: ChildStdin) -> Sender<Vec<u8>> {
    let (sender, requests) = channel::<Vec<u8>>();
    std::thread::spawn(move || {
        for request in requests {
            if stdin.write_all(&request).is_err() || stdin.flush().is_err() {
                return;
            }
        }
    });
    sender
}

fn read_lines(stdout: Option<ChildStdout>) -> Receiver<Vec<u8>> {
    let (sender, lines) = channel();
    if let Some(stdout) = stdout {
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            loop {
                let mut line = Vec::new();
                let mut bounded = (&mut reader).take(LINE_BYTES_MAX);
                match bounded.read_until(b'\n', &mut line) {
                    Ok(length) if length > 0 => {}
                    _ => return,
                }
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

fn keep_last_words(stderr: Option<ChildStderr>, kept: Arc<Mutex<Vec<u8>>>) {
    let Some(mut stderr) = stderr else { return };
    std::thread::spawn(move || {
        let mut chunk = [0; 1024];
        while let Ok(length) = stderr.read(&mut chunk) {
            let Some(read) = chunk.get(..length).filter(|read| !read.is_empty()) else {
                return;
            };
            let mut words = kept.lock().unwrap_or_else(PoisonError::into_inner);
            words.extend_from_slice(read);
            let surplus = words.len().saturating_sub(STDERR_BYTES_MAX);
            words.drain(..surplus);
        }
    });
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A shell stands in for a server: it answers what the script says.
    fn shell(script: &str) -> Launch {
        Launch::bare("/bin/sh", &["-c", script])
    }

    const GOOD: &str = r#"
        read line; echo 'a stray line'
        echo '{"jsonrpc":"2.0","id":1,"result":{"serverInfo":{"name":"sh"}}}'
        read line; read line
        echo '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"one"},{"name":"two"}]}}'
        read line
        echo '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}'
        echo '{"jsonrpc":"2.0","id":3,"result":{"content":[]}}'
        read line
        echo '{"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"no such tool"}}'
        read line
    "#;

    #[test]
    fn a_session_lists_tools_makes_calls_and_notices_strays() {
        let mut trial = Trial::start(&shell(GOOD)).unwrap();
        assert_eq!(trial.tools().len(), 2);
        assert!(trial.tokens() > 5);
        assert!(trial.latency() > Duration::ZERO);
        assert_eq!(trial.server()["serverInfo"]["name"], "sh");
        assert_eq!(trial.noise(), Some("a stray line"));
        let answer = trial.call("one", &json!({})).unwrap();
        assert_eq!(answer, json!({"content": []}));
        let refusal = trial.call("three", &json!({})).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            r#"`tools/call` was refused: {"code":-32602,"message":"no such tool"}"#
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Trial::start(&Launch::bare("no-such-program", &[])).err();
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(
            text.starts_with("cannot start `no-such-program`: "),
            "{text}"
        );
    }

    #[test]
    fn a_program_that_ends_early_has_its_last_words_quoted() {
        let error = Trial::start(&shell("echo cannot open the store >&2; sleep 0.1; exit 3")).err();
        assert_eq!(
            error.map(|error| error.to_string()).unwrap_or_default(),
            "the program ended before it answered `initialize`; its last words: cannot open the store"
        );
    }

    #[test]
    fn a_silent_program_is_given_up_and_ended() {
        let mut trial = Trial::start(&shell(
            r#"read line; echo '{"jsonrpc":"2.0","id":1,"result":{}}'
               read line; read line; echo '{"jsonrpc":"2.0","id":2,"result":{}}'
               trap '' TERM; exec 0<&-; sleep 600"#,
        ))
        .unwrap();
        let error = trial.request("ping", &json!({}), Duration::from_millis(50));
        assert_eq!(
            error.unwrap_err().to_string(),
            "no answer to `ping` within 50ms"
        );
        let id = trial.child.id();
        drop(trial);
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }
}
