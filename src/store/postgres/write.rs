//! Writing: one transaction that no other writer can come between, sealed by the ledger.
//!
//! Every import leaves an event whose digest covers the rows it wrote. The
//! state of a parcel before each event is kept beside it, so that the past is
//! read and never replayed. A way to the server and back costs more than a row:
//! events wait here and go in runs, before anything is asked that could see them.

use std::collections::{BTreeSet, HashMap};

use geo::MultiPolygon;

use super::{
    cells::{position, signed},
    parcels, questions, read, reference,
    session::Session,
    unsent::{ParcelRows, Unsent, borrowed},
};
use crate::{
    domain::{
        AdminUnit, Day, Event, EventKind, ImportedLayer, LedgerPosition, NewEvent, ParcelId, ParcelRef,
        Project, ProjectId, Record, SquareMetres, UnitId,
    },
    store::{
        Chain, Entry, FormedParcel, Head, IdempotentAnswer, NextRun, ParcelState, StoreError, StoreResult,
        Transaction, Written,
        body::body_text,
        ledger::encoding::{self, Seal},
        running::Running,
        states,
    },
};

/// Parcels of an import after which the server looks at its tables anew.
const LARGE: usize = 10_000;
/// Events, and rows of parcels, that go to the server at once.
const RUN: usize = 2000;

/// What an order asked about a parcel: it is not asked again for what the order writes.
struct Seen {
    listed: Option<Day>,
    /// Its events, if nothing was written since they were read.
    events: Option<Vec<Event>>,
}

/// An open change.
pub struct Write<'a> {
    sql: Session<'a>,
    chain: Chain,
    unsent: Unsent,
    running: HashMap<ParcelId, Running>,
    /// Parcels that this change has listed, on which day: they have no events that are not in `running`.
    listed: Vec<(u32, u32, Day)>,
    /// Parcels that the open order has asked about.
    seen: HashMap<ParcelId, Seen>,
    /// Position of the ledger before it.
    began: LedgerPosition,
    /// Whether it has filled tables with so much that what the server knows of them is wrong.
    is_large: bool,
    /// Parcels whose rows are not yet up to their records.
    unsettled: BTreeSet<ParcelId>,
    /// The chain where the order that is open began.
    before: Option<Chain>,
}

impl<'a> Write<'a> {
    /// A change by a transaction that no other writer can come between.
    pub fn begin(sql: Session<'a>) -> StoreResult<Self> {
        let head = read::head(&sql)?;
        Ok(Self {
            sql,
            chain: Chain::at(head.position, head.hash),
            unsent: Unsent::default(),
            running: HashMap::new(),
            listed: Vec::new(),
            seen: HashMap::new(),
            began: head.position,
            is_large: false,
            unsettled: BTreeSet::new(),
            before: None,
        })
    }

    /// Position of the next event.
    fn next(&self) -> LedgerPosition {
        LedgerPosition(self.chain.position().0 + 1)
    }

    /// Seals the rows of an import.
    fn seal(&mut self, entry: &Entry, layer: ImportedLayer, seal: Seal) -> StoreResult<()> {
        if layer == ImportedLayer::Parcels && seal.rows() > 0 {
            self.listed.push((seal.first(), seal.first() + seal.rows() - 1, entry.day));
        }
        let event = entry.sealing(layer, seal);
        self.append(&[event]).map(|_| ())
    }

