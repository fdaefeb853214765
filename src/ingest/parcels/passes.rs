//! From the file to parcels, in one pass as a rule.
//!
//! ```text
//! file ─ source ─► rows ─► text, place ─► (a thread of its own) maker ─► flow
//! ```
//! Encoding, coordinate system and the habit of numbers are those of the whole file, and are told from its first rows.
//! What all rows say of them is gathered on the way: where that differs, all that was handed on is forgotten, and the
//! file is read again by what is known then. A drawing is held whole: parcels are made of all its lines.

use std::{io, path::Path, sync::mpsc::sync_channel};

use super::{areas::AreaColumns, making::Maker, request};
use crate::ingest::{
    columns::Binding,
    crs::{PlaceEvidence, Placement},
    error::IngestError,
    flow::{Halt, ParcelFlow},
    load::{Loaded, begun, bind_level, load},
    options::{Encoding, Options, Target},
    progress::Step,
    report::Report,
    source::{Learned, Source, SourceColumn, SourceRow},
    text::{self, TextEvidence},
};

/// Runs of rows that wait to be made parcels.
const AHEAD: usize = 2;

/// How the file is understood.
struct Understood {
    encoding: Encoding,
    placement: Placement,
    areas: Option<AreaColumns>,
}

/// What came of a pass.
enum Outcome {
    /// All of it holds.
    Done(Box<Report>),
    /// The file is to be read again by this.
    Again(Box<Understood>),
    /// The file has more columns than its first lines tell, and other ones are parcels' then.
    Columns(Vec<SourceColumn>),
    /// Its lines are not plain.
    Odd,
    /// Bytes were lost that only the whole file gives back.
    Lost,
}

/// Reads the parcels of the file at `path`.
///
/// # Errors
/// [`Halt`].
pub fn read(path: &Path, options: &Options, flow: &mut dyn ParcelFlow) -> Result<Report, Halt> {
    let open = || Source::open(path, options.layer.as_deref(), &options.bounds);
    let mut source = Source::quickly(path, options.layer.as_deref(), &options.bounds)?;
    if source.is_drawing() {
        drop(source);
        return whole(path, options, flow);
    }
    let mut known = None;
    loop {
        let binding = match bound(&source, options) {
            // A column that the first lines lack may come later.
            Err(_) if source.is_lines() => {
                source = open()?;
                bound(&source, options)?
            }
            binding => binding?,
        };
        let outcome = pass(&source, (options, &binding), known.take(), flow)?;
        match outcome {
            Outcome::Done(report) => return Ok(*report),
            Outcome::Again(understood) => known = Some(*understood),
            Outcome::Columns(columns) => source = source.with_columns(columns),
            Outcome::Odd => source = open()?,
            Outcome::Lost => {
                drop(source);
                flow.anew()?;
                return whole(path, options, flow);
            }
        }
        flow.anew()?;
    }
}

/// The columns of parcels in the file.
fn bound(source: &Source, options: &Options) -> Result<Binding, IngestError> {
    let request = request(options);
    let mut binding = Binding::new(Target::Parcels, request.fields, source, &options.mapping, request.given)?;
    bind_level(source, options, &mut binding)?;
    binding.check_required(source, &[request.given, request.defaulted].concat())?;
    Ok(binding)
}

/// Reads a file that is held whole.
fn whole(path: &Path, options: &Options, flow: &mut dyn ParcelFlow) -> Result<Report, Halt> {
    let mut halted = Ok(());
    let loaded = load(path, options, &request(options), &mut |step| {
        if halted.is_ok() {
            halted = flow.at(step);
        }
    });
    halted?;
    let Loaded { rows, binding, report } = loaded?;
    let (read, bounds) = (report.read, report.bounds);
    let mut maker = Maker::new((options, &binding), None, report, flow);
    maker.take(rows, Step::Checking { done: 0, of: None })?;
    let report = maker.report();
    (report.read, report.bounds) = (read, bounds);
    maker.finish(path.display().to_string())
}

