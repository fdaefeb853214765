//! A transaction on one connection. Unless it is committed, it is given up when it is let go.
//!
//! What costs is the way to the server and back: statements that answer nothing go with the next question, and those
//! that nobody has to see the answers of between them go together.

use std::{
    cell::{Cell, RefCell, RefMut},
    pin::pin,
};

use futures_util::future::join_all;
use tokio_postgres::{
    Client, Row, Statement,
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};
use tokio_stream::StreamExt as _;

use super::{
    pool::{Mode, Pool, Slot},
    wire::{Patience, Wire},
};
use crate::store::StoreError;

/// Values of a statement's parameters.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What takes a row that is to be copied.
pub type Write<'a> = dyn FnMut(Values<'_>) -> Result<(), StoreError> + 'a;

/// An open transaction.
pub struct Session<'a> {
    slot: RefCell<Slot<'a>>,
    is_open: bool,
    /// The server went away or takes nothing any more: another is looked for.
    is_lost: Cell<bool>,
    /// Statements that go with the next question.
    ahead: RefCell<Vec<&'static str>>,
}

fn lost() -> StoreError {
    StoreError::Gone("the connection is lost".to_owned())
}

impl Pool {
    /// Begins a transaction on a connection that answers.
    pub fn begin(&self, mode: Mode<'_>) -> Result<Session<'_>, StoreError> {
        if matches!(mode, Mode::Write(_)) {
            self.ends_changes()?;
        }
        let mut slot = Slot { of: self, kept: None };
        let mut idle = self.take()?;
        let begin = match mode {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
            Mode::ReadAs(state) => {
                format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{state}'")
            }
            Mode::Write(first) => format!("BEGIN ISOLATION LEVEL READ COMMITTED; {first}"),
        };
        loop {
            let was_idle = idle.is_some();
            let mut live = match idle.take() {
                Some(live) => live,
                None => self.connect()?,
            };
            live.bears(Patience::Usual);
            match live.batch(&begin) {
                Ok(()) => {
                    slot.kept = Some(live);
                    return Ok(Session::new(slot));
                }
                Err(error) => match error {
                    // It was lost while nobody used it: the next one, or a new one.
                    StoreError::Gone(_) if was_idle && !live.is_silent() => {
                        idle = self.another();
                    }
                    error => {
                        if live.is_silent() {
                            self.close_idle();
                        }
                        if !error.is_gone() && !live.is_closed() && live.batch("ROLLBACK").is_ok() {
                            slot.kept = Some(live);
                        }
                        return Err(error);
                    }
                },
            }
        }
    }
}

impl<'a> Session<'a> {
    /// A transaction that was begun at this place.
    pub fn new(slot: Slot<'a>) -> Self {
        Self { slot: RefCell::new(slot), is_open: true, is_lost: Cell::new(false), ahead: RefCell::default() }
    }

    fn live(&self) -> Result<RefMut<'_, Wire>, StoreError> {
        let slot = self.slot.try_borrow_mut();
        let slot = slot.map_err(|_| StoreError::Backend("a question inside a question".to_owned()))?;
        RefMut::filter_map(slot, |slot| slot.kept.as_mut()).map_err(|_| lost())
    }

