//! Features of an opened layer, as rows.

use gdal::vector::{Feature, Layer, LayerAccess};

use super::{
    ColumnKind, Learned, Source, SourceRow,
    direct::{Direct, DirectRow, LineRow, Lines, LinesHalt},
    drawing::{self, Walk},
    messages,
    opening::gdal_error,
    raw,
    runs::{Runs, Simplified, TakeRun},
    shape::{self, MAX_RING_VERTICES, Problem, Shape},
};
use crate::ingest::{bounds::Bounds, error::IngestError, flow::Halt, progress::ReadProgress};

impl Source {
    /// Reads all features with the columns of these indices, and says what of
    /// their geometries is not kept.
    ///
    /// # Errors
    /// [`IngestError`] when the layer is empty, the file is damaged or a ring has too many vertices.
    pub fn read(
        &self,
        columns: &[usize],
        bounds: &Bounds,
        progress: ReadProgress<'_>,
    ) -> Result<(Vec<SourceRow>, Vec<String>), IngestError> {
        let mut rows = Vec::new();
        let simplified = self.each_run(columns, bounds, &mut |mut run, step| {
            rows.append(&mut run);
            progress(step);
            Ok(())
        });
        match simplified {
            Ok(simplified) => {
                if let Some(dataset) = &self.dataset {
                    raw::restore_bytes(dataset, &self.layer, &self.columns, columns, &mut rows);
                }
                Ok((rows, simplified))
            }
            Err(Halt::File(error)) => Err(error),
            Err(Halt::Taker(error)) => {
                Err(IngestError::Unreadable { file: self.file.clone(), cause: error.to_string() })
            }
        }
    }

    /// Reads all features with the columns of these indices, hands them on run by run, each with how far
    /// reading is, and says what of their geometries is not kept. Texts that are not UTF-8 may have lost bytes.
    ///
    /// # Errors
    /// As [`Source::read`]; the error of `take`.
    pub fn each_run(
        &self,
        columns: &[usize],
        bounds: &Bounds,
        take: TakeRun<'_>,
    ) -> Result<Vec<String>, Halt> {
        if let Some(lines) = &self.lines {
            return self.each_run_of(lines, columns, bounds, take);
        }
        let Some(direct) = Direct::of(self, columns) else {
            return self.each_run_by_gdal(columns, bounds, take);
        };
        let layer = self.layer()?;
        let mut simplified = Simplified::default();
        let mut runs = Runs::new(self, bounds, layer.try_feature_count(), take);
        messages::take();
        direct.each(&mut |row| runs.push(self.direct_row(&layer, row, columns, &mut simplified)?))?;
        self.keep_failures()?;
        runs.finish()?;
        Ok(simplified.warnings())
    }

    /// As [`Source::each_run`], every feature by GDAL.
    ///
    /// # Errors
    /// As [`Source::each_run`].
    pub fn each_run_by_gdal(
        &self,
        columns: &[usize],
        bounds: &Bounds,
        take: TakeRun<'_>,
    ) -> Result<Vec<String>, Halt> {
        let mut layer = self.layer()?;
        let mut simplified = Simplified::default();
        let mut runs = Runs::new(self, bounds, layer.try_feature_count(), take);
        messages::take();
        let mut texts = self.aligned.walk();
        for feature in layer.features() {
            runs.push(self.row(&feature, columns, &mut simplified, &mut texts)?)?;
        }
        self.keep_failures()?;
        runs.finish()?;
        Ok(simplified.warnings())
    }

    /// As [`Source::each_run`], of a file of lines.
    fn each_run_of(
        &self,
        lines: &Lines,
        columns: &[usize],
        bounds: &Bounds,
        take: TakeRun<'_>,
    ) -> Result<Vec<String>, Halt> {
        let mut simplified = Simplified::default();
        let mut runs = Runs::new(self, bounds, Some(lines.count), take);
        let read = lines.each(columns, &mut |LineRow { fid, cells, shape }| {
            let shape = match shape {
                Ok(polygons) => shape::sound(Shape { polygons, ..Shape::default() }),
                Err(geometry) => {
                    simplified.count(&geometry);
                    shape::read(&geometry)
                }
            };
            runs.push(self.shaped(SourceRow::without_shape(fid, cells), shape)?)
        });
        let learned = match read {
            Ok(all) => Learned::Columns(all),
            Err(LinesHalt::Odd) => Learned::Odd,
            Err(LinesHalt::Halt(halt)) => return Err(halt),
        };
        self.learned.replace(learned);
        runs.finish()?;
        messages::take();
        Ok(simplified.warnings())
    }

