//! The embedded material: output of real programs, and the program's own manual.

/// A sample with what a reader of its digest should look at.
pub(super) struct Sample {
    /// Its name in the project.
    pub(super) file: &'static str,
    /// What it is, in a few words.
    pub(super) what: &'static str,
    /// The whole text.
    pub(super) text: &'static str,
    /// Words of the lines that matter in it; none where a digest would not show them.
    pub(super) marks: &'static [&'static str],
}

/// What is distilled, in order.
pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        file: "server.log",
        what: "a monitoring server's log, 419 lines",
        text: include_str!("samples/server.log"),
        marks: &["level=error"],
    },
    Sample {
        file: "api.json",
        what: "the JSON answer of its HTTP interface",
        text: include_str!("samples/api.json"),
        marks: &[],
    },
    Sample {
        file: "build.txt",
        what: "a cargo test run with two failures",
        text: include_str!("samples/build.txt"),
        marks: &["warning:", "panicked at", "test result:"],
    },
];

/// The pages of the embedded manual. The README is not among them: it shows the output of this very demonstration.
pub(super) const MANUAL: &[(&str, &str)] = &[
    (
        "architecture.md",
        include_str!("../../../docs/architecture.md"),
    ),
    (
        "configuration.md",
        include_str!("../../../docs/configuration.md"),
    ),
    ("glossary.md", include_str!("../../../docs/glossary.md")),
    ("security.md", include_str!("../../../docs/security.md")),
    (
        "troubleshooting.md",
        include_str!("../../../docs/troubleshooting.md"),
    ),
];

/// What is asked of the manual.
pub(super) const QUESTION: &str = "what may a project file not set?";
