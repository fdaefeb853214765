//! The process that reads: it confines itself, opens the file, and sends what it finds.

use std::{
    ffi::OsStr,
    io::{self, BufWriter, Read, Write},
    os::{fd::AsFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
    process::ExitCode,
};

use geo::MultiPolygon;

use super::{
    confine::{self, Confinement},
    findings::{self, clip},
    protocol::{
        self, ENOUGH, Kind, Question, ReaderFault, SentValue, Task, WireOptions, send, send_bytes, send_parts,
    },
    records::Transferable,
};
use crate::{
    domain::{PackedParcels, Parcel},
    ingest::{
        self, Batch, Bound, Bounds, Cut, Halt, IngestError, LayerOutline, Named, ParcelFlow, Report, Step,
        Target, read_event_file, read_projects, read_units, stream_parcels,
    },
};

/// Characters of an error's words.
const LONGEST_WORDS: usize = 4000;

/// Reads the file of the one question on standard input; standard output is the answer.
/// It is started by [`super::Reader`] and of no use to anyone else.
pub fn run() -> ExitCode {
    let question = match protocol::receive_question(&mut io::stdin().lock()) {
        Ok(question) => question,
        Err(error) => return failed(&error),
    };
    let confinement = match confined(&question) {
        Ok(confinement) => confinement,
        Err(error) => return failed(&error),
    };
    std::thread::spawn(end_with_the_asker);
    // The pipe itself: what the library puts before it looks for the ends of lines.
    let pipe = match io::stdout().as_fd().try_clone_to_owned() {
        Ok(pipe) => std::fs::File::from(pipe),
        Err(error) => return failed(&error),
    };
    let mut output = BufWriter::with_capacity(1 << 16, pipe);
    match answer(&mut output, question, &confinement) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "matbang: {error}");
    ExitCode::FAILURE
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Puts up the walls; nothing of the file was touched before.
fn confined(question: &Question) -> io::Result<Confinement> {
    let given: Vec<&Path> = question.given.iter().map(|bytes| path(bytes)).collect();
    confine::restrict_means(question.memory, question.seconds)?;
    Ok(confine::restrict_thread(path(&question.folder), &given))
}

/// Standard input stays open as long as somebody waits for the answer.
fn end_with_the_asker() {
    let _ = io::stdin().read(&mut [0]);
    std::process::abort();
}

fn answer(output: &mut (dyn Write + Send), question: Question, confinement: &Confinement) -> io::Result<()> {
    send(output, Kind::Confined, confinement)?;
    output.flush()?;
    let file = path(&question.folder).join("in").join(path(&question.name));
    let done = match question.task {
        Task::Nothing => Ok(()),
        Task::Outline => outline(output, &file, &question.bounds),
        Task::Events(layer) => events(output, &file, layer.as_deref(), &question.bounds),
        Task::Records(asked) => records(output, &file, *asked, question.bounds),
    };
    match done {
        Ok(()) => send(output, Kind::Done, &())?,
        Err(Failure::File(error)) => send(output, Kind::Failed, &fault(&error))?,
        Err(Failure::Pipe(error)) => return Err(error),
    }
    output.flush()
}

/// Why there is no whole answer.
enum Failure {
    File(IngestError),
    Pipe(io::Error),
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        Self::File(error)
    }
}

impl From<Halt> for Failure {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::File(error) => Self::File(error),
            Halt::Taker(error) => Self::Pipe(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Pipe(error)
    }
}

/// The error as it travels. Libraries say in words that memory is used up.
fn fault(error: &IngestError) -> ReaderFault {
    let words = error.to_string();
    let lower = words.to_ascii_lowercase();
    let memory = ["out of memory", "cannot allocate", "bad_alloc"].iter().any(|word| lower.contains(word));
    let code = if memory { "memory" } else { error.code() };
    ReaderFault {
        code: code.to_owned(),
        words: words.chars().take(LONGEST_WORDS).collect(),
        wrong_usage: error.is_wrong_usage(),
    }
}

fn outline(output: &mut dyn Write, file: &Path, bounds: &Bounds) -> Result<(), Failure> {
    let layers: Vec<LayerOutline> = ingest::outline(file, bounds)?;
    Ok(send_parts(output, Kind::Records, layers)?)
}

fn events(output: &mut dyn Write, file: &Path, layer: Option<&str>, bounds: &Bounds) -> Result<(), Failure> {
    let table = read_event_file(file, layer, bounds)?;
    send(output, Kind::Report, &(&table.known, &table.unknown, &table.mixed))?;
    let rows = table.rows.iter().map(|row| {
        // Values of a table are texts, numbers, and yes or no.
        let field = |(name, value): (&String, &serde_json::Value)| {
            let sent = match value {
                serde_json::Value::String(text) => SentValue::Text(text.clone()),
                serde_json::Value::Number(number) => SentValue::Number(number.to_string()),
                other => SentValue::Flag(other.as_bool().unwrap_or_default()),
            };
            (name.clone(), sent)
        };
        (row.line as u64, row.fields.iter().map(field).collect::<Vec<(String, SentValue)>>())
    });
    Ok(send_parts(output, Kind::Records, rows)?)
}

