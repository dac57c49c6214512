/**
 * Owns the tables of a plan's scratch database and the steps of the comparison, in their order: what an asset would be
 * by itself (`verdict`), then what stands in its way (`class`, `why`). Must not run anything. Used by plan-book.ts.
 */
export const PLAN_SCHEMA = `
CREATE TABLE planned (
  id INTEGER PRIMARY KEY,
  source_key TEXT NOT NULL,
  key TEXT NOT NULL,
  fold TEXT,
  size INTEGER,
  token TEXT,
  at_ms REAL,
  is_reserved INTEGER NOT NULL,
  refusal TEXT,
  stated TEXT,
  verdict TEXT NOT NULL DEFAULT 'new',
  class TEXT NOT NULL DEFAULT 'new',
  why TEXT,
  is_lookalike INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE there (key TEXT NOT NULL, fold TEXT, size INTEGER, token TEXT, at_ms REAL) STRICT;
`;

interface PlanStep {
  readonly sql: string;
  readonly onlyDisks: boolean;
}

const always = (sql: string): PlanStep => ({ sql, onlyDisks: false });
const onDisks = (sql: string): PlanStep => ({ sql, onlyDisks: true });

/** 32 hex digits, in quotes or not: of one PUT, and by most services that speak S3 the MD5 of the bytes. */
const isMd5 = (token: string): string =>
  `(length(trim(${token}, '"')) = 32 AND trim(${token}, '"') NOT GLOB '*[^0-9a-fA-F]*')`;
/** The digest of the digests of parts, and their number: never equal for other bytes. */
const isPartsEtag = (token: string): string =>
  `(trim(${token}, '"') GLOB '*-[0-9]*' AND length(substr(trim(${token}, '"'), 1, instr(trim(${token}, '"'), '-') - 1)) = 32
    AND substr(trim(${token}, '"'), 1, 32) NOT GLOB '*[^0-9a-fA-F]*')`;

/** As worker/compare-assets.ts judges, as far as a listing tells: 2 ms are another moment. */
const WHY = `CASE
  WHEN p.size IS NULL OR t.size IS NULL THEN 'no-size'
  WHEN p.size <> t.size THEN 'other-size'
  WHEN lower(trim(p.token, '"')) = lower(trim(t.token, '"')) AND (${isMd5('p.token')} OR ${isPartsEtag('p.token')}) THEN 'same-etag'
  WHEN :md5s AND ${isMd5('p.token')} AND ${isMd5('t.token')} THEN 'other-etag'
  WHEN abs(p.at_ms - t.at_ms) < 2 THEN 'same-moment'
  ELSE 'same-size' END`;

export const PLAN_STEPS: readonly PlanStep[] = [
  always('CREATE INDEX planned_key ON planned (key)'),
  always('CREATE INDEX there_key ON there (key)'),
  always(`UPDATE planned AS p SET why = ${WHY} FROM there t WHERE t.key = p.key`),
  always(`UPDATE planned SET verdict = CASE why
    WHEN 'other-size' THEN 'changed' WHEN 'other-etag' THEN 'changed'
    WHEN 'same-etag' THEN 'identical' WHEN 'same-moment' THEN 'identical'
    ELSE 'unknown' END WHERE why IS NOT NULL`),
  always('UPDATE planned SET class = verdict WHERE verdict <> class'),
  onDisks('CREATE INDEX planned_fold ON planned (fold)'),
  onDisks('CREATE INDEX there_fold ON there (fold)'),
  onDisks("UPDATE planned SET class = 'conflicting', why = 'reserved', is_lookalike = 1 WHERE is_reserved = 1"),
  onDisks(`CREATE TABLE alike AS SELECT fold FROM (SELECT fold, key FROM planned UNION SELECT fold, key FROM there)
    GROUP BY fold HAVING count(*) > 1`),
  onDisks(`UPDATE planned AS p SET class = 'conflicting', is_lookalike = 1, why = iif(
      EXISTS (SELECT 1 FROM planned q WHERE q.fold = p.fold AND q.key <> p.key AND nfc(q.key) = nfc(p.key))
      OR EXISTS (SELECT 1 FROM there q WHERE q.fold = p.fold AND q.key <> p.key AND nfc(q.key) = nfc(p.key)),
      'unicode', 'case')
    WHERE fold IN (SELECT fold FROM alike)`),
  // '0' is what follows '/': everything between begins with the key as a folder.
  onDisks(`UPDATE planned AS p SET class = 'conflicting', is_lookalike = 0, why = 'folder' WHERE EXISTS (
    SELECT 1 FROM planned q WHERE q.key >= p.key || '/' AND q.key < p.key || '0')`),
  onDisks(`UPDATE planned AS p SET class = 'conflicting', is_lookalike = 0, why = 'folder' WHERE verdict = 'new'
    AND EXISTS (SELECT 1 FROM there q WHERE q.key >= p.key || '/' AND q.key < p.key || '0')`),
  always(`UPDATE planned SET class = 'conflicting', is_lookalike = 0, why = 'same-key'
    WHERE key IN (SELECT key FROM planned GROUP BY key HAVING count(*) > 1)`),
  always("UPDATE planned SET class = 'refused', is_lookalike = 0 WHERE refusal IS NOT NULL"),
  always('CREATE INDEX planned_class ON planned (class, id)'),
];

const FIGURES = `count(*) AS assets, sum(coalesce(size, 0)) AS bytes, sum(size IS NULL) AS unsized,
  sum(coalesce(size >= :from, 0)) AS in_parts,
  sum(iif(size >= :from, (size + :part - 1) / :part + :extra, 0)) AS parts`;

/** Assets, bytes and parts of each class. */
export const TALLY = `SELECT class AS name, ${FIGURES} FROM planned GROUP BY class`;
export const TALLY_LOOKALIKES = `SELECT verdict AS name, ${FIGURES} FROM planned
  WHERE class = 'conflicting' AND is_lookalike = 1 GROUP BY verdict`;
