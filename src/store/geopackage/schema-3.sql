-- Accounts, their sessions and tokens, and the log of looks at personal data.
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
CREATE TABLE accesses (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, account TEXT NOT NULL, parcel INTEGER NOT NULL,
  what TEXT NOT NULL);
INSERT INTO settings (name, value) VALUES ('accounts', '0');