/// What is seen of a file on the way.
#[derive(Default)]
struct Evidence {
    texts: TextEvidence,
    places: PlaceEvidence,
    /// Text was lost.
    is_lost: bool,
}

impl Evidence {
    fn see(&mut self, rows: &[SourceRow], binding: &Binding) {
        let is_lost = |text: &String| !text.is_ascii() && text.contains('\u{FFFD}');
        self.is_lost |= rows.iter().flat_map(|row| row.cells.iter().flatten()).any(is_lost);
        self.texts.see(rows, binding);
        self.places.see(rows);
    }

    fn understood(&self, source: &Source, options: &Options) -> Result<Understood, Halt> {
        let encoding = self.texts.encoding(options.encoding);
        Ok(Understood { encoding, placement: self.places.place(source, options)?, areas: None })
    }
}

fn pass(
    source: &Source,
    (options, binding): (&Options, &Binding),
    mut understood: Option<Understood>,
    flow: &mut dyn ParcelFlow,
) -> Result<Outcome, Halt> {
    let mut evidence = Evidence::default();
    let areas = understood.as_mut().and_then(|understood| understood.areas.take());
    let maker = Maker::new((options, binding), areas, begun(source, binding, Target::Parcels), flow);
    let mut is_first = true;
    let (read, made) = std::thread::scope(|threads| {
        let (send, runs) = sync_channel::<(Vec<SourceRow>, Step)>(AHEAD);
        let making = threads.spawn(move || {
            let mut maker = maker;
            for (rows, step) in runs {
                maker.take(rows, step)?;
            }
            Ok::<_, Halt>(maker)
        });
        let stopped = || Halt::Taker(io::ErrorKind::BrokenPipe.into());
        let read = source.each_run(&binding.read, &options.bounds, &mut |mut rows, step| {
            evidence.see(&rows, binding);
            if evidence.is_lost {
                return Err(stopped());
            }
            if std::mem::take(&mut is_first) && understood.is_none() {
                // Where the first rows do not tell, all are looked at, and read again.
                understood = evidence.understood(source, options).ok();
            }
            let Some(understood) = &understood else { return Ok(()) };
            text::decode_in(&mut rows, understood.encoding);
            understood.placement.apply(&mut rows);
            // Who makes parcels has ended where it takes no more, and says why.
            send.send((rows, step)).map_err(|_| stopped())
        });
        drop(send);
        (read, making.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut maker = made?;
    if evidence.is_lost {
        return Ok(Outcome::Lost);
    }
    match source.learned() {
        Learned::Odd => return Ok(Outcome::Odd),
        Learned::Columns(columns) if !holds_with(source, &columns, binding, options) => {
            return Ok(Outcome::Columns(columns));
        }
        _ => {}
    }
    let simplified = read?;
    let all = evidence.understood(source, options)?;
    let holds = understood.is_some_and(|before| {
        before.encoding == all.encoding && before.placement.is_same_way(&all.placement)
    });
    if !holds {
        return Ok(Outcome::Again(Box::new(all)));
    }
    if let Some(areas) = maker.other_areas() {
        return Ok(Outcome::Again(Box::new(Understood { areas: Some(areas), ..all })));
    }
    let told = evidence.texts.told(all.encoding, options.encoding);
    let report = maker.report();
    (report.crs, report.encoding) = (all.placement.report, told.report);
    report.warnings = [told.warnings, simplified, all.placement.warnings].concat();
    maker.finish(source.file.clone()).map(|report| Outcome::Done(Box::new(report)))
}

/// Whether parcels' columns are the same once all columns of the file are known.
fn holds_with(source: &Source, columns: &[SourceColumn], binding: &Binding, options: &Options) -> bool {
    let all = source.with_columns(columns.to_vec());
    bound(&all, options).is_ok_and(|all| all.is_same(binding))
}
