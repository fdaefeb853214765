"""Reads every export of one collection with the libraries that analysts use; argument: folder and truth."""

import json
import pathlib
import sys

import duckdb
import duckdb_extensions
import geopandas
import openpyxl
import pyarrow.parquet

folder = pathlib.Path(sys.argv[1])
truth = json.loads(sys.argv[2])


def check(name, frame):
    areas = [float(area) for area in frame["area"]]
    assert len(areas) == truth["count"], (name, len(areas))
    assert abs(sum(areas) - truth["area"]) < 0.05, (name, sum(areas))
    assert sorted(set(frame["stage"].dropna())) == truth["stages"], name
    days = {str(day)[:10] for day in frame["handed_over_on"].dropna() if str(day)} - {""}
    assert sorted(days) == truth["days"], (name, sorted(days)[:5], truth["days"][:5])
    print(f"{name}: {len(areas)} rows, {sum(areas):.1f} m2")


def short(frame):
    """Shapefiles shorten names; the archive says how."""
    return frame.rename(columns={"handed_ove": "handed_over_on"})


for name in ["geojson", "geojsonl", "gpkg", "fgb", "shp.zip", "kml"]:
    frame = geopandas.read_file(folder / f"parcels.{name}", engine="pyogrio")
    assert frame.crs.to_epsg() == 4326, (name, frame.crs)
    assert frame.geometry.is_valid.mean() > 0.999, name
    bounds = frame.total_bounds
    assert all(abs(a - b) < 1e-6 for a, b in zip(bounds, truth["bounds"])), (name, bounds)
    check(name, short(frame))

# The index of a FlatGeobuf and the R-tree of a GeoPackage are used.
box = tuple(truth["box"])
found = {name: set(geopandas.read_file(folder / f"parcels.{name}", bbox=box)["area"]) for name in ["geojson", "fgb", "gpkg"]}
assert found["geojson"] and found["fgb"] == found["geojson"] == found["gpkg"], {k: len(v) for k, v in found.items()}

frame = geopandas.read_parquet(folder / "parcels.parquet")
assert frame.crs.equals("OGC:CRS84"), frame.crs
check("parquet (geopandas)", frame)
part = geopandas.read_parquet(folder / "parcels.parquet", bbox=box)
assert 0 < len(part) < truth["count"], len(part)
file = pyarrow.parquet.ParquetFile(folder / "parcels.parquet")
geo = json.loads(file.schema_arrow.metadata[b"geo"])
column = geo["columns"]["geometry"]
assert geo["version"] == "1.1.0" and column["encoding"] == "WKB", geo
assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"], column
kinds = {field.name: str(field.type) for field in file.schema_arrow}
assert kinds["handed_over_on"] == "date32[day]" and kinds["area"] == "double", kinds
assert kinds["cleared"] == "bool" and kinds["stage"] == "string", kinds
assert kinds["bbox"].startswith("struct<xmin: double"), kinds
print("parquet (pyarrow):", file.metadata.num_rows, "rows,", file.metadata.num_row_groups, "groups")
# The extension comes as a Python package: nothing is fetched. Areas on the ellipsoid are DuckDB's own.
duckdb_extensions.import_extension("spatial")
duckdb.load_extension("spatial")
west, south, east, north = box
count, area, measured, boxed = duckdb.sql(f"""
    SELECT count(*), sum(area), sum(ST_Area_Spheroid(ST_FlipCoordinates(geometry))),
      count(*) FILTER (ST_Intersects(geometry, ST_MakeEnvelope({west}, {south}, {east}, {north})))
    FROM '{folder}/parcels.parquet'""").fetchall()[0]
assert (count, round(area, 1)) == (truth["count"], round(truth["area"], 1)), (count, area)
assert abs(measured / area - 1) < 1e-4, (measured, area)
assert boxed == truth["boxed"], (boxed, truth["boxed"])
print(f"parquet (duckdb, spatial): {count} rows, {measured:.1f} m2 measured, {boxed} in the box")

book = openpyxl.load_workbook(folder / "parcels.xlsx", read_only=True)
rows = list(book["parcels"].iter_rows(values_only=True))
names = list(rows[0])
assert len(rows) - 1 == truth["count"]
areas = [row[names.index("area")] for row in rows[1:]]
assert all(isinstance(area, (int, float)) for area in areas) and abs(sum(areas) - truth["area"]) < 0.05
days = {row[names.index("handed_over_on")] for row in rows[1:]} - {None}
assert sorted(str(day)[:10] for day in days) == truth["days"] and all(hasattr(day, "year") for day in days)
meanings = {row[0]: row[1] for row in book["columns"].iter_rows(values_only=True)}
assert meanings["stage"] == "Tình trạng", meanings
print("xlsx:", len(rows) - 1, "rows")
frame = geopandas.pd.read_csv(folder / "parcels.csv", dtype={"sheet": str, "parcel": str})
shapes = geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries.from_wkt(frame["WKT"]), crs=4326)
check("csv", shapes)
