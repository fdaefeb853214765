//! Places by what people write for them: degrees, VN-2000 metres, chainages.

use geo::{Geodesic, InterpolateLine};

use super::{
    Bbox, province_bbox,
    search_result::{ResultKind, SearchResult, folded},
};
use crate::{
    analysis::View,
    domain::{ZONES, Zone, chainage_label},
    export::{Crs, Reprojector},
};

/// Degrees around what the store holds within which a place in metres is looked for.
const AROUND: f64 = 0.5;
/// Degrees from its meridian within which a zone is used.
const ZONE_WIDTH: f64 = 3.0;

/// The places that a folded text may mean, the likeliest first.
pub(super) fn places(view: &View, text: &str) -> Vec<SearchResult> {
    let Some(numbers) = numbers(text) else { return chainages(view, text) };
    if let Some([lat, lon]) = degrees(&numbers) {
        return vec![result(&format!("{lat:.5}, {lon:.5}"), None, [lon, lat])];
    }
    metres(view, &numbers)
}

fn result(label: &str, detail: Option<&str>, [lon, lat]: [f64; 2]) -> SearchResult {
    SearchResult {
        kind: ResultKind::Place,
        code: label.to_owned(),
        id: None,
        label: label.to_owned(),
        detail: detail.map(str::to_owned),
        bbox: Some(Bbox([lon, lat, lon, lat])),
    }
}

/// All numbers of a text that holds nothing else but signs of degrees, directions and axes; a comma is a decimal one
/// where it stands between digits and no point does.
fn numbers(text: &str) -> Option<Vec<f64>> {
    let mut plain = text.to_owned();
    for word in ["ktt", "kinh tuyen truc", "kinh tuyen", "vn-2000", "vn2000", "mui 3", "mui 6", "bac", "dong"]
    {
        plain = plain.replace(word, " ");
    }
    let signs = |c: char| "°'′\"″º:;=xynebd".contains(c) || c.is_whitespace();
    let decimal = !plain.contains('.');
    let pieces: Vec<&str> = plain.split(signs).filter(|piece| !piece.is_empty()).collect();
    let mut found = Vec::new();
    for piece in pieces {
        let piece = piece.trim_matches(',');
        match piece.split(',').collect::<Vec<_>>()[..] {
            // 20,54 and 2274123,45 but not 20,105.
            [whole, part] if decimal => found.push(format!("{whole}.{part}").parse().ok()?),
            [""] => {}
            ref several => {
                for one in several {
                    found.push(one.parse().ok()?);
                }
            }
        }
    }
    (found.len() >= 2).then_some(found)
}

/// Latitude and longitude in Vietnam, in either order, in degrees, with minutes, or with seconds.
fn degrees(numbers: &[f64]) -> Option<[f64; 2]> {
    let angle = |parts: &[f64]| {
        let small = parts[1..].iter().all(|part| (0.0..60.0).contains(part));
        small.then(|| parts.iter().rev().fold(0.0, |sum, part| sum / 60.0 + part))
    };
    let parted = |at: usize| {
        let (a, b) = numbers.split_at(at);
        if a.len() > 3 || b.len() > 3 {
            return None;
        }
        let (a, b) = (angle(a)?, angle(b)?);
        let (lat, lon) = if a.abs() <= 90.0 && b.abs() > 90.0 { (a, b) } else { (b, a) };
        ((8.0..=24.0).contains(&lat) && (102.0..=110.0).contains(&lon)).then_some([lat, lon])
    };
    // Seconds of one of them may be left out.
    (1..numbers.len()).find_map(parted)
}

