//! GeoPackage 1.3 with an R-tree, made in a temporary file.

use std::{fmt::Write as _, io::Write};

use geo::MultiPolygon;
use rusqlite::{
    Connection, ToSql, params,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    crs::Crs,
    error::ExportError,
    job::Job,
    row::{Row, RowWriter},
    spool::{Spool, send},
};
use crate::query::{Kind, Outline, Value};

/// A GeoPackage.
pub struct GeoPackage<'o> {
    out: &'o mut (dyn Write + Send),
    spool: Spool,
    sql: Connection,
    insert: String,
    index: String,
    table: &'static str,
    kind: &'static str,
    crs: Crs,
    bounds: [f64; 4],
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failed(error: rusqlite::Error) -> ExportError {
    ExportError::of("GeoPackage")(&error)
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Boolean(v) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*v))),
            Self::Integer(v) => ToSqlOutput::Borrowed(ValueRef::Integer(*v)),
            Self::Number(v) => ToSqlOutput::Borrowed(ValueRef::Real(*v)),
            Self::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Self::Day(_) => ToSqlOutput::Owned(self.to_string().into()),
            // Milliseconds are part of the format's notation.
            Self::Moment(v) => {
                let at = jiff::Timestamp::from_millisecond(*v).unwrap_or_default();
                ToSqlOutput::Owned(at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string().into())
            }
        })
    }
}

impl<'o> GeoPackage<'o> {
    /// Makes the tables.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let spool = Spool::new()?;
        let sql = Connection::open(spool.path("features.gpkg")).map_err(failed)?;
        // A file that is thrown away when something fails needs no journal.
        sql.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
            .map_err(failed)?;
        let (table, mut columns) = (job.collection.name(), String::new());
        for column in &job.columns {
            let kind = match column.kind {
                Kind::Boolean => "BOOLEAN",
                Kind::Integer => "INTEGER",
                Kind::Number => "DOUBLE",
                Kind::Text => "TEXT",
                Kind::Day => "DATE",
                Kind::Moment => "DATETIME",
            };
            let _ = write!(columns, ", \"{}\" {kind}", column.name);
        }
        let kind = if job.collection.is_linear() { "LINESTRING" } else { "MULTIPOLYGON" };
        let fill = |text: &str| {
            text.replace("{table}", table).replace("{columns}", &columns).replace("{kind}", kind)
        };
        sql.execute_batch(&fill(include_str!("geopackage.sql"))).map_err(failed)?;
        let reference = job.crs.reference()?;
        let wkt = reference.to_wkt().map_err(|e| ExportError::of("GeoPackage")(&e))?;
        let epsg = job.crs.epsg();
        let row = "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2, ?3, NULL)";
        sql.execute(row, params![reference.name(), epsg, wkt]).map_err(failed)?;
        // WGS 84 must be there whatever is used.
        if epsg != 4326 {
            let wgs84 = Crs::Crs84.reference()?.to_wkt().map_err(|e| ExportError::of("GeoPackage")(&e))?;
            sql.execute(row, params!["WGS 84", 4326, wgs84]).map_err(failed)?;
        }
        let marks = (1..=job.columns.len() + 2).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO \"{table}\" VALUES ({marks})");
        sql.execute_batch("BEGIN").map_err(failed)?;
        Ok(Self {
            out,
            spool,
            sql,
            insert,
            index: fill(include_str!("geopackage_index.sql")),
            table,
            kind,
            crs: job.crs,
            bounds: [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        })
    }

    fn blob(&self, outline: &Outline) -> Vec<u8> {
        let mut blob = Vec::with_capacity(outline.coords.len() * 16 + 80);
        blob.extend_from_slice(&[b'G', b'P', 0, 0b0000_0011]);
        blob.extend_from_slice(&self.crs.epsg().to_le_bytes());
        let [west, south, east, north] = outline.bounds();
        [west, east, south, north].iter().for_each(|edge| blob.extend_from_slice(&edge.to_le_bytes()));
        let geometry = match outline.to_geo() {
            geo::Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]).into(),
            other => other,
        };
        // Writing to memory does not fail.
        let _ = wkb::writer::write_geometry(&mut blob, &geometry, &wkb::writer::WriteOptions::default());
        blob
    }
}

impl RowWriter for GeoPackage<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        let blob = row.outline.map(|outline| self.blob(outline));
        let mut statement = self.sql.prepare_cached(&self.insert).map_err(failed)?;
        statement.raw_bind_parameter(1, row.id as i64).map_err(failed)?;
        statement.raw_bind_parameter(2, &blob).map_err(failed)?;
        for (index, value) in row.values().enumerate() {
            statement.raw_bind_parameter(index + 3, &value).map_err(failed)?;
        }
        statement.raw_execute().map_err(failed)?;
        if let Some(outline) = row.outline {
            let [west, south, east, north] = outline.bounds();
            let insert = format!("INSERT INTO \"rtree_{}_geom\" VALUES (?1, ?2, ?3, ?4, ?5)", self.table);
            let mut statement = self.sql.prepare_cached(&insert).map_err(failed)?;
            statement.execute(params![row.id as i64, west, east, south, north]).map_err(failed)?;
            let [w, s, e, n] = self.bounds;
            self.bounds = [w.min(west), s.min(south), e.max(east), n.max(north)];
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let bounds = self.bounds.map(|edge| edge.is_finite().then_some(edge));
        let [west, south, east, north] = bounds;
        let epsg = self.crs.epsg();
        let contents = "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id)
            VALUES (?1, 'features', ?1, ?2, ?3, ?4, ?5, ?6)";
        self.sql.execute(contents, params![self.table, west, south, east, north, epsg]).map_err(failed)?;
        let shapes = "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, 0, 0)";
        self.sql.execute(shapes, params![self.table, self.kind, epsg]).map_err(failed)?;
        self.sql.execute_batch(&self.index).map_err(failed)?;
        self.sql.execute_batch("COMMIT").map_err(failed)?;
        let Self { out, spool, sql, .. } = *self;
        sql.close().map_err(|(_, error)| failed(error))?;
        send(&spool.path("features.gpkg"), out)?;
        Ok(out.flush()?)
    }
}
