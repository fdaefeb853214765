//! A transaction on one connection. Unless it is committed, it is given up when it is let go.

use std::{
    cell::{Cell, RefCell, RefMut},
    pin::pin,
};

use tokio_postgres::{
    Client, Row,
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};
use tokio_stream::StreamExt as _;

use super::{
    pool::Slot,
    wire::{Patience, Wire},
};
use crate::store::StoreError;

/// Values of a statement's parameters.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What takes a row that is to be copied.
pub type Write<'a> = dyn FnMut(Values<'_>) -> Result<(), StoreError> + 'a;

/// An open transaction.
pub struct Session<'a> {
    place: RefCell<Slot<'a>>,
    is_open: bool,
    /// The server went away or takes nothing any more: another is looked for.
    is_lost: Cell<bool>,
}

fn lost() -> StoreError {
    StoreError::Gone("the connection is lost".to_owned())
}

impl<'a> Session<'a> {
    /// A transaction that was begun at this place.
    pub fn new(place: Slot<'a>) -> Self {
        Self { place: RefCell::new(place), is_open: true, is_lost: Cell::new(false) }
    }

    fn live(&self) -> Result<RefMut<'_, Wire>, StoreError> {
        let place = self.place.try_borrow_mut();
        let place = place.map_err(|_| StoreError::Backend("a question inside a question".to_owned()))?;
        RefMut::filter_map(place, |place| place.kept.as_mut()).map_err(|_| lost())
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

    /// Runs statements without parameters.
    pub fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let mut wire = self.live()?;
        self.heard(wire.batch(sql))
    }

    /// Asks what `question` does, in its own way.
    pub fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Client) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut wire = self.live()?;
        self.heard(wire.ask(question))
    }

    /// All rows of an answer.
    pub fn query(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let mut wire = self.live()?;
        let statement = self.heard(wire.prepared(sql))?;
        self.heard(wire.ask(async |client| Ok(client.query(&statement, values).await?)))
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
        let mut wire = self.live()?;
        let statement = self.heard(wire.prepared(sql))?;
        self.heard(wire.ask(async |client| Ok(client.execute(&statement, values).await?)))
    }

    /// Takes the rows of an answer one by one, as they come. `take` asks nothing of this session.
    pub fn each(
        &self,
        sql: &str,
        values: Values<'_>,
        mut take: impl FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
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
        let place = self.place.get_mut();
        let goes_on = |wire: &mut Wire| !self.is_open || give_up(wire);
        if self.is_lost.get() {
            // Those that nobody uses lead to the same silence.
            place.is_lost();
        }
        if self.is_lost.get() || !place.kept.as_mut().is_some_and(goes_on) {
            // Whatever it was in the middle of, nobody goes on with it.
            place.kept = None;
        }
    }
}
