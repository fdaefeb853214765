//! Opening a file with GDAL and reading its features as they are.
//!
//! Text comes out as it stands in the file: bytes of 8-bit fonts arrive as the
//! characters of Latin-1 (or of Windows-1252, where GDAL can't be kept from
//! recoding), ready for [`super::text`] to understand. Coordinates are the
//! file's own. Only the columns asked for are read.

mod archive;
mod curve;
mod drawing;
pub mod layer;
mod markup;
pub mod messages;
mod plain;
mod preflight;
mod raw;
pub mod shape;
mod sqlite;

use std::path::Path;

use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{Feature, Geometry, LayerAccess, OGRFieldType, geometry_type_has_m, geometry_type_has_z};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::bounds::{Bound, Bounds, LONGEST_TEXT, MOST_COLUMNS};
use super::error::IngestError;
use super::progress::{ReadProgress, Step};
use drawing::{Aligned, Walk};
use layer::LayerOutline;
use shape::{MAX_RING_VERTICES, Problem, Shape};

/// Formats that are read. Drivers that follow references to other files or to
/// the network (VRT, WFS, databases) are left out: files come from anyone.
const DRIVERS: [&str; 16] = [
    "ESRI Shapefile",
    "GPKG",
    "GeoJSON",
    "GeoJSONSeq",
    "TopoJSON",
    "FlatGeobuf",
    "LIBKML",
    "KML",
    "GML",
    "MapInfo File",
    "DXF",
    "DGN",
    "CSV",
    "XLSX",
    "ODS",
    "OpenFileGDB",
];

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
    dataset: Dataset,
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

