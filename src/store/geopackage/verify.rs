//! Checks the file.
//!
//! The ledger is told line by line to the [check](crate::store::ledger::check); beside it each
//! parcel's state is worked out event by event and held against the states that are kept; then
//! all rows against what the ledger says of them. Geometries must be valid and as large as recorded.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use geo::{GeodesicArea, Validation};
use rusqlite::{Connection, Row, Statement};

use super::{
    blob, foreign, lines,
    read::{self, signed},
    records, states,
};
use crate::{
    domain::{Day, Event, EventKind, ImportedLayer, LedgerPosition, ParcelId, Record, Stage, law::Law},
    store::{Line, StoreError, Verification, ledger::check::Check, verify::Findings},
};

/// Checks the file on `sql`; on a connection `beside` it, which sees the same state, what needs no ledger.
pub fn verify(
    sql: &Connection,
    beside: Option<Connection>,
    law: Arc<Law>,
) -> Result<Verification, StoreError> {
    let (mut findings, mut said) = (Findings::default(), Findings::default());
    std::thread::scope(|threads| {
        let Some(connection) = beside else {
            plain(sql, &mut findings)?;
            return ledger(sql, &mut said);
        };
        let plain = threads.spawn(move || {
            let mut findings = Findings::default();
            plain(&connection, &mut findings).map(|()| findings)
        });
        let told = ledger(sql, &mut said);
        findings = plain.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        told
    })?;
    for finding in said.0 {
        findings.add(finding.table, finding.row, finding.what);
    }
    let count = |table: &str| -> Result<u64, StoreError> {
        let n: i64 = sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(n.unsigned_abs())
    };
    let (units, projects, parcels) = (count("units")?, count("projects")?, count("parcels")?);
    if findings.0.is_empty()
        && let Err(error) = read::load(sql, Vec::new(), law)
    {
        findings.add("file", None, error.to_string());
    }
    Ok(Verification { head: read::head(sql)?, units, projects, parcels, findings: findings.0 })
}

/// What can be said without the ledger: the file is whole, what rows name is there, shapes are valid.
fn plain(sql: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    file(sql, findings)?;
    foreign::check(sql, findings)?;
    let mut statement =
        sql.prepare("SELECT fid, recovered_area, total_area, geom FROM parcels ORDER BY fid")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let geometry = row.get_ref(3)?.as_blob().unwrap_or_default();
        shape(row.get(0)?, geometry, (row.get(1)?, row.get(2)?), findings);
    }
    Ok(())
}

/// What the ledger says: its chain, the states kept before events, and all rows.
fn ledger(sql: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let mut replay = Replay::new(sql)?;
    let mut check = Check::default();
    let told = lines::each(sql, &mut |line| {
        for (position, why) in check.take(&line) {
            findings.add("ledger", Some(signed(position)), why);
        }
        replay.take(&line, findings)
    });
    if let Err(error) = told {
        match error {
            StoreError::Row { table, row, column, why } => {
                findings.add(table, Some(row), format!("{column}: {why}"));
            }
            other => return Err(other),
        }
    }
    replay.states_end(findings)?;
    reference(sql, &check, &replay, findings)?;
    parcels(sql, &replay, findings)
}

fn file(sql: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let integrity: String = sql.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if integrity != "ok" {
        findings.add("file", None, integrity);
    }
    let mut statement = sql.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        let what = format!("a row of {table} names a row of {parent} that is not there");
        findings.add("file", row.get(1)?, what);
    }
    Ok(())
}

/// A parcel as the events so far leave it.
struct Running {
    record: Record,
    last: Day,
    listed: Option<Day>,
}

/// The states that are kept, read in the order of the ledger, some at a time.
struct Kept<'a> {
    some: Statement<'a>,
    /// By position, rising.
    ahead: VecDeque<(i64, (u32, Vec<u8>))>,
    /// All up to this position were read.
    read: i64,
}

impl<'a> Kept<'a> {
    fn new(sql: &'a Connection) -> Result<Self, StoreError> {
        let some = "SELECT position, parcel, state FROM prior_states WHERE position >= ?1
            ORDER BY position LIMIT 4096";
        Ok(Self { some: sql.prepare(some)?, ahead: VecDeque::new(), read: i64::MIN })
    }

    /// The parcel and the state kept at a position; positions rise from call to call.
    fn at(&mut self, position: i64) -> Result<Option<(u32, Vec<u8>)>, StoreError> {
        while self.ahead.pop_front_if(|(at, _)| *at < position).is_some() {}
        if self.ahead.is_empty() && self.read < position {
            let mut rows = self.some.query([position])?;
            while let Some(row) = rows.next()? {
                self.ahead.push_back((row.get(0)?, (row.get(1)?, row.get(2)?)));
            }
            self.read = self.ahead.back().map_or(i64::MAX, |(at, _)| *at);
        }
        Ok(self.ahead.pop_front_if(|(at, _)| *at == position).map(|(_, kept)| kept))
    }
}

