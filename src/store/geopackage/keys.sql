-- Security keys and passkeys: what a key calls itself, its public key (COSE), the host by whose name it was added, and how
-- often it has signed. Beside the schema, which stays the same: a store that was made before has the table from the next
-- time on that it is opened to be written.
CREATE TABLE IF NOT EXISTS security_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES accounts(id), credential BLOB NOT NULL UNIQUE,
  public_key BLOB NOT NULL, host TEXT NOT NULL, transports TEXT NOT NULL, name TEXT NOT NULL, counter INTEGER NOT NULL,
  added_at INTEGER NOT NULL, used_at INTEGER);
