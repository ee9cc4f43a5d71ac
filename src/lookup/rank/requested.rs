//! Whoever asks for a request by its method and path wants all of the page that answers it.

use super::evidence::Candidate;
use super::fields::SYMBOL_SPELLINGS;
use super::named::is_request;
use super::question::{Role, Term};

/// What is left of the score of each further section of such a page.
pub(super) const REPEAT: f32 = 0.9;

/// Lets each section of the pages that define a request of `asked` define it, as their first one does.
pub(super) fn spread(asked: &[Term], candidates: &mut [Candidate]) {
    for (at, term) in asked.iter().enumerate() {
        if term.role != Role::Word || !is_request(&term.spelled) {
            continue;
        }
        let defined = |candidate: &Candidate| {
            let count = candidate.counts.get(at)?.get(SYMBOL_SPELLINGS)?;
            (*count > 0.0).then_some((candidate.page, *count))
        };
        let pages: Vec<(i64, f32)> = candidates.iter().filter_map(defined).collect();
        for candidate in candidates.iter_mut() {
            let own = pages.iter().find(|(page, _)| *page == candidate.page);
            let Some((_, count)) = own else { continue };
            candidate.is_requested = true;
            let counts = candidate.counts.get_mut(at);
            if let Some(place) = counts.and_then(|counts| counts.get_mut(SYMBOL_SPELLINGS)) {
                *place = *count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lookup::library;
    use crate::lookup::rank::{Question, rank};

    #[test]
    fn what_a_request_takes_comes_before_other_requests_with_its_words() {
        let members: Vec<String> = (0..90)
            .map(|at| {
                format!("m{at}: {{type: string, description: The part of it with number {at}.}}")
            })
            .collect();
        let body = format!(
            "{{content: {{application/json: {{schema: {{properties: {{{}}}}}}}}}}}",
            members.join(", ")
        );
        let operation = |path: &str, id: &str, title: &str, body: &str| {
            format!(
                "  {path}:\n    post: {{summary: {title}, operationId: {id}, requestBody: {body}, responses: {{}}}}\n"
            )
        };
        let others: Vec<String> = ["open", "close", "keep", "send", "move"]
            .iter()
            .map(|verb| {
                let (path, id) = (
                    format!("/berth/sessions/{{id}}/{verb}"),
                    format!("{verb}BerthSession"),
                );
                operation(&path, &id, &format!("{verb} sessions of a berth"), "{}")
            })
            .collect();
        let api = format!(
            "openapi: 3.0.0\ninfo: {{title: P, version: '1'}}\npaths:\n{}{}",
            operation("/berth/sessions", "makeBerthSession", "Make it", &body),
            others.concat()
        );
        let (store, index) = library::in_memory("s", [("api.yaml", api)]).unwrap();
        let question = Question {
            text: "POST /berth/sessions body",
            ..Question::default()
        };
        let ranking = rank(&index.view(&store).unwrap(), &question).unwrap();
        let hits = ranking.hits.iter().take(2);
        let paths: Vec<String> = hits
            .map(|hit| store.page(hit.page).unwrap().unwrap().0.path)
            .collect();
        assert_eq!(paths, ["api.yaml/makeBerthSession"; 2]);
    }
}