/// VN-2000 northing and easting in either order, perhaps with the meridian of their zone: without it, every zone by
/// which the place lies where the store's land does.
fn metres(view: &View, numbers: &[f64]) -> Vec<SearchResult> {
    let [a, b, zone @ ..] = numbers else { return Vec::new() };
    let north = |n: f64| (850_000.0..2_700_000.0).contains(&n);
    let east = |n: f64| (100_000.0..900_000.0).contains(&n);
    let (northing, easting) = match (north(*a) && east(*b), north(*b) && east(*a)) {
        (true, _) => (*a, *b),
        (_, true) => (*b, *a),
        _ => return Vec::new(),
    };
    let meridian = match zone {
        [] => None,
        [degrees] => Some(*degrees),
        [degrees, minutes] => Some(degrees + minutes / 60.0),
        _ => return Vec::new(),
    };
    let around = province_bbox(view).map_or([102.0, 8.0, 110.0, 24.0], |bbox| bbox.0);
    let inside = |[lon, lat]: [f64; 2]| {
        (around[0] - AROUND..=around[2] + AROUND).contains(&lon)
            && (around[1] - AROUND..=around[3] + AROUND).contains(&lat)
    };
    let middle = f64::midpoint(around[0], around[2]);
    let candidate = |zone: &&Zone| match (zone.meridian, meridian) {
        (Some(own), Some(wanted)) => (own - wanted).abs() < 1e-6,
        (Some(own), None) => (own - middle).abs() <= ZONE_WIDTH,
        (None, _) => false,
    };
    let mut found = Vec::new();
    for zone in ZONES.iter().filter(candidate) {
        let moved =
            Reprojector::new(Crs::Epsg(zone.epsg)).ok().and_then(|mover| mover.back([easting, northing]));
        let Some(at) = moved.filter(|at| meridian.is_some() || inside(*at)) else { continue };
        found.push((zone, at));
    }
    // Cadastral maps are drawn in zones of 3 degrees; of several meridians the nearest is the likeliest.
    let far = |(zone, at): &(&Zone, [f64; 2])| {
        (!zone.is_cadastral(), ((at[0] - zone.meridian.unwrap_or(at[0])).abs() * 1e6) as i64)
    };
    found.sort_by_key(far);
    let results = found.into_iter().map(|(zone, at)| {
        let meridian = zone.meridian.unwrap_or_default();
        let minutes = (meridian.fract() * 60.0).round();
        let width = if zone.is_cadastral() { 3 } else { 6 };
        let detail = format!("VN-2000 {}°{minutes:02}′, {width}°", meridian.trunc());
        result(&format!("{northing:.2}, {easting:.2}"), Some(&detail), at)
    });
    results.collect()
}

/// `Km3+200`, perhaps with a project's code or name: that place of each alignment that is so long.
fn chainages(view: &View, text: &str) -> Vec<SearchResult> {
    let Some(at) = text.find("km") else { return Vec::new() };
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '+' | '.' | ',' | ' ');
    let rest = text[at + 2..].trim_start();
    let end = rest.find(|c: char| !digits(c)).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    let Some(metres) = chainage(number.trim()) else { return Vec::new() };
    let name = format!("{} {}", &text[..at], after);
    let name = name.trim();
    let mut found = Vec::new();
    for entry in view.snapshot.projects() {
        let project = &entry.project;
        let named =
            name.is_empty() || folded(project.code.as_str()) == name || folded(&project.name).contains(name);
        let (Some(line), Some(length)) = (&project.alignment, entry.length_m) else { continue };
        if !named || metres > length {
            continue;
        }
        let Some(point) = Geodesic.point_at_distance_from_start(line, metres) else { continue };
        let label = format!("{} {}", chainage_label(metres), project.code);
        found.push(result(&label, Some(&project.name), [point.x(), point.y()]));
    }
    found
}

/// Metres of `3+200`, `3 + 200,5` or `3.2` (kilometres).
fn chainage(text: &str) -> Option<f64> {
    let plain = text.replace([' '], "").replace(',', ".");
    match plain.split_once('+') {
        Some((km, metres)) => {
            let metres: f64 = metres.parse().ok().filter(|metres| (0.0..1000.0).contains(metres))?;
            Some(km.parse::<u32>().ok().map(f64::from)? * 1000.0 + metres)
        }
        None => plain.parse::<f64>().ok().filter(|km| *km >= 0.0).map(|km| km * 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<[f64; 2]> {
        degrees(&numbers(&folded(text))?)
    }

    #[test]
    fn degrees_are_read_in_every_way_that_they_are_written() {
        for text in [
            "20.54 105.9",
            "105.9, 20.54",
            "20,54 105,9",
            "20,54; 105,9",
            "20°32'24\"N 105°54'00\"E",
            "20°32'24\"N 105°54'E",
            "20 32 24 105 54 0",
            "20°32.4' 105°54.0'",
            "20°32′24″B, 105°54′00″Đ",
            "N 20.54 E 105.9",
        ] {
            let [lat, lon] = at(text).unwrap_or_else(|| panic!("{text}"));
            assert!((lat - 20.54).abs() < 1e-9 && (lon - 105.9).abs() < 1e-9, "{text}: {lat} {lon}");
        }
        assert_eq!(at("1 2"), None);
        assert_eq!(at("20 75 105 54"), None);
        assert_eq!(at("phu ly"), None);
    }

    #[test]
    fn chainages_are_read_in_every_way_that_they_are_written() {
        for (text, metres) in [("3+200", 3200.0), ("3 + 200,5", 3200.5), ("12", 12_000.0), ("0+050", 50.0)] {
            assert_eq!(chainage(text), Some(metres), "{text}");
        }
        assert_eq!(chainage("3+1200"), None);
    }
}
