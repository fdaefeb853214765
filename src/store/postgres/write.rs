//! Writing: one transaction that no other writer can come between, sealed by the ledger.
//!
//! Every import leaves an event whose digest covers the rows it wrote. The
//! state of a parcel before each event is kept beside it, so that the past is
//! read and never replayed. A way to the server and back costs more than a row:
//! events wait here and go in runs, before anything is asked that could see them.

use std::collections::{BTreeSet, HashMap};

use geo::MultiPolygon;

use super::{
    cells::{Date, position, signed},
    parcels, questions, read, reference,
    session::Session,
};
use crate::{
    domain::{
        AdminUnit, Day, Event, EventKind, ImportedLayer, LedgerPosition, NewEvent, Parcel, ParcelId,
        ParcelRef, Project, ProjectId, Record, SquareMetres, Stage, UnitId,
    },
    store::{
        Chain, Entry, FormedParcel, Head, IdempotentAnswer, PLAN, ParcelState, StoreError, Transaction,
        Written,
        body::body_text,
        ledger::encoding::{self, Seal},
        running::Running,
        states::{self, marks_text},
    },
};

type Answer<T> = Result<T, StoreError>;

/// Events, and rows of parcels, that go to the server at once.
const RUN: usize = 2000;

/// Events that are not yet at the server, column by column.
#[derive(Default)]
struct Waiting {
    positions: Vec<i64>,
    recorded: Vec<i64>,
    days: Vec<Date>,
    authors: Vec<String>,
    parcels: Vec<Option<i32>>,
    documents: Vec<Option<String>>,
    kinds: Vec<&'static str>,
    bodies: Vec<String>,
    previous: Vec<Vec<u8>>,
    hashes: Vec<Vec<u8>>,
    /// States before those that are about parcels: position, parcel, version, state.
    states: (Vec<i64>, Vec<i32>, Vec<i64>, Vec<Vec<u8>>),
    /// Files that they name: file, parcel.
    files: (Vec<String>, Vec<i32>),
}

/// An open change.
pub struct Write<'a> {
    sql: Session<'a>,
    chain: Chain,
    waiting: Waiting,
    running: HashMap<ParcelId, Running>,
    /// Parcels that this change has listed, on which day: they have no events that are not in `running`.
    listed: Vec<(u32, u32, Day)>,
    /// Parcels whose rows are not yet up to their records.
    unsettled: BTreeSet<ParcelId>,
    /// The chain where the order that is open began.
    before: Option<Chain>,
}

impl<'a> Write<'a> {
    /// A change by a transaction that no other writer can come between.
    pub fn begin(sql: Session<'a>) -> Answer<Self> {
        let head = read::head(&sql)?;
        Ok(Self {
            sql,
            chain: Chain::at(head.position, head.hash),
            waiting: Waiting::default(),
            running: HashMap::new(),
            listed: Vec::new(),
            unsettled: BTreeSet::new(),
            before: None,
        })
    }

    /// Position of the next event.
    fn next(&self) -> LedgerPosition {
        LedgerPosition(self.chain.position().0 + 1)
    }

    /// Seals the rows of an import.
    fn seal(&mut self, entry: &Entry, layer: ImportedLayer, seal: Seal) -> Answer<()> {
        if layer == ImportedLayer::Parcels && seal.rows() > 0 {
            self.listed.push((seal.first(), seal.first() + seal.rows() - 1, entry.day));
        }
        let event = entry.sealing(layer, seal);
        self.append(&[event]).map(|_| ())
    }

