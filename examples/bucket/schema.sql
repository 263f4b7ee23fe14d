-- A run over a bucket.
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY,
  prefix TEXT NOT NULL,
  model TEXT NOT NULL,
  started TEXT NOT NULL
) WITHOUT ROWID;

-- The pages of its listing that have been sent on.
CREATE TABLE IF NOT EXISTS pages (
  run TEXT NOT NULL,
  number INTEGER NOT NULL,
  files INTEGER NOT NULL,
  is_last INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) WITHOUT ROWID;

-- One row for each object, however often it is looked at.
CREATE TABLE IF NOT EXISTS objects (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  bytes INTEGER,
  format TEXT,
  width INTEGER,
  height INTEGER,
  tokens INTEGER,
  input_tokens INTEGER,
  -- Millionths of a millionth of a dollar: whole numbers, whose sum does not depend on their order.
  pico_usd INTEGER,
  problems TEXT,
  failure TEXT,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;

-- Their sums, kept by the triggers below, so that progress is one row to read and not ten million.
CREATE TABLE IF NOT EXISTS sums (
  run TEXT PRIMARY KEY,
  files INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  pico_usd INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS object_added AFTER INSERT ON objects BEGIN
  UPDATE sums SET
    files = files + 1,
    failed = failed + (new.failure IS NOT NULL),
    bytes = bytes + ifnull(new.bytes, 0),
    input_tokens = input_tokens + ifnull(new.input_tokens, 0),
    pico_usd = pico_usd + ifnull(new.pico_usd, 0)
  WHERE run = new.run;
END;

CREATE TRIGGER IF NOT EXISTS object_changed AFTER UPDATE ON objects BEGIN
  UPDATE sums SET
    failed = failed + (new.failure IS NOT NULL) - (old.failure IS NOT NULL),
    bytes = bytes + ifnull(new.bytes, 0) - ifnull(old.bytes, 0),
    input_tokens = input_tokens + ifnull(new.input_tokens, 0) - ifnull(old.input_tokens, 0),
    pico_usd = pico_usd + ifnull(new.pico_usd, 0) - ifnull(old.pico_usd, 0)
  WHERE run = new.run;
END;
