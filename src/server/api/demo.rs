//! `POST /api/v1/demo`: the illustrative province, for an empty store.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    api::{DemoFilled, DemoRequest},
    import::Illustration,
    server::{app::App, background::blocking, problem::Problem},
};

/// Fills an empty store.
pub async fn fill_demo(
    State(app): State<Arc<App>>,
    axum::Json(asked): axum::Json<DemoRequest>,
) -> Result<Response, Problem> {
    if !(100..=40_000).contains(&asked.parcels) {
        return Err(Problem::parameter("parcels", "must be a number from 100 to 40000"));
    }
    let current = app.current()?;
    if current.view.snapshot.position().0 > 0 {
        return Err(not_empty());
    }
    // Today is not over: nothing may be recorded later than now.
    let until = current.view.today.plus(-1);
    let made = blocking(move || Illustration::make(asked.parcels, 1, until));
    let made = made.await?.map_err(|e| Problem::internal(&e))?;
    let (units, projects, parcels) = made.counts();
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let writing = app.writer.write(move |change| {
        // Somebody may have come first.
        if change.head().position.0 > 0 {
            let _ = sender.send(None);
            return Ok(());
        }
        made.write(change, &mut |_, _| {})?;
        let _ = sender.send(Some(change.head().position));
        Ok(())
    });
    writing.await?.map_err(|error| Problem::store(&error))?;
    let position = receiver.recv().map_err(|e| Problem::internal(&e))?.ok_or_else(not_empty)?;
    app.await_shown(position).await;
    let answer = DemoFilled { units, projects, parcels, position };
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

fn not_empty() -> Problem {
    Problem::taken("the store is not empty; the illustration fills empty stores only")
}
