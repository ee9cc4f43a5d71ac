//! Checks of the vendors of the settings.

use std::process::Command;

use super::check::Finding;
use super::subject::Subject;

/// Whether every vendor can be used; contacted only if the person said so.
pub(super) fn vendors(subject: &Subject) -> Vec<Finding> {
    let findings: Vec<_> = subject
        .config
        .vendors
        .iter()
        .map(|vendor| match &vendor.off {
            Some(off) => Finding::warn(
                format!("{} is not used: {}", vendor.name, off.why),
                &off.hint,
            ),
            None if subject.online => contacted(subject, &vendor.name),
            None => Finding::pass(format!(
                "{}: {}, not contacted (`--online` does)",
                vendor.name,
                vendor.shown_url()
            )),
        })
        .collect();
    if findings.is_empty() {
        return vec![Finding::pass("no vendor: nothing leaves this machine")];
    }
    findings
}

/// Asks the way a person would, with `upstream test`, which has time limits of its own.
fn contacted(subject: &Subject, name: &str) -> Finding {
    let by_hand = format!("`mrconductor upstream test {name}` says more");
    let Ok(program) = std::env::current_exe() else {
        return Finding::warn(format!("{name} could not be contacted"), by_hand);
    };
    let mut command = Command::new(program);
    command.args(["upstream", "test", name]);
    for (flag, path) in [
        ("--config", &subject.global.config),
        ("--project", &subject.global.project),
        ("--data-dir", &subject.global.data_dir),
    ] {
        if let Some(path) = path {
            command.arg(flag).arg(path);
        }
    }
    match command.output() {
        Ok(output) if output.status.success() => Finding::pass(format!("{name} answers")),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            let what = text
                .lines()
                .next()
                .unwrap_or("it does not answer")
                .to_owned();
            Finding::fail(format!("{name}: {what}"), by_hand)
        }
        Err(error) => Finding::warn(format!("{name} could not be contacted: {error}"), by_hand),
    }
}
