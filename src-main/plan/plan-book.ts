/**
 * Owns the scratch database of one plan: both listings as they came, whatever their order, and the comparison, done by
 * SQL so that a million keys need no more memory than a thousand. Must not touch the profile's database, and keeps
 * nothing that has to survive. Used by plan-thread.ts.
 */
import { DatabaseSync } from 'node:sqlite';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { FailureError } from '../../src-shared/model/failure.ts';
import { type NamedAsset, statedOf } from '../../src-shared/model/migration.ts';
import { PLAN_CLASSES, type PlanClass, type PlanRow, type PlanTally } from '../../src-shared/model/plan.ts';
import { joinPrefix } from '../engine/destination-key.ts';
import { foldKey, reservedName } from './fold-key.ts';
import { kindFacts } from './kind-facts.ts';
import { type PlannedWay, plannedKey } from './plan-key.ts';
import { PLAN_SCHEMA, PLAN_STEPS, TALLY, TALLY_LOOKALIKES } from './plan-sql.ts';
import { reasonOf } from './reason-of.ts';

export interface PlanBookOptions {
  /** A file that is not there yet, or ":memory:". */
  readonly path: string;
  readonly way: PlannedWay;
  readonly sourceKind: string;
  readonly destinationKind: string;
  /** null: no known limit. */
  readonly maxObjectBytes: number | null;
  /** Throws FailureError when the destination cannot hold the key. */
  readonly assertKey: (key: string) => void;
}

export interface RowQuery {
  readonly class: PlanClass;
  readonly search: string;
  /** The last row of the page before; 0 at first. */
  readonly afterId: number;
  readonly limit: number;
}

export interface RowPage {
  readonly rows: readonly PlanRow[];
  /** null: these are the last. */
  readonly lastId: number | null;
  /** How many match in all. */
  readonly count: number;
}

export interface ClassTally extends PlanTally {
  /** Large writes, and the parts that they go up in. */
  readonly inParts: number;
  readonly parts: number;
}

export interface Comparison {
  readonly classes: Readonly<Record<PlanClass, ClassTally>>;
  /** Of the conflicting, those that are so on some disks only, by what they would be otherwise. */
  readonly lookalikes: Readonly<Record<PlanClass, ClassTally>>;
}

export interface PinnedPage {
  readonly assets: readonly NamedAsset[];
  readonly lastId: number | null;
}

/** Pages of SQLite's cache, in KiB: what does not fit is read again, and memory stays where it is. */
const CACHE_KIB = 16_384;

export class PlanBook {
  readonly #options: PlanBookOptions;
  readonly #db: DatabaseSync;
  readonly #isDisk: boolean;

  constructor(options: PlanBookOptions) {
    this.#options = options;
    this.#isDisk = kindFacts(options.destinationKind).isDisk;
    // Nothing here has to survive a crash, so nothing is written twice or waited for. (A defensive connection would keep
    // its journal, whatever it is told; all of the SQL is ours.)
    this.#db = new DatabaseSync(options.path, { defensive: false });
    this.#db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA temp_store = FILE; PRAGMA cache_size = -${CACHE_KIB}`);
    this.#db.exec(PLAN_SCHEMA);
    this.#db.function('nfc', { deterministic: true }, (key) => String(key).normalize('NFC'));
  }

