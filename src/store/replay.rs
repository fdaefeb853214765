//! Checks a store, whatever its engine.
//!
//! The ledger is read line by line to the [check](crate::store::ledger::check); beside it each
//! parcel's state is worked out event by event and held against the states that are kept; then
//! all rows against what the ledger says of them. Geometries must be valid and as large as recorded.

use std::collections::{HashMap, HashSet, VecDeque};

use geo::{GeodesicArea, MultiPolygon, Validation};

use super::{
    Head, Line, StoreError, StoreResult,
    ledger::check::Check,
    rows::{Reference, Rows},
    running::Running,
    states::{self, marks_text},
    verify::Findings,
};
use crate::domain::{Day, Event, EventKind, ImportedLayer, LedgerPosition, ParcelId, Record, Stage};

/// What a parcel's row says of what is worked out from the ledger.
pub(super) struct KeptParcel {
    pub id: u32,
    pub cleared: bool,
    pub money: i64,
    pub version: i64,
    pub ended: Option<String>,
    pub marks: Option<String>,
    /// Days of the stages, in their order.
    pub days: [Option<i64>; 9],
}

/// The parcel and the state kept at a position.
pub(super) type KeptState = (i64, (u32, i64, Vec<u8>));

/// What a check reads beside [`Rows`], in one state of the store.
pub(super) trait Checked: Rows {
    /// The ledger line by line, as [`Ledger::lines`](super::Ledger::lines).
    fn each_line(&self, take: &mut dyn FnMut(Line<'_>) -> StoreResult<()>) -> StoreResult<Head>;
    /// A parcel's events, in order.
    fn events_of(&self, parcel: ParcelId) -> StoreResult<Vec<Event>>;
    /// Some of the states kept from a position on, positions rising; none when there are no more.
    fn kept_states(&self, from: i64) -> StoreResult<Vec<KeptState>>;
    /// Number of states that are kept.
    fn count_states(&self) -> StoreResult<i64>;
    /// Number of each row, held or past, and the position from which it holds.
    fn held(&self, table: Reference) -> StoreResult<Vec<(i64, i64)>>;
    /// All parcels, numbers rising.
    fn each_parcel(&self, take: &mut dyn FnMut(KeptParcel) -> StoreResult<()>) -> StoreResult<()>;
}

fn signed(position: LedgerPosition) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

/// What the ledger says: its chain, the states kept before events, and all rows.
pub(super) fn ledger(rows: &impl Checked, findings: &mut Findings) -> StoreResult<()> {
    let mut replay = Replay::new(rows);
    let mut check = Check::default();
    let read = rows.each_line(&mut |line| {
        for (position, why) in check.take(&line) {
            findings.add("ledger", Some(signed(position)), why);
        }
        replay.take(&line, findings)
    });
    if let Err(error) = read {
        match error {
            StoreError::Row { table, row, column, why } => {
                findings.add(table, Some(row), format!("{column}: {why}"));
            }
            other => return Err(other),
        }
    }
    replay.states_end(findings)?;
    reference(rows, &check, &replay, findings)?;
    parcels(rows, &replay, findings)
}

/// The states that are kept, read in the order of the ledger, some at a time.
struct Kept<'a, R> {
    rows: &'a R,
    /// By position, rising.
    ahead: VecDeque<KeptState>,
    /// All up to this position were read.
    read: i64,
}

impl<'a, R: Checked> Kept<'a, R> {
    fn new(rows: &'a R) -> Self {
        Self { rows, ahead: VecDeque::new(), read: i64::MIN }
    }

    /// The parcel and the state kept at a position; positions rise from call to call.
    fn at(&mut self, position: i64) -> StoreResult<Option<(u32, i64, Vec<u8>)>> {
        while self.ahead.pop_front_if(|(at, _)| *at < position).is_some() {}
        if self.ahead.is_empty() && self.read < position {
            self.ahead = self.rows.kept_states(position)?.into();
            self.read = self.ahead.back().map_or(i64::MAX, |(at, _)| *at);
        }
        Ok(self.ahead.pop_front_if(|(at, _)| *at == position).map(|(_, kept)| kept))
    }
}

/// A parcel as the events so far leave it.
struct Replayed {
    running: Running,
    listed: Option<Day>,
}

/// Parcels event by event.
struct Replay<'a, R> {
    rows: &'a R,
    states: Kept<'a, R>,
    parcels: HashMap<u32, Replayed>,
    /// Rows of the import that is being read.
    coming: Vec<u32>,
    /// Positions from which rows of units and of projects may hold.
    units: HashSet<i64>,
    projects: HashSet<i64>,
    /// Events about parcels.
    about_parcels: i64,
}

impl<'a, R: Checked> Replay<'a, R> {
    fn new(rows: &'a R) -> Self {
        Self {
            rows,
            states: Kept::new(rows),
            parcels: HashMap::new(),
            coming: Vec::new(),
            units: HashSet::new(),
            projects: HashSet::new(),
            about_parcels: 0,
        }
    }

    fn take(&mut self, line: &Line<'_>, findings: &mut Findings) -> Result<(), StoreError> {
        match line {
            Line::Parcel(row) => self.coming.push(row.id.0),
            Line::Event(event, ..) => self.event(event, findings)?,
            Line::Unit(..) | Line::Project(..) => {}
        }
        Ok(())
    }

