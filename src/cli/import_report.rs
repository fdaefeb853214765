//! What an import tells: for a person on the terminal, for a program as JSON.

use std::collections::HashMap;

use geo::{BooleanOps, GeodesicArea};

use crate::{
    atlas::{Extent, Snapshot, World},
    domain::{Day, Parcel},
    ingest::{Axes, Batch, CrsSource, IntersectRow, Overlap, Refusal, Report},
    store::{Head, Written, digest_hex},
};

/// Lines of each list that are printed; the JSON report has them all.
const SHOWN: usize = 20;
/// Overlaps below this are drawing noise, m².
const NOISE: f64 = 0.5;

/// Checks parcels against what the store holds: unknown projects and communes
/// and parcels that are there already are refused, overlaps are reported.
pub fn against_store(snapshot: &Snapshot, batch: &mut Batch<Parcel>, day: Day) {
    let known = known_keys(snapshot);
    for parcel in &batch.records {
        let key = &parcel.key;
        let (project, unit) =
            (snapshot.project_by_code(key.project.as_str()), snapshot.unit_by_code(key.unit.as_str(), day));
        let mut refuse = |field: &str, reason: String| {
            let feature = format!("{}/{}", key.sheet, key.number);
            batch.report.refused.push(Refusal { feature, field: Some(field.to_owned()), reason });
        };
        match (project, unit) {
            (None, _) => {
                refuse("project", format!("no project has the code \"{}\"; import it first", key.project))
            }
            (_, None) => refuse(
                "unit",
                format!("no administrative unit has the code \"{}\"; import it first", key.unit),
            ),
            (Some(project), Some(unit)) => {
                if known.contains_key(&(project, unit, key.sheet.as_str(), key.number.as_str())) {
                    refuse("number", format!("the store already holds {key}"));
                }
            }
        }
        overlaps(snapshot, parcel, &mut batch.report.overlaps);
    }
}

fn known_keys(snapshot: &Snapshot) -> HashMap<(usize, usize, &str, &str), u32> {
    let columns = snapshot.parcels();
    let key = |parcel| {
        (columns.project(parcel), columns.unit(parcel), columns.sheet(parcel), columns.number(parcel))
    };
    (0..columns.len() as u32).map(|parcel| (key(parcel), parcel)).collect()
}

fn overlaps(snapshot: &Snapshot, parcel: &Parcel, found: &mut Vec<Overlap>) {
    let coords = parcel.geometry.iter().flat_map(|polygon| polygon.exterior().coords());
    let around = coords.fold(Extent::EMPTY, |extent, c| extent.with(World::from_degrees(c.x, c.y)));
    for other in snapshot.parcels_in(around) {
        let columns = snapshot.parcels();
        let shared = columns.arena().shape(other as usize).to_geo().intersection(&parcel.geometry);
        let area = shared.geodesic_area_unsigned();
        if area > NOISE {
            let project = &snapshot.projects()[columns.project(other)].project.code;
            found.push(Overlap {
                a: format!("{}/{}", parcel.key.sheet, parcel.key.number),
                b: format!("{project} {}/{} (in the store)", columns.sheet(other), columns.number(other)),
                area_m2: (area * 10.0).round() / 10.0,
            });
        }
    }
}

/// The report, what the project recovers, and what was stored, as JSON.
///
/// # Errors
/// None is known: the report has no value that JSON lacks.
pub fn to_json(
    report: &Report,
    rows: &[IntersectRow],
    written: Option<&(Written, Head)>,
) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(report)?;
    if !rows.is_empty() {
        value["recovered"] = serde_json::to_value(rows)?;
    }
    value["stored"] = match written {
        None => serde_json::Value::Null,
        Some((written, head)) => serde_json::json!({
            "inserted": written.inserted,
            "updated": written.updated,
            "at": head.position,
            "head": digest_hex(&head.hash),
        }),
    };
    serde_json::to_string_pretty(&value)
}

/// Prints the report for a person.
pub fn print(report: &Report, rows: &[IntersectRow], written: Option<&(Written, Head)>) {
    println!("{}: layer \"{}\" ({})", report.file, report.layer, report.driver);
    let crs = &report.crs;
    let source = match crs.source {
        CrsSource::File => "from the file",
        CrsSource::Option => "as told by --crs",
        CrsSource::Detected => "DETECTED from the coordinates",
        CrsSource::None => "no geometry",
    };
    let axes = if crs.axes == Axes::Swapped { ", axes SWAPPED" } else { "" };
    println!("CRS       {} {} ({source}{axes})", crs.code.as_deref().unwrap_or("-"), crs.name);
    let encoding = &report.encoding;
    println!("text      {}", encoding.used);
    for sample in encoding.sample.iter().filter(|sample| sample.before != sample.after) {
        println!("          {} -> {}", sample.before, sample.after);
    }
    let columns: Vec<String> =
        report.mapping.iter().map(|(field, column)| format!("{field}={column}")).collect();
    println!("columns   {}", columns.join(", "));
    println!(
        "read {}, accepted {}, repaired {}, refused {}",
        report.read,
        report.accepted,
        report.repaired.len(),
        report.refused.len()
    );
    list("repaired", &report.repaired, |remark| format!("{}: {}", remark.feature, remark.reason));
    list("refused", &report.refused, |refusal| {
        let field = refusal.field.as_ref().map_or(String::new(), |field| format!(", field {field}"));
        format!("{}{field}: {}", refusal.feature, refusal.reason)
    });
    list("overlap", &report.overlaps, |o| format!("{} and {}: {:.1} m²", o.a, o.b, o.area_m2));
    list("area", &report.area_differences, |d| {
        format!(
            "{}: declared {:.1} m², computed {:.1} m² ({:+.1} %)",
            d.feature, d.declared_m2, d.computed_m2, d.percent
        )
    });
    list("warning", &report.warnings, Clone::clone);
    list("recovered", rows, |row| {
        let how = if row.whole { "whole" } else { "in part" };
        format!("{} {how}: {:.1} of {:.1} m²", row.key, row.recovered_area.get(), row.total_area.get())
    });
    if let Some((written, head)) = written {
        println!(
            "stored {} new, {} brought up to date; ledger position {}",
            written.inserted, written.updated, head.position
        );
    }
}

fn list<T>(name: &str, all: &[T], line: impl Fn(&T) -> String) {
    for entry in all.iter().take(SHOWN) {
        println!("  {name:9} {}", line(entry));
    }
    if all.len() > SHOWN {
        println!("  {name:9} … and {} more; --report FILE.json has them all", all.len() - SHOWN);
    }
}