  addSource(assets: readonly (ListedAsset | NamedAsset)[]): void {
    const insert = this.#db.prepare(
      'INSERT INTO planned (source_key, key, fold, size, token, at_ms, is_reserved, refusal, stated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#atOnce(() => {
      for (const asset of assets) {
        const { key, refusal } = plannedKey(asset, this.#options.way);
        const size = sizeOf(asset.sizeBytes);
        const listed = 'key' in asset ? asset : null;
        insert.run(
          'key' in asset ? asset.key : asset.sourceKey,
          key,
          this.#isDisk ? foldKey(key) : null,
          size,
          listed?.versionToken ?? null,
          listed?.modifiedAtMs ?? null,
          this.#isDisk && reservedName(key) !== null ? 1 : 0,
          refusal ?? this.#refusal(key, size),
          'key' in asset ? null : JSON.stringify(statedOf(asset) ?? {}),
        );
      }
    });
  }

  addThere(assets: readonly ListedAsset[]): void {
    const insert = this.#db.prepare('INSERT INTO there VALUES (?, ?, ?, ?, ?)');
    this.#atOnce(() => {
      for (const { key, sizeBytes, versionToken, modifiedAtMs } of assets) {
        const fold = this.#isDisk ? foldKey(key) : null;
        insert.run(key, fold, sizeOf(sizeBytes), versionToken ?? null, modifiedAtMs ?? null);
      }
    });
  }

  /** Once, after both listings. A million keys take some seconds. */
  compare(): Comparison {
    const { sourceKind, destinationKind } = this.#options;
    const md5s = kindFacts(sourceKind).hasMd5Etags && kindFacts(destinationKind).hasMd5Etags;
    for (const { sql, onlyDisks } of PLAN_STEPS) {
      if (onlyDisks && !this.#isDisk) continue;
      const statement = this.#db.prepare(sql);
      if (sql.includes(':md5s')) statement.run({ md5s: md5s ? 1 : 0 });
      else statement.run();
    }
    return { classes: this.#tallies(false), lookalikes: this.#tallies(true) };
  }

  rows({ class: wanted, search, afterId, limit }: RowQuery): RowPage {
    const like = `%${search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
    const matches =
      search === ''
        ? 'class = :class'
        : `class = :class AND (source_key LIKE :like ESCAPE '\\' OR p.key LIKE :like ESCAPE '\\')`;
    const values = { class: wanted, ...(search === '' ? {} : { like }) };
    const count = this.#db.prepare(`SELECT count(*) AS n FROM planned p WHERE ${matches}`).get(values)?.n;
    const found = this.#db
      .prepare(
        `SELECT p.*, t.key IS NOT NULL AS is_there, t.size AS there_size,
           iif(class <> 'conflicting', NULL, coalesce(
             (SELECT q.source_key FROM planned q WHERE q.key = p.key AND q.id <> p.id LIMIT 1),
             (SELECT q.source_key FROM planned q WHERE q.fold = p.fold AND q.key <> p.key LIMIT 1),
             (SELECT u.key FROM there u WHERE u.fold = p.fold AND u.key <> p.key LIMIT 1))) AS other
         FROM planned p LEFT JOIN there t ON t.key = p.key
         WHERE ${matches} AND p.id > :after GROUP BY p.id ORDER BY p.id LIMIT :limit`,
      )
      .all({ ...values, after: afterId, limit });
    const rows = found.map((row) => ({
      class: wanted,
      sourceKey: String(row.source_key),
      destinationKey: String(row.key),
      sizeBytes: numberOf(row.size),
      there: row.is_there === 1 ? { sizeBytes: numberOf(row.there_size) } : null,
      reason: reasonOf(wanted, {
        why: row.why === null ? null : String(row.why),
        other: row.other === null ? null : String(row.other),
        refusal: row.refusal === null ? null : String(row.refusal),
        name: reservedName(String(row.key)),
      }),
    }));
    return { rows, lastId: found.length < limit ? null : Number(found.at(-1)?.id), count: Number(count) };
  }

  /** What a run moves, in the order of the listing, with the key that each was reviewed to get. */
  pinned(classes: readonly PlanClass[], withLookalikes: boolean, afterId: number, limit: number): PinnedPage {
    const verdicts = classes.map((known) => `'${known}'`).join(', ');
    const found = this.#db
      .prepare(
        `SELECT id, source_key, key, size, stated FROM planned
         WHERE id > ? AND (class IN (${verdicts})
           ${withLookalikes ? `OR class = 'conflicting' AND is_lookalike = 1 AND verdict IN (${verdicts})` : ''})
         ORDER BY id LIMIT ?`,
      )
      .all(afterId, limit);
    const folder = joinPrefix(this.#options.way.destination.prefix, '').length;
    return {
      assets: found.map((row) => ({
        sourceKey: String(row.source_key),
        destinationKey: String(row.key).slice(folder),
        ...whatIsKnown(row),
      })),
      lastId: found.length < limit ? null : Number(found.at(-1)?.id),
    };
  }

  close(): void {
    this.#db.close();
  }

  #refusal(key: string, size: number | null): string | null {
    const { assertKey, maxObjectBytes } = this.#options;
    try {
      assertKey(key);
    } catch (thrown) {
      if (!(thrown instanceof FailureError)) throw thrown;
      return thrown.failure.message;
    }
    return maxObjectBytes !== null && size !== null && size > maxObjectBytes
      ? `It is larger than the ${maxObjectBytes} bytes that the destination takes.`
      : null;
  }

  #atOnce(action: () => void): void {
    this.#db.exec('BEGIN');
    action();
    this.#db.exec('COMMIT');
  }

  /** `lookalikes`: of those only, by what they would be otherwise; else of all, by class. */
  #tallies(lookalikes: boolean): Comparison['classes'] {
    const { parts } = kindFacts(this.#options.destinationKind);
    const { fromBytes, partBytes, extra } = parts ?? { fromBytes: Number.MAX_SAFE_INTEGER, partBytes: 1, extra: 0 };
    const sql = lookalikes ? TALLY_LOOKALIKES : TALLY;
    const found = this.#db.prepare(sql).all({ from: fromBytes, part: partBytes, extra });
    return Object.fromEntries(
      PLAN_CLASSES.map((known) => {
        const row = found.find((each) => each.name === known);
        const figure = (name: string): number => Number(row?.[name] ?? 0);
        return [
          known,
          {
            assets: figure('assets'),
            bytes: figure('bytes'),
            unsized: figure('unsized'),
            inParts: figure('in_parts'),
            parts: figure('parts'),
          },
        ];
      }),
    ) as Record<PlanClass, ClassTally>;
  }
}

/** What a person stated is to hold; what a listing told may be another by the time of the run. */
function whatIsKnown({
  size,
  stated,
}: Readonly<Record<string, unknown>>): Omit<NamedAsset, 'sourceKey' | 'destinationKey'> {
  if (stated !== null) return JSON.parse(String(stated));
  return size === null ? {} : { listedBytes: Number(size) };
}

/** Listings say -1 where they do not know. */
function sizeOf(sizeBytes: number | undefined): number | null {
  return sizeBytes === undefined || sizeBytes < 0 ? null : sizeBytes;
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
