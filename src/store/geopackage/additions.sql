-- What came after the first stores of this schema; it is added to them when they are opened to be written.
-- Who somebody is at a provider of identities, and what lets them become so: once each.
CREATE TABLE IF NOT EXISTS identities (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invitations (
  hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id), expires_at INTEGER NOT NULL) WITHOUT ROWID;