    /// Reads the records of the parcels that events are about, as they are before them.
    fn know(&mut self, events: &[NewEvent]) -> StoreResult<()> {
        let mut unknown = BTreeSet::new();
        for id in events.iter().filter_map(|event| event.parcel) {
            if self.running.contains_key(&id) {
                continue;
            }
            match self.listed.iter().find(|(first, last, _)| (*first..=*last).contains(&id.0)) {
                Some((.., day)) => drop(self.running.insert(id, Running::of(Some(*day), &[]))),
                None => match self.seen(id) {
                    Some(running) => drop(self.running.insert(id, running)),
                    None => drop(unknown.insert(signed(id.0))),
                },
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        // Events that wait are about parcels that are known.
        let unknown: Vec<i32> = unknown.into_iter().collect();
        let condition = "parcel = ANY($1) ORDER BY position";
        let mut by_parcel: HashMap<ParcelId, Vec<Event>> = HashMap::new();
        for event in read::events(&self.sql, condition, &[&unknown])? {
            by_parcel.entry(event.body.parcel.unwrap_or_default()).or_default().push(event);
        }
        for (id, listed) in questions::listed(&self.sql, &unknown)? {
            let events = by_parcel.remove(&id).unwrap_or_default();
            self.running.insert(id, Running::of(listed, &events));
        }
        Ok(())
    }

    /// Adds an event to the chain and to those that wait; about a parcel, with the state before it.
    fn take(&mut self, event: &NewEvent) -> StoreResult<()> {
        let fault = |at, why: String| StoreError::Row { table: "ledger", row: at, column: "body", why };
        let state = match event.parcel {
            Some(id) => {
                let running = self.running.get(&id).ok_or(StoreError::NoParcel(id))?;
                let state = states::encode(&running.record);
                let state = state.map_err(|error| StoreError::Backend(error.to_string()))?;
                Some((id, position(running.record.version), state))
            }
            None => None,
        };
        let previous = self.chain.hash();
        let hash = self.chain.append(event);
        let at = position(self.chain.position());
        let body = body_text(event).map_err(|error| fault(at, error.to_string()))?;
        self.unsent.event(at, event, body, [previous, hash], state);
        // What was asked about the parcel is no more what the ledger says.
        if let Some(seen) = event.parcel.and_then(|id| self.seen.get_mut(&id)) {
            seen.events = None;
        }
        Ok(())
    }

    /// Brings a parcel's record up to an event that was taken.
    fn follow(&mut self, id: ParcelId, event: &Event) -> StoreResult<()> {
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
    fn send(&mut self) -> StoreResult<()> {
        let unsent = std::mem::take(&mut self.unsent);
        let statements = unsent.statements();
        if !statements.is_empty() {
            self.sql.execute_all(&borrowed(&statements))?;
        }
        Ok(())
    }

    /// What the open order has seen of a parcel, if all that it takes to go on with its record.
    fn seen(&self, id: ParcelId) -> Option<Running> {
        let Seen { listed, events } = self.seen.get(&id)?;
        Some(Running::of(*listed, events.as_ref()?))
    }

    /// Ends the change with all of it kept.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the database refuses, [`StoreError::Gone`] when it can't be reached. Nothing was
    /// kept then, unless the connection was lost in this very moment.
    pub fn commit(mut self, last: &str) -> StoreResult<Head> {
        self.settle()?;
        let head = self.head();
        if self.is_large {
            self.sql.before_next("ANALYZE units, projects, parcels, ledger, prior_states");
        }
        self.sql.commit(last)?;
        Ok(head)
    }
}

impl Transaction for Write<'_> {
    fn units(&mut self, entry: &Entry, units: &[AdminUnit]) -> StoreResult<Written> {
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

    fn projects(&mut self, entry: &Entry, projects: &[Project]) -> StoreResult<Written> {
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

    fn parcel_runs(&mut self, entry: &Entry, next: NextRun<'_>) -> StoreResult<Written> {
        let (seal, first) = parcels::import(&self.sql, entry, next)?;
        let inserted = seal.rows();
        if inserted == 0 {
            return Ok(Written { inserted, updated: 0, first: 0 });
        }
        // Into a store that holds as much already the server's own watch is enough: who records waits for this.
        self.is_large |= inserted as usize >= LARGE && u64::from(inserted) > self.began.0;
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(Written { inserted, updated: 0, first })
    }

    fn append(&mut self, events: &[NewEvent]) -> StoreResult<Head> {
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
            if self.unsent.len() >= RUN {
                self.send()?;
            }
        }
        Ok(self.head())
    }

    fn head(&self) -> Head {
        Head { position: self.chain.position(), hash: self.chain.hash() }
    }

    fn find(&mut self, parcel: &ParcelRef) -> StoreResult<Vec<ParcelState>> {
        let ParcelRef::Id(id) = parcel else {
            let found = questions::find(&self.sql, parcel)?;
            for one in &found {
                self.seen.insert(one.id, Seen { listed: one.listed, events: None });
            }
            return Ok(found);
        };
        // Who finds a parcel by its number goes on to ask for its events.
        self.send()?;
        let (found, events) = questions::find_with_events(&self.sql, *id)?;
        if let Some(found) = &found {
            self.seen.insert(*id, Seen { listed: found.listed, events: Some(events) });
        }
        Ok(found.into_iter().collect())
    }

    fn bytes_attached(&mut self, parcel: ParcelId, files: &[String]) -> StoreResult<u64> {
        self.send()?;
        super::attached::bytes_with(&self.sql, parcel, files)
    }

    fn history(&mut self, parcel: ParcelId) -> StoreResult<Vec<Event>> {
        if let Some(events) = self.seen.get(&parcel).and_then(|seen| seen.events.as_ref()) {
            return Ok(events.clone());
        }
        self.send()?;
        let events = read::history(&self.sql, parcel)?;
        if let Some(seen) = self.seen.get_mut(&parcel) {
            seen.events = Some(events.clone());
        }
        Ok(events)
    }

    fn project(&mut self, code: &str) -> StoreResult<Option<(ProjectId, Vec<UnitId>)>> {
        questions::project(&self.sql, code)
    }

    fn shape(&mut self, parcel: ParcelId) -> StoreResult<(MultiPolygon<f64>, SquareMetres, SquareMetres)> {
        questions::shape(&self.sql, parcel)
    }

    fn form(&mut self, entry: &Entry, parent: ParcelId, parcels: &[FormedParcel]) -> StoreResult<Written> {
        let (seal, first) = parcels::form(&self.sql, entry, parent, parcels)?;
        let written = Written { inserted: seal.rows(), updated: 0, first };
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(written)
    }

    fn answer(&mut self, author: &str, key: &str) -> StoreResult<Option<(Vec<u8>, String)>> {
        questions::answer(&self.sql, author, key)
    }

    fn keep_answer(&mut self, kept: &IdempotentAnswer<'_>) -> StoreResult<()> {
        self.unsent.answer(kept);
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> StoreResult<()> {
        let write = "INSERT INTO settings (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.sql.execute(write, &[&name, &value])?;
        Ok(())
    }

    fn settle(&mut self) -> StoreResult<()> {
        let ids: Vec<ParcelId> = std::mem::take(&mut self.unsettled).into_iter().collect();
        let record = |id: &ParcelId| self.running.get(id).map(|running| (*id, &running.record));
        let mut unsent = std::mem::take(&mut self.unsent);
        // The events go with the first rows; of very many parcels some rows at a time.
        for some in ids.chunks(RUN) {
            let rows = ParcelRows::of(&some.iter().filter_map(record).collect::<Vec<_>>())?;
            let events = std::mem::take(&mut unsent);
            let mut statements = events.statements();
            statements.push(rows.statement());
            let touched = self.sql.execute_all(&borrowed(&statements))?;
            if touched.last() != Some(&(some.len() as u64)) {
                return Err(StoreError::NoParcel(some[0]));
            }
        }
        self.unsent = unsent;
        self.send()
    }

    fn open_order(&mut self) -> StoreResult<()> {
        self.settle()?;
        self.before = Some(self.chain);
        self.seen.clear();
        self.sql.before_next("SAVEPOINT one_order");
        Ok(())
    }

    fn keep_order(&mut self) -> StoreResult<()> {
        // What the server refuses spoils the transaction until the order is given up.
        if let Err(error) = self.settle() {
            self.drop_order()?;
            return Err(error);
        }
        self.before = None;
        self.sql.before_next("RELEASE one_order");
        Ok(())
    }

    fn drop_order(&mut self) -> StoreResult<()> {
        if let Some(chain) = self.before.take() {
            self.chain = chain;
            // What is remembered of parcels may be of the order that is given up; of those that the change has
            // listed before it, events may be at the server.
            self.running.clear();
            self.listed.clear();
            self.seen.clear();
            self.unsettled.clear();
            self.unsent = Unsent::default();
            self.sql.batch("ROLLBACK TO one_order; RELEASE one_order")?;
        }
        Ok(())
    }
}
