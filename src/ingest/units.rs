//! Administrative units from a file, with or without boundaries.

use std::collections::HashMap;
use std::path::Path;

use geo::MultiPolygon;

use crate::domain::{AdminUnit, Level, Succession};

use super::columns::Field;
use super::error::IngestError;
use super::fold::fold;
use super::load::{CellFault, Fields, Request, load};
use super::options::{Options, Target};
use super::progress::ReadProgress;
use super::report::Batch;
use super::values;

const CODE: usize = 0;
const NAME: usize = 1;
const LEVEL: usize = 2;
const PARENT: usize = 3;
const VALID_FROM: usize = 4;
const VALID_TO: usize = 5;
const PREDECESSORS: usize = 6;
const SUCCESSORS: usize = 7;

pub(super) static FIELDS: [Field; 8] = [
    Field::required("code", &["code", "ma", "ma_dvhc", "ma_don_vi", "ma_xa", "ma_huyen", "ma_tinh"]),
    Field::required("name", &["name", "ten", "ten_dvhc", "ten_don_vi", "ten_xa", "ten_huyen", "ten_tinh"]),
    Field::required("level", &["level", "cap", "cap_dvhc"]),
    Field::optional("parent_code", &["parent_code", "parent", "ma_cha", "ma_cap_tren"]),
    Field::optional("valid_from", &["valid_from", "tu_ngay", "hieu_luc_tu"]),
    Field::optional("valid_to", &["valid_to", "den_ngay", "hieu_luc_den"]),
    Field::optional("predecessor_codes", &["predecessor_codes", "predecessors"]),
    Field::optional("successor_codes", &["successor_codes", "successors"]),
];

/// Reads administrative units. Several features of one unit (islands) become
/// one, if they say the same about it.
///
/// # Errors
/// See [`IngestError`].
pub fn read_units(
    path: &Path,
    options: &Options,
    progress: ReadProgress<'_>,
) -> Result<Batch<AdminUnit>, IngestError> {
    let request = Request { target: Target::Units, fields: &FIELDS, given: &[], defaulted: &[] };
    let loaded = load(path, options, &request, progress)?;
    let (binding, mut report) = (loaded.binding, loaded.report);
    let mut records: Vec<AdminUnit> = Vec::new();
    let mut features = Vec::new();
    let mut known: HashMap<_, (usize, String)> = HashMap::new();
    for mut row in loaded.rows {
        let polygons = std::mem::take(&mut row.shape.polygons);
        let unit = match unit(Fields::new(&binding, &row)) {
            Ok(unit) => unit,
            Err(fault) => {
                report.refuse(&row.feature, Some(fault.field), fault.reason);
                continue;
            }
        };
        let boundary = (!polygons.is_empty()).then(|| MultiPolygon::new(polygons));
        let key = (unit.code.clone(), unit.valid_from, unit.valid_to);
        if let Some((index, first)) = known.get(&key) {
            if !join(&mut records[*index], &unit, boundary) {
                report.duplicates += 1;
                let reason = format!("repeats unit {} of feature {first}", unit.code);
                report.refuse(&row.feature, Some("code"), reason);
            }
            continue;
        }
        features.push(row.feature.clone());
        known.insert(key, (records.len(), row.feature));
        records.push(AdminUnit { boundary, ..unit });
    }
    report.accepted = records.len();
    Ok(Batch { records, features, report })
}

/// Adds one more part to a unit; false if it is not the same unit, or no part.
fn join(unit: &mut AdminUnit, other: &AdminUnit, part: Option<MultiPolygon<f64>>) -> bool {
    let (Some(boundary), Some(part)) = (&mut unit.boundary, part) else { return false };
    let same = unit.name == other.name && unit.level == other.level && unit.parent == other.parent;
    if same {
        boundary.0.extend(part);
    }
    same
}

fn unit(fields: Fields<'_>) -> Result<AdminUnit, CellFault> {
    let code = values::code(fields.required(CODE)?).map_err(|reason| fields.fault(CODE, reason))?;
    let level = level(fields.required(LEVEL)?).map_err(|reason| fields.fault(LEVEL, reason))?;
    let succession = |text: &str| Succession::parse_list(text).map_err(|e| e.to_string());
    let (valid_from, valid_to) =
        (fields.parsed(VALID_FROM, values::day)?, fields.parsed(VALID_TO, values::day)?);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to < from
    {
        return Err(fields.fault(VALID_TO, format!("ends on {to}, before it begins on {from}")));
    }
    Ok(AdminUnit {
        code,
        name: fields.required(NAME)?.to_owned(),
        level,
        parent: fields.parsed(PARENT, values::code)?,
        valid_from,
        valid_to,
        predecessors: fields.parsed(PREDECESSORS, succession)?.unwrap_or_default(),
        successors: fields.parsed(SUCCESSORS, succession)?.unwrap_or_default(),
        boundary: None,
    })
}

/// Reads our codes or the Vietnamese kinds of units.
fn level(text: &str) -> Result<Level, String> {
    let word = fold(text);
    let known = match word.as_str() {
        "tinh" | "thanhphotructhuoctrunguong" | "1" => Some(Level::Province),
        "huyen" | "quan" | "thixa" | "thanhpho" | "thanhphothuoctinh" | "2" => Some(Level::District),
        "xa" | "phuong" | "thitran" | "dackhu" | "3" => Some(Level::Commune),
        _ => Level::from_code(&word),
    };
    known.ok_or_else(|| format!("\"{text}\" is not a level; write province, district or commune"))
}