    fn event(&mut self, event: &Event, findings: &mut Findings) -> Result<(), StoreError> {
        let position = signed(event.position);
        match &event.body.kind {
            EventKind::Imported { layer: ImportedLayer::Parcels, .. } => {
                let day = event.body.day;
                for id in std::mem::take(&mut self.coming) {
                    let replayed = Replayed { running: Running::of(Some(day), &[]), listed: Some(day) };
                    self.parcels.insert(id, replayed);
                }
            }
            EventKind::Imported { layer: ImportedLayer::Units, .. } => drop(self.units.insert(position)),
            EventKind::Imported { layer: ImportedLayer::Projects, .. } | EventKind::PlanChanged { .. } => {
                self.projects.insert(position);
            }
            _ => {}
        }
        let Some(id) = event.body.parcel else { return Ok(()) };
        self.about_parcels += 1;
        let Some(replayed) = self.parcels.get_mut(&id.0) else {
            findings.add(
                "ledger",
                Some(position),
                format!("it is about parcel {id}, which no import brought"),
            );
            return Ok(());
        };
        let before = &replayed.running.record;
        let state = states::encode(before).unwrap_or_default();
        let kept = self.states.at(position)?;
        if kept != Some((id.0, signed(before.version), state)) {
            findings.add("prior_states", Some(position), "it is not the parcel's state before this event");
        }
        if !replayed.running.follow(event) {
            let mut events = self.rows.events_of(id)?;
            events.retain(|other| other.position <= event.position);
            replayed.running.replayed(Record::replay(replayed.listed, &events), event);
        }
        Ok(())
    }

    /// States that belong to no event.
    fn states_end(&self, findings: &mut Findings) -> Result<(), StoreError> {
        let kept = self.rows.count_states()?;
        if kept != self.about_parcels {
            let what = format!("{kept} states are kept for {} events about parcels", self.about_parcels);
            findings.add("prior_states", None, what);
        }
        Ok(())
    }
}

/// Units and projects: each row holds from an event that wrote it, and is what the ledger says.
fn reference<R: Checked>(
    rows: &R,
    check: &Check,
    replay: &Replay<'_, R>,
    findings: &mut Findings,
) -> StoreResult<()> {
    for (table, known) in [(Reference::Units, &replay.units), (Reference::Projects, &replay.projects)] {
        for (row, since) in rows.held(table)? {
            if !known.contains(&since) {
                findings.add(table.table(), Some(row), "no event in the ledger wrote this row");
            }
        }
    }
    let now = rows.projects_since(LedgerPosition(0))?;
    for (id, project) in &now {
        if check.projects().get(id) != Some(project) {
            findings.add("projects", Some(i64::from(id.0)), "the row is not as the ledger says");
        }
    }
    for (position, id, project) in check.planned() {
        let then = rows.projects_before(*position)?.into_iter().find(|(other, _)| other == id);
        let then = then.or_else(|| now.iter().find(|(other, _)| other == id).cloned());
        if then.is_none_or(|(_, row)| row != *project) {
            findings.add(
                "projects",
                Some(i64::from(id.0)),
                format!("its plan from event {position} on is another"),
            );
        }
    }
    Ok(())
}

fn parcels<R: Checked>(rows: &R, replay: &Replay<'_, R>, findings: &mut Findings) -> StoreResult<()> {
    rows.each_parcel(&mut |row| {
        let number = Some(i64::from(row.id));
        match replay.parcels.get(&row.id) {
            Some(replayed) => state(&row, &replayed.running.record, findings)?,
            None => findings.add("parcels", number, "no import in the ledger wrote this row"),
        }
        Ok(())
    })
}

fn state(row: &KeptParcel, record: &Record, findings: &mut Findings) -> StoreResult<()> {
    let number = Some(i64::from(row.id));
    for (stage, found) in Stage::ALL.into_iter().zip(row.days) {
        if found != record.days.get(stage).map(|day| i64::from(day.number())) {
            let what = format!("the day of stage \"{}\" is not the ledger's", stage.code());
            findings.add("parcels", number, what);
        }
    }
    if row.cleared != record.days.get(Stage::HandedOver).is_some() {
        findings.add("parcels", number, "cleared does not say what the ledger says");
    }
    if row.money.unsigned_abs() != record.approved.0 {
        findings.add("parcels", number, "the money is not the ledger's");
    }
    if row.version.unsigned_abs() != record.version.0 {
        findings.add("parcels", number, "the version is not the last event's position");
    }
    if row.marks != marks_text(record)? || row.ended != record.marks.ended.map(|day| day.to_string()) {
        findings.add("parcels", number, "blockers, branches or the end are not the ledger's");
    }
    Ok(())
}

/// A parcel's shape: valid, and about as large as its row says.
pub(super) fn shape(
    id: i64,
    geometry: Result<MultiPolygon<f64>, String>,
    (recovered, total): (f64, f64),
    findings: &mut Findings,
) {
    let polygons = match geometry {
        Ok(polygons) => polygons,
        Err(why) => return findings.add("parcels", Some(id), format!("geometry: {why}")),
    };
    if let Err(invalid) = polygons.check_validation() {
        findings.add("parcels", Some(id), format!("geometry: {invalid}"));
    }
    let computed = polygons.geodesic_area_signed().abs();
    if recovered > total + 0.05 + total * 0.5 {
        findings.add("parcels", Some(id), format!("recovers {recovered} m² of a parcel of {total} m²"));
    }
    if computed < recovered * 0.5 - 5.0 || computed > recovered * 2.0 + 5.0 {
        findings.add(
            "parcels",
            Some(id),
            format!("recovers {recovered} m² but its geometry has {computed:.1} m²"),
        );
    }
}
