-- Briefings that were removed, and can be restored for some days.
CREATE TABLE removed_briefings (
  code text PRIMARY KEY REFERENCES briefings (code) ON DELETE CASCADE, removed_at bigint NOT NULL);
COMMENT ON TABLE removed_briefings IS 'Briefings that were removed, and can be restored for some days';