    /// Reads the records of the parcels that events are about, as they are before them.
    fn know(&mut self, events: &[NewEvent]) -> Answer<()> {
        let mut unknown = BTreeSet::new();
        for id in events.iter().filter_map(|event| event.parcel) {
            if self.running.contains_key(&id) {
                continue;
            }
            match self.listed.iter().find(|(first, last, _)| (*first..=*last).contains(&id.0)) {
                Some((.., day)) => drop(self.running.insert(id, Running::of(Some(*day), &[]))),
                None => drop(unknown.insert(signed(id.0))),
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        // Events that wait are about parcels that are known.
        let unknown: Vec<i32> = unknown.into_iter().collect();
        let condition = "parcel = ANY($1) ORDER BY position";
        let mut told: HashMap<ParcelId, Vec<Event>> = HashMap::new();
        for event in read::events(&self.sql, condition, &[&unknown])? {
            told.entry(event.body.parcel.unwrap_or_default()).or_default().push(event);
        }
        for (id, listed) in questions::listed(&self.sql, &unknown)? {
            let events = told.remove(&id).unwrap_or_default();
            self.running.insert(id, Running::of(listed, &events));
        }
        Ok(())
    }

    /// Adds an event to the chain and to those that wait; about a parcel, with the state before it.
    fn take(&mut self, event: &NewEvent) -> Answer<()> {
        let fault = |at, why: String| StoreError::Row { table: "ledger", row: at, column: "body", why };
        let state = match event.parcel {
            Some(id) => {
                let running = self.running.get(&id).ok_or(StoreError::NoParcel(id))?;
                let state = states::encode(&running.record);
                let state = state.map_err(|error| StoreError::Backend(error.to_string()))?;
                Some((id, running.record.version, state))
            }
            None => None,
        };
        let previous = self.chain.hash();
        let hash = self.chain.append(event);
        let at = position(self.chain.position());
        let waiting = &mut self.waiting;
        waiting.bodies.push(body_text(event).map_err(|error| fault(at, error.to_string()))?);
        waiting.positions.push(at);
        waiting.recorded.push(event.recorded_at);
        waiting.days.push(event.day.into());
        waiting.authors.push(event.author.clone());
        waiting.parcels.push(event.parcel.map(|parcel| signed(parcel.0)));
        waiting.documents.push(event.document.clone());
        waiting.kinds.push(event.kind.code());
        waiting.previous.push(previous.to_vec());
        waiting.hashes.push(hash.to_vec());
        let parcel = signed(event.parcel.unwrap_or(PLAN).0);
        waiting.files.1.extend(event.attachments.iter().map(|_| parcel));
        waiting.files.0.extend(event.attachments.iter().cloned());
        if let Some((id, version, state)) = state {
            let (positions, parcels, versions, states) = &mut waiting.states;
            positions.push(at);
            parcels.push(signed(id.0));
            versions.push(position(version));
            states.push(state);
        }
        Ok(())
    }

    /// Brings a parcel's record up to an event that was taken.
    fn follow(&mut self, id: ParcelId, event: &Event) -> Answer<()> {
        let running = self.running.get_mut(&id).ok_or(StoreError::NoParcel(id))?;
        if !running.follow(event) {
            self.send()?;
            let events = read::history(&self.sql, id)?;
            let listed = questions::listed(&self.sql, &[signed(id.0)])?.pop().and_then(|(_, day)| day);
            let running = self.running.get_mut(&id).ok_or(StoreError::NoParcel(id))?;
            running.replayed(Record::replay(listed, &events), event);
        }
        self.unsettled.insert(id);
        Ok(())
    }

    /// Sends what waits.
    fn send(&mut self) -> Answer<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.positions.is_empty() {
            return Ok(());
        }
        let insert = "INSERT INTO ledger
            (position, recorded_at, day, author, parcel, document, kind, body, previous, hash)
            SELECT position, recorded_at, day, author, parcel, document, kind, body::json, previous, hash
            FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::text[], $5::integer[], $6::text[], $7::text[],
            $8::text[], $9::bytea[], $10::bytea[])
            AS e (position, recorded_at, day, author, parcel, document, kind, body, previous, hash)";
        self.sql.execute(
            insert,
            &[
                &waiting.positions,
                &waiting.recorded,
                &waiting.days,
                &waiting.authors,
                &waiting.parcels,
                &waiting.documents,
                &waiting.kinds,
                &waiting.bodies,
                &waiting.previous,
                &waiting.hashes,
            ],
        )?;
        let (positions, parcels, versions, states) = &waiting.states;
        if !positions.is_empty() {
            let keep = "INSERT INTO prior_states (position, parcel, version, state)
                SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::bytea[])";
            self.sql.execute(keep, &[positions, parcels, versions, states])?;
        }
        let (files, parcels) = &waiting.files;
        if !files.is_empty() {
            let note = "INSERT INTO attached (file, parcel) SELECT * FROM unnest($1::text[], $2::integer[])
                ON CONFLICT DO NOTHING";
            self.sql.execute(note, &[files, parcels])?;
        }
        Ok(())
    }

    /// Ends the change with all of it kept.
    ///
    /// # Errors
    /// The engine's; nothing was kept then, unless the way to the server was lost in this very moment.
    pub fn commit(mut self, last: &str) -> Answer<Head> {
        self.settle()?;
        let head = self.head();
        self.sql.commit(last)?;
        Ok(head)
    }
}

