//! `/api/v1/live`: a listener that comes back says the last position it saw and gets what it missed; if that is too
//! much, or it was too slow, it is told to load anew.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use tokio_stream::{
    Stream, StreamExt,
    wrappers::{BroadcastStream, IntervalStream},
};

use crate::{
    domain::{Action, Event, LedgerPosition},
    server::{
        app::App,
        auth::Identity,
        live::{Frame, at, frame, reload},
        params::Query,
        problem::Problem,
    },
};

/// How often it is looked whether a listener may go on.
const LOOKS: Duration = Duration::from_secs(2);
/// Events that a listener who comes back is told one by one.
const CAUGHT_UP: u64 = 5000;

/// What a stream brings, and the moments at which it is looked whether it may go on.
enum Turn {
    Event(sse::Event),
    Look,
    End,
}

/// The stream as long as who listens is who they were: not beyond a session, a token, an account or its roles.
fn while_let_in(
    app: Arc<App>,
    identity: Identity,
    headers: HeaderMap,
    stream: impl Stream<Item = sse::Event>,
) -> impl Stream<Item = sse::Event> {
    let is_let_in = move || {
        let now = Identity::of(&app.auth, &headers, jiff::Timestamp::now().as_millisecond());
        now.is_still(&identity) && (now.may(Action::Read) || app.auth.is_public())
    };
    let looks = IntervalStream::new(tokio::time::interval(LOOKS)).map(|_| Turn::Look);
    let events = stream.map(Turn::Event).chain(tokio_stream::once(Turn::End));
    let goes_on = move |turn: &Turn| match turn {
        Turn::Event(_) => true,
        Turn::Look => is_let_in(),
        Turn::End => false,
    };
    events.merge(looks).take_while(goes_on).filter_map(|turn| match turn {
        Turn::Event(event) => Some(event),
        Turn::Look | Turn::End => None,
    })
}

/// The stream.
pub async fn live(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref(), &["last_event_id"])?;
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| "must be a whole number");
    let given = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last = match given {
        Some(text) => Some(number(text).map_err(|why| Problem::parameter("Last-Event-ID", why))?),
        None => query.read("last_event_id", number)?,
    };
    let listener = app.live.listen().ok_or_else(Problem::starting)?;
    let current = app.current()?;
    let now = current.view.snapshot.position().0;
    // Listening began before: what comes meanwhile is sent once, by its position.
    let missed: Vec<Frame> = match last {
        Some(last) if last < now && now - last <= CAUGHT_UP => {
            let most = (now - last) as usize;
            let mut events =
                app.with_store(move |store| store.events_after(LedgerPosition(last), most)).await?;
            // What this view does not know yet comes by itself, once it is true.
            events.retain(|event| event.position.0 <= now);
            let brought = |event: &Event| event.body.parcel.is_none();
            let mut frames: Vec<Frame> =
                events.iter().filter_map(|event| frame(&current.view, event)).collect();
            if events.iter().any(brought) {
                frames.push(reload(now));
            }
            frames
        }
        Some(last) if last != now => vec![reload(now)],
        _ => Vec::new(),
    };
    let mut sent = now;
    let coming = BroadcastStream::new(listener).filter_map(move |frame| match frame {
        Ok(frame) if frame.position > sent || frame.reloads => {
            sent = sent.max(frame.position);
            Some(frame.event.clone())
        }
        Ok(_) => None,
        // Too slow: what was missed is loaded anew; what comes after it follows.
        Err(_) => Some(reload(sent).event),
    });
    let hello = tokio_stream::once(sse::Event::default().comment("matbang").retry(Duration::from_secs(2)));
    let caught_up = tokio_stream::iter(missed.into_iter().map(|frame| frame.event));
    // Where it begins, so that a break before the first event can be resumed too.
    let begins = tokio_stream::once(begins(now));
    let stream = hello.chain(caught_up).chain(begins).chain(coming);
    let stream = while_let_in(app, identity, headers, stream).map(Ok::<_, Infallible>);
    let keep = KeepAlive::new().interval(Duration::from_secs(15)).text("matbang");
    let mut response = Sse::new(stream).keep_alive(keep).into_response();
    // A proxy in front must not hold frames back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn begins(position: u64) -> sse::Event {
    let text = at(position);
    sse::Event::default().id(position.to_string()).event("position").data(text)
}
