//! `/api/v1/briefings`: slides that were saved, frozen at a position of the ledger.
//!
//! What is kept are the words: which slides in which order, with which notes.
//! Their figures are asked for `at` the position and `as_of` the day, and so
//! never change. The verification code is the beginning of the seal.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    api::{BriefingEntry, BriefingWords, Briefings, MOST_SLIDES, NewBriefing, SavedBriefing, Slide},
    domain::Action,
    server::{
        app::App,
        auth::{Identity, secret},
        problem::Problem,
    },
    store::{Briefing, KeptBriefing, RESTORED_WITHIN_MS, Store},
};

/// Characters of a note or title.
const LONGEST: usize = 2000;

/// All briefings, newest first.
pub async fn briefings(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let all = app.with_store(|store| store.briefings()).await?;
    let list = Briefings { briefings: all.iter().map(BriefingEntry::from).collect() };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(list)).into_response())
}

/// Saves slides as a briefing of the state that is shown now.
pub async fn save(State(app): State<Arc<App>>, identity: Identity, body: Bytes) -> Result<Response, Problem> {
    let new: NewBriefing = serde_json::from_slice(&body)
        .map_err(|e| Problem::invalid(format!("the body is not a briefing: {e}")))?;
    check(&new)?;
    let current = app.current()?;
    let code: String = secret().map_err(|e| Problem::internal(&e))?.chars().take(16).collect();
    let slides = new.slides.into_iter().map(Slide::from).collect();
    let words = BriefingWords { slides, filter: new.filter };
    let briefing = Briefing {
        code,
        title: new.title.trim().to_owned(),
        position: current.view.snapshot.position(),
        as_of: new.as_of.unwrap_or(current.view.today),
        body: serde_json::to_string(&words).map_err(|e| Problem::internal(&e))?,
        author: identity.name().to_owned(),
        created_at: jiff::Timestamp::now().as_millisecond(),
    };
    let kept = app.with_store(move |store| store.add_briefing(&briefing)).await?;
    Ok((StatusCode::CREATED, axum::Json(BriefingEntry::from(&kept))).into_response())
}

fn check(new: &NewBriefing) -> Result<(), Problem> {
    let long = |text: &str| text.chars().count() > LONGEST;
    if new.title.trim().is_empty() || long(&new.title) {
        return Err(Problem::parameter("title", format!("must have 1 to {LONGEST} characters")));
    }
    if new.slides.is_empty() || new.slides.len() > MOST_SLIDES {
        return Err(Problem::parameter("slides", format!("must be 1 to {MOST_SLIDES}")));
    }
    if long(&new.filter) || new.slides.iter().any(|slide| long(&slide.note) || long(&slide.code)) {
        return Err(Problem::parameter("slides", format!("a text has more than {LONGEST} characters")));
    }
    Ok(())
}

/// One briefing with its slides, and whether its seal still fits.
pub async fn briefing(State(app): State<Arc<App>>, Path(code): Path<String>) -> Result<Response, Problem> {
    let kept = find(&app, code).await?;
    let words: BriefingWords =
        serde_json::from_str(&kept.briefing.body).map_err(|e| Problem::internal(&e))?;
    let answer = SavedBriefing { entry: (&kept).into(), slides: words.slides, filter: words.filter };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(answer)).into_response())
}

async fn find(app: &Arc<App>, code: String) -> Result<KeptBriefing, Problem> {
    let missing = Problem::not_found(format!("there is no briefing \"{code}\""));
    app.with_store(move |store| store.briefing(&code)).await?.ok_or(missing)
}

/// Removes a briefing: its author may, and whoever administers.
pub async fn remove(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(code): Path<String>,
) -> Result<StatusCode, Problem> {
    let kept = find(&app, code.clone()).await?;
    if kept.briefing.author != identity.name() && !identity.may(Action::Administer) {
        return Err(Problem::forbidden("only its author may remove a briefing"));
    }
    let now = jiff::Timestamp::now().as_millisecond();
    app.with_store(move |store| store.remove_briefing(&code, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a removed briefing back, within 30 days: for whom may remove it.
pub async fn restore(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(code): Path<String>,
) -> Result<StatusCode, Problem> {
    let missing = Problem::not_found(format!("no briefing \"{code}\" of yours was removed lately"));
    let author = (!identity.may(Action::Administer)).then(|| identity.name().to_owned());
    let since = jiff::Timestamp::now().as_millisecond() - RESTORED_WITHIN_MS;
    let restore = move |store: &dyn Store| store.restore_briefing(&code, author.as_deref(), since);
    let restored = app.with_store(restore).await?;
    if restored { Ok(StatusCode::NO_CONTENT) } else { Err(missing) }
}
