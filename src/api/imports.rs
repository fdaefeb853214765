//! Files on their way into the store.

use std::collections::BTreeMap;

use geo::{BoundingRect, MultiPolygon, Rect};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Bbox, schema::words};
use crate::{
    domain::{LedgerPosition, hex},
    import::{FirstShapes, Records},
    ingest::{FieldOutline, IntersectRow, LayerOutline, Report, Target, fields},
    store::{Head, Written},
};

/// An import that begins.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ImportBegun {
    /// Its id.
    pub id: String,
    /// Bytes of a file at most.
    pub largest: u64,
}

/// Files that wait.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct StagedFiles {
    /// Their names.
    pub files: Vec<String>,
}

/// The fields of what a file may become.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct TargetFields {
    /// Of units.
    pub units: Vec<FieldOutline>,
    /// Of projects.
    pub projects: Vec<FieldOutline>,
    /// Of parcels.
    pub parcels: Vec<FieldOutline>,
}

/// What a file holds, and what its columns may become.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportOutline {
    /// Names of the files.
    pub files: Vec<String>,
    /// Layers.
    pub layers: Vec<LayerOutline>,
    /// What their columns may become.
    pub fields: TargetFields,
}

impl ImportOutline {
    /// Of these files with these layers.
    pub fn new(files: Vec<String>, layers: Vec<LayerOutline>) -> Self {
        let fields = TargetFields {
            units: fields(Target::Units),
            projects: fields(Target::Projects),
            parcels: fields(Target::Parcels),
        };
        Self { files, layers, fields }
    }
}

fn targets(schemas: &mut SchemaGenerator) -> Schema {
    schemas.subschema_for::<Target>()
}

fn encodings(_: &mut SchemaGenerator) -> Schema {
    let names = ["auto", "utf-8", "tcvn3", "vni", "cp1258"].map(Some);
    let names: Vec<Option<&str>> = names.into_iter().chain([None]).collect();
    json_schema!({ "type": ["string", "null"], "enum": names })
}

/// How a file is to be understood. Codes come as texts: what is wrong with one is said with those that are known.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportWish")]
pub struct ImportRequest {
    /// What it becomes.
    #[schemars(schema_with = "targets")]
    pub target: String,
    /// Layer; the only one if left out.
    pub layer: Option<String>,
    /// As in EPSG:5897; found out if left out.
    pub crs: Option<String>,
    /// Encoding of its texts; found out if left out.
    #[schemars(schema_with = "encodings")]
    #[serde(default)]
    pub encoding: Option<String>,
    /// Column, or `#constant`, by field.
    #[serde(default)]
    pub mapping: BTreeMap<String, String>,
    /// Code of the project of its parcels.
    pub project: Option<String>,
    /// Code of the unit of its parcels.
    pub unit: Option<String>,
    /// Cut parcels at the project's boundary.
    #[serde(default)]
    pub intersect: bool,
    /// Levels of a drawing that hold parcels; found out if empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Day from which the records hold; today if left out.
    pub day: Option<String>,
}

/// How reading a file went.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportReport {
    /// What was read, assumed, repaired and refused.
    #[serde(flatten)]
    pub report: Report,
    /// What a project recovers of each parcel; empty unless they were cut.
    pub recovered: Vec<IntersectRow>,
}

impl ImportReport {
    /// Of what was read.
    pub fn of(records: &Records) -> Self {
        Self { report: records.report().clone(), recovered: records.recovered().to_vec() }
    }
}

words! {
    FeatureCollection = "FeatureCollection";
    Feature = "Feature";
}

/// What a shape is called.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ImportLabel {
    /// The feature that it comes from.
    pub feature: String,
    /// What it is called.
    pub label: String,
}

/// A shape of a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ImportFeature {
    /// As GeoJSON asks for.
    pub r#type: Feature,
    /// What it is called.
    pub properties: ImportLabel,
    /// Its shape.
    #[schemars(with = "MultiPolygonForm")]
    pub geometry: geojson::Geometry,
}

/// GeoJSON.
#[derive(JsonSchema)]
#[schemars(rename = "MultiPolygon")]
#[expect(dead_code, reason = "it is read by the description only")]
struct MultiPolygonForm {
    #[schemars(extend("const" = "MultiPolygon"))]
    r#type: String,
    /// Polygons of rings of positions: longitude, latitude.
    coordinates: Vec<Vec<Vec<Vec<f64>>>>,
}