    /// The layer as GDAL has it.
    pub(super) fn layer(&self) -> Result<Layer<'_>, IngestError> {
        let missing = || IngestError::Damaged { file: self.file.clone(), cause: "it was not opened".into() };
        let dataset = self.dataset.as_ref().ok_or_else(missing)?;
        dataset.layer(self.layer_index).map_err(|e| gdal_error(&self.file, "reading", &e))
    }

    /// A row with its shape, or why it has none.
    fn shaped(
        &self,
        mut row: SourceRow,
        shape: Result<(Shape, Option<String>), Problem>,
    ) -> Result<SourceRow, IngestError> {
        match shape {
            Ok((shape, repaired)) => (row.shape, row.repaired) = (shape, repaired),
            Err(problem) => row.refused = Some(self.refusal(problem, &row.feature)?),
        }
        Ok(row)
    }

    /// A row that was read directly, or is to be read by its number.
    fn direct_row(
        &self,
        layer: &Layer<'_>,
        row: DirectRow,
        columns: &[usize],
        simplified: &mut Simplified,
    ) -> Result<SourceRow, IngestError> {
        match row {
            DirectRow::Plain { fid, cells, polygons } => {
                let shape = shape::sound(Shape { polygons, ..Shape::default() });
                self.shaped(SourceRow::without_shape(fid, cells), shape)
            }
            DirectRow::Other(fid) => {
                let feature = layer.feature(fid).ok_or_else(|| IngestError::Damaged {
                    file: self.file.clone(),
                    cause: format!("feature {fid} can't be read"),
                })?;
                self.row(&feature, columns, simplified, &mut self.aligned.walk())
            }
        }
    }

    /// Why a geometry is refused, where it is not the whole file.
    fn refusal(&self, problem: Problem, feature: &str) -> Result<String, IngestError> {
        match problem {
            Problem::Refused(reason) => Ok(reason),
            Problem::RingTooLong(vertices) => Err(IngestError::RingTooLong {
                file: self.file.clone(),
                feature: feature.to_owned(),
                vertices,
                limit: MAX_RING_VERTICES,
            }),
        }
    }

    fn row(
        &self,
        feature: &Feature<'_>,
        columns: &[usize],
        simplified: &mut Simplified,
        texts: &mut Walk<'_>,
    ) -> Result<SourceRow, IngestError> {
        let fid = feature.fid().unwrap_or_default();
        let mut cells: Vec<_> = columns.iter().map(|&i| cell(feature, i, self.columns[i].kind)).collect();
        if self.is_drawing() {
            cells.iter_mut().flatten().for_each(drawing::unescape);
        }
        let mut row = SourceRow::without_shape(fid, cells);
        // By index, because a missing geometry is an error there and a null pointer elsewhere.
        let Ok(geometry) = feature.geometry_by_index(0) else { return Ok(row) };
        self.keep_failures()?;
        simplified.count(geometry);
        match shape::read(geometry) {
            Ok((shape, repaired)) => {
                (row.shape, row.repaired) = (shape, repaired);
                self.align(feature, texts, &mut row.shape);
            }
            Err(problem) => row.refused = Some(self.refusal(problem, &row.feature)?),
        }
        Ok(row)
    }

    /// Brings a drawing's text to where it stands.
    fn align(&self, feature: &Feature<'_>, texts: &mut Walk<'_>, shape: &mut Shape) {
        if self.driver != "DXF" {
            return;
        }
        let words = feature.field_index("Text").and_then(|index| feature.field_as_string(index));
        let Ok(Some(words)) = words else { return };
        shape.for_each_mut(|point| {
            if let Some([x, y]) = texts.point(words.trim(), [point.x, point.y]) {
                (point.x, point.y) = (x, y);
            }
        });
    }

    /// Reading one more feature may have failed inside GDAL; repairing its
    /// geometry clears the messages, so they are looked at before.
    fn keep_failures(&self) -> Result<(), IngestError> {
        match messages::take_failure() {
            Some(cause) => Err(IngestError::Damaged { file: self.file.clone(), cause }),
            None => Ok(()),
        }
    }
}

impl SourceRow {
    fn without_shape(fid: u64, cells: Vec<Option<String>>) -> Self {
        Self { feature: fid.to_string(), fid, cells, shape: Shape::default(), repaired: None, refused: None }
    }
}

fn cell(feature: &Feature<'_>, index: usize, kind: ColumnKind) -> Option<String> {
    let text = feature.field_as_string(index).ok().flatten()?;
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(match kind {
        // A sheet number kept as a real number is still a number without decimals.
        ColumnKind::Real if text.contains('.') => {
            let shorter = text.trim_end_matches('0').trim_end_matches('.');
            if shorter.contains('e') { text.to_owned() } else { shorter.to_owned() }
        }
        // OGR writes 2026/11/24 and may add a time.
        ColumnKind::Date => text.split([' ', 'T']).next().unwrap_or(text).replace('/', "-"),
        _ => text.to_owned(),
    })
}