/// Brings the rows of some parcels up to their records.
fn bring_up(sql: &Session<'_>, some: &[(ParcelId, &Record)]) -> Answer<()> {
    let update = "UPDATE parcels p SET d1 = n.d1, d2 = n.d2, d3 = n.d3, d4 = n.d4, d5 = n.d5, d6 = n.d6, d7 = n.d7,
        d8 = n.d8, cleared = n.d8 IS NOT NULL, money = n.money, version = n.version, ended_on = n.ended_on,
        marks = n.marks::json
        FROM unnest($1::integer[], $2::date[], $3::date[], $4::date[], $5::date[], $6::date[], $7::date[], $8::date[],
        $9::date[], $10::bigint[], $11::bigint[], $12::date[], $13::text[])
        AS n (fid, d1, d2, d3, d4, d5, d6, d7, d8, money, version, ended_on, marks) WHERE p.fid = n.fid";
    let days = |stage| -> Vec<Option<Date>> {
        some.iter().map(|(_, record)| record.days.get(stage).map(Date::from)).collect()
    };
    let numbers: Vec<i32> = some.iter().map(|(id, _)| signed(id.0)).collect();
    let money: Vec<i64> = some.iter().map(|(_, record)| record.approved.0 as i64).collect();
    let versions: Vec<i64> = some.iter().map(|(_, record)| position(record.version)).collect();
    let ended: Vec<Option<Date>> =
        some.iter().map(|(_, record)| record.marks.ended.map(Date::from)).collect();
    let marks = some.iter().map(|(_, record)| marks_text(record)).collect::<Answer<Vec<_>>>()?;
    let changed = sql.execute(
        update,
        &[
            &numbers,
            &days(Stage::Meeting),
            &days(Stage::Notice),
            &days(Stage::Inventory),
            &days(Stage::PlanPosted),
            &days(Stage::PlanApproved),
            &days(Stage::Paid),
            &days(Stage::RecoveryDecided),
            &days(Stage::HandedOver),
            &money,
            &versions,
            &ended,
            &marks,
        ],
    )?;
    match some.first() {
        Some((id, _)) if changed != some.len() as u64 => Err(StoreError::NoParcel(*id)),
        _ => Ok(()),
    }
}

