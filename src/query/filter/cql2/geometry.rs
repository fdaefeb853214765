//! Geometries written out in a CQL2 text: WKT (OGC 06-103r4) with two to four numbers a place.

use geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point,
    Polygon,
};

use super::{super::FilterError, reader::Reader, token::Token};

type Read<T> = Result<T, FilterError>;

/// The geometry that begins with the next token, a word; none when it is something else. An empty point is no point
/// of several.
///
/// # Errors
/// [`FilterError`] where its coordinates can't be read, and for a collection within a collection.
pub fn read(reader: &mut Reader<'_>, word: &str) -> Read<Option<Geometry<f64>>> {
    let kind = word.to_ascii_uppercase();
    // The mark of heights may stand at the word: POINTZ.
    let kind = ["ZM", "Z", "M"]
        .into_iter()
        .find_map(|mark| kind.strip_suffix(mark).filter(|kind| is_kind(kind)))
        .unwrap_or(&kind);
    if !is_kind(kind) || !reader.geometry_follows() {
        return Ok(None);
    }
    reader.pass();
    let _ = reader.word("z") || reader.word("m") || reader.word("zm");
    let empty = reader.word("empty");
    Ok(Some(match kind {
        "POINT" if empty => MultiPoint(Vec::new()).into(),
        "POINT" => Point(place_in_brackets(reader)?).into(),
        "LINESTRING" => LineString(list(reader, empty, place)?).into(),
        "POLYGON" => polygon(list(reader, empty, ring)?).into(),
        "MULTIPOINT" => MultiPoint(list(reader, empty, any_place)?.into_iter().map(Point).collect()).into(),
        "MULTILINESTRING" => MultiLineString(list(reader, empty, ring)?).into(),
        "MULTIPOLYGON" => {
            MultiPolygon(list(reader, empty, |reader| Ok(polygon(list(reader, false, ring)?)))?).into()
        }
        _ => Geometry::GeometryCollection(GeometryCollection(list(reader, empty, member)?)),
    }))
}

fn is_kind(word: &str) -> bool {
    let kinds = [
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
    ];
    kinds.contains(&word)
}

fn list<T>(reader: &mut Reader<'_>, empty: bool, part: fn(&mut Reader<'_>) -> Read<T>) -> Read<Vec<T>> {
    if empty {
        return Ok(Vec::new());
    }
    reader.expect("(")?;
    let mut all = vec![part(reader)?];
    while reader.sign(",") {
        all.push(part(reader)?);
    }
    reader.expect(")")?;
    Ok(all)
}

/// Two to four numbers; the third and fourth are left out.
fn place(reader: &mut Reader<'_>) -> Read<Coord<f64>> {
    let (x, y) = (reader.number()?, reader.number()?);
    if reader.number_if_any().is_some() {
        reader.number_if_any();
    }
    Ok(Coord { x, y })
}

fn place_in_brackets(reader: &mut Reader<'_>) -> Read<Coord<f64>> {
    reader.expect("(")?;
    let read = place(reader)?;
    reader.expect(")")?;
    Ok(read)
}

fn any_place(reader: &mut Reader<'_>) -> Read<Coord<f64>> {
    if matches!(reader.peek(), Some(Token::Sign("("))) { place_in_brackets(reader) } else { place(reader) }
}

fn ring(reader: &mut Reader<'_>) -> Read<LineString<f64>> {
    Ok(LineString(list(reader, false, place)?))
}

fn polygon(rings: Vec<LineString<f64>>) -> Polygon<f64> {
    let mut rings = rings.into_iter();
    let outer = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    Polygon::new(outer, rings.collect())
}

fn member(reader: &mut Reader<'_>) -> Read<Geometry<f64>> {
    let Some(Token::Word(word)) = reader.peek().cloned() else { return Err(reader.stop()) };
    // Where it begins is worked out for who gets it wrong alone.
    let start = reader.place();
    match read(reader, word)? {
        Some(Geometry::GeometryCollection(_)) | None => Err(reader.stop_at(start)),
        Some(geometry) => Ok(geometry),
    }
}
