//! `/api/v1/imports`: files are sent, looked at, and then stored in one step, or not at all.
//!
//! ```text
//! POST imports ─► PUT imports/{id}/files/{name} ─► POST imports/{id}/preview (again and again) ─► POST imports/{id}/commit
//! ```
//! What was imported can be taken back as long as nothing happened to it
//! (`POST imports/undo`): its parcels are withdrawn by events, nothing is erased.

use std::{path::PathBuf, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio_stream::StreamExt;

use crate::{
    api::{
        ImportBegun, ImportDone, ImportOutline, ImportPreview, ImportReport, ImportRequest, ImportShapes,
        ImportStored, Refused, StagedFiles,
    },
    domain::{Action, Code, Day, LedgerPosition, UnitId},
    import::{self, Asker, ImportError, Keeping, Records, Request},
    ingest::{Encoding, Mapping, Target},
    reader::{Cancellation, Reader},
    server::{
        app::App,
        auth::Identity,
        background::blocking,
        import_work::{Operation, StagedWork, Tracker},
        problem::Problem,
        staging::{LARGEST, Room, Staged, Staging},
    },
    store::Entry,
};

/// Begins an import.
pub async fn begin(State(app): State<Arc<App>>, identity: Identity) -> Result<Response, Problem> {
    let id = app.begin_import(identity.name()).await?;
    Ok((StatusCode::CREATED, axum::Json(ImportBegun { id, largest: LARGEST })).into_response())
}

/// Takes one file of an import.
pub async fn upload(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path((id, name)): Path<(String, String)>,
    body: Body,
) -> Result<Response, Problem> {
    let staged = app.find_import(&id, identity.name()).await?;
    let path = staged.path_of(&name)?;
    let room = app.import_room(identity.name()).await?;
    let taken = match receive(&app.staging, (identity.name(), room), &path, body).await {
        Ok(()) => app.files.scan(&path).await,
        refused => refused,
    };
    if let Err(problem) = taken {
        let _ = tokio::fs::remove_file(&path).await;
        return Err(problem);
    }
    let (unpacker, archive) = (Arc::clone(&app), Arc::clone(&staged));
    let unpacked = blocking(move || {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
            unpacker.staging.unpack(&archive, &path)?;
        }
        Ok::<_, Problem>(())
    });
    unpacked.await??;
    app.share_files(&id, identity.name(), &staged).await?;
    Ok((StatusCode::CREATED, axum::Json(files(&staged)?)).into_response())
}

/// Bytes after which it is looked again whether their sender has room for them.
const LOOKED: u64 = 1 << 20;

async fn receive(
    staging: &Staging,
    (author, room): (&str, Room),
    path: &std::path::Path,
    body: Body,
) -> Result<(), Problem> {
    use tokio::io::AsyncWriteExt;
    let has_room = |sent| if staging.has_room(author, room, sent) { Ok(()) } else { Err(staging.full()) };
    let mut file = tokio::fs::File::create(path).await.map_err(|e| Problem::disk(&e))?;
    let (mut stream, mut received, mut looked) = (body.into_data_stream(), 0, 0);
    while let Some(part) = stream.next().await {
        let part = part.map_err(|e| Problem::invalid(format!("the file did not arrive whole: {e}")))?;
        received += part.len() as u64;
        if received > LARGEST {
            return Err(Problem::too_large(format!("a file may have at most {} MB", LARGEST >> 20)));
        }
        file.write_all(&part).await.map_err(|e| Problem::disk(&e))?;
        if received - looked >= LOOKED {
            file.flush().await.map_err(|e| Problem::disk(&e))?;
            looked = received;
            has_room(received)?;
        }
    }
    file.flush().await.map_err(|e| Problem::disk(&e))?;
    has_room(received)
}

fn files(staged: &Staged) -> Result<StagedFiles, Problem> {
    Ok(StagedFiles { files: staged.files()? })
}

