//! From a file to rows of understood text and WGS 84 shapes: the way that all
//! three targets share.
//!
//! ```text
//! file ─ source ─► rows ─ (drawing: linework) ─► text ─► crs ─► rows of a target
//! ```

use std::path::Path;

use geo::BoundingRect;

use super::columns::{Binding, Field};
use super::crs;
use super::error::IngestError;
use super::linework::{self, levels};
use super::options::{Encoding, Options, Target};
use super::progress::{ReadProgress, Step};
use super::report::{Remark, Report};
use super::source::{Source, SourceRow};
use super::text::{self, TextEvidence};

/// What one target asks of a file.
pub struct Request {
    /// The target.
    pub target: Target,
    /// Its fields.
    pub fields: &'static [Field],
    /// Fields that the caller gives: their columns are not looked for.
    pub given: &'static [&'static str],
    /// Fields that need no column, because there is a default.
    pub defaulted: &'static [&'static str],
}

/// Rows ready to become records.
pub struct Loaded {
    /// The rows that are not refused yet.
    pub rows: Vec<SourceRow>,
    /// Where the fields' values are.
    pub binding: Binding,
    /// The report so far.
    pub report: Report,
}

/// Reads `path` for `request`.
///
/// # Errors
/// See [`IngestError`].
pub fn load(
    path: &Path,
    options: &Options,
    request: &Request,
    progress: ReadProgress<'_>,
) -> Result<Loaded, IngestError> {
    let source = Source::open(path, options.layer.as_deref(), &options.bounds)?;
    let mut binding = Binding::new(request.target, request.fields, &source, &options.mapping, request.given)?;
    let level_cell = bind_level(&source, options, &mut binding)?;
    let text_cell = bind_drawing(&source, request.target, &mut binding);
    binding.check_required(&source, &[request.given, request.defaulted].concat())?;
    let (mut rows, simplified) = source.read(&binding.read, &options.bounds, progress)?;
    progress(Step::Checking { done: 0, of: None });
    let read = rows.len();
    let encoding = text::decode(&mut rows, &binding, options.encoding);
    let mut warnings = encoding.warnings;
    warnings.extend(simplified);
    let levels = level_cell
        .map_or(Ok(Vec::new()), |cell| levels::choose(&mut rows, cell, &options.levels, &source.file))?;
    if let Some(text_cell) = text_cell {
        let drawing = linework::assemble(&rows, text_cell, &options.bounds)
            .map_err(|fault| fault.of(source.file.clone()))?;
        if drawing.rows.is_empty() {
            let levels = levels::describe(&levels);
            return Err(IngestError::NoParcels { file: source.file.clone(), faces: drawing.faces, levels });
        }
        rows = drawing.rows;
        warnings.extend(drawing.warnings);
    } else if source.is_drawing() {
        for row in &mut rows {
            linework::close_lines(&mut row.shape);
        }
    }
    let placement = crs::place(&source, &rows, options)?;
    placement.apply(&mut rows);
    warnings.extend(placement.warnings);
    let mut report = Report {
        crs: placement.report,
        encoding: encoding.report,
        levels,
        read,
        bounds: bounds(&rows),
        warnings,
        ..begun(&source, &binding, request.target)
    };
    rows.retain_mut(|row| keep(row, &mut report));
    Ok(Loaded { rows, binding, report })
}

/// The report of a file of which nothing was read yet.
pub fn begun(source: &Source, binding: &Binding, target: Target) -> Report {
    let path = Path::new(&source.file);
    Report {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        layer: source.layer.clone(),
        driver: source.driver.clone(),
        target,
        crs: crs::nowhere().report,
        encoding: TextEvidence::default().told(Encoding::Utf8, Encoding::Auto).report,
        mapping: binding.describe(&source.columns),
        levels: Vec::new(),
        located: Vec::new(),
        divided: Vec::new(),
        read: 0,
        accepted: 0,
        repaired: Vec::new(),
        refused: Vec::new(),
        overlaps: Vec::new(),
        area_differences: Vec::new(),
        duplicates: 0,
        bounds: None,
        misplaced: None,
        warnings: Vec::new(),
    }
}

/// West, south, east, north of the areas of all rows.
pub fn bounds(rows: &[SourceRow]) -> Option<[f64; 4]> {
    let rects = rows.iter().flat_map(|row| &row.shape.polygons).filter_map(BoundingRect::bounding_rect);
    rects.map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]).reduce(joined)
}

/// Around both.
pub fn joined(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// The cell of the level in a drawing; none for anything else.
///
/// # Errors
/// Levels that are named for anything else.
pub fn bind_level(
    source: &Source,
    options: &Options,
    binding: &mut Binding,
) -> Result<Option<usize>, IngestError> {
    let cell = source.level_column().map(|column| binding.also_read(column));
    if cell.is_none() && !options.levels.is_empty() {
        let (file, driver) = (source.file.clone(), source.driver.clone());
        return Err(IngestError::LevelsElsewhere { file, driver });
    }
    Ok(cell)
}

/// Parcels of a drawing take their fields from its texts: binds them and
/// returns the cell of the words. None for anything else.
fn bind_drawing(source: &Source, target: Target, binding: &mut Binding) -> Option<usize> {
    let column = source.columns.iter().position(|column| column.name.eq_ignore_ascii_case("text"))?;
    if !source.is_drawing() || target != Target::Parcels {
        return None;
    }
    let cell = binding.also_read(column);
    binding.add_cells(&linework::LABEL_FIELDS);
    Some(cell)
}

/// Moves a row's remark and refusal to the report; whether it is not refused.
pub fn keep(row: &mut SourceRow, report: &mut Report) -> bool {
    if let Some(reason) = row.repaired.take() {
        report.repaired.push(Remark { feature: row.feature.clone(), reason });
    }
    let refused = row.refused.take();
    if let Some(reason) = &refused {
        report.refuse(&row.feature, None, reason);
    }
    refused.is_none()
}

/// Why a row does not become a record.
pub struct CellFault {
    /// The field at fault.
    pub field: &'static str,
    /// Why.
    pub reason: String,
}

/// A row seen through its binding.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    binding: &'a Binding,
    row: &'a SourceRow,
}

impl<'a> Fields<'a> {
    /// The row's fields.
    pub fn new(binding: &'a Binding, row: &'a SourceRow) -> Self {
        Self { binding, row }
    }

    /// The text of the field at `position`, trimmed; none where empty.
    pub fn text(self, position: usize) -> Option<&'a str> {
        self.binding.value(self.row, position).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The text of a field that must be there.
    ///
    /// # Errors
    /// [`CellFault`] when the cell is empty.
    pub fn required(self, position: usize) -> Result<&'a str, CellFault> {
        self.text(position).ok_or_else(|| self.fault(position, "is empty"))
    }

    /// The value of a field, read by `parse`.
    ///
    /// # Errors
    /// What `parse` says.
    pub fn parsed<T>(
        self,
        position: usize,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, CellFault> {
        self.text(position).map(parse).transpose().map_err(|reason| self.fault(position, reason))
    }

    /// Name of the field at `position`.
    pub fn name(self, position: usize) -> &'static str {
        self.binding.field(position).name
    }

    /// A fault of the field at `position`; of personal data only that it is there.
    pub fn fault(self, position: usize, reason: impl Into<String>) -> CellFault {
        let field = self.binding.field(position);
        let reason = if field.personal { "can't be read".to_owned() } else { reason.into() };
        CellFault { field: field.name, reason }
    }
}
