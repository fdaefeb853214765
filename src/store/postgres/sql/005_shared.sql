-- What servers share: how often somebody tried to sign in, and files that wait to be imported. Campaigns that were changed
-- in the app are settings. Tables of their own: servers of the version before go on beside these.
CREATE TABLE tries (key bytea PRIMARY KEY CHECK (octet_length(key) = 32), free_from bigint NOT NULL);
CREATE INDEX tries_by_time ON tries (free_from);
CREATE TABLE remembered (key bytea PRIMARY KEY CHECK (octet_length(key) = 32), until bigint NOT NULL);
CREATE INDEX remembered_by_time ON remembered (until);
CREATE TABLE wrong_codes (account integer NOT NULL, until bigint NOT NULL);
CREATE INDEX wrong_codes_by_account ON wrong_codes (account, until);

CREATE TABLE waiting_imports (
  id text PRIMARY KEY, author text NOT NULL, begun_at bigint NOT NULL, work text, work_at bigint NOT NULL DEFAULT 0);
-- Files are removed before their rows, so that none is left behind.
CREATE TABLE waiting_files (
  key text PRIMARY KEY, import text NOT NULL, name text NOT NULL, bytes bigint NOT NULL, announced_at bigint NOT NULL,
  is_there boolean NOT NULL DEFAULT false, is_over boolean NOT NULL DEFAULT false);
CREATE INDEX waiting_files_by_import ON waiting_files (import);

CREATE FUNCTION now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
  $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

COMMENT ON TABLE tries IS 'How often somebody tried to sign in, by hashes; a row is over once its time is past';
COMMENT ON TABLE remembered IS 'From where accounts came in before, by hashes; bounded';
COMMENT ON TABLE wrong_codes IS 'Wrong one-time codes, as long as they count';
COMMENT ON TABLE waiting_imports IS 'Imports that wait to be stored. Not for readers';
COMMENT ON TABLE waiting_files IS 'Their files, which lie with the attachments. Not for readers';
COMMENT ON FUNCTION now_ms() IS 'Milliseconds since 1970-01-01T00:00Z';
