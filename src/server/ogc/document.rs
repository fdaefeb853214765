//! Documents that tell about the service itself: one way from the request to the answer, for all of them.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
    response::Response,
};
use serde_json::Value;

use super::{guard_page, link, pages, self_links, wants_html, words};
use crate::{
    analysis::View,
    server::{
        app::App,
        params::{Query, When},
        problem::Problem,
        tiles::base,
    },
};

/// A request for such a document; it takes no parameter but `f`.
pub struct DocumentRequest {
    pub app: Arc<App>,
    pub headers: HeaderMap,
    /// `f`, if it was given.
    pub query: Query,
    /// Address of the server as whoever asks knows it.
    pub address: String,
}

/// What a document is made from.
pub struct Document<'a> {
    pub app: &'a App,
    pub view: &'a View,
    address: &'a str,
}

impl FromRequestParts<Arc<App>> for DocumentRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let query = Query::strict(parts.uri.query(), &["f"])?;
        let address = base(&parts.headers);
        Ok(Self { app: Arc::clone(app), headers: parts.headers.clone(), query, address })
    }
}

impl DocumentRequest {
    /// Answers with what `make` makes, as JSON of this kind or as HTML, made once per change; `key` tells documents
    /// apart by all but the address of the server.
    pub async fn answer(
        self,
        key: String,
        kind: &'static str,
        make: impl FnOnce(&Document<'_>) -> Result<Value, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let Self { app, headers, query, address } = self;
        let html = wants_html(&query, &headers)?;
        let key = format!("{key} {address} {html}");
        let shown = if html { "text/html; charset=utf-8" } else { kind };
        let answer = app.answer(&headers, key, When::default(), shown, move |app, view| {
            let value = make(&Document { app, view, address: &address })?;
            if html {
                return Ok(pages::document(app, view, &value));
            }
            serde_json::to_vec(&value).map_err(|e| Problem::internal(&e))
        });
        let mut response = answer.await?.respond(&headers);
        if html {
            guard_page(&mut response);
        }
        Ok(response)
    }
}

impl Document<'_> {
    /// The title of a page.
    pub fn title(&self, page: &str) -> &str {
        words(self.app).pages.get(page).map_or("", |label| label.vi.as_str())
    }

    /// A path as an address of the server.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// A link to a path of the server.
    pub fn link(&self, path: &str, rel: &str, kind: &str, title: &str) -> Value {
        link(self.address, path, rel, kind, title)
    }

    /// Links to the document itself in its own and the other form.
    pub fn self_links(&self, path: &str, kind: &str) -> Vec<Value> {
        self_links(self.address, path, kind)
    }
}