impl Source {
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
        let crs = found.spatial_ref().map(|mut crs| {
            crs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
            crs
        });
        let (layer, driver) = (found.name(), dataset.driver().short_name());
        let aligned = if driver == "DXF" { Aligned::of(path) } else { Aligned::default() };
        Ok(Self { dataset, layer_index, file, layer, driver, columns, crs, aligned })
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
        let mut layer =
            self.dataset.layer(self.layer_index).map_err(|e| gdal_error(&self.file, "reading", &e))?;
        let total = layer.try_feature_count();
        let mut rows = Vec::new();
        let mut simplified = Simplified::default();
        let mut texts = self.aligned.walk();
        let mut vertices = 0;
        messages::take();
        for feature in layer.features() {
            let row = self.row(&feature, columns, &mut simplified, &mut texts)?;
            row.shape.for_each(|_| vertices += 1);
            self.keep_within(&row, rows.len() + 1, vertices, bounds)?;
            rows.push(row);
            if rows.len() % 1000 == 0 {
                progress(Step::Reading { done: rows.len() as u64, of: total });
            }
        }
        progress(Step::Reading { done: rows.len() as u64, of: total });
        if let Some(cause) = messages::take_failure() {
            return Err(IngestError::Damaged { file: self.file.clone(), cause });
        }
        if rows.is_empty() {
            return Err(IngestError::Empty { file: self.file.clone(), layer: self.layer.clone() });
        }
        raw::restore_bytes(&self.dataset, &self.layer, &self.columns, columns, &mut rows);
        Ok((rows, simplified.warnings()))
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
        let mut row = SourceRow {
            feature: fid.to_string(),
            fid,
            cells,
            shape: Shape::default(),
            repaired: None,
            refused: None,
        };
        // By index, because a missing geometry is an error there and a null pointer elsewhere.
        let Ok(geometry) = feature.geometry_by_index(0) else { return Ok(row) };
        self.keep_failures()?;
        simplified.count(geometry);
        match shape::read(geometry) {
            Ok((shape, repaired)) => {
                (row.shape, row.repaired) = (shape, repaired);
                self.align(feature, texts, &mut row.shape);
            }
            Err(Problem::Refused(reason)) => row.refused = Some(reason),
            Err(Problem::RingTooLong(vertices)) => {
                return Err(IngestError::RingTooLong {
                    file: self.file.clone(),
                    feature: row.feature,
                    vertices,
                    limit: MAX_RING_VERTICES,
                });
            }
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

    /// One row more, and all that was read before, within the bounds.
    fn keep_within(
        &self,
        row: &SourceRow,
        rows: usize,
        vertices: usize,
        bounds: &Bounds,
    ) -> Result<(), IngestError> {
        let is_long = |text: &String| text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT;
        let over = if rows > bounds.rows {
            (Bound::Rows, bounds.rows)
        } else if vertices > bounds.vertices {
            (Bound::Vertices, bounds.vertices)
        } else if row.cells.iter().flatten().any(is_long) {
            (Bound::Text, LONGEST_TEXT)
        } else {
            return Ok(());
        };
        Err(IngestError::TooMuch { file: self.file.clone(), bound: over.0, limit: over.1 as u64 })
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

/// Features whose geometry is more than plane straight lines.
#[derive(Default)]
struct Simplified {
    heights: usize,
    measures: usize,
    arcs: usize,
}

impl Simplified {
    fn count(&mut self, geometry: &Geometry) {
        let kind = geometry.geometry_type();
        self.heights += usize::from(geometry_type_has_z(kind));
        self.measures += usize::from(geometry_type_has_m(kind));
        self.arcs += usize::from(curve::is_curved(kind));
    }

    fn warnings(&self) -> Vec<String> {
        let counts = [
            (self.heights, "have heights (Z), which are not kept"),
            (self.measures, "have measures (M), which are not kept"),
            (self.arcs, "may have arcs, which became chords of at most 4°"),
        ];
        let some = counts.iter().filter(|(count, _)| *count > 0);
        some.map(|(count, what)| format!("{count} features {what}")).collect()
    }
}

fn open_dataset(path: &Path, file: &str) -> Result<Dataset, IngestError> {
    // Read every byte of a drawing's or Shapefile's text as one Latin-1
    // character: what it says about its code page is seldom true.
    let _ = gdal::config::set_thread_local_config_option("DXF_ENCODING", "ISO-8859-1");
    // A ring far too long should be refused as that, not as a line too long.
    let _ = gdal::config::set_thread_local_config_option("OGR_CSV_MAX_LINE_SIZE", "200000000");
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let open_options: &[&str] = match extension.as_str() {
        "shp" | "dbf" => &["ENCODING=ISO-8859-1"],
        // Nothing but the file itself: no lock, no journal beside it is looked for or made.
        "gpkg" if sqlite::is_settled(path) => &["IMMUTABLE=YES"],
        // Schemas elsewhere are never asked for, and nothing is written beside the file.
        "gml" | "xml" => &["DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO"],
        "csv" | "tsv" => {
            &["GEOM_POSSIBLE_NAMES=WKT,geom,geometry,the_geom,wkt_geom,hinh_hoc", "KEEP_GEOM_COLUMNS=NO"]
        }
        _ => &[],
    };
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
        allowed_drivers: Some(&DRIVERS),
        open_options: Some(open_options),
        ..DatasetOptions::default()
    };
    let opened = Dataset::open_ex(path, options);
    let failure = messages::take().into_iter().find(|m| m.failure).map(|m| m.text);
    opened.map_err(|e| {
        let cause = failure.unwrap_or_else(|| e.to_string());
        // GDAL repeats the path, which our message has already.
        let cause = cause.replace(&format!("`{file}'"), "the file");
        IngestError::NotADataset { file: file.to_owned(), cause }
    })
}

fn choose_layer(dataset: &Dataset, wanted: Option<&str>, file: &str) -> Result<usize, IngestError> {
    let names: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    if let Some(wanted) = wanted {
        return names.iter().position(|name| name == wanted).ok_or_else(|| IngestError::NoLayer {
            file: file.to_owned(),
            layer: wanted.to_owned(),
            layers: names.join(", "),
        });
    }
    let spatial: Vec<usize> = (0..names.len())
        .filter(|&i| dataset.layer(i).is_ok_and(|layer| layer.defn().geom_fields().next().is_some()))
        .collect();
    match (names.len(), spatial.as_slice()) {
        (0, _) => Err(IngestError::NotADataset { file: file.to_owned(), cause: "it has no layers".into() }),
        (1, _) => Ok(0),
        (_, [only]) => Ok(*only),
        _ => {
            let describe = |layer: gdal::vector::Layer<'_>| {
                format!("\"{}\" ({} features)", layer.name(), layer.feature_count())
            };
            let layers = dataset.layers().map(describe).collect::<Vec<_>>().join(", ");
            Err(IngestError::SeveralLayers { file: file.to_owned(), layers })
        }
    }
}

/// A Shapefile's column names are read as Latin-1 like all its text.
fn column_name(name: &str) -> String {
    super::text::latin::utf8_of_cut_bytes(name).unwrap_or_else(|| name.to_owned())
}

fn kind_of(field_type: OGRFieldType::Type) -> ColumnKind {
    match field_type {
        OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => ColumnKind::Integer,
        OGRFieldType::OFTReal => ColumnKind::Real,
        OGRFieldType::OFTDate | OGRFieldType::OFTDateTime => ColumnKind::Date,
        _ => ColumnKind::Text,
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

fn gdal_error(file: &str, what: &'static str, error: &gdal::errors::GdalError) -> IngestError {
    IngestError::Gdal { file: file.to_owned(), what, cause: error.to_string() }
}