/// What the file holds: layers and columns.
pub async fn outline(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let staged = app.find_import(&id, identity.name()).await?;
    let tracker = Tracker::new(Arc::clone(&staged.works), Operation::Outline, app.announcer(&id));
    let described = app.reading.run(move |reader, cancellation| {
        tracker.reading();
        let main = staged.main()?;
        let layers = reader.outline(&main, cancellation).map_err(|e| refused(&staged, &e.into()))?;
        Ok(ImportOutline::new(staged.files()?, layers))
    });
    Ok(axum::Json(described.await?).into_response())
}

/// What is being done with the file right now; answered at once, whatever is read.
pub async fn work(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let work = app.import_work(&id, identity.name()).await?;
    Ok(axum::Json(StagedWork { work }).into_response())
}

/// What is asked for, as the reader takes it.
fn request(asked: ImportRequest, file: PathBuf, today: Day) -> Result<Request, Problem> {
    let code = |name: &str, text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| Code::new(&text)).transpose().map_err(|why| Problem::parameter(name, why))
    };
    let pairs: Vec<String> =
        asked.mapping.iter().map(|(field, column)| format!("{field}={column}")).collect();
    let encoding = asked.encoding.as_deref().unwrap_or("auto");
    let day =
        asked.day.as_deref().map(Day::parse).transpose().map_err(|why| Problem::parameter("day", why))?;
    Ok(Request {
        target: target(&asked.target)?,
        file,
        layer: asked.layer,
        crs: asked.crs.filter(|crs| !crs.is_empty()),
        encoding: Encoding::from_name(encoding)
            .ok_or_else(|| Problem::parameter("encoding", "choose one of utf-8, tcvn3, vni, cp1258, auto"))?,
        mapping: Mapping::parse(&pairs.join(",")).map_err(|why| Problem::parameter("mapping", why))?,
        project: code("project", asked.project)?,
        unit: code("unit", asked.unit)?,
        intersect: asked.intersect,
        levels: asked.levels,
        day: day.unwrap_or(today),
    })
}

fn target(word: &str) -> Result<Target, Problem> {
    let all = [Target::Units, Target::Projects, Target::Parcels];
    let found = all.into_iter().find(|target| target.word() == word);
    found.ok_or_else(|| Problem::parameter("target", "choose one of units, projects, parcels"))
}

/// Reads and checks the file, stores nothing: the report, and the shapes for the map.
pub async fn preview(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
    axum::Json(asked): axum::Json<ImportRequest>,
) -> Result<Response, Problem> {
    let read = ImportReading::begin(&app, &identity, &id, asked).await?;
    let tracker = Tracker::new(Arc::clone(&read.staged.works), Operation::Preview, app.announcer(&id));
    let answer = app.reading.run(move |reader, cancellation| {
        let records = read.records(reader, cancellation, Keeping::Nothing, &tracker)?;
        Ok(ImportPreview {
            report: ImportReport::of(&records),
            preview: ImportShapes::of(&records),
            allowed: read.may_store(&records).is_ok(),
        })
    });
    Ok(axum::Json(answer.await?).into_response())
}