fn records(
    output: &mut (dyn Write + Send),
    file: &Path,
    asked: WireOptions,
    bounds: Bounds,
) -> Result<(), Failure> {
    let (target, options, boundary) = asked.into_parts(bounds);
    let mut progress = |step: Step| {
        // Whoever does not listen any more has closed standard input too.
        let _ = send(output, Kind::Progress, &step).and_then(|()| output.flush());
    };
    match target {
        Target::Units => batch(read_units(file, &options, &mut progress)?, output, file, &bounds),
        Target::Projects => batch(read_projects(file, &options, &mut progress)?, output, file, &bounds),
        Target::Parcels => {
            let mut sending = Sending::new(output, boundary, file, bounds);
            let mut report = stream_parcels(file, &options, &mut sending)?;
            sending.finish(&mut report)
        }
    }
}

fn batch<R: Transferable>(
    batch: Batch<R>,
    output: &mut dyn Write,
    file: &Path,
    bounds: &Bounds,
) -> Result<(), Failure> {
    let Batch { records, mut features, mut report } = batch;
    features.iter_mut().for_each(clip);
    let findings = findings::taken(&mut report);
    if findings.len() > bounds.findings {
        let (file, limit) = (PathBuf::from(file).display().to_string(), bounds.findings as u64);
        return Err(IngestError::TooMuch { file, bound: Bound::Findings, limit }.into());
    }
    send_parts(output, Kind::Records, features.into_iter().zip(records.into_iter().map(Transferable::pack)))
        .or_else(|error| too_large(error, file, bounds))?;
    send_parts(output, Kind::Findings, findings)?;
    send(output, Kind::Report, &report)?;
    Ok(())
}

/// Sends parcels as they are made.
struct Sending<'a> {
    output: &'a mut (dyn Write + Send),
    cut: Option<Cut>,
    run: PackedParcels,
    findings: usize,
    file: &'a Path,
    bounds: Bounds,
}

impl<'a> Sending<'a> {
    fn new(
        output: &'a mut (dyn Write + Send),
        boundary: Option<MultiPolygon<f64>>,
        file: &'a Path,
        bounds: Bounds,
    ) -> Self {
        let (cut, run) = (boundary.map(Cut::new), PackedParcels::default());
        Self { output, cut, run, findings: 0, file, bounds }
    }

    fn push(&mut self, mut feature: String, parcel: &Parcel, cut: Option<(f64, bool)>) -> Result<(), Halt> {
        clip(&mut feature);
        self.run.push(&feature, parcel, cut);
        if self.run.bytes().len() < ENOUGH { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Halt> {
        if self.run.is_empty() {
            return Ok(());
        }
        let sent = send_bytes(self.output, Kind::Records, self.run.bytes());
        self.run.clear();
        match sent.or_else(|error| too_large(error, self.file, &self.bounds)) {
            Ok(()) => Ok(()),
            Err(Failure::File(error)) => Err(error.into()),
            Err(Failure::Pipe(error)) => Err(error.into()),
        }
    }

    fn tell(&mut self, report: &mut Report) -> Result<(), Halt> {
        let findings = findings::taken(report);
        self.findings += findings.len();
        if self.findings > self.bounds.findings {
            let (file, limit) = (self.file.display().to_string(), self.bounds.findings as u64);
            return Err(IngestError::TooMuch { file, bound: Bound::Findings, limit }.into());
        }
        Ok(send_parts(self.output, Kind::Findings, findings)?)
    }

    fn finish(mut self, report: &mut Report) -> Result<(), Failure> {
        if let Some(cut) = &self.cut {
            cut.tell(report);
        }
        let told = self.send().and_then(|()| self.tell(report));
        told?;
        Ok(send(self.output, Kind::Report, report)?)
    }
}

impl ParcelFlow for Sending<'_> {
    fn take(&mut self, parcels: Vec<Named>, report: &mut Report) -> Result<(), Halt> {
        match &mut self.cut {
            None => {
                parcels.into_iter().try_for_each(|(feature, parcel)| self.push(feature, &parcel, None))?;
            }
            Some(cut) => {
                let kept = cut.keep(parcels);
                kept.into_iter().try_for_each(|(feature, parcel, row)| {
                    self.push(feature, &parcel, Some((row.share, row.whole)))
                })?;
            }
        }
        self.tell(report)
    }

    fn anew(&mut self) -> Result<(), Halt> {
        self.run.clear();
        self.findings = 0;
        if let Some(cut) = &mut self.cut {
            cut.anew();
        }
        Ok(send(self.output, Kind::Anew, &())?)
    }

    fn at(&mut self, step: Step) -> Result<(), Halt> {
        send(self.output, Kind::Progress, &step)?;
        Ok(self.output.flush()?)
    }
}

/// A record that no frame can hold has more vertices than a record has.
fn too_large(error: io::Error, file: &Path, bounds: &Bounds) -> Result<(), Failure> {
    if error.kind() != io::ErrorKind::FileTooLarge {
        return Err(error.into());
    }
    let (file, limit) = (file.display().to_string(), (bounds.vertices as u64).min(1_000_000));
    Err(IngestError::TooMuch { file, bound: Bound::Vertices, limit }.into())
}
