//! `/api/v1/campaigns`: emulation campaigns, and the files that they are made of.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    analysis::View,
    api,
    domain::Code,
    server::{
        app::App, auth::Identity, background::blocking, campaign_files::version, params::Query,
        problem::Problem,
    },
};

/// Bytes of a campaign's text at most.
pub const LARGEST: usize = 256 << 10;

/// The campaigns.
pub async fn campaigns(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["as_of", "at"])?;
    let campaigns = app.words.campaigns();
    let key = format!("/api/v1/campaigns {} {}", campaigns.number, text.unwrap_or_default());
    let made = move |_: &App, view: &View| Ok(api::campaigns(view, &campaigns.all));
    Ok(app.json(&headers, key, query.when()?, made).await?.respond(&headers))
}

/// The text of a campaign's file.
pub async fn file(State(app): State<Arc<App>>, Path(code): Path<String>) -> Result<Response, Problem> {
    let text = with_files(&app, code, |app, code| app.campaign_files.text(code)).await?;
    let kind = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::ETAG, version(&text)),
    ];
    Ok((kind, text).into_response())
}

/// Puts a campaign's file in place: from then on it counts. `If-Match` holds the tag that its text was read with.
pub async fn put_file(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(code): Path<String>,
    headers: HeaderMap,
    text: String,
) -> Result<Response, Problem> {
    let expected = headers.get(header::IF_MATCH).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let made = with_files(&app, code, move |app, code| {
        let own =
            app.campaign_files.put(code, &text, expected.as_deref(), |all| app.words.set_campaigns(all))?;
        tracing::info!(by = identity.name(), campaign = %code, "a campaign was changed");
        let current = app.current()?;
        Ok(api::Campaign::of(&current.view, &own))
    });
    Ok(axum::Json(made.await?).into_response())
}

/// Takes an own campaign away.
pub async fn remove_file(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(code): Path<String>,
) -> Result<StatusCode, Problem> {
    let done = with_files(&app, code, move |app, code| {
        app.campaign_files.remove(code, |all| app.words.set_campaigns(all))?;
        tracing::info!(by = identity.name(), campaign = %code, "a campaign was taken away");
        Ok(StatusCode::NO_CONTENT)
    });
    done.await
}

/// Runs `work` on a thread that may block.
async fn with_files<T: Send + 'static>(
    app: &Arc<App>,
    code: String,
    work: impl FnOnce(&App, &Code) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = Arc::clone(app);
    let code = Code::new(&code).map_err(|why| Problem::parameter("code", why))?;
    blocking(move || work(&app, &code)).await?
}
