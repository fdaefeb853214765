-- The last event about the parcel before, beside its state and no more inside: the states of a position are found by it.
ALTER TABLE prior_states ADD COLUMN version bigint;
UPDATE prior_states SET
  version = (SELECT sum(get_byte(state, 26 + i)::bigint << (8 * i)) FROM generate_series(0, 7) AS i),
  state = substring(state FROM 1 FOR 26) || substring(state FROM 35);
ALTER TABLE prior_states ALTER COLUMN version SET NOT NULL;
COMMENT ON COLUMN prior_states.version IS 'Position of the last event about the parcel before; 0: none';