    /// What the server has answered.
    fn heard<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        answer.inspect_err(|error| self.is_lost.set(self.is_lost.get() || error.is_gone()))
    }

    /// Waits longer for a server that is silent: what is begun here is worth it.
    pub fn be_patient(&self) -> Result<(), StoreError> {
        self.live()?.bears(Patience::Long);
        Ok(())
    }

    /// Has statements without parameters and answers run before whatever is asked next, on the same way to the server.
    pub fn before_next(&self, sql: &'static str) {
        self.ahead.borrow_mut().push(sql);
    }

    /// What goes ahead of the next question, as one text.
    fn ahead(&self) -> String {
        self.ahead.take().join("; ")
    }

    /// Runs what waits for the next question.
    fn catch_up(&self) -> Result<(), StoreError> {
        let ahead = self.ahead();
        if ahead.is_empty() { Ok(()) } else { self.heard(self.live()?.batch(&ahead)) }
    }

    /// Runs statements without parameters.
    pub fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let ahead = self.ahead();
        let mut wire = self.live()?;
        self.heard(if ahead.is_empty() { wire.batch(sql) } else { wire.batch(&format!("{ahead}; {sql}")) })
    }

    /// Asks what `question` does, in its own way.
    pub fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Client) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.catch_up()?;
        let mut wire = self.live()?;
        self.heard(wire.ask(question))
    }

    /// Sends several statements together and waits for all of their answers, in their order.
    fn together<T>(
        &self,
        statements: &[(&str, Values<'_>)],
        asked: &impl AsyncFn(&Client, &Statement, Values<'_>) -> Result<T, tokio_postgres::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let mut wire = self.live()?;
        let prepared = statements.iter().map(|(sql, _)| wire.prepared(sql)).collect::<Result<Vec<_>, _>>();
        let prepared = self.heard(prepared)?;
        let ahead = self.ahead();
        self.heard(wire.ask(async |client| {
            let all = join_all(prepared.iter().zip(statements).map(|(statement, (_, values))| {
                // Polled in their order, and sent as they are polled first.
                asked(client, statement, values)
            }));
            let answers = if ahead.is_empty() {
                all.await
            } else {
                let (begun, answers) = tokio::join!(biased; client.batch_execute(&ahead), all);
                begun?;
                answers
            };
            // The first that fails says why; those after it only that it has.
            Ok(answers.into_iter().collect::<Result<Vec<_>, _>>()?)
        }))
    }

    /// All rows of the answers to several questions that go to the server together.
    pub fn query_all(&self, questions: &[(&str, Values<'_>)]) -> Result<Vec<Vec<Row>>, StoreError> {
        self.together(questions, &async |client, statement, values| client.query(statement, values).await)
    }

    /// Runs several statements that go to the server together; the numbers of rows that they touched.
    pub fn execute_all(&self, statements: &[(&str, Values<'_>)]) -> Result<Vec<u64>, StoreError> {
        self.together(statements, &async |client, statement, values| client.execute(statement, values).await)
    }

    /// All rows of an answer.
    pub fn query(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        Ok(self.query_all(&[(sql, values)])?.pop().unwrap_or_default())
    }

    /// The first row of an answer, if it has any.
    pub fn one(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// The row of an answer that always has one.
    pub fn row(&self, sql: &str, values: Values<'_>) -> Result<Row, StoreError> {
        self.one(sql, values)?.ok_or_else(|| StoreError::Backend("an answer has no row".to_owned()))
    }

    /// Runs a statement; the number of rows that it touched.
    pub fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        Ok(self.execute_all(&[(sql, values)])?.into_iter().sum())
    }

    /// Takes the rows of an answer one by one, as they come. `take` asks nothing of this session.
    pub fn each(
        &self,
        sql: &str,
        values: Values<'_>,
        mut take: impl FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.catch_up()?;
        let mut wire = self.live()?;
        let statement = self.heard(wire.prepared(sql))?;
        self.heard(wire.ask(async |client| {
            let mut rows = pin!(client.query_raw(&statement, values.iter().copied()).await?);
            while let Some(row) = rows.next().await {
                take(&row?)?;
            }
            Ok(())
        }))
    }

    /// Copies rows into a table, all of these types; `next` gives row by row to what writes it.
    pub fn copy(
        &self,
        sql: &str,
        types: &[Type],
        next: &mut dyn FnMut(&mut Write<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.catch_up()?;
        let mut wire = self.live()?;
        let sink = self.heard(wire.ask(async |client| Ok(client.copy_in(sql).await?)))?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
        next(&mut |row| self.heard(wire.wait(async { Ok(writer.as_mut().write(row).await?) })))?;
        self.heard(wire.wait(async { Ok(writer.as_mut().finish().await.map(|_| ())?) }))
    }

    /// Ends the transaction with what it wrote kept, after these last statements.
    pub fn commit(mut self, last: &str) -> Result<(), StoreError> {
        self.batch(&format!("{last}; COMMIT"))?;
        self.is_open = false;
        Ok(())
    }
}

fn give_up(wire: &mut Wire) -> bool {
    !wire.is_closed() && wire.batch("ROLLBACK").is_ok()
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let slot = self.slot.get_mut();
        let goes_on = |wire: &mut Wire| !self.is_open || give_up(wire);
        if self.is_lost.get() {
            // Those that nobody uses lead to the same silence.
            slot.is_lost();
        }
        if self.is_lost.get() || !slot.kept.as_mut().is_some_and(goes_on) {
            // Whatever it was in the middle of, nobody goes on with it.
            slot.kept = None;
        }
    }
}
