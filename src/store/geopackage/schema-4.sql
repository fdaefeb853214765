-- A parcel that was withdrawn, split or merged frees its number for another.
DROP INDEX parcels_by_key;
CREATE UNIQUE INDEX parcels_by_key ON parcels (project, unit, sheet, number, CASE WHEN ended_on IS NULL THEN 0 ELSE fid END);
-- Briefings, frozen at a position of the ledger; `seal` covers what is said and the ledger's hash there.
CREATE TABLE briefings (
  code TEXT PRIMARY KEY, title TEXT NOT NULL, position INTEGER NOT NULL, as_of DATE NOT NULL, body TEXT NOT NULL,
  seal BLOB NOT NULL, author TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
