//! Which page is where, and what every request goes through.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::routing::{MethodRouter, get, post};
use url::form_urlencoded;

use super::desk::{Desk, Web};
use super::frame::{self, Page};
use super::guard::Entry;
use super::pages::{jobs, read, search, source, sources};
use super::refresh;
use super::sealed::{of_type, on_to, refused, sealed, text};
use crate::cli::{Failure, html};

/// Bytes of a form: the name of a source and a secret.
const FORM_BYTES_MAX: usize = 4 << 10;

/// Makes a page of what was asked for.
type MakePage = fn(&Desk<'_>, &Asked) -> Result<Page, Failure>;

/// Every page, in the order of the navigation.
const PAGES: &[(&str, MakePage)] = &[
    ("/", sources::page),
    ("/search", search::page),
    ("/jobs", jobs::page),
    ("/source", source::page),
    ("/read", read::page),
];

/// What stands behind the `?` of an address, or in a form.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(pairs: &[u8]) -> Self {
        Self(form_urlencoded::parse(pairs).into_owned().collect())
    }

    /// Returns what was said of `name`; nothing where that is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        let (_, value) = all.find(|(key, value)| key == name && !value.trim().is_empty())?;
        Some(value)
    }
}

/// Returns what answers every request.
pub(super) fn router(web: Arc<Web>) -> Router {
    let pages = PAGES.iter().fold(Router::new(), |router, (path, make)| {
        router.route(path, shown(*make))
    });
    pages
        .route("/refresh", post(begin_refresh))
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
        .fallback(missing)
        .layer(middleware::from_fn_with_state(Arc::clone(&web), guarded))
        .with_state(web)
}

/// Lets in who may come in, and gives every answer its headers.
async fn guarded(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response<Body> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let answer = match web.guard.admit(method, uri, headers) {
        Ok(Entry::Session) => {
            web.was_asked();
            next.run(request).await
        }
        Ok(Entry::Opened(cookie)) => {
            web.was_asked();
            let mut answer = on_to("/");
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                answer.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            answer
        }
        Err(refusal) => refused(refusal),
    };
    sealed(answer)
}

fn shown(make: MakePage) -> MethodRouter<Arc<Web>> {
    get(
        move |State(web): State<Arc<Web>>, RawQuery(query): RawQuery| async move {
            let asked = Asked::of(query.unwrap_or_default().as_bytes());
            blocking(web, move |web| {
                let desk = web.desk()?;
                let page = make(&desk, &asked)?;
                let notice = desk.store.notice();
                Ok(page_answer(StatusCode::OK, &page, notice.as_deref()))
            })
            .await
        },
    )
}

/// Runs `work`, which reads the store, on a thread that may wait; what fails is told on a page.
async fn blocking(
    web: Arc<Web>,
    work: impl FnOnce(&Arc<Web>) -> Result<Response<Body>, Failure> + Send + 'static,
) -> Response<Body> {
    let done = tokio::task::spawn_blocking(move || {
        work(&web).unwrap_or_else(|failure| {
            page_answer(StatusCode::BAD_REQUEST, &frame::failed(&failure), None)
        })
    });
    done.await.unwrap_or_else(|_| {
        let what = "error: the page could not be made\nhint: `mrconductor logs` may say why\n";
        text(StatusCode::INTERNAL_SERVER_ERROR, what.to_owned())
    })
}

fn page_answer(status: StatusCode, page: &Page, notice: Option<&str>) -> Response<Body> {
    of_type(
        status,
        "text/html; charset=utf-8",
        frame::framed(page, notice),
    )
}

async fn begin_refresh(State(web): State<Arc<Web>>, request: Request) -> Response<Body> {
    let Ok(form) = axum::body::to_bytes(request.into_body(), FORM_BYTES_MAX).await else {
        let what = format!(
            "error: the form has more than {FORM_BYTES_MAX} bytes\nhint: use the button of the page\n"
        );
        return text(StatusCode::PAYLOAD_TOO_LARGE, what);
    };
    let asked = Asked::of(&form);
    if let Err(refusal) = web.guard.check_form(asked.get("form").unwrap_or_default()) {
        return refused(refusal);
    }
    blocking(web, move |web| {
        refresh::begin(web, asked.get("source").unwrap_or_default())?;
        Ok(on_to("/jobs?follow=1"))
    })
    .await
}

async fn style() -> Response<Body> {
    let sheet = html::STYLE.to_owned() + include_str!("style.css");
    of_type(StatusCode::OK, "text/css; charset=utf-8", sheet)
}

async fn icon() -> Response<Body> {
    of_type(StatusCode::OK, "image/svg+xml", include_str!("icon.svg"))
}

async fn missing() -> Response<Body> {
    let failure = Failure::new("there is no such page", "go to the sources, or search");
    page_answer(StatusCode::NOT_FOUND, &frame::failed(&failure), None)
}
