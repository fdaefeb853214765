-- GeoPackage 1.3 (OGC 12-128r18) and, in the same file, the ledger.
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;

CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');

CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));

CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));

-- `since`: position of the event from which a row holds. What it was before stands in the table of the same name with
-- `_past`, which holds from `since` up to the event before `until`.
CREATE TABLE units (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL,
  parent_code TEXT, valid_from DATE, valid_to DATE, predecessor_codes TEXT NOT NULL DEFAULT '',
  successor_codes TEXT NOT NULL DEFAULT '', geom MULTIPOLYGON, since INTEGER NOT NULL);
CREATE INDEX units_by_code ON units (code);
CREATE TABLE units_past (
  fid INTEGER NOT NULL REFERENCES units(fid), code TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL,
  parent_code TEXT, valid_from DATE, valid_to DATE, predecessor_codes TEXT NOT NULL, successor_codes TEXT NOT NULL,
  geom BLOB, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (fid, since)) WITHOUT ROWID;

CREATE TABLE projects (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
  key_project BOOLEAN NOT NULL, investor TEXT, body TEXT, procedure TEXT NOT NULL, required_on DATE,
  plan TEXT NOT NULL DEFAULT '', geom MULTIPOLYGON, since INTEGER NOT NULL);
CREATE TABLE projects_past (
  fid INTEGER NOT NULL REFERENCES projects(fid), code TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  key_project BOOLEAN NOT NULL, investor TEXT, body TEXT, procedure TEXT NOT NULL, required_on DATE,
  plan TEXT NOT NULL, geom BLOB, alignment BLOB, since INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (fid, since)) WITHOUT ROWID;

CREATE TABLE alignments (
  fid INTEGER PRIMARY KEY NOT NULL REFERENCES projects(fid), code TEXT NOT NULL, name TEXT NOT NULL, geom LINESTRING);

-- Personal data: read by role only, never joined into a layer.
CREATE TABLE holders (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT NOT NULL);

-- d0 … d8: day (since 1970-01-01) on which the stage of that number was reached; these, cleared, money, version,
-- ended_on and marks are worked out from the ledger, which `matbang verify` repeats.
CREATE TABLE parcels (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  project INTEGER NOT NULL REFERENCES projects(fid), unit INTEGER NOT NULL REFERENCES units(fid),
  sheet TEXT NOT NULL, number TEXT NOT NULL, land_use TEXT NOT NULL,
  recovered_area DOUBLE NOT NULL, total_area DOUBLE NOT NULL, declared_area DOUBLE,
  holder INTEGER REFERENCES holders(fid), planned_on DATE, cleared BOOLEAN NOT NULL DEFAULT 0,
  d0 MEDIUMINT, d1 MEDIUMINT, d2 MEDIUMINT, d3 MEDIUMINT, d4 MEDIUMINT, d5 MEDIUMINT, d6 MEDIUMINT, d7 MEDIUMINT,
  d8 MEDIUMINT, money INTEGER NOT NULL DEFAULT 0, geom MULTIPOLYGON NOT NULL, version INTEGER NOT NULL DEFAULT 0,
  ended_on DATE, marks TEXT);
-- A parcel that was withdrawn, split or merged frees its number for another.
CREATE UNIQUE INDEX parcels_by_key ON parcels (project, unit, sheet, number, CASE WHEN ended_on IS NULL THEN 0 ELSE fid END);

CREATE TABLE ledger (
  position INTEGER PRIMARY KEY NOT NULL, recorded_at INTEGER NOT NULL, day MEDIUMINT NOT NULL, author TEXT NOT NULL,
  parcel INTEGER REFERENCES parcels(fid), document TEXT, kind TEXT NOT NULL, body TEXT NOT NULL,
  previous BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX ledger_by_parcel ON ledger (parcel) WHERE parcel IS NOT NULL;
CREATE INDEX ledger_imports ON ledger (position) WHERE kind = 'imported';
CREATE TRIGGER ledger_never_changes BEFORE UPDATE ON ledger BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_never_shrinks BEFORE DELETE ON ledger BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

-- The state of a parcel before each event about it, so that the past is read and not replayed. Worked out from the ledger.
CREATE TABLE prior_states (
  position INTEGER PRIMARY KEY NOT NULL, parcel INTEGER NOT NULL, version INTEGER NOT NULL, state BLOB NOT NULL);

-- Answers of requests that may be sent again.
CREATE TABLE requests (
  author TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, answer TEXT NOT NULL, recorded_at INTEGER NOT NULL,
  PRIMARY KEY (author, key)) WITHOUT ROWID;

-- Accounts, their sessions and tokens, and the logs of what was done to them and of looks at personal data.
-- None of it is a layer: programs that list layers do not show these tables.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE, full_name TEXT NOT NULL,
  password TEXT, disabled BOOLEAN NOT NULL DEFAULT 0, created_at INTEGER NOT NULL);
