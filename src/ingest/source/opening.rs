//! Opening a file with GDAL: which formats, by which options, which of its layers.

use std::path::Path;

use gdal::{
    Dataset, DatasetOptions, GdalOpenFlags,
    spatial_ref::{AxisMappingStrategy, SpatialRef},
    vector::{LayerAccess, OGRFieldType},
};

use super::{ColumnKind, messages, sqlite};
use crate::ingest::{error::IngestError, text::latin::utf8_of_cut_bytes};

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

/// The file at `path`, which messages call `file`.
///
/// # Errors
/// No file of a format that is read.
pub fn open_dataset(path: &Path, file: &str) -> Result<Dataset, IngestError> {
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

/// The index of the layer that is `wanted`, or of the only one with shapes.
///
/// # Errors
/// None, or several to choose from.
pub fn choose_layer(dataset: &Dataset, wanted: Option<&str>, file: &str) -> Result<usize, IngestError> {
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
pub fn column_name(name: &str) -> String {
    utf8_of_cut_bytes(name).unwrap_or_else(|| name.to_owned())
}

/// What a column of GDAL's type holds.
pub fn kind_of(field_type: OGRFieldType::Type) -> ColumnKind {
    match field_type {
        OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => ColumnKind::Integer,
        OGRFieldType::OFTReal => ColumnKind::Real,
        OGRFieldType::OFTDate | OGRFieldType::OFTDateTime => ColumnKind::Date,
        _ => ColumnKind::Text,
    }
}

/// A reference system with longitude or easting first.
pub fn traditional(mut crs: SpatialRef) -> SpatialRef {
    crs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    crs
}

/// GDAL's error while it was doing `what`.
pub fn gdal_error(file: &str, what: &'static str, error: &gdal::errors::GdalError) -> IngestError {
    IngestError::Gdal { file: file.to_owned(), what, cause: error.to_string() }
}
