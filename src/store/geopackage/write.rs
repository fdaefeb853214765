//! Writing: one transaction, sealed by the ledger.
//!
//! Every import leaves an event whose digest covers the rows it wrote. The
//! state of a parcel before each event is kept beside it, so that the past is
//! read and never replayed. Orders of several people share a transaction; a
//! savepoint for each keeps one that fails from touching the others.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Transaction as Sql, TransactionBehavior, params};

use geo::MultiPolygon;

use super::{attached, form, parcels, questions, read, records, reference};
use crate::{
    domain::{
        AdminUnit, Event, EventKind, ImportedLayer, LedgerPosition, NewEvent, ParcelId, ParcelRef, Project,
        ProjectId, SquareMetres, UnitId,
    },
    store::{
        Chain, Entry, FormedParcel, Head, IdempotentAnswer, NextRun, ParcelState, StoreError, Transaction,
        Written,
        body::body_text,
        ledger::encoding::{self, Seal},
        running::Running,
        states,
    },
};

/// An open change.
pub struct Write<'a> {
    sql: Sql<'a>,
    chain: Chain,
    imported: Imported,
    running: HashMap<ParcelId, Running>,
    /// Parcels whose rows are not yet up to their records.
    unsettled: BTreeSet<ParcelId>,
    /// The chain and what was imported where the order that is open began.
    before: Option<(Chain, Imported)>,
}

/// The layers that were imported.
#[derive(Debug, Default, Clone, Copy)]
struct Imported {
    units: bool,
    projects: bool,
    /// The first of the new ones.
    parcels: Option<u32>,
}

impl<'a> Write<'a> {
    pub(super) fn begin(connection: &'a mut Connection) -> Result<Self, StoreError> {
        let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let head = read::head(&sql)?;
        Ok(Self {
            sql,
            chain: Chain::at(head.position, head.hash),
            imported: Imported::default(),
            running: HashMap::new(),
            unsettled: BTreeSet::new(),
            before: None,
        })
    }

    /// Position of the next event.
    fn next(&self) -> LedgerPosition {
        LedgerPosition(self.chain.position().0 + 1)
    }

    fn seal(&mut self, entry: &Entry, layer: ImportedLayer, seal: Seal) -> Result<(), StoreError> {
        match layer {
            ImportedLayer::Units => self.imported.units = true,
            ImportedLayer::Projects => self.imported.projects = true,
            ImportedLayer::Parcels => self.imported.parcels = self.imported.parcels.or(Some(seal.first())),
        }
        let event = entry.sealing(layer, seal);
        self.append(&[event]).map(|_| ())
    }

    /// The record of a parcel before the next event.
    fn running(&mut self, id: ParcelId) -> Result<&mut Running, StoreError> {
        if !self.running.contains_key(&id) {
            let listed = records::listed(&self.sql, id)?;
            let events = records::events(&self.sql, id)?;
            self.running.insert(id, Running::of(listed, &events));
        }
        self.running.get_mut(&id).ok_or(StoreError::NoParcel(id))
    }

    /// Keeps the state before `event`, and the one after it for the next.
    fn follow(&mut self, id: ParcelId, event: &Event) -> Result<(), StoreError> {
        let text = |e: serde_json::Error| StoreError::Backend(e.to_string());
        let running = self.running(id)?;
        let (state, version) = (states::encode(&running.record).map_err(text)?, running.record.version);
        if !running.follow(event) {
            // The event is in the ledger already: all of it again.
            let record = records::of(&self.sql, id)?;
            self.running(id)?.replayed(record, event);
        }
        let keep = "INSERT INTO prior_states (position, parcel, version, state) VALUES (?1, ?2, ?3, ?4)";
        let at = read::signed(event.position);
        self.sql.prepare_cached(keep)?.execute(params![at, id.0, read::signed(version), state])?;
        self.unsettled.insert(id);
        Ok(())
    }

    fn insert(&mut self, event: &NewEvent) -> Result<(), StoreError> {
        let body = body_text(event).map_err(|e| StoreError::Row {
            table: "ledger",
            row: read::signed(self.next()),
            column: "body",
            why: e.to_string(),
        })?;
        let previous = self.chain.hash();
        let hash = self.chain.append(event);
        let inserted = self.sql.prepare_cached(INSERT_EVENT)?.execute(params![
            read::signed(self.chain.position()),
            event.recorded_at,
            event.day.number(),
            event.author,
            event.parcel.map(|parcel| parcel.0),
            event.document,
            event.kind.code(),
            body,
            previous,
            hash,
        ]);
        match (inserted, event.parcel) {
            (Err(error), Some(parcel)) if parcels::is_constraint(&error) => Err(StoreError::NoParcel(parcel)),
            (inserted, _) => Ok(inserted.map(|_| ())?),
        }
    }
}

