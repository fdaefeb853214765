//! Parcels on their way out of a file: handed on run by run as they are made, so that no file is held whole.

use std::io;

use super::{
    error::IngestError,
    progress::Step,
    report::{Batch, Report},
};
use crate::domain::Parcel;

/// Why the flow ended before the file.
#[derive(Debug)]
pub enum Halt {
    /// The file can't be read.
    File(IngestError),
    /// Whoever takes the parcels takes no more.
    Taker(io::Error),
}

impl From<IngestError> for Halt {
    fn from(error: IngestError) -> Self {
        Self::File(error)
    }
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Taker(error)
    }
}

/// A parcel with the feature that it comes from.
pub type Named = (String, Parcel);

/// Takes parcels as they are made.
pub trait ParcelFlow: Send {
    /// Takes a run of parcels, and may take what there is to tell of features out of the lists of `report`.
    ///
    /// # Errors
    /// [`Halt`] when no more is taken.
    fn take(&mut self, parcels: Vec<Named>, report: &mut Report) -> Result<(), Halt>;

    /// Forgets all that was taken: the rest of the file showed that it was misunderstood, and it is read once more.
    ///
    /// # Errors
    /// As [`ParcelFlow::take`].
    fn anew(&mut self) -> Result<(), Halt>;

    /// Hears how far it is.
    ///
    /// # Errors
    /// As [`ParcelFlow::take`].
    fn at(&mut self, step: Step) -> Result<(), Halt>;
}

/// Keeps all parcels.
pub struct Gathered<'a> {
    /// The parcels.
    pub parcels: Vec<Named>,
    progress: &'a mut (dyn FnMut(Step) + Send),
}

impl<'a> Gathered<'a> {
    /// Nothing yet; `progress` hears how far it is.
    pub fn new(progress: &'a mut (dyn FnMut(Step) + Send)) -> Self {
        Self { parcels: Vec::new(), progress }
    }

    /// All parcels, with their report.
    pub fn batch(self, report: Report) -> Batch<Parcel> {
        let (features, records) = self.parcels.into_iter().unzip();
        Batch { records, features, report }
    }
}

impl ParcelFlow for Gathered<'_> {
    fn take(&mut self, mut parcels: Vec<Named>, _: &mut Report) -> Result<(), Halt> {
        self.parcels.append(&mut parcels);
        Ok(())
    }

    fn anew(&mut self) -> Result<(), Halt> {
        self.parcels.clear();
        Ok(())
    }

    fn at(&mut self, step: Step) -> Result<(), Halt> {
        (self.progress)(step);
        Ok(())
    }
}
