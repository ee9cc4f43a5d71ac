//! Answers, and the headers that each of them has: a browser is to do nothing with a page but show it.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::guard::Refusal;

/// Nothing is loaded but our style sheet and icon, nothing runs, forms go to us, and no other page frames ours.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Gives `response` the headers that every answer has.
pub(super) fn sealed(mut response: Response<Body>) -> Response<Body> {
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Returns an answer of this type.
pub(super) fn of_type(
    status: StatusCode,
    kind: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Returns plain text.
pub(super) fn text(status: StatusCode, text: String) -> Response<Body> {
    of_type(status, "text/plain; charset=utf-8", text)
}

/// Sends the browser on to a page of ours.
pub(super) fn on_to(page: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static(page));
    response
}

/// Says why a request is refused, and what to do.
pub(super) fn refused(refusal: Refusal) -> Response<Body> {
    text(
        Refusal::STATUS,
        format!("refused: {refusal}\nhint: {}\n", refusal.hint()),
    )
}
