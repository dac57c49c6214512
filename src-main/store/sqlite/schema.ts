/**
 * Owns the schema, as numbered steps that are never edited after a release: a new one is added at the end.
 * Must not run anything (open-database.ts does). State names are checked against src-shared/model/job-state.ts by a test.
 */

const COUNTS = `
  pending INTEGER NOT NULL DEFAULT 0, scheduled INTEGER NOT NULL DEFAULT 0, running INTEGER NOT NULL DEFAULT 0,
  paused_jobs INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,
  total_bytes INTEGER NOT NULL DEFAULT 0, done_bytes INTEGER NOT NULL DEFAULT 0`;

const STEP_1 = `
CREATE TABLE house (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO house VALUES ('epoch', 0), ('paused', 0), ('workers', 0), ('attemptsPerWorker', 128), ('retentionDays', 7),
  ('maxOpenJobs', 1000000), ('attemptDeadlineMinutes', 360);

CREATE TABLE queue (
  name TEXT PRIMARY KEY,
  concurrency INTEGER NOT NULL CHECK (concurrency > 0),
  is_paused INTEGER NOT NULL DEFAULT 0,
  paused_reason TEXT,
  priority INTEGER NOT NULL DEFAULT 0,
  starts_per_minute INTEGER,
  hours TEXT,${COUNTS}
) STRICT;
INSERT INTO queue (name, concurrency) VALUES ('default', 8), ('notices', 2);

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  name TEXT NOT NULL,
  options TEXT NOT NULL,
  secret_names TEXT NOT NULL,
  revision INTEGER NOT NULL,
  last_check TEXT,
  max_attempts INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE migration (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('transfer', 'notices')),
  name TEXT NOT NULL,
  queue TEXT NOT NULL REFERENCES queue (name),
  source TEXT NOT NULL,
  destination TEXT NOT NULL,
  selection TEXT NOT NULL CHECK (selection IN ('listing', 'assets')),
  filter TEXT,
  policies TEXT NOT NULL,
  is_sample INTEGER NOT NULL,
  intent TEXT NOT NULL CHECK (intent IN ('run', 'pause', 'cancel')),
  listing TEXT NOT NULL CHECK (listing IN ('waiting', 'listing', 'done', 'failed')),
  listing_position TEXT,
  listing_failure TEXT,
  left_out INTEGER NOT NULL DEFAULT 0,
  removals_owed INTEGER NOT NULL DEFAULT 0,
  removals_deleted INTEGER NOT NULL DEFAULT 0,
  removals_kept INTEGER NOT NULL DEFAULT 0,
  removals_failed INTEGER NOT NULL DEFAULT 0,
  pruned_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,${COUNTS},
  CHECK ((selection = 'listing') = (filter IS NOT NULL))
) STRICT;
CREATE INDEX migration_open ON migration (id) WHERE finished_at_ms IS NULL;

CREATE TABLE named_asset (
  migration_id INTEGER NOT NULL REFERENCES migration (id),
  ordinal INTEGER NOT NULL,
  source_key TEXT NOT NULL,
  destination_key TEXT,
  stated TEXT,
  PRIMARY KEY (migration_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  migration_id INTEGER NOT NULL REFERENCES migration (id),
  state TEXT NOT NULL CHECK (state IN
    ('pending', 'scheduled', 'running', 'paused', 'completed', 'skipped', 'failed', 'cancelled')),
  source_key TEXT NOT NULL,
  destination_key TEXT NOT NULL,
  size_bytes INTEGER,
  version_token TEXT,
  stated TEXT,
  refusal TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  strikes INTEGER NOT NULL DEFAULT 0,
  worker_losses INTEGER NOT NULL DEFAULT 0,
  rank INTEGER NOT NULL DEFAULT 0,
  place REAL NOT NULL,
  troubled_since_ms INTEGER,
  lease_token TEXT,
  lease_ends_at_ms INTEGER,
  not_before_ms INTEGER,
  failure TEXT,
  failed_step TEXT,
  proof TEXT,
  skip_reason TEXT,
  result TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER,
  CHECK ((state = 'running') = (lease_token IS NOT NULL)),
  CHECK ((state = 'scheduled') = (not_before_ms IS NOT NULL)),
  CHECK ((state IN ('completed', 'skipped', 'failed', 'cancelled')) = (finished_at_ms IS NOT NULL))
) STRICT;
-- One job for a destination key of a migration, however often a listing repeats itself. Those that may not run at all
-- have none; there is one of them for a source key.
CREATE UNIQUE INDEX job_destination ON job (migration_id, destination_key) WHERE refusal IS NULL;
CREATE UNIQUE INDEX job_refused ON job (migration_id, source_key) WHERE refusal IS NOT NULL;
CREATE INDEX job_pending ON job (migration_id, rank, place) WHERE state = 'pending';
CREATE INDEX job_urgent ON job (migration_id) WHERE state = 'pending' AND rank < 0;
CREATE INDEX job_run_now ON job (id) WHERE state = 'pending' AND rank = -1000;
CREATE INDEX job_due ON job (not_before_ms) WHERE state = 'scheduled';
CREATE INDEX job_by_state ON job (state, id);
CREATE INDEX job_by_migration ON job (migration_id, state, id);
CREATE INDEX job_by_update ON job (updated_at_ms, id);

CREATE TABLE attempt (
  job_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  failure TEXT,
  failed_step TEXT,
  worker_pid INTEGER,
  PRIMARY KEY (job_id, number)
) STRICT, WITHOUT ROWID;

-- Large writes that began and are not known to have ended: a later attempt goes on with them, or they are given up.
CREATE TABLE upload (
  job_id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  container TEXT NOT NULL,
  key TEXT NOT NULL,
  mark TEXT NOT NULL
) STRICT;

-- Of moves: whether source and destination were seen to be two assets, and what becomes of the source of a job that
-- arrived.
CREATE TABLE removal (
  job_id INTEGER PRIMARY KEY,
  migration_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('apart', 'owed', 'deleted', 'kept', 'failed')),
  because TEXT,
  failure TEXT,
  strikes INTEGER NOT NULL DEFAULT 0,
  troubled_since_ms INTEGER,
  due_at_ms INTEGER,
  CHECK ((state = 'owed') = (due_at_ms IS NOT NULL)),
  CHECK ((state = 'kept') = (because IS NOT NULL))
) STRICT;
CREATE INDEX removal_owed ON removal (migration_id, due_at_ms, job_id) WHERE state = 'owed';
CREATE INDEX removal_failed ON removal (migration_id) WHERE state = 'failed';
CREATE INDEX removal_apart ON removal (migration_id) WHERE state = 'apart';

-- The ids of a bulk are pinned when it is asked for: gaps between them, as variable-length numbers (pinned-ids.ts).
CREATE TABLE bulk (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  verb TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
  subject TEXT NOT NULL,
  pinned_ids BLOB,
  total INTEGER NOT NULL,
  handled INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER
) STRICT;

CREATE TABLE schedule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  is_built_in INTEGER NOT NULL DEFAULT 0,
  is_paused INTEGER NOT NULL DEFAULT 0,
  skip_next INTEGER NOT NULL DEFAULT 0,
  anchor_at_ms INTEGER NOT NULL,
  next_due_at_ms INTEGER
) STRICT;

CREATE TABLE schedule_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
  due_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'skipped')),
  detail TEXT NOT NULL,
  failure TEXT,
  migration_id INTEGER
) STRICT;
CREATE INDEX schedule_run_of ON schedule_run (schedule_id, id);
-- Asked for each migration that ends; a health check a minute makes ten thousand others a week.
CREATE INDEX schedule_run_open ON schedule_run (id) WHERE outcome = 'running';

CREATE TABLE notice_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  events TEXT NOT NULL,
  failed_at_least INTEGER NOT NULL,
  is_enabled INTEGER NOT NULL,
  has_secret INTEGER NOT NULL
) STRICT;

CREATE TABLE news (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('note', 'warning')),
  message TEXT NOT NULL,
  hint TEXT NOT NULL
) STRICT;
`;

const STEP_2 = `
ALTER TABLE queue ADD COLUMN bandwidth_cap TEXT;
INSERT INTO house VALUES ('spoolBudgetBytes', 0);
-- Settings that are more than a number, as JSON.
CREATE TABLE house_plan (
  name TEXT PRIMARY KEY,
  plan TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Step n brings a database from version n to n + 1. */
export const SCHEMA_STEPS: readonly string[] = [STEP_1, STEP_2];
