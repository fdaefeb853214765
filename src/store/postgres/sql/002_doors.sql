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
