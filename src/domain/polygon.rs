//! Areas that people send: `GeoJSON` polygons, read within bounds before anything is done with them.

use geo::{Coord, LineString, MultiPolygon, Polygon, Validation};
use serde_json::Value;

/// Vertices that an area may have.
pub const MOST_VERTICES: usize = 20_000;
/// Rings that an area may have.
const MOST_RINGS: usize = 1_000;

/// Reads a `GeoJSON` Polygon or `MultiPolygon` (RFC 7946), WGS 84 degrees (lon, lat).
///
/// ```
/// use matbang::domain::read_polygons;
/// use serde_json::json;
///
/// let ring = json!([[105.9, 20.5], [105.91, 20.5], [105.91, 20.51], [105.9, 20.5]]);
/// let area = read_polygons(&json!({ "type": "Polygon", "coordinates": [ring] }))?;
/// assert_eq!(area.0.len(), 1);
/// assert!(read_polygons(&json!({ "type": "Polygon", "coordinates": [[[1]]] })).is_err());
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// In words: another geometry, positions that are no pairs of numbers or lie outside of the globe, rings that are not
/// closed or cross themselves, more vertices than are taken.
pub fn read_polygons(value: &Value) -> Result<MultiPolygon<f64>, String> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let coordinates = value.get("coordinates").and_then(Value::as_array);
    let mut left = (MOST_RINGS, MOST_VERTICES);
    let polygons: Vec<Polygon<f64>> = match (kind, coordinates) {
        ("Polygon", Some(rings)) => vec![polygon(rings, &mut left)?],
        ("MultiPolygon", Some(all)) if !all.is_empty() => {
            let one =
                |rings: &Value| polygon(rings.as_array().ok_or("a polygon is a list of rings")?, &mut left);
            all.iter().map(one).collect::<Result<_, String>>()?
        }
        _ => return Err("its geometry must be a GeoJSON Polygon or MultiPolygon".to_owned()),
    };
    let polygons = MultiPolygon(polygons);
    polygons
        .check_validation()
        .map_err(|_| "its boundary crosses itself or its rings do not fit".to_owned())?;
    Ok(polygons)
}

fn polygon(rings: &[Value], left: &mut (usize, usize)) -> Result<Polygon<f64>, String> {
    let mut rings =
        rings.iter().map(|value| ring(value, left)).collect::<Result<Vec<_>, String>>()?.into_iter();
    let outer = rings.next().ok_or("a polygon needs a ring")?;
    Ok(Polygon::new(outer, rings.collect()))
}

fn ring(value: &Value, (rings, vertices): &mut (usize, usize)) -> Result<LineString<f64>, String> {
    let positions = value.as_array().ok_or("a ring is a list of positions")?;
    *rings = rings.checked_sub(1).ok_or_else(|| format!("it has more than {MOST_RINGS} rings"))?;
    *vertices = vertices
        .checked_sub(positions.len())
        .ok_or_else(|| format!("it has more than {MOST_VERTICES} vertices"))?;
    let ring: LineString<f64> = positions.iter().map(position).collect::<Result<Vec<_>, String>>()?.into();
    if ring.0.len() < 4 || !ring.is_closed() {
        return Err("each ring needs at least four positions, the last equal to the first".to_owned());
    }
    Ok(ring)
}

fn position(value: &Value) -> Result<Coord<f64>, String> {
    let numbers = value.as_array().filter(|numbers| (2..=3).contains(&numbers.len()));
    let pair = numbers.and_then(|numbers| Some((numbers[0].as_f64()?, numbers[1].as_f64()?)));
    match pair {
        Some((x, y)) if (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) => Ok(Coord { x, y }),
        Some((x, y)) => Err(format!("the position {x}, {y} is not longitude and latitude in degrees")),
        None => Err("a position is a pair of numbers, longitude and latitude".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_area_is_told_before_anything_is_done_with_it() {
        let why = |coordinates: Value| {
            read_polygons(&json!({"type": "Polygon", "coordinates": coordinates})).unwrap_err()
        };
        assert!(why(json!([[[1]]])).contains("pair of numbers"));
        assert!(why(json!([])).contains("needs a ring"));
        assert!(why(json!([[1, 2]])).contains("pair of numbers"));
        assert!(why(json!([[[0, 0], [1, 0], [1, 1]]])).contains("four positions"));
        assert!(why(json!([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]])).contains("crosses itself"));
        assert!(why(json!([[[0, 0], [500, 1], [1, 0], [0, 0]]])).contains("longitude"));
        let many: Vec<_> = (0..=MOST_VERTICES).map(|n| json!([f64::from(n as u32) / 1e6, 1])).collect();
        assert!(why(json!([many])).contains("20000"));
        assert!(read_polygons(&json!({"type": "Point", "coordinates": [1, 2]})).is_err());
        assert!(read_polygons(&json!(7)).is_err());
    }

    #[test]
    fn an_area_comes_through() {
        let square = json!([[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]);
        assert_eq!(read_polygons(&json!({"type": "Polygon", "coordinates": square})).unwrap().0.len(), 1);
        assert_eq!(
            read_polygons(&json!({"type": "MultiPolygon", "coordinates": [square]})).unwrap().0.len(),
            1
        );
    }
}
