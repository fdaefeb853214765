//! Opening a file with GDAL and reading its features as they are.
//!
//! Text comes out as it stands in the file: bytes of 8-bit fonts arrive as the
//! characters of Latin-1 (or of Windows-1252, where GDAL can't be kept from
//! recoding), ready for [`super::text`] to understand. Coordinates are the
//! file's own. Only the columns asked for are read.

mod archive;
mod curve;
mod direct;
mod drawing;
pub mod layer;
mod markup;
pub mod messages;
mod opening;
pub mod plain;
mod preflight;
mod raw;
mod reading;
mod runs;
pub mod shape;
mod sqlite;

use std::{cell::RefCell, path::Path};

use gdal::{Dataset, spatial_ref::SpatialRef, vector::LayerAccess};

use super::{
    bounds::{Bound, Bounds, MOST_COLUMNS},
    error::IngestError,
};
use direct::Lines;
use drawing::Aligned;
use layer::LayerOutline;
use opening::{choose_layer, column_name, gdal_error, kind_of, open_dataset, traditional};
use shape::Shape;

/// What a column holds; decides how its text is cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Real,
    /// Dates, with or without time.
    Date,
}

/// A column of the layer.
#[derive(Debug, Clone)]
pub struct SourceColumn {
    /// Name as in the file.
    pub name: String,
    /// Kind.
    pub kind: ColumnKind,
}

/// One feature as read.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Name of the feature in reports.
    pub feature: String,
    /// Number of the feature in the file.
    pub fid: u64,
    /// Values of the columns asked for, in their order; none where empty.
    pub cells: Vec<Option<String>>,
    /// Geometry.
    pub shape: Shape,
    /// What was repaired.
    pub repaired: Option<String>,
    /// Why the geometry can't be used.
    pub refused: Option<String>,
}

/// An opened layer.
pub struct Source {
    /// None of a file that is read by its lines.
    dataset: Option<Dataset>,
    lines: Option<Lines>,
    /// What reading lines to their end has told.
    learned: RefCell<Learned>,
    layer_index: usize,
    /// Path as given, for messages.
    pub file: String,
    /// Name of the layer.
    pub layer: String,
    /// GDAL's name of the format.
    pub driver: String,
    /// Columns.
    pub columns: Vec<SourceColumn>,
    /// CRS that the file states, in traditional axis order.
    pub crs: Option<SpatialRef>,
    /// Texts of a drawing that stand elsewhere than where they begin.
    aligned: Aligned,
}

/// What the lines of a file tell once all of them were read.
#[derive(Debug, Default)]
pub enum Learned {
    /// Nothing that was not known.
    #[default]
    Nothing,
    /// These are all columns.
    Columns(Vec<SourceColumn>),
    /// Not all lines are plain features: GDAL is to read the file.
    Odd,
}