impl Transaction for Write<'_> {
    fn units(&mut self, entry: &Entry, units: &[AdminUnit]) -> Answer<Written> {
        let mut written = Written { inserted: 0, updated: 0, first: 0 };
        for unit in units {
            reference::unit(&self.sql, unit, self.next())?.count(&mut written);
        }
        let mut seal = Seal::default();
        for (id, unit) in read::units_of(&self.sql, self.next())? {
            seal.row(id.0, |bytes| encoding::unit(bytes, id, &unit));
        }
        self.seal(entry, ImportedLayer::Units, seal)?;
        Ok(written)
    }

    fn projects(&mut self, entry: &Entry, projects: &[Project]) -> Answer<Written> {
        let mut written = Written { inserted: 0, updated: 0, first: 0 };
        for project in projects {
            reference::project(&self.sql, project, self.next())?.count(&mut written);
        }
        let mut seal = Seal::default();
        for (id, project) in read::projects_of(&self.sql, self.next())? {
            seal.row(id.0, |bytes| encoding::project(bytes, id, &project));
        }
        self.seal(entry, ImportedLayer::Projects, seal)?;
        Ok(written)
    }

    fn parcels(&mut self, entry: &Entry, parcels: &[Parcel]) -> Answer<Written> {
        if parcels.is_empty() {
            return Ok(Written { inserted: 0, updated: 0, first: 0 });
        }
        let (seal, first) = parcels::import(&self.sql, entry, parcels)?;
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(Written { inserted: parcels.len() as u32, updated: 0, first })
    }

    fn append(&mut self, events: &[NewEvent]) -> Answer<Head> {
        self.know(events)?;
        for event in events {
            self.take(event)?;
            let at = self.chain.position();
            if let EventKind::PlanChanged { project, plan, required } = &event.kind {
                reference::plan(&self.sql, *project, plan.as_deref(), *required, at)?;
            }
            if let Some(id) = event.parcel {
                self.follow(id, &Event { position: at, body: event.clone() })?;
            }
            if self.waiting.positions.len() >= RUN {
                self.send()?;
            }
        }
        Ok(self.head())
    }

    fn head(&self) -> Head {
        Head { position: self.chain.position(), hash: self.chain.hash() }
    }

    fn find(&mut self, parcel: &ParcelRef) -> Answer<Vec<ParcelState>> {
        questions::find(&self.sql, parcel)
    }

    fn bytes_attached(&mut self, parcel: ParcelId, files: &[String]) -> Answer<u64> {
        self.send()?;
        super::attached::bytes_with(&self.sql, parcel, files)
    }

    fn history(&mut self, parcel: ParcelId) -> Answer<Vec<Event>> {
        self.send()?;
        read::history(&self.sql, parcel)
    }

    fn project(&mut self, code: &str) -> Answer<Option<(ProjectId, Vec<UnitId>)>> {
        questions::project(&self.sql, code)
    }

    fn shape(&mut self, parcel: ParcelId) -> Answer<(MultiPolygon<f64>, SquareMetres, SquareMetres)> {
        questions::shape(&self.sql, parcel)
    }

    fn form(&mut self, entry: &Entry, parent: ParcelId, parcels: &[FormedParcel]) -> Answer<Written> {
        let (seal, first) = parcels::form(&self.sql, entry, parent, parcels)?;
        let written = Written { inserted: seal.rows(), updated: 0, first };
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(written)
    }

    fn answer(&mut self, author: &str, key: &str) -> Answer<Option<(Vec<u8>, String)>> {
        questions::answer(&self.sql, author, key)
    }

    fn keep_answer(&mut self, kept: &IdempotentAnswer<'_>) -> Answer<()> {
        questions::keep_answer(&self.sql, kept)
    }

    fn set(&mut self, name: &str, value: &str) -> Answer<()> {
        let write = "INSERT INTO settings (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.sql.execute(write, &[&name, &value])?;
        Ok(())
    }

    fn settle(&mut self) -> Answer<()> {
        self.send()?;
        let ids: Vec<ParcelId> = std::mem::take(&mut self.unsettled).into_iter().collect();
        for some in ids.chunks(RUN) {
            let record = |id: &ParcelId| self.running.get(id).map(|running| (*id, &running.record));
            bring_up(&self.sql, &some.iter().filter_map(record).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn open_order(&mut self) -> Answer<()> {
        self.settle()?;
        self.before = Some(self.chain);
        self.sql.batch("SAVEPOINT one_order")
    }

    fn keep_order(&mut self) -> Answer<()> {
        // What the server refuses spoils the transaction until the order is given up.
        if let Err(error) = self.settle() {
            self.drop_order()?;
            return Err(error);
        }
        self.before = None;
        self.sql.batch("RELEASE one_order")
    }

    fn drop_order(&mut self) -> Answer<()> {
        if let Some(chain) = self.before.take() {
            self.chain = chain;
            // What is remembered of parcels may be of the order that is given up; of those that the change has
            // listed before it, events may be at the server.
            self.running.clear();
            self.listed.clear();
            self.unsettled.clear();
            self.waiting = Waiting::default();
            self.sql.batch("ROLLBACK TO one_order; RELEASE one_order")?;
        }
        Ok(())
    }
}
