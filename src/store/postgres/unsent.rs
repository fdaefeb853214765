//! What a change has decided and the server does not know yet, column by column, and the statements that tell it.

use tokio_postgres::types::ToSql;

use super::{
    cells::{Date, position, signed},
    session::Values,
};
use crate::{
    domain::{NewEvent, ParcelId, Record, Stage},
    store::{IdempotentAnswer, PLAN, StoreError, states::marks_text},
};

/// A statement with the values of its parameters.
pub type Statement<'a> = (&'static str, Vec<&'a (dyn ToSql + Sync)>);

/// Days for which the answer of a request is kept.
const KEPT_DAYS: i64 = 7;

/// Statements as a session takes them.
pub fn borrowed<'a>(statements: &'a [Statement<'a>]) -> Vec<(&'a str, Values<'a>)> {
    statements.iter().map(|(sql, values)| (*sql, values.as_slice())).collect()
}

/// The answer of a request under its key.
struct Kept {
    author: String,
    key: String,
    digest: Vec<u8>,
    answer: String,
    recorded_at: i64,
    /// Answers of the author from before this time are forgotten.
    forget: i64,
}

/// Events that are not yet at the server, with what goes beside them.
#[derive(Default)]
pub struct Unsent {
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
    answers: Vec<Kept>,
}

impl Unsent {
    /// Number of events.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Adds an event at a position, with its body as text, the hash before it and its own; about a parcel, with the
    /// parcel's number, version and state before it.
    pub fn event(
        &mut self,
        at: i64,
        event: &NewEvent,
        body: String,
        [previous, hash]: [[u8; 32]; 2],
        state: Option<(ParcelId, i64, Vec<u8>)>,
    ) {
        self.positions.push(at);
        self.recorded.push(event.recorded_at);
        self.days.push(event.day.into());
        self.authors.push(event.author.clone());
        self.parcels.push(event.parcel.map(|parcel| signed(parcel.0)));
        self.documents.push(event.document.clone());
        self.kinds.push(event.kind.code());
        self.bodies.push(body);
        self.previous.push(previous.to_vec());
        self.hashes.push(hash.to_vec());
        let parcel = signed(event.parcel.unwrap_or(PLAN).0);
        self.files.1.extend(event.attachments.iter().map(|_| parcel));
        self.files.0.extend(event.attachments.iter().cloned());
        if let Some((id, version, state)) = state {
            let (positions, parcels, versions, states) = &mut self.states;
            positions.push(at);
            parcels.push(signed(id.0));
            versions.push(version);
            states.push(state);
        }
    }

    /// Keeps the answer of a request, and forgets its author's old ones.
    pub fn answer(&mut self, kept: &IdempotentAnswer<'_>) {
        let IdempotentAnswer { author, key, digest, answer, recorded_at } = *kept;
        self.answers.push(Kept {
            author: author.to_owned(),
            key: key.to_owned(),
            digest: digest.to_vec(),
            answer: answer.to_owned(),
            recorded_at,
            forget: recorded_at - KEPT_DAYS * 86_400_000,
        });
    }

    /// What tells the server, in this order.
    pub fn statements(&self) -> Vec<Statement<'_>> {
        let mut all: Vec<Statement<'_>> = Vec::new();
        if !self.positions.is_empty() {
            let insert = "INSERT INTO ledger
                (position, recorded_at, day, author, parcel, document, kind, body, previous, hash)
                SELECT position, recorded_at, day, author, parcel, document, kind, body::json, previous, hash
                FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::text[], $5::integer[], $6::text[], $7::text[],
                $8::text[], $9::bytea[], $10::bytea[])
                AS e (position, recorded_at, day, author, parcel, document, kind, body, previous, hash)";
            let values: Vec<&(dyn ToSql + Sync)> = vec![
                &self.positions,
                &self.recorded,
                &self.days,
                &self.authors,
                &self.parcels,
                &self.documents,
                &self.kinds,
                &self.bodies,
                &self.previous,
                &self.hashes,
            ];
            all.push((insert, values));
        }
        let (positions, parcels, versions, states) = &self.states;
        if !positions.is_empty() {
            let keep = "INSERT INTO prior_states (position, parcel, version, state)
                SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::bytea[])";
            all.push((keep, vec![positions, parcels, versions, states]));
        }
        let (files, parcels) = &self.files;
        if !files.is_empty() {
            let note = "INSERT INTO attached (file, parcel) SELECT * FROM unnest($1::text[], $2::integer[])
                ON CONFLICT DO NOTHING";
            all.push((note, vec![files, parcels]));
        }
        for Kept { author, key, digest, answer, recorded_at, forget } in &self.answers {
            let insert = "INSERT INTO requests (author, key, digest, answer, recorded_at)
                VALUES ($1, $2, $3, $4, $5)";
            all.push((insert, vec![author, key, digest, answer, recorded_at]));
            all.push(("DELETE FROM requests WHERE author = $1 AND recorded_at < $2", vec![author, forget]));
        }
        all
    }
}

/// Rows of parcels as their records are now.
pub struct ParcelRows {
    numbers: Vec<i32>,
    /// Of the acts after the listing, in their order.
    days: Vec<Vec<Option<Date>>>,
    money: Vec<i64>,
    versions: Vec<i64>,
    ended: Vec<Option<Date>>,
    marks: Vec<Option<String>>,
}

impl ParcelRows {
    /// Of parcels and their records.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when marks of the law can't be written as JSON.
    pub fn of(some: &[(ParcelId, &Record)]) -> Result<Self, StoreError> {
        let days_of =
            |stage: &Stage| some.iter().map(|(_, record)| record.days.get(*stage).map(Date::from)).collect();
        let days = Stage::ALL.iter().skip(1).map(days_of).collect();
        Ok(Self {
            numbers: some.iter().map(|(id, _)| signed(id.0)).collect(),
            days,
            money: some.iter().map(|(_, record)| record.approved.0 as i64).collect(),
            versions: some.iter().map(|(_, record)| position(record.version)).collect(),
            ended: some.iter().map(|(_, record)| record.marks.ended.map(Date::from)).collect(),
            marks: some.iter().map(|(_, record)| marks_text(record)).collect::<Result<Vec<_>, _>>()?,
        })
    }

    /// What brings them up at the server; it touches as many rows as there are parcels.
    pub fn statement(&self) -> Statement<'_> {
        let update =
            "UPDATE parcels p SET d1 = n.d1, d2 = n.d2, d3 = n.d3, d4 = n.d4, d5 = n.d5, d6 = n.d6, d7 = n.d7,
            d8 = n.d8, cleared = n.d8 IS NOT NULL, money = n.money, version = n.version, ended_on = n.ended_on,
            marks = n.marks::json
            FROM unnest($1::integer[], $2::date[], $3::date[], $4::date[], $5::date[], $6::date[], $7::date[],
            $8::date[], $9::date[], $10::bigint[], $11::bigint[], $12::date[], $13::text[])
            AS n (fid, d1, d2, d3, d4, d5, d6, d7, d8, money, version, ended_on, marks) WHERE p.fid = n.fid";
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&self.numbers];
        values.extend(self.days.iter().map(|days| days as &(dyn ToSql + Sync)));
        values.extend([&self.money as &(dyn ToSql + Sync), &self.versions, &self.ended, &self.marks]);
        (update, values)
    }
}