/// Parcels event by event.
struct Replay<'a> {
    sql: &'a Connection,
    states: Kept<'a>,
    parcels: HashMap<u32, Running>,
    /// Rows of the import that is being told.
    coming: Vec<u32>,
    /// Positions from which rows of units and of projects may hold.
    units: HashSet<i64>,
    projects: HashSet<i64>,
    /// Events about parcels.
    about_parcels: i64,
}

impl<'a> Replay<'a> {
    fn new(sql: &'a Connection) -> Result<Self, StoreError> {
        Ok(Self {
            sql,
            states: Kept::new(sql)?,
            parcels: HashMap::new(),
            coming: Vec::new(),
            units: HashSet::new(),
            projects: HashSet::new(),
            about_parcels: 0,
        })
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
                    let record = Record::replay(Some(day), &[]);
                    self.parcels.insert(id, Running { record, last: day, listed: Some(day) });
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
        let Some(running) = self.parcels.get_mut(&id.0) else {
            findings.add(
                "ledger",
                Some(position),
                format!("it is about parcel {id}, which no import brought"),
            );
            return Ok(());
        };
        let before = states::encode(&running.record).unwrap_or_default();
        let kept = self.states.at(position)?;
        if kept != Some((id.0, before)) {
            findings.add("prior_states", Some(position), "it is not the parcel's state before this event");
        }
        if event.body.day >= running.last && !matches!(event.body.kind, EventKind::Correction { .. }) {
            running.record.follow(event);
            running.last = event.body.day;
        } else {
            let mut events = records::events(self.sql, id)?;
            events.retain(|other| other.position <= event.position);
            running.record = Record::replay(running.listed, &events);
            running.last = running.last.max(event.body.day);
        }
        Ok(())
    }

    /// States that belong to no event.
    fn states_end(&self, findings: &mut Findings) -> Result<(), StoreError> {
        let kept: i64 = self.sql.query_row("SELECT count(*) FROM prior_states", [], |row| row.get(0))?;
        if kept != self.about_parcels {
            let what = format!("{kept} states are kept for {} events about parcels", self.about_parcels);
            findings.add("prior_states", None, what);
        }
        Ok(())
    }
}

/// Units and projects: each row holds from an event that wrote it, and is what the ledger says.
fn reference(
    sql: &Connection,
    check: &Check,
    replay: &Replay<'_>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    for (table, known) in [("units", &replay.units), ("projects", &replay.projects)] {
        let select = format!("SELECT fid, since FROM {table} UNION ALL SELECT fid, since FROM {table}_past");
        let mut statement = sql.prepare(&select)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !known.contains(&row.get(1)?) {
                findings.add(table, row.get(0)?, "no event in the ledger wrote this row");
            }
        }
    }
    let now = read::projects_since(sql, LedgerPosition(0))?;
    for (id, project) in &now {
        if check.projects().get(id) != Some(project) {
            findings.add("projects", Some(i64::from(id.0)), "the row is not as the ledger says");
        }
    }
    for (position, id, project) in check.planned() {
        let then = read::projects_before(sql, *position)?.into_iter().find(|(other, _)| other == id);
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

const PARCELS: &str =
    "SELECT fid, cleared, money, version, ended_on, marks, d0, d1, d2, d3, d4, d5, d6, d7, d8
    FROM parcels ORDER BY fid";

fn parcels(sql: &Connection, replay: &Replay<'_>, findings: &mut Findings) -> Result<(), StoreError> {
    let mut statement = sql.prepare(PARCELS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: u32 = row.get(0)?;
        match replay.parcels.get(&id) {
            Some(running) => state(row, ParcelId(id), &running.record, findings)?,
            None => findings.add("parcels", Some(i64::from(id)), "no import in the ledger wrote this row"),
        }
    }
    Ok(())
}

fn state(row: &Row<'_>, id: ParcelId, record: &Record, findings: &mut Findings) -> Result<(), StoreError> {
    let number = Some(i64::from(id.0));
    for stage in Stage::ALL {
        let found: Option<i64> = row.get(6 + stage.number())?;
        if found != record.days.get(stage).map(|day| i64::from(day.number())) {
            let what = format!("the day of stage \"{}\" is not the ledger's", stage.code());
            findings.add("parcels", number, what);
        }
    }
    if row.get::<_, bool>(1)? != record.days.get(Stage::HandedOver).is_some() {
        findings.add("parcels", number, "cleared does not say what the ledger says");
    }
    if row.get::<_, i64>(2)?.unsigned_abs() != record.approved.0 {
        findings.add("parcels", number, "the money is not the ledger's");
    }
    let (version, ended, marks): (i64, Option<String>, Option<String>) =
        (row.get(3)?, row.get(4)?, row.get(5)?);
    if version.unsigned_abs() != record.version.0 {
        findings.add("parcels", number, "the version is not the last event's position");
    }
    if marks != records::marks_text(record)? || ended != record.marks.ended.map(|day| day.to_string()) {
        findings.add("parcels", number, "blockers, branches or the end are not the ledger's");
    }
    Ok(())
}

fn shape(id: i64, geometry: &[u8], (recovered, total): (f64, f64), findings: &mut Findings) {
    let polygons = match blob::to_multi_polygon(geometry) {
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
