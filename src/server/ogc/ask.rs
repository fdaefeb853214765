//! What a request for features asks: parameters read strictly, each error naming its parameter.

use geo::Geometry;

use super::columns;
use crate::{
    domain::{self, Day, LedgerPosition},
    export::{Crs, CsvShape, Format, Reprojector},
    query::{Collection, Column, Filter, Kind, Sort, Value, parameter},
    server::{
        auth::Identity,
        params::{Query, When, edges_of},
        problem::Problem,
    },
};

/// Parameters of items beside the queryables.
const PARAMETERS: [&str; 17] = [
    "f",
    "limit",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
    "properties",
    "after",
    "as_of",
    "at",
    "geom",
    "bom",
    "words",
];

/// Features of a page at most.
pub const MOST: usize = 10_000;
/// Features of a page unasked.
const USUAL: usize = 100;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page of GeoJSON.
    Json,
    /// A page for people.
    Html,
    /// A file.
    File(Format),
}

/// A request for features.
pub struct Ask {
    /// Collection.
    pub collection: Collection,
    /// Columns that are shown.
    pub columns: Vec<&'static Column>,
    /// Which features.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// After which.
    pub after: Option<(Vec<Value<'static>>, u64)>,
    /// How many at most; none = all.
    pub limit: Option<usize>,
    /// CRS of the answer.
    pub crs: Crs,
    /// CSV: how shapes are shown.
    pub csv_shape: CsvShape,
    /// CSV: begin with a byte order mark.
    pub csv_bom: bool,
    /// CSV and Excel: as people read it, in this language.
    pub words: Option<domain::Language>,
}

/// Reads the parameters' names strictly; queryables are parameters too.
pub fn parameters(collection: Collection, identity: &Identity, text: Option<&str>) -> Result<Query, Problem> {
    let own = columns(collection, identity);
    let known: Vec<&str> = PARAMETERS.into_iter().chain(own.iter().map(|column| column.name)).collect();
    Query::strict(text, &known)
}

/// The form that is wanted: by `f`, else by `Accept`.
pub fn form(query: &Query, headers: &axum::http::HeaderMap) -> Result<Form, Problem> {
    if let Some(name) = query.get("f") {
        return match name {
            "json" => Ok(Form::Json),
            "html" => Ok(Form::Html),
            name => Format::from_name(name).map(Form::File).ok_or_else(|| {
                let files = Format::ALL.map(Format::name).join(", ");
                Problem::parameter("f", format!("\"{name}\" is not offered; these are: json, html, {files}"))
            }),
        };
    }
    let accepts = headers.get_all(axum::http::header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(f64, Form)> = None;
    for range in accepts.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or("");
        // The weight (RFC 9110, 12.4.2); 0 means never.
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let file =
            || Format::ALL.into_iter().find(|format| format.media_type().split(';').next() == Some(kind));
        let form = if kind == super::HTML {
            Some(Form::Html)
        } else if kind == super::GEOJSON || kind == super::JSON || kind == "*/*" {
            Some(Form::Json)
        } else {
            file().map(Form::File)
        };
        // Of equal ones the first.
        if let Some(form) = form.filter(|_| weight > 0.0 && best.is_none_or(|(known, _)| weight > known)) {
            best = Some((weight, form));
        }
    }
    Ok(best.map_or(Form::Json, |(_, form)| form))
}

/// The state of things that a query asks for.
pub fn when(query: &Query) -> Result<When, Problem> {
    query.when()
}

impl Ask {
    /// Reads all parameters; blocks, since PROJ reads its database.
    ///
    /// # Errors
    /// 400 naming the first parameter that is unknown or whose value can't be used.
    pub fn read(
        collection: Collection,
        query: &Query,
        identity: &Identity,
        form: Form,
    ) -> Result<Self, Problem> {
        let known = columns(collection, identity);
        let crs = query.read("crs", Crs::parse)?.unwrap_or_default();
        if let (Form::File(format), false) = (form, crs.is_geographic())
            && format.is_wgs84_only()
        {
            return Err(Problem::parameter("crs", format!("{} has WGS 84 only", format.title())));
        }
        let sort = query.read("sortby", |text| Sort::parse(text, &known))?.unwrap_or_default();
        if collection == Collection::Events && !sort.0.is_empty() {
            return Err(Problem::parameter("sortby", "events come in the order of the ledger only"));
        }
        let after = query.read("after", |text| after(text, &sort))?;
        let limit = query.read("limit", limit)?;
        let limit = match form {
            Form::File(_) => limit,
            Form::Json | Form::Html => Some(limit.unwrap_or(USUAL).min(MOST)),
        };
        let filter = filter(collection, query, &known)?;
        let csv_shape = query.read("geom", CsvShape::parse)?.unwrap_or_default();
        let csv_bom = query.flag("bom")?;
        let words =
            query.read("words", |code| domain::Language::from_code(code).ok_or("must be vi or en"))?;
        if words.is_some() && !matches!(form, Form::File(Format::Csv | Format::Xlsx)) {
            return Err(Problem::parameter(
                "words",
                "is for f=csv and f=xlsx; other formats are for programs",
            ));
        }
        Ok(Self {
            collection,
            columns: shown(query, &known)?,
            filter,
            sort,
            after,
            limit,
            crs,
            csv_shape,
            csv_bom,
            words,
        })
    }
}

/// The columns that are wanted: in the order asked for where people read them, else in that of tables.
fn shown(query: &Query, known: &[&'static Column]) -> Result<Vec<&'static Column>, Problem> {
    let Some(text) = query.get("properties") else {
        return Ok(known.iter().copied().filter(|column| !column.on_request).collect());
    };
    let wanted: Vec<&str> = text.split(',').map(str::trim).collect();
    if let Some(name) = wanted.iter().find(|name| !known.iter().any(|column| column.name == **name)) {
        let names: Vec<_> = known.iter().map(|column| column.name).collect();
        let why = format!("\"{name}\" is not a property here; these are: {}", names.join(", "));
        return Err(Problem::parameter("properties", why));
    }
    if query.get("words").is_some() {
        let named = |name: &&str| known.iter().copied().find(|column| *column.name == **name);
        return Ok(wanted.iter().filter_map(named).collect());
    }
    Ok(known.iter().copied().filter(|column| wanted.contains(&column.name)).collect())
}

/// All conditions together.
fn filter(collection: Collection, query: &Query, known: &[&'static Column]) -> Result<Filter, Problem> {
    let mut all = Filter::all();
    for column in known {
        let condition = |text: &str| match collection {
            Collection::Parcels => parameter(column, text),
            _ => Filter::equal(column, text),
        };
        if let Some(condition) = query.read(column.name, condition)? {
            all = all.and(condition);
        }
    }
    if let Some((from, to)) = query.read("datetime", interval)? {
        all = all.and(Filter::during(collection, from, to));
    }
    if let Some(area) = area(query)? {
        all = all.and(Filter::touching(area));
    }
    if let Some(condition) = query.cql(known)? {
        all = all.and(condition);
    }
    Ok(all)
}

/// The area of `bbox` in the CRS of `bbox-crs`.
fn area(query: &Query) -> Result<Option<Geometry<f64>>, Problem> {
    let crs = query.read("bbox-crs", Crs::parse)?.unwrap_or_default();
    let Some([west, south, east, north]) = query.read("bbox", edges_of)? else { return Ok(None) };
    if west > east {
        if !crs.is_geographic() {
            return Err(Problem::parameter("bbox", "west must not exceed east"));
        }
        let (before, behind) = (((west, south), (180.0, north)), ((-180.0, south), (east, north)));
        let side = |(low, high): ((f64, f64), (f64, f64))| geo::Rect::new(low, high).to_polygon();
        return Ok(Some(geo::MultiPolygon::new(vec![side(before), side(behind)]).into()));
    }
    let mover = Reprojector::new(crs).map_err(|e| Problem::internal(&e))?;
    let outside = || Problem::parameter("bbox", format!("does not lie where {} is used", crs.name()));
    // Straight sides of another system are curved in degrees.
    let steps = if crs.is_geographic() { 1 } else { 16 };
    let corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    let mut ring = Vec::with_capacity(4 * steps);
    for side in corners.windows(2) {
        for step in 0..steps {
            let t = step as f64 / steps as f64;
            let point = [0, 1].map(|axis| side[0][axis] + (side[1][axis] - side[0][axis]) * t);
            let [lon, lat] = mover.back(point).ok_or_else(outside)?;
            ring.push((lon, lat));
        }
    }
    Ok(Some(geo::Polygon::new(ring.into(), Vec::new()).into()))
}

/// A day, a moment's day, or two of them with `..` for an open end.
pub fn interval(text: &str) -> Result<(Option<Day>, Option<Day>), String> {
    let day = |text: &str| -> Result<Option<Day>, String> {
        if matches!(text, "" | "..") {
            return Ok(None);
        }
        let date = text.split('T').next().unwrap_or(text);
        let strict = date
            .parse::<jiff::civil::Date>()
            .ok()
            .filter(|_| text.len() == date.len() || text.parse::<jiff::Timestamp>().is_ok());
        let date = strict.ok_or_else(|| {
            format!("\"{text}\" is not a date; write 2026-01-31, 2026-01-31T00:00:00Z, or two of them as from/to with .. for an open end")
        })?;
        Day::from_date(date).map(Some).map_err(|e| e.to_string())
    };
    match text.split_once('/') {
        None => {
            let one = day(text)?;
            if one.is_none() { Err("must name a day".to_owned()) } else { Ok((one, one)) }
        }
        Some((from, to)) => {
            let (from, to) = (day(from)?, day(to)?);
            match (from, to) {
                (Some(a), Some(b)) if a > b => Err("must not end before it begins".to_owned()),
                both => Ok(both),
            }
        }
    }
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(0) | Err(_) => Err(format!("must be a whole number between 1 and {MOST}")),
        Ok(limit) => Ok(limit),
    }
}

/// The place after which a page begins: an id, or the values of the keys and an id as JSON.
fn after(text: &str, sort: &Sort) -> Result<(Vec<Value<'static>>, u64), String> {
    let wrong = || "must come from a next link".to_owned();
    if sort.0.is_empty() {
        return text.parse().map(|id| (Vec::new(), id)).map_err(|_| "must be a feature's id".to_owned());
    }
    let parts: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| wrong())?;
    let (id, values) = parts.split_last().ok_or_else(wrong)?;
    if values.len() != sort.0.len() {
        return Err(wrong());
    }
    let value = |(key, json): (&crate::query::Key, &serde_json::Value)| match (key.column.kind, json) {
        (_, serde_json::Value::Null) => Some(Value::Null),
        (Kind::Boolean, json) => json.as_bool().map(Value::Boolean),
        (Kind::Integer, json) => json.as_i64().map(Value::Integer),
        (Kind::Number, json) => json.as_f64().map(Value::Number),
        (Kind::Text, json) => json.as_str().map(|text| Value::Text(text.to_owned().into())),
        (Kind::Day, json) => Day::parse(json.as_str()?).ok().map(Value::Day),
        (Kind::Moment, json) => {
            json.as_str()?.parse::<jiff::Timestamp>().ok().map(|at| Value::Moment(at.as_millisecond()))
        }
    };
    let values = sort.0.iter().zip(values).map(value).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    Ok((values, id.as_u64().ok_or_else(wrong)?))
}

/// The position behind which events begin.
pub fn position(after: Option<&(Vec<Value<'static>>, u64)>) -> LedgerPosition {
    LedgerPosition(after.map_or(0, |(_, id)| *id))
}
