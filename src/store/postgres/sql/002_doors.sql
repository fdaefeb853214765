-- Who has sent which scan or photograph, once each, and about which parcels events name it (0: a project's plan), which
-- follows from the ledger.
CREATE TABLE uploads (
  file text NOT NULL, account text NOT NULL, bytes bigint NOT NULL, at bigint NOT NULL,
  PRIMARY KEY (file, account));
CREATE INDEX uploads_by_account ON uploads (account, at);
CREATE TABLE attached (file text NOT NULL, parcel integer NOT NULL, PRIMARY KEY (file, parcel));
CREATE INDEX attached_by_parcel ON attached (parcel);
INSERT INTO attached (file, parcel)
  SELECT DISTINCT name, coalesce(parcel, 0) FROM ledger, json_array_elements_text(body -> 'attachments') AS n (name);
COMMENT ON TABLE uploads IS 'Who has sent which scan or photograph';
COMMENT ON TABLE attached IS 'About which parcels events name a scan or photograph; worked out from the ledger';

-- What somebody has at hand beside a password: the secret of one-time codes, the last code's step, and codes for when it
-- is lost.
CREATE TABLE second_factors (
  account integer PRIMARY KEY REFERENCES accounts (id), secret bytea NOT NULL,
  confirmed boolean NOT NULL DEFAULT false, last_step bigint NOT NULL DEFAULT 0);
CREATE TABLE recovery_codes (
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32), account integer NOT NULL REFERENCES accounts (id));
COMMENT ON TABLE second_factors IS 'Secrets of one-time codes. Not for readers';
COMMENT ON TABLE recovery_codes IS 'Codes in place of a one-time code; the SHA-256 only. Not for readers';
