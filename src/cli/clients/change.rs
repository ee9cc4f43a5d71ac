//! One change of one client's file: thought out first, shown, then made.

use std::path::{Path, PathBuf};

use serde_json::Value;
use similar::TextDiff;

use super::file::{Backup, Snapshot};
use super::{Client, Places, Scope, edit, path, secrets, spot};
use crate::cli::Failure;

/// Longest line of a diff, in characters: a file without line endings is one long line.
const LINE_CHARS_MAX: usize = 160;
/// Unchanged lines shown around a change.
const CONTEXT_LINES: usize = 2;
/// What is to happen to one file.
pub(crate) struct Change {
    /// Whose file it is.
    pub(crate) client: &'static dyn Client,
    /// Which of its files.
    pub(crate) scope: Scope,
    file: Snapshot,
    action: Action,
}

enum Action {
    /// The file is as it should be.
    Nothing,
    /// The file gets this text.
    Write(String),
    /// The file gets back what it held before, to the byte.
    Restore(Backup),
}

impl Change {
    /// Plans to put `entry` into the file.
    pub(crate) fn put(
        client: &'static dyn Client,
        scope: Scope,
        project: &Path,
        places: &Places,
        entry: &Value,
    ) -> Result<Self, Failure> {
        let file = Snapshot::read(&path(client, scope, project, places))?;
        let text = edit::put(client.syntax(), file.text(), spot(client), entry)
            .map_err(|error| refused(client, &file, &error))?;
        let action = if file.text.as_ref() == Some(&text) {
            Action::Nothing
        } else {
            Action::Write(text)
        };
        Ok(Self {
            client,
            scope,
            file,
            action,
        })
    }

    /// Plans to take our entry out of the file.
    ///
    /// If nothing but the entry changed since it was put there, the file gets back the bytes of that time.
    pub(crate) fn take(
        client: &'static dyn Client,
        scope: Scope,
        project: &Path,
        places: &Places,
    ) -> Result<Self, Failure> {
        let (syntax, spot) = (client.syntax(), spot(client));
        let file = Snapshot::read(&path(client, scope, project, places))?;
        let taken = edit::take(syntax, file.text(), spot)
            .map_err(|error| refused(client, &file, &error))?;
        let action = match taken {
            None => Action::Nothing,
            Some(text) => {
                let without_entry = |backup: &Backup| {
                    let text = backup.text.as_deref().unwrap_or("");
                    matches!(edit::get(syntax, text, spot), Ok(None))
                        && edit::differ_only_in_entry(syntax, text, file.text(), spot)
                };
                match file.backups()?.into_iter().find(without_entry) {
                    Some(backup) => Action::Restore(backup),
                    None => Action::Write(text),
                }
            }
        };
        Ok(Self {
            client,
            scope,
            file,
            action,
        })
    }

    /// Plans to take back the last change of ours.
    pub(crate) fn undo(
        client: &'static dyn Client,
        scope: Scope,
        project: &Path,
        places: &Places,
    ) -> Result<Self, Failure> {
        let file = Snapshot::read(&path(client, scope, project, places))?;
        let action = match file.backups()?.into_iter().next() {
            None => Action::Nothing,
            Some(backup) => {
                let before = backup.text.as_deref().unwrap_or("");
                let (syntax, spot) = (client.syntax(), spot(client));
                if !edit::differ_only_in_entry(syntax, before, file.text(), spot) {
                    return Err(Failure::new(
                        format!("`{}` has other changes since", file.path.display()),
                        format!(
                            "`mrconductor remove {}` takes only our entry out; the older text is in `{}`",
                            client.name(),
                            backup.path.display()
                        ),
                    ));
                }
                Action::Restore(backup)
            }
        };
        Ok(Self {
            client,
            scope,
            file,
            action,
        })
    }

    /// Returns the file that is meant, after links.
    pub(crate) fn path(&self) -> &Path {
        &self.file.path
    }

    /// Returns whether there is something to do.
    pub(crate) fn is_needed(&self) -> bool {
        !matches!(self.action, Action::Nothing)
    }

    /// Returns what will happen, in one word.
    pub(crate) fn verb(&self) -> &'static str {
        match (&self.action, &self.file.text) {
            (Action::Nothing, _) => "unchanged",
            (Action::Write(_), None) => "created",
            (Action::Write(_), Some(_)) => "changed",
            (Action::Restore(Backup { text: None, .. }), _) => "removed",
            (Action::Restore(_), _) => "restored",
        }
    }

    /// Returns the difference as a unified diff, without other people's secrets, empty if there is none.
    pub(crate) fn diff(&self) -> String {
        let after = match &self.action {
            Action::Nothing => return String::new(),
            Action::Write(text) => text,
            Action::Restore(backup) => backup.text.as_deref().unwrap_or(""),
        };
        let name = self.file.path.display().to_string();
        let diff = TextDiff::from_lines(self.file.text(), after)
            .unified_diff()
            .context_radius(CONTEXT_LINES)
            .header(&name, &name)
            .to_string();
        let lines: Vec<_> = diff.lines().map(shown).collect();
        lines.join("\n") + "\n"
    }

    /// Makes the change and returns the backup that it left.
    pub(crate) fn apply(&self, unix_ms: i64) -> Result<Option<PathBuf>, Failure> {
        match &self.action {
            Action::Nothing => Ok(None),
            Action::Write(text) => {
                let backup = self.file.replace(text, self.scope, unix_ms)?;
                Ok(Some(backup.path))
            }
            Action::Restore(backup) => self.file.restore(backup, self.scope).map(|()| None),
        }
    }
}

fn refused(client: &dyn Client, file: &Snapshot, error: &edit::EditError) -> Failure {
    Failure::new(
        format!("{}:{error}", file.path.display()),
        format!(
            "put it right, then run this again; `mrconductor print-config {}` prints the entry",
            client.name()
        ),
    )
}

/// Returns a line as a terminal may see it: bounded, without control characters and without the values of secrets.
fn shown(line: &str) -> String {
    let mut line = secrets::hidden(line).replace(|c: char| c.is_control() && c != '\t', "");
    if let Some((cut, _)) = line.char_indices().nth(LINE_CHARS_MAX) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_diff_has_no_secrets_no_control_characters_and_no_endless_lines() {
        assert_eq!(shown(r#" "API_KEY": "sk-1","#), r#" "API_KEY": "…","#);
        assert_eq!(shown(" a\u{1b}[31mb\tc"), " a[31mb\tc");
        assert_eq!(shown(&"x".repeat(1_000)).chars().count(), 161);
    }
}
