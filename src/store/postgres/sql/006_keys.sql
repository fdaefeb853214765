-- Security keys and passkeys: what a key calls itself, its public key (COSE), the host by whose name it was added, and how
-- often it has signed; and the questions that they have to answer.
CREATE TABLE security_keys (
  id integer PRIMARY KEY, account integer NOT NULL REFERENCES accounts (id), credential bytea NOT NULL UNIQUE,
  public_key bytea NOT NULL, host text NOT NULL, transports text NOT NULL, name text NOT NULL, counter bigint NOT NULL,
  added_at bigint NOT NULL, used_at bigint);
CREATE INDEX security_keys_by_account ON security_keys (account);
CREATE TABLE challenges (
  key bytea PRIMARY KEY CHECK (octet_length(key) = 32), account integer NOT NULL, until bigint NOT NULL);
CREATE INDEX challenges_by_account ON challenges (account, until);

COMMENT ON TABLE security_keys IS 'Security keys and passkeys of accounts: public keys. Not for readers';
COMMENT ON TABLE challenges IS 'Questions to security keys that are not answered yet, by hashes; some minutes, a few an account';
