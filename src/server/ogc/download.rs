//! Whole results as files: written on a thread that may block, sent through a bounded channel, so that
//! memory does not grow with the result and a slow reader slows the writer, not the server.

use std::{
    io::{self, Write},
    sync::Arc,
};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

use super::{
    ask::{Ask, Form, position},
    personal,
};
use crate::{
    analysis::View,
    export::{ExportError, Format, Job, Options, People, Picked},
    query::{Collection, Rows, select},
    server::{app::App, auth::Identity, params::Query, problem::Problem},
};

/// Bytes of a piece.
const PIECE: usize = 1 << 18;
/// Pieces that wait for the reader.
const WAITING: usize = 4;
/// Letters of a filter in a file's name.
const NAME_LETTERS: usize = 48;

type Piece = Result<Bytes, Problem>;

/// Sends what is written in pieces; fails when the reader has gone.
struct Sender {
    channel: mpsc::Sender<Piece>,
    buffer: Vec<u8>,
}

impl Sender {
    fn send(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE)));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader has gone");
        self.channel.blocking_send(Ok(piece)).map_err(gone)
    }
}

impl Write for Sender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = bytes.len().min(PIECE - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..part]);
        if self.buffer.len() == PIECE {
            self.send()?;
        }
        Ok(part)
    }

    /// What is left goes when the writer is done; small pieces would be slow.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The features of a request as a file.
pub async fn download(
    app: Arc<App>,
    identity: Identity,
    collection: Collection,
    query: Query,
    format: Format,
) -> Result<Response, Problem> {
    let current = app.view(query.when()?).await?;
    let permit = app.answers.exports.clone().try_acquire_owned().map_err(|_| Problem::busy_exporting())?;
    let name = file_name(collection, &query, &current.view, format);
    let crs = query.read("crs", crate::export::Crs::parse)?.unwrap_or_default();
    let (channel, mut pieces) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut sender = Sender { channel: channel.clone(), buffer: Vec::with_capacity(PIECE) };
        let done = write(&app, &current.view, (collection, &query, &identity, format), &mut sender)
            .and_then(|()| sender.send().map_err(|e| problem(e.into())));
        if let Err(problem) = done {
            // Nobody listens when the reader has gone.
            let _ = channel.blocking_send(Err(problem));
        }
    });
    // What is wrong before the first piece is still a problem document.
    let first = match pieces.recv().await {
        Some(first) => first?,
        None => Bytes::new(),
    };
    let rest = ReceiverStream::new(pieces);
    let all = tokio_stream::once(Ok(first)).chain(rest).map(move |piece| {
        let _held: &OwnedSemaphorePermit = &permit;
        piece.map_err(|_| io::Error::other("the file could not be finished"))
    });
    let mut response = Response::new(Body::from_stream(all));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    state_crs(&mut response, crs);
    Ok(response)
}

fn problem(error: ExportError) -> Problem {
    match error {
        ExportError::TooMany(why) => Problem::parameter("f", why),
        other => Problem::internal(&other),
    }
}

fn write(
    app: &Arc<App>,
    view: &View,
    (collection, query, identity, format): (Collection, &Query, &Identity, Format),
    sender: &mut Sender,
) -> Result<(), Problem> {
    let ask = Ask::read(collection, query, identity, Form::File(format))?;
    let people = ask.words.map(|language| {
        let illustration = app.words.about().illustration;
        let codes = app.words.codes.clone();
        People::new(language, codes, (view, collection), &ask.filter, illustration).map(Box::new)
    });
    let people = people.transpose().map_err(problem)?;
    let options = Options { csv_shape: ask.csv_shape, csv_bom: ask.csv_bom, people, ..Options::default() };
    let personal = personal(identity, view);
    let job = Job { view, collection, columns: ask.columns, crs: ask.crs, personal: &personal, options };
    let most = ask.limit.unwrap_or(usize::MAX);
    let done = if collection == Collection::Events {
        let mut ledger = |after| app.ledger_after(after).map_err(ExportError::Ledger);
        let after = position(ask.after.as_ref());
        let picked = Picked::Events { ledger: &mut ledger, after, filter: &ask.filter, most };
        job.write(format, picked, sender)
    } else {
        let rows = Rows::of(view);
        let mut indexes =
            select(view, collection, &ask.filter).map_err(|why| Problem::parameter("filter", why))?;
        if let Some(cursor) = &ask.after {
            ask.sort.keep_after(collection, &rows, &mut indexes, cursor);
        }
        ask.sort.head(&rows, &mut indexes, most);
        job.write(format, Picked::Indexes(&indexes), sender)
    };
    done.map(drop).map_err(problem)
}

/// Parameters that choose no features.
const SHOWN: [&str; 11] =
    ["f", "limit", "after", "properties", "sortby", "geom", "bom", "words", "as_of", "at", "filter-lang"];

/// What a file holds, in its name: layer, conditions, day.
fn file_name(collection: Collection, query: &Query, view: &View, format: Format) -> String {
    let conditions = query.pairs().filter(|(name, _)| !SHOWN.contains(name));
    let text = conditions.map(
        |(name, value)| {
            if name == "filter" { value.to_owned() } else { format!("{name} {value}") }
        },
    );
    let text = text.collect::<Vec<_>>().join(" ");
    let plain = crate::api::folded(&text);
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut chosen = String::new();
    for word in words {
        if chosen.len() + word.len() >= NAME_LETTERS {
            break;
        }
        chosen.push('-');
        chosen.push_str(word);
    }
    format!("matbang-{}{chosen}-{}.{}", collection.name(), view.today, format.extension())
}

/// `Content-Crs` (OGC API - Features, Part 2, 6.4).
pub fn state_crs(response: &mut Response, crs: crate::export::Crs) {
    if let Ok(value) = HeaderValue::try_from(format!("<{}>", crs.uri())) {
        response.headers_mut().insert("content-crs", value);
    }
}