const INSERT_EVENT: &str = "INSERT INTO ledger
    (position, recorded_at, day, author, parcel, document, kind, body, previous, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

impl Transaction for Write<'_> {
    fn units(&mut self, entry: &Entry, units: &[AdminUnit]) -> Result<Written, StoreError> {
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

    fn projects(&mut self, entry: &Entry, projects: &[Project]) -> Result<Written, StoreError> {
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

    fn parcel_runs(&mut self, entry: &Entry, next: NextRun<'_>) -> Result<Written, StoreError> {
        let (seal, first) = parcels::import(&self.sql, entry, next)?;
        let inserted = seal.rows();
        if inserted == 0 {
            return Ok(Written { inserted, updated: 0, first: 0 });
        }
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(Written { inserted, updated: 0, first })
    }

    fn append(&mut self, events: &[NewEvent]) -> Result<Head, StoreError> {
        for event in events {
            if let Some(id) = event.parcel {
                // Before the event is there: its record is of the state that it finds.
                self.running(id)?;
            }
            self.insert(event)?;
            attached::follow(&self.sql, event)?;
            if let EventKind::PlanChanged { project, plan, required } = &event.kind {
                let position = self.chain.position();
                reference::plan(&self.sql, *project, plan.as_deref(), *required, position)?;
            }
            if let Some(id) = event.parcel {
                let event = Event { position: self.chain.position(), body: event.clone() };
                self.follow(id, &event)?;
            }
        }
        Ok(self.head())
    }

    fn head(&self) -> Head {
        Head { position: self.chain.position(), hash: self.chain.hash() }
    }

    fn find(&mut self, parcel: &ParcelRef) -> Result<Vec<ParcelState>, StoreError> {
        questions::find(&self.sql, parcel)
    }

    fn bytes_attached(&mut self, parcel: ParcelId, files: &[String]) -> Result<u64, StoreError> {
        attached::bytes_with(&self.sql, parcel, files)
    }

    fn history(&mut self, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
        records::events(&self.sql, parcel)
    }

    fn project(&mut self, code: &str) -> Result<Option<(ProjectId, Vec<UnitId>)>, StoreError> {
        questions::project(&self.sql, code)
    }

    fn shape(
        &mut self,
        parcel: ParcelId,
    ) -> Result<(MultiPolygon<f64>, SquareMetres, SquareMetres), StoreError> {
        questions::shape(&self.sql, parcel)
    }

    fn form(
        &mut self,
        entry: &Entry,
        parent: ParcelId,
        parcels: &[FormedParcel],
    ) -> Result<Written, StoreError> {
        let (seal, first) = form::form(&self.sql, entry, parent, parcels)?;
        let written = Written { inserted: seal.rows(), updated: 0, first };
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(written)
    }

    fn answer(&mut self, author: &str, key: &str) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        questions::answer(&self.sql, author, key)
    }

    fn keep_answer(&mut self, kept: &IdempotentAnswer<'_>) -> Result<(), StoreError> {
        questions::keep_answer(&self.sql, kept)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.sql.execute(sql, [name, value])?;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.unsettled) {
            if let Some(running) = self.running.get(&id) {
                records::write(&self.sql, id, &running.record)?;
            }
        }
        Ok(())
    }

    fn open_order(&mut self) -> Result<(), StoreError> {
        self.settle()?;
        self.before = Some((self.chain, self.imported));
        self.sql.execute_batch("SAVEPOINT one_order")?;
        Ok(())
    }

    fn keep_order(&mut self) -> Result<(), StoreError> {
        self.settle()?;
        self.before = None;
        Ok(self.sql.execute_batch("RELEASE one_order")?)
    }

    fn drop_order(&mut self) -> Result<(), StoreError> {
        if let Some((chain, imported)) = self.before.take() {
            (self.chain, self.imported) = (chain, imported);
            // What is remembered of parcels may be of the order that is given up.
            self.running.clear();
            self.unsettled.clear();
            self.sql.execute_batch("ROLLBACK TO one_order; RELEASE one_order")?;
        }
        Ok(())
    }
}

impl Write<'_> {
    /// Makes all of it durable.
    pub(super) fn commit(mut self) -> Result<Head, StoreError> {
        self.settle()?;
        let Imported { units, projects, parcels } = self.imported;
        for (table, written) in [("units", units), ("projects", projects), ("alignments", projects)] {
            if written {
                read::bound_contents(&self.sql, table, None)?;
            }
        }
        if parcels.is_some() {
            read::bound_contents(&self.sql, "parcels", parcels)?;
        }
        let head = self.head();
        self.sql.commit()?;
        Ok(head)
    }
}