CREATE TABLE grants (
  account INTEGER NOT NULL REFERENCES accounts(id), role TEXT NOT NULL, unit INTEGER REFERENCES units(fid));
CREATE UNIQUE INDEX grants_once ON grants (account, role, coalesce(unit, 0));
-- Secrets are kept as SHA-256 only.
CREATE TABLE sessions (
  hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id), created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, account INTEGER NOT NULL REFERENCES accounts(id),
  name TEXT NOT NULL, scope TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  revoked BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE account_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, account INTEGER NOT NULL,
  what TEXT NOT NULL);
CREATE TABLE accesses (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, account TEXT NOT NULL, parcel INTEGER NOT NULL,
  what TEXT NOT NULL);

-- Briefings, frozen at a position of the ledger; `seal` covers what is said and the ledger's hash there.
CREATE TABLE briefings (
  code TEXT PRIMARY KEY, title TEXT NOT NULL, position INTEGER NOT NULL, as_of DATE NOT NULL, body TEXT NOT NULL,
  seal BLOB NOT NULL, author TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;

-- Who somebody is at a provider of identities, and what lets them become so: once each.
CREATE TABLE identities (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
CREATE TABLE invitations (
  hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id), expires_at INTEGER NOT NULL) WITHOUT ROWID;
-- Who has sent which scan or photograph, once each, and about which parcels events name it (0: a project's plan), which
-- follows from the ledger.
CREATE TABLE uploads (
  file TEXT NOT NULL, account TEXT NOT NULL, bytes INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (file, account)) WITHOUT ROWID;
CREATE INDEX uploads_by_account ON uploads (account, at);
CREATE TABLE attached (
  file TEXT NOT NULL, parcel INTEGER NOT NULL, PRIMARY KEY (file, parcel)) WITHOUT ROWID;
CREATE INDEX attached_by_parcel ON attached (parcel);
-- What somebody has at hand beside a password: the secret of one-time codes, the last code's step, and codes for when it
-- is lost, of which SHA-256 is kept.
CREATE TABLE second_factors (
  account INTEGER PRIMARY KEY REFERENCES accounts(id), secret BLOB NOT NULL, confirmed BOOLEAN NOT NULL DEFAULT 0,
  last_step INTEGER NOT NULL DEFAULT 0);
CREATE TABLE recovery_codes (
  hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id)) WITHOUT ROWID;
-- Briefings that were removed, and can be restored for some days.
CREATE TABLE removed_briefings (
  code TEXT PRIMARY KEY REFERENCES briefings(code) ON DELETE CASCADE, removed_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE settings (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
INSERT INTO settings (name, value) VALUES ('schema', '7'), ('accounts', '0');

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('units', 'features', 'units', 'Administrative units', 4326),
  ('projects', 'features', 'projects', 'Projects', 4326),
  ('alignments', 'features', 'alignments', 'Alignments of linear projects', 4326),
  ('parcels', 'features', 'parcels', 'Parcels to be recovered', 4326),
  ('holders', 'attributes', 'holders', 'Holders (personal data)', NULL),
  ('ledger', 'attributes', 'ledger', 'Events, append-only, hash-chained', NULL),
  ('settings', 'attributes', 'settings', 'Settings of this store', NULL);
INSERT INTO gpkg_geometry_columns VALUES
  ('units', 'geom', 'MULTIPOLYGON', 4326, 0, 0), ('projects', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('alignments', 'geom', 'LINESTRING', 4326, 0, 0), ('parcels', 'geom', 'MULTIPOLYGON', 4326, 0, 0);