/// Reads the file once more and stores all of it, if nothing of it is refused.
pub async fn commit(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
    axum::Json(asked): axum::Json<ImportRequest>,
) -> Result<Response, Problem> {
    let read = ImportReading::begin(&app, &identity, &id, asked).await?;
    let author = identity.name().to_owned();
    let tracker = Tracker::new(Arc::clone(&read.staged.works), Operation::Commit, app.announcer(&id));
    let work = app.reading.run(move |reader, cancellation| {
        let records = read.records(reader, cancellation, Keeping::All, &tracker)?;
        read.may_store(&records)?;
        Ok::<_, Problem>((records, read.request.day, tracker))
    });
    let (records, day, tracker) = work.await?;
    let (answer, at) = store_all(&app, records, author, day, tracker).await?;
    // What is stored is stored: what can't be forgotten now is over by itself later.
    let _ = app.end_import(&id).await;
    app.await_shown(at).await;
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

/// Has the records written in their turn, by the one writer.
async fn store_all(
    app: &App,
    mut records: Records,
    author: String,
    day: Day,
    tracker: Tracker,
) -> Result<(ImportDone, LedgerPosition), Problem> {
    let read = records.report();
    if !read.refused.is_empty() {
        let detail =
            format!("{} of {} features are refused; nothing was stored", read.refused.len(), read.read);
        return Err(Problem::refused(detail, Refused::Features(read.refused.clone())));
    }
    let report = ImportReport::of(&records);
    let recorded_at = jiff::Timestamp::now().as_millisecond();
    let entry = Entry { source: read.file.clone(), author, recorded_at, day, units_on: day };
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let of = read.accepted as u64;
    tracker.storing(0, of);
    let writing = app.writer.write(move |change| {
        let written = records.write(change, &entry, &mut |done| tracker.storing(done, of))?;
        // Who asked has left: what is written stays.
        let _ = sender.send((written, change.head()));
        Ok(())
    });
    writing.await?.map_err(|error| match error {
        error @ crate::store::StoreError::Exists(_) => Problem::refused(error.to_string(), Refused::none()),
        error => Problem::store(&error),
    })?;
    let (written, head) = receiver.recv().map_err(|e| Problem::internal(&e))?;
    let stored = ImportStored::of(&written, &head);
    Ok((ImportDone { report, stored }, head.position))
}

/// Forgets a file that waits.
pub async fn end(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.import_work(&id, identity.name()).await?;
    app.end_import(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(staged: &Staged, error: &ImportError) -> Problem {
    match error {
        ImportError::Store(error) => Problem::internal(error),
        ImportError::Read(error) if error.is_ours() => Problem::internal(error),
        error => {
            if matches!(error.code(), "died" | "nonsense") {
                tracing::warn!(%error, "a file that was sent broke its reader");
            }
            Problem::unreadable(error.code(), staged.plain(&error.to_string()))
        }
    }
}

/// A file, the state of the store, and who asks.
struct ImportReading {
    staged: Arc<Staged>,
    request: Request,
    current: Arc<crate::server::app::Current>,
    scope: crate::domain::Scope,
}

impl ImportReading {
    async fn begin(app: &App, identity: &Identity, id: &str, asked: ImportRequest) -> Result<Self, Problem> {
        let staged = app.find_import(id, identity.name()).await?;
        let current = app.current()?;
        let request = request(asked, staged.main()?, current.view.today)?;
        let scope = identity.scope(Action::Manage, current.view.snapshot.units());
        Ok(Self { staged, request, current, scope })
    }

    fn records(
        &self,
        reader: &Reader,
        cancellation: &Cancellation,
        keeping: Keeping,
        tracker: &Tracker,
    ) -> Result<Records, Problem> {
        let asker = Asker { before: Some(&self.current.view.snapshot), mine: &self.scope, cancellation };
        tracker.reading();
        let read = import::read(reader, &self.request, asker, keeping, &mut |step| tracker.at(step));
        read.map_err(|error| refused(&self.staged, &error))
    }

    /// Units and projects are everybody's: only who manages everywhere may bring them in. Parcels must
    /// lie in units that the account manages.
    fn may_store(&self, records: &Records) -> Result<(), Problem> {
        let snapshot = &self.current.view.snapshot;
        let everywhere = snapshot.units().iter().all(|entry| self.scope.holds(entry.id));
        let allowed = everywhere
            || match records {
                Records::Parcels(parcels) => parcels.units().iter().all(|code| {
                    let unit = snapshot.unit_by_code(code, self.request.day);
                    let id: Option<UnitId> = unit.map(|unit| snapshot.units()[unit].id);
                    id.is_some_and(|id| self.scope.holds(id))
                }),
                Records::Units(_) | Records::Projects(_) => false,
            };
        if allowed { Ok(()) } else { Err(Problem::forbidden("some of it lies outside your units")) }
    }
}
