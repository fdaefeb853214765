-- What events say beside stages and money, worked out from the ledger like those;
-- and the answers of requests that may be sent again.
ALTER TABLE parcels ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parcels ADD COLUMN ended_on DATE;
ALTER TABLE parcels ADD COLUMN marks TEXT;
DROP INDEX ledger_blockers;
CREATE INDEX ledger_plans ON ledger (position) WHERE kind = 'plan_changed';
CREATE TABLE requests (
  author TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, answer TEXT NOT NULL, recorded_at INTEGER NOT NULL,
  PRIMARY KEY (author, key)) WITHOUT ROWID;