/// The first shapes as GeoJSON, how many there are, and the box around all of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportShapes {
    /// As GeoJSON asks for.
    pub r#type: FeatureCollection,
    /// The first shapes.
    pub features: Vec<ImportFeature>,
    /// How many there are.
    pub total: usize,
    /// Around all of them; null where there is none.
    pub bbox: Option<Bbox>,
}

/// Shapes that are shown; the first ones of a large file are enough to see where it lies.
const MOST_SHAPES: usize = 5000;

impl ImportShapes {
    /// The first shapes of what was read. No value of a personal field is among them.
    pub fn of(records: &Records) -> Self {
        match records {
            Records::Parcels(parcels) => {
                let FirstShapes { first, total, bounds } = parcels.shapes();
                let feature = |(feature, label, shape): &(String, String, MultiPolygon<f64>)| {
                    Self::feature(feature, label.clone(), shape)
                };
                Self::drawn(first.iter().map(feature).collect(), *total, *bounds)
            }
            Records::Projects(batch) => {
                Self::gather(batch.records.iter().zip(&batch.features).map(|(project, feature)| {
                    (feature.as_str(), project.code.to_string(), project.boundary.as_ref())
                }))
            }
            Records::Units(batch) => Self::gather(
                batch
                    .records
                    .iter()
                    .zip(&batch.features)
                    .map(|(unit, feature)| (feature.as_str(), unit.name.clone(), unit.boundary.as_ref())),
            ),
        }
    }

    fn gather<'a>(shapes: impl Iterator<Item = (&'a str, String, Option<&'a MultiPolygon<f64>>)>) -> Self {
        let (mut features, mut total, mut bounds) = (Vec::new(), 0usize, None::<Rect<f64>>);
        for (feature, label, shape) in shapes {
            let Some(shape) = shape else { continue };
            let Some(rect) = shape.bounding_rect() else { continue };
            total += 1;
            bounds = Some(bounds.map_or(rect, |sum| joined(sum, rect)));
            if features.len() < MOST_SHAPES {
                features.push(Self::feature(feature, label, shape));
            }
        }
        Self::drawn(features, total, bounds)
    }

    fn feature(feature: &str, label: String, shape: &MultiPolygon<f64>) -> ImportFeature {
        ImportFeature {
            r#type: Feature::Form,
            properties: ImportLabel { feature: feature.to_owned(), label },
            geometry: geojson::Geometry::new(geojson::GeometryValue::from(shape)),
        }
    }

    fn drawn(features: Vec<ImportFeature>, total: usize, bounds: Option<Rect<f64>>) -> Self {
        let bbox = bounds.map(|rect| Bbox([rect.min().x, rect.min().y, rect.max().x, rect.max().y]));
        Self { r#type: FeatureCollection::Form, features, total, bbox }
    }
}

fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let min = geo::coord! { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
    let max = geo::coord! { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
    Rect::new(min, max)
}

/// A file as it would be stored.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportPreview {
    /// How reading went.
    #[serde(flatten)]
    pub report: ImportReport,
    /// Its shapes.
    pub preview: ImportShapes,
    /// The account may store it.
    pub allowed: bool,
}

/// What was written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ImportStored {
    /// Records that are new.
    pub inserted: u32,
    /// Records that took the place of others.
    pub updated: u32,
    /// Position of the ledger after it.
    pub at: LedgerPosition,
    /// Hash of the ledger there, hexadecimal.
    pub head: String,
}

/// A file that was stored.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportDone {
    /// How reading went.
    #[serde(flatten)]
    pub report: ImportReport,
    /// What was written.
    pub stored: ImportStored,
}

impl ImportStored {
    /// What was written up to this end of the ledger.
    pub fn of(written: &Written, head: &Head) -> Self {
        Self {
            inserted: written.inserted,
            updated: written.updated,
            at: head.position,
            head: hex(&head.hash),
        }
    }
}

/// How an import went.
#[derive(Debug, Clone, Serialize)]
pub struct ImportOutcome {
    /// How reading went.
    #[serde(flatten)]
    pub report: ImportReport,
    /// What was written; null where nothing was.
    pub stored: Option<ImportStored>,
}