impl Source {
    /// As [`Source::open`], but a file of features as lines is read without GDAL.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn quickly(path: &Path, layer: Option<&str>, bounds: &Bounds) -> Result<Self, IngestError> {
        messages::listen();
        preflight::check(path, bounds)?;
        messages::take();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let wgs84 = SpatialRef::from_epsg(4326).ok();
        let lines = Lines::of(path).filter(|_| layer.is_none_or(|layer| layer == name) && wgs84.is_some());
        let Some(lines) = lines else { return Self::open(path, layer, bounds) };
        let (file, columns) = (path.display().to_string(), lines.columns());
        if columns.len() > MOST_COLUMNS {
            return Err(IngestError::TooMuch { file, bound: Bound::Columns, limit: MOST_COLUMNS as u64 });
        }
        Ok(Self {
            dataset: None,
            lines: Some(lines),
            learned: RefCell::default(),
            layer_index: 0,
            file,
            layer: name,
            driver: "GeoJSONSeq".to_owned(),
            columns,
            crs: wgs84.map(traditional),
            aligned: Aligned::default(),
        })
    }

    /// Whether the file is read by its lines, of which only the first tell its columns so far.
    pub fn is_lines(&self) -> bool {
        self.lines.is_some()
    }

    /// What reading the lines to their end has told.
    pub fn learned(&self) -> Learned {
        self.learned.take()
    }

    /// The same file with these columns.
    pub fn with_columns(&self, columns: Vec<SourceColumn>) -> Self {
        let mut lines = self.lines.clone();
        if let Some(lines) = &mut lines {
            lines.learn(&columns);
        }
        Self {
            dataset: None,
            lines,
            learned: RefCell::default(),
            layer_index: self.layer_index,
            file: self.file.clone(),
            layer: self.layer.clone(),
            driver: self.driver.clone(),
            columns,
            crs: self.crs.clone(),
            aligned: Aligned::default(),
        }
    }

    /// Opens the layer named, or the only one there is.
    ///
    /// # Errors
    /// Missing, damaged, unknown format; no layer, or several to choose from.
    pub fn open(path: &Path, layer: Option<&str>, bounds: &Bounds) -> Result<Self, IngestError> {
        messages::listen();
        preflight::check(path, bounds)?;
        messages::take();
        let file = path.display().to_string();
        let dataset = open_dataset(path, &file)?;
        let layer_index = choose_layer(&dataset, layer, &file)?;
        let found = dataset.layer(layer_index).map_err(|e| gdal_error(&file, "opening the layer", &e))?;
        let columns: Vec<SourceColumn> = found
            .defn()
            .fields()
            .map(|field| SourceColumn { name: column_name(&field.name()), kind: kind_of(field.field_type()) })
            .collect();
        if columns.len() > MOST_COLUMNS {
            return Err(IngestError::TooMuch { file, bound: Bound::Columns, limit: MOST_COLUMNS as u64 });
        }
        let crs = found.spatial_ref().map(traditional);
        let (layer, driver) = (found.name(), dataset.driver().short_name());
        let aligned = if driver == "DXF" { Aligned::of(path) } else { Aligned::default() };
        Ok(Self {
            dataset: Some(dataset),
            lines: None,
            learned: RefCell::default(),
            layer_index,
            file,
            layer,
            driver,
            columns,
            crs,
            aligned,
        })
    }

    /// The layers of the file at `path`.
    ///
    /// # Errors
    /// [`IngestError`] when the file is missing, damaged or of an unknown format.
    pub fn outline(path: &Path, bounds: &Bounds) -> Result<Vec<LayerOutline>, IngestError> {
        messages::listen();
        preflight::check(path, bounds)?;
        messages::take();
        let dataset = open_dataset(path, &path.display().to_string())?;
        let layer = |layer: gdal::vector::Layer<'_>| LayerOutline {
            name: layer.name(),
            features: layer.try_feature_count(),
            columns: layer.defn().fields().map(|field| column_name(&field.name())).collect(),
            spatial: layer.defn().geom_fields().next().is_some(),
            crs: layer.spatial_ref().and_then(|crs| crs.name()),
        };
        let layers = dataset.layers().map(layer).collect();
        // GDAL takes a sentence for a table of one column; that is not worth a word here.
        messages::take();
        Ok(layers)
    }

    /// Names of the columns, for messages.
    pub fn column_names(&self) -> String {
        if self.columns.is_empty() {
            return "no columns".into();
        }
        self.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Whether the format knows lines and texts but no polygons with attributes.
    pub fn is_drawing(&self) -> bool {
        matches!(self.driver.as_str(), "DXF" | "DGN")
    }

    /// The column with the level of a DGN or the layer of a DXF.
    pub fn level_column(&self) -> Option<usize> {
        let name = match self.driver.as_str() {
            "DXF" => "Layer",
            "DGN" => "Level",
            _ => return None,
        };
        self.columns.iter().position(|column| column.name == name)
    }
}
