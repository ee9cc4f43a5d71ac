//! The check of the sentence model.

use super::check::Finding;
use super::subject::Subject;
use crate::lookup::model::Model;

/// Whether the sentence model of the settings can be run.
pub(super) fn runs(subject: &Subject) -> Vec<Finding> {
    let Some(folder) = &subject.config.model_dir else {
        return vec![Finding::pass(
            "no sentence model is set: the built-in table is used",
        )];
    };
    vec![match Model::read(folder) {
        Ok(model) => Finding::pass(format!(
            "the sentence model in `{}` runs: {} layers, {} numbers a text",
            folder.display(),
            model.layers(),
            model.width()
        )),
        Err(error) => Finding::warn(error.to_string(), error.hint()),
    }]
}
