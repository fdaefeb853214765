//! `/api/v1/search`: projects, units, parcels and places by what people type.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::bbox;
use crate::{
    analysis::View,
    atlas::{Extent, World},
    domain::Level,
    server::{app::App, params::Query, problem::Problem},
};

/// The results.
pub async fn search(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["q", "limit", "as_of", "at"])?;
    let limit = query.read("limit", |text| match text.parse::<usize>() {
        Ok(limit @ 1..=50) => Ok(limit),
        _ => Err("must be a whole number between 1 and 50"),
    })?;
    let wanted = query.get("q").unwrap_or_default().trim().to_owned();
    if wanted.chars().count() > 200 {
        return Err(Problem::parameter("q", "is longer than 200 characters"));
    }
    let key = format!("/api/v1/search {}", text.unwrap_or_default());
    let answer =
        app.json(&headers, key, query.when()?, move |_, view| Ok(make(view, &wanted, limit.unwrap_or(10))));
    Ok(answer.await?.respond(&headers))
}

/// Lower case without tone marks: "Phủ Lý" and "phu ly" are the same search.
pub fn folded(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    plain.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

fn make(view: &View, wanted: &str, limit: usize) -> Value {
    let plain = folded(wanted);
    let mut results = Vec::new();
    if !plain.is_empty() {
        results.extend(place(&plain));
        results.extend(parcels(view, &plain, limit));
        results.extend(projects(view, &plain));
        results.extend(units(view, &plain));
        results.truncate(limit);
    }
    json!({ "at": view.snapshot.position(), "results": results })
}

/// "20.54 105.90" or "105.90, 20.54": latitude and longitude in either order.
fn place(text: &str) -> Option<Value> {
    let numbers: Vec<f64> = text
        .split([' ', ',', ';'])
        .filter(|part| !part.is_empty())
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    let [a, b] = numbers[..] else { return None };
    let (lat, lon) = if a.abs() <= 90.0 && b.abs() > 90.0 { (a, b) } else { (b, a) };
    if !(8.0..=24.0).contains(&lat) || !(102.0..=110.0).contains(&lon) {
        return None;
    }
    let label = format!("{lat:.5}, {lon:.5}");
    Some(
        json!({ "type": "place", "code": label, "id": null, "label": label, "detail": null, "bbox": [lon, lat, lon, lat] }),
    )
}

fn projects(view: &View, plain: &str) -> Vec<Value> {
    let found = view.snapshot.projects().iter().filter(|entry| {
        folded(entry.project.code.as_str()) == plain || folded(&entry.project.name).contains(plain)
    });
    let result = |entry: &std::sync::Arc<crate::atlas::ProjectEntry>| {
        json!({
            "type": "project",
            "code": entry.project.code.as_str(),
            "id": entry.id,
            "label": entry.project.name,
            "detail": entry.project.body,
            "bbox": bbox(entry.extent),
        })
    };
    found.map(result).collect()
}

fn units(view: &View, plain: &str) -> Vec<Value> {
    let found = view.snapshot.units().iter().filter(|entry| {
        let unit = &entry.unit;
        unit.exists_on(view.today)
            && unit.level == Level::Commune
            && (folded(unit.code.as_str()) == plain || folded(&unit.name).contains(plain))
    });
    let result = |entry: &std::sync::Arc<crate::atlas::UnitEntry>| {
        json!({
            "type": "unit",
            "code": entry.unit.code.as_str(),
            "id": entry.id,
            "label": entry.unit.name,
            "detail": null,
            "bbox": bbox(entry.extent),
        })
    };
    found.map(result).collect()
}

/// "12/345" or "tờ 12 thửa 345".
fn parcels(view: &View, plain: &str, limit: usize) -> Vec<Value> {
    let columns = view.snapshot.parcels();
    let Some((sheet, number)) = sheet_and_number(plain) else { return Vec::new() };
    let (Some(sheet), Some(number)) = (columns.texts().find(sheet), columns.texts().find(number)) else {
        return Vec::new();
    };
    let same =
        |parcel: &u32| columns.sheet_symbol(*parcel) == sheet && columns.number_symbol(*parcel) == number;
    (0..columns.len() as u32).filter(same).take(limit).map(|parcel| result(view, parcel)).collect()
}

fn result(view: &View, parcel: u32) -> Value {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let unit = &snapshot.units()[view.unit_of(parcel)].unit.name;
    let extent: Extent = columns.arena().shape(parcel as usize).extent();
    json!({
        "type": "parcel",
        "code": snapshot.projects()[columns.project(parcel)].project.code.as_str(),
        "id": columns.id(parcel),
        "label": format!("{}/{}", columns.sheet(parcel), columns.number(parcel)),
        "detail": unit,
        "bbox": bbox(extent.with(World { x: extent.min_x, y: extent.min_y })),
    })
}

fn sheet_and_number(plain: &str) -> Option<(&str, &str)> {
    if let Some((sheet, number)) = plain.split_once('/') {
        return Some((sheet.trim(), number.trim())).filter(|(a, b)| !a.is_empty() && !b.is_empty());
    }
    let words: Vec<&str> = plain.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let after =
        |name: &str| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1)).copied();
    Some((after("to")?, after("thua")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tone_marks_do_not_matter() {
        assert_eq!(folded("Phường Đồng Văn"), "phuong dong van");
    }

    #[test]
    fn sheets_and_parcels_are_written_two_ways() {
        assert_eq!(sheet_and_number("12/345"), Some(("12", "345")));
        assert_eq!(sheet_and_number(&folded("Tờ 12, thửa 345a")), Some(("12", "345a")));
        assert_eq!(sheet_and_number("phu ly"), None);
    }

    #[test]
    fn coordinates_are_taken_in_either_order() {
        assert_eq!(place("20.54 105.9").unwrap()["bbox"][0], 105.9);
        assert_eq!(place("105.9, 20.54").unwrap()["bbox"][1], 20.54);
        assert!(place("1 2").is_none());
    }
}
