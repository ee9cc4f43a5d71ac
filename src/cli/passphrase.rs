//! Asks a person for a passphrase: at the terminal without echo, or as lines on stdin for scripts.

use std::io::{self, BufRead as _, Read as _};

use zeroize::Zeroizing;

use super::Failure;
use crate::keys::{KeyError, PASSPHRASE_BYTES_MAX, Passphrase};

/// Where passphrases come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// Asked for at the terminal, whatever stdin is.
    Terminal,
    /// One line of stdin for each, in the order in which they would be asked for.
    Stdin,
}

impl Source {
    /// Chooses by the flag `--passphrase-stdin`.
    pub(crate) fn of_flag(passphrase_stdin: bool) -> Self {
        if passphrase_stdin {
            Self::Stdin
        } else {
            Self::Terminal
        }
    }

    /// Asks for the passphrase that opens `what`.
    pub(crate) fn ask(self, what: &str) -> anyhow::Result<Passphrase> {
        let typed = match self {
            Self::Terminal => prompt(&format!("Passphrase of {what}: "))?,
            Self::Stdin => line()?,
        };
        Ok(Passphrase::given(typed).map_err(Failure::from)?)
    }

    /// Asks for a new passphrase for `what`, twice at a terminal.
    pub(crate) fn choose(self, what: &str) -> anyhow::Result<Passphrase> {
        let typed = match self {
            Self::Terminal => {
                let typed = prompt(&format!("New passphrase for {what}: "))?;
                if *prompt("The same again: ")? != *typed {
                    return Err(Failure::new("the two passphrases differ", "try again").into());
                }
                typed
            }
            Self::Stdin => line()?,
        };
        Ok(Passphrase::new(typed).map_err(Failure::from)?)
    }
}

fn prompt(text: &str) -> anyhow::Result<Zeroizing<String>> {
    rpassword::prompt_password(text)
        .map(Zeroizing::new)
        .map_err(|error| {
            Failure::new(
                format!("cannot ask for a passphrase: {error}"),
                "run it in a terminal, or give `--passphrase-stdin` or `--key-file FILE`",
            )
            .into()
        })
}

/// Reads one line; longer ones are cut one byte past the limit, so that they are refused rather than shortened.
fn line() -> anyhow::Result<Zeroizing<String>> {
    let limit = u64::try_from(PASSPHRASE_BYTES_MAX + 2).unwrap_or(u64::MAX);
    let mut typed = Zeroizing::new(String::with_capacity(PASSPHRASE_BYTES_MAX + 2));
    io::stdin()
        .lock()
        .take(limit)
        .read_line(&mut typed)
        .map_err(|error| {
            Failure::new(
                format!("cannot read a passphrase from stdin: {error}"),
                "give one line of UTF-8 for each passphrase",
            )
        })?;
    let content = typed.trim_end_matches(['\r', '\n']).len();
    typed.truncate(content);
    Ok(typed)
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let failure = Self::new(error.to_string(), error.hint());
        match error {
            KeyError::WrongPassphrase(_)
            | KeyError::WrongKeyFile { .. }
            | KeyError::ImportPassphrase(_)
            | KeyError::KeyFileUnsafe { .. }
            | KeyError::Signature(_) => failure.code(3),
            _ => failure,
        }
    }
}
