//! The writer of each format.

use std::io::Write;

use super::{
    csv::Csv,
    error::ExportError,
    flatgeobuf::FlatGeobuf,
    format::Format,
    geojson::{Collected, Sequence},
    geopackage::GeoPackage,
    job::{Job, Picked},
    kml::Kml,
    parquet::Parquet,
    row::RowWriter,
    shapefile::Shapefile,
    xlsx::{self, Xlsx},
};

impl Job<'_> {
    /// Writes the rows in a format; gives their number.
    ///
    /// # Errors
    /// [`ExportError::Io`] where the disk is full or who reads has gone, [`ExportError::Format`] for more rows than the
    /// format holds or what its library refuses.
    pub fn write(
        &self,
        format: Format,
        picked: Picked<'_>,
        out: &mut (dyn Write + Send),
    ) -> Result<usize, ExportError> {
        if let Picked::Indexes(all) = &picked
            && format == Format::Xlsx
            && all.len() > xlsx::most(self) as usize
        {
            return Err(xlsx::too_many());
        }
        let known = if let Picked::Indexes(all) = &picked { Some(all.len()) } else { None };
        let mut writer = writer(format, self, known, out)?;
        let count = self.rows(picked, writer.as_mut())?;
        writer.finish()?;
        Ok(count)
    }
}

/// A writer of `job` into `out`, of `count` rows if that is known.
///
/// # Errors
/// [`ExportError::Io`] where nothing can be written, [`ExportError::Format`] for a CRS that the format does not have.
fn writer<'o>(
    format: Format,
    job: &Job<'_>,
    count: Option<usize>,
    out: &'o mut (dyn Write + Send),
) -> Result<Box<dyn RowWriter + 'o>, ExportError> {
    Ok(match format {
        Format::GeoJson => Box::new(Collected::new(job, out)?),
        Format::GeoJsonSeq => Box::new(Sequence::new(job, out)),
        Format::Csv => Box::new(Csv::new(job, out)?),
        Format::GeoPackage => Box::new(GeoPackage::new(job, out)?),
        Format::FlatGeobuf => Box::new(FlatGeobuf::new(job, out)?),
        Format::Parquet => Box::new(Parquet::new(job, out)?),
        Format::Shapefile => Box::new(Shapefile::new(job, count, out)?),
        Format::Xlsx => Box::new(Xlsx::new(job, out)?),
        Format::Kml => Box::new(Kml::new(job, out)?),
    })
}
