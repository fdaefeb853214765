-- What came after the first stores of this schema; it is added to them when they are opened to be written.
-- Who somebody is at a provider of identities, and what lets them become so: once each.
CREATE TABLE IF NOT EXISTS identities (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invitations (
  hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id), expires_at INTEGER NOT NULL) WITHOUT ROWID;
-- Who has sent which scan or photograph, once each, and about which parcels events name it (0: a project's plan), which
-- follows from the ledger.
CREATE TABLE IF NOT EXISTS uploads (
  file TEXT NOT NULL, account TEXT NOT NULL, bytes INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (file, account)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS uploads_by_account ON uploads (account, at);
CREATE TABLE IF NOT EXISTS attached (
  file TEXT NOT NULL, parcel INTEGER NOT NULL, PRIMARY KEY (file, parcel)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attached_by_parcel ON attached (parcel);
-- What somebody has at hand beside a password: the secret of one-time codes, the last code's step, and codes for when it
-- is lost, of which SHA-256 is kept.
CREATE TABLE IF NOT EXISTS second_factors (
  account INTEGER PRIMARY KEY REFERENCES accounts(id), secret BLOB NOT NULL, confirmed BOOLEAN NOT NULL DEFAULT 0,
  last_step INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS recovery_codes (
  hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id)) WITHOUT ROWID;
-- Briefings that were removed, and can be restored for some days.
CREATE TABLE IF NOT EXISTS removed_briefings (
  code TEXT PRIMARY KEY REFERENCES briefings(code) ON DELETE CASCADE, removed_at INTEGER NOT NULL) WITHOUT ROWID;
