//! A transaction on one connection. Unless it is committed, it is given up when it is let go.

use std::cell::{Cell, RefCell, RefMut};

use postgres::{
    Client, Row, Statement,
    binary_copy::BinaryCopyInWriter,
    fallible_iterator::FallibleIterator,
    types::{BorrowToSql, ToSql, Type},
};

use super::pool::{Live, Slot};
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

    fn live(&self) -> Result<RefMut<'_, Live>, StoreError> {
        let place = self.place.try_borrow_mut();
        let place = place.map_err(|_| StoreError::Backend("a question inside a question".to_owned()))?;
        RefMut::filter_map(place, |place| place.kept.as_mut()).map_err(|_| lost())
    }

    /// What the server has answered.
    fn heard<T>(&self, answer: Result<T, postgres::Error>) -> Result<T, StoreError> {
        answer.map_err(|error| {
            let error = StoreError::from(error);
            self.is_lost.set(self.is_lost.get() || error.is_gone());
            error
        })
    }

    /// Runs statements without parameters.
    pub fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.heard(self.live()?.client.batch_execute(sql))
    }

    /// All rows of an answer.
    pub fn query(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let mut live = self.live()?;
        let statement = prepared(&mut live, sql)?;
        self.heard(live.client.query(&statement, values))
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
        let mut live = self.live()?;
        let statement = prepared(&mut live, sql)?;
        self.heard(live.client.execute(&statement, values))
    }

    /// Takes the rows of an answer one by one, as they come. `take` asks nothing of this session.
    pub fn each(
        &self,
        sql: &str,
        values: Values<'_>,
        mut take: impl FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut live = self.live()?;
        let statement = prepared(&mut live, sql)?;
        let values = values.iter().map(BorrowToSql::borrow_to_sql);
        let mut rows = live.client.query_raw(&statement, values)?;
        while let Some(row) = rows.next()? {
            take(&row)?;
        }
        Ok(())
    }

    /// Copies rows into a table, all of these types; `next` gives row by row to what writes it.
    pub fn copy(
        &self,
        sql: &str,
        types: &[Type],
        next: &mut dyn FnMut(&mut Write<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut live = self.live()?;
        let mut writer = BinaryCopyInWriter::new(live.client.copy_in(sql)?, types);
        next(&mut |row| Ok(writer.write(row)?))?;
        writer.finish()?;
        Ok(())
    }

    /// Ends the transaction with what it wrote kept, after these last statements.
    pub fn commit(mut self, last: &str) -> Result<(), StoreError> {
        self.batch(&format!("{last}; COMMIT"))?;
        self.is_open = false;
        Ok(())
    }
}

/// The statement as the server knows it; told once a connection.
pub fn prepared(live: &mut Live, sql: &str) -> Result<Statement, StoreError> {
    if let Some(known) = live.statements.get(sql) {
        return Ok(known.clone());
    }
    let statement = live.client.prepare(sql)?;
    live.statements.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn give_up(client: &mut Client) -> bool {
    !client.is_closed() && client.batch_execute("ROLLBACK").is_ok()
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let place = self.place.get_mut();
        let goes_on = |live: &mut Live| !self.is_open || give_up(&mut live.client);
        if self.is_lost.get() || !place.kept.as_mut().is_some_and(goes_on) {
            // Whatever it was in the middle of, nobody goes on with it.
            place.kept = None;
        }
    }
}
