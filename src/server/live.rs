//! `/api/v1/live`: what happens, as it happens (server-sent events).
//!
//! Each frame is made once, whoever listens. A listener that comes back says
//! the last position it saw and gets what it missed; if that is too much, or it
//! was too slow, it is told to load anew.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use tokio::sync::broadcast;
use tokio_stream::{
    Stream, StreamExt,
    wrappers::{BroadcastStream, IntervalStream},
};

use super::{app::App, auth::Identity, params::Query, problem::Problem};
use crate::{
    analysis::View,
    api::{LiveEvent, LivePosition},
    domain::{Action, Event, LedgerPosition},
};

/// Frames that a slow listener may be behind.
const BEHIND: usize = 8192;
/// How often it is looked whether a listener may go on.
const LOOKS: Duration = Duration::from_secs(2);
/// Events that a listener who comes back is told one by one.
const CAUGHT_UP: u64 = 5000;

/// A message to all listeners.
#[derive(Debug, Clone)]
struct Frame {
    position: u64,
    /// Everything is to be loaded anew, also where the ledger is no longer: a new day begins.
    reloads: bool,
    event: sse::Event,
}

/// The listeners.
pub struct Live {
    sender: Mutex<Option<broadcast::Sender<Arc<Frame>>>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: Mutex::new(Some(broadcast::channel(BEHIND).0)) }
    }
}

impl Live {
    /// Tells what `events` changed; `view` knows them already.
    pub fn tell(&self, view: &View, events: &[Event]) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = sender.as_ref().filter(|sender| sender.receiver_count() > 0) else { return };
        events
            .iter()
            .filter_map(|event| frame(view, event))
            .for_each(|frame| drop(sender.send(Arc::new(frame))));
    }

    /// Tells that everything may be another.
    pub fn reload(&self, position: LedgerPosition) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = sender.as_ref() {
            drop(sender.send(Arc::new(reload(position.0))));
        }
    }

    /// Ends all streams, so that the server can stop.
    pub fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn listen(&self) -> Option<broadcast::Receiver<Arc<Frame>>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(broadcast::Sender::subscribe)
    }
}

fn reload(position: u64) -> Frame {
    let text = at(position);
    let event = sse::Event::default().id(position.to_string()).event("reload").data(text);
    Frame { position, reloads: true, event }
}

fn begins(position: u64) -> sse::Event {
    let text = at(position);
    sse::Event::default().id(position.to_string()).event("position").data(text)
}

fn at(position: u64) -> String {
    written(&LivePosition { at: LedgerPosition(position) })
}

/// Numbers and codes: nothing of it can fail to be written.
fn written(message: &impl serde::Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

fn frame(view: &View, event: &Event) -> Option<Frame> {
    let text = written(&LiveEvent::of(view, event)?);
    let event_id = event.position.0.to_string();
    Some(Frame {
        position: event.position.0,
        reloads: false,
        event: sse::Event::default().id(event_id).data(text),
    })
}

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
